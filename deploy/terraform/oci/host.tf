locals {
  challenges = "/srv/acme"
  host_files = {
    "/srv/bunri/small.yaml"                         = { mode = "0644", content = file("${path.module}/../../compose/small.yaml") }
    "/srv/bunri/balancer.yaml"                      = { mode = "0644", content = file("${path.module}/../../compose/balancer.yaml") }
    "/srv/bunri/roll.sh"                            = { mode = "0755", content = file("${path.module}/../../compose/roll.sh") }
    "/srv/bunri/start.sh"                           = { mode = "0755", content = file("${path.module}/../host/start.sh") }
    "/srv/bunri/data-disk.sh"                       = { mode = "0755", content = file("${path.module}/../host/data-disk.sh") }
    "/srv/bunri/first-certificate.sh"               = { mode = "0755", content = file("${path.module}/../host/first-certificate.sh") }
    "/srv/bunri/update-letsencrypt-cert.sh"         = { mode = "0755", content = file("${path.module}/../../scripts/update-letsencrypt-cert.sh") }
    "/etc/systemd/system/bunri.service"             = { mode = "0644", content = file("${path.module}/../host/bunri.service") }
    "/etc/systemd/system/bunri-certificate.service" = { mode = "0644", content = file("${path.module}/../host/first-certificate.service") }
    "/etc/cron.d/bunri-certificate"                 = { mode = "0644", content = file("${path.module}/../host/certificate.cron") }
    "/srv/bunri/host.env" = {
      mode    = "0600"
      content = <<-EOT
        STACK="small.yaml balancer.yaml"
        IMAGE="${var.image}"
        PUBLIC_URL="https://${var.domain}"
        TRUSTED_PROXIES="10.0.1.0/24"
        CHALLENGES="${local.challenges}"
        DOMAIN="${var.domain}"
        MAIL="${var.mail}"
        LOAD_BALANCER="${oci_load_balancer_load_balancer.this.id}"
        OCI="/opt/oci/bin/oci --auth instance_principal"
      EOT
    }
  }
  cloud_init = templatefile("${path.module}/../cloud-init.yaml.tftpl", {
    packages = ["certbot", "cron", "python3-venv"]
    files    = local.host_files
    commands = [
      ["install", "-d", local.challenges],
      ["/srv/bunri/data-disk.sh"],
      ["python3", "-m", "venv", "/opt/oci"],
      ["/opt/oci/bin/pip", "install", "--quiet", "oci-cli==${var.oci_cli}"],
      ["systemctl", "disable", "--now", "certbot.timer"], # the weekly cron does it, with the load balancer's name
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "--no-block", "bunri-certificate.service"],
    ]
  })
}

data "oci_identity_availability_domains" "these" {
  compartment_id = var.compartment_id
}

data "oci_core_images" "ubuntu" {
  compartment_id           = var.compartment_id
  operating_system         = "Canonical Ubuntu"
  operating_system_version = "24.04"
  shape                    = "VM.Standard.A1.Flex"
  sort_by                  = "TIMECREATED"
  sort_order               = "DESC"
}

resource "oci_core_instance" "host" {
  # checkov:skip=CKV_OCI_4:It is on, by the attribute that took the place of the one in launch_options.
  availability_domain                 = data.oci_identity_availability_domains.these.availability_domains[0].name
  compartment_id                      = var.compartment_id
  display_name                        = var.name
  shape                               = "VM.Standard.A1.Flex"
  is_pv_encryption_in_transit_enabled = true
  freeform_tags                       = local.tags
  shape_config {
    ocpus         = var.cores
    memory_in_gbs = var.memory_gb
  }
  source_details {
    source_type             = "image"
    source_id               = data.oci_core_images.ubuntu.images[0].id
    boot_volume_size_in_gbs = tostring(var.boot_gb)
  }
  create_vnic_details {
    subnet_id        = oci_core_subnet.public.id
    assign_public_ip = "true"
    nsg_ids          = [local.host]
  }
  instance_options {
    are_legacy_imds_endpoints_disabled = true
  }
  metadata = {
    ssh_authorized_keys = var.ssh_key
    user_data           = base64gzip(local.cloud_init)
  }
  lifecycle {
    ignore_changes = [source_details[0].source_id, metadata] # a newer Ubuntu or image is no reason to throw the host away
  }
}

resource "oci_core_volume" "data" {
  # checkov:skip=CKV_OCI_2:A copy of a disk is no backup of a database that runs: docs/operations/backup.md is.
  # checkov:skip=CKV_OCI_3:Oracle encrypts every disk by a key of its own; one of yours goes into kms_key_id.
  availability_domain = data.oci_identity_availability_domains.these.availability_domains[0].name
  compartment_id      = var.compartment_id
  display_name        = "${var.name}-data"
  size_in_gbs         = tostring(var.data_gb)
  freeform_tags       = local.tags
  lifecycle {
    prevent_destroy = true
  }
}

resource "oci_core_volume_attachment" "data" {
  attachment_type                     = "paravirtualized"
  instance_id                         = oci_core_instance.host.id
  volume_id                           = oci_core_volume.data.id
  device                              = "/dev/oracleoci/oraclevdb"
  is_pv_encryption_in_transit_enabled = true
}
