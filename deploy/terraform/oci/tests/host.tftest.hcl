# The whole of CHAT-14, and nothing beyond what is always free.
mock_provider "oci" {
  mock_data "oci_identity_availability_domains" {
    defaults = { availability_domains = [{ name = "qIZq:AP-CHUNCHEON-1-AD-1" }] }
  }
  mock_data "oci_core_images" {
    defaults = { images = [{ id = "ocid1.image.oc1..ubuntu" }] }
  }
  mock_resource "oci_load_balancer_load_balancer" {
    defaults = { id = "ocid1.loadbalancer.oc1..balancer", ip_address_details = [{ ip_address = "203.0.113.5" }] }
  }
  mock_resource "oci_core_instance" {
    defaults = { id = "ocid1.instance.oc1..host", private_ip = "10.0.1.5", public_ip = "203.0.113.6" }
  }
}

variables {
  tenancy_id     = "ocid1.tenancy.oc1..one"
  compartment_id = "ocid1.compartment.oc1..one"
  domain         = "bunri.example"
  mail           = "somebody@bunri.example"
  image          = "registry.example/bunri:0.1.0"
  ssh_key        = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKc0mrWRpOJjFJqfUyOWnVBvMNTLBX0Fh7cIgU1Fa5jR somebody"
  ssh_from       = ["198.51.100.7/32"]
  first_certificate = {
    certificate = "-----BEGIN CERTIFICATE-----"
    key         = "-----BEGIN PRIVATE KEY-----"
  }
}

run "host" {
  command = plan
  assert {
    condition     = oci_core_instance.host.shape == "VM.Standard.A1.Flex" && oci_core_instance.host.shape_config[0].ocpus == 4 && oci_core_instance.host.shape_config[0].memory_in_gbs == 24
    error_message = "4 OCPUs of Arm with 24 GB"
  }
  assert {
    condition     = oci_core_instance.host.source_details[0].boot_volume_size_in_gbs == "50" && oci_core_volume.data.size_in_gbs == "100"
    error_message = "50 GB for the system, 100 for data"
  }
  assert {
    condition     = oci_core_instance.host.instance_options[0].are_legacy_imds_endpoints_disabled && oci_core_instance.host.is_pv_encryption_in_transit_enabled
    error_message = "version 2 of the metadata service alone; disks encrypted on their way too"
  }
}

run "network" {
  assert {
    condition     = oci_core_vcn.this.cidr_blocks == tolist(["10.0.0.0/16"]) && oci_core_subnet.public.cidr_block == "10.0.1.0/24"
    error_message = "the networks"
  }
  assert {
    condition     = length(oci_core_default_security_list.closed.ingress_security_rules) == 0
    error_message = "the list that comes with the network lets nobody in"
  }
  assert {
    condition     = toset([for rule in local.allowed : tostring(rule.port) if rule.from == "0.0.0.0/0"]) == toset(["80", "443"])
    error_message = "everybody comes to 80 and 443 alone"
  }
  assert {
    condition     = [for rule in local.allowed : rule.from if rule.port == 22] == ["198.51.100.7/32"]
    error_message = "SSH from the named network alone"
  }
}

run "balancer" {
  assert {
    condition     = oci_load_balancer_load_balancer.this.shape_details[0].maximum_bandwidth_in_mbps == 10
    error_message = "10 Mbps, which are always free"
  }
  assert {
    condition     = oci_load_balancer_listener.https.ssl_configuration[0].certificate_name == "first" && oci_load_balancer_listener.https.port == 443
    error_message = "TLS ends at the load balancer"
  }
  assert {
    condition     = oci_load_balancer_listener.http.rule_set_names == tolist(["to_https"]) && one(oci_load_balancer_rule_set.to_https.items).action == "REDIRECT"
    error_message = "plain HTTP leads to 443"
  }
  assert {
    condition     = strcontains(oci_identity_dynamic_group.host.matching_rule, "ocid1.instance.oc1..host")
    error_message = "the host alone may change the load balancer"
  }
  assert {
    condition     = length(base64gzip(local.cloud_init)) < 32000
    error_message = "Oracle takes 32,000 bytes of metadata"
  }
}

run "nobody_by_ssh" {
  variables {
    ssh_from = []
  }
  assert {
    condition     = length([for rule in local.allowed : rule if rule.port == 22]) == 0
    error_message = "without networks port 22 is closed"
  }
}
