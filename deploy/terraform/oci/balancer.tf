resource "oci_load_balancer_load_balancer" "this" {
  compartment_id             = var.compartment_id
  display_name               = var.name
  shape                      = "flexible"
  subnet_ids                 = [oci_core_subnet.public.id]
  network_security_group_ids = [local.balancer]
  freeform_tags              = local.tags
  shape_details {
    minimum_bandwidth_in_mbps = 10
    maximum_bandwidth_in_mbps = 10 # what is always free
  }
}

resource "oci_load_balancer_backend_set" "host" {
  name             = "host"
  load_balancer_id = oci_load_balancer_load_balancer.this.id
  policy           = "ROUND_ROBIN"
  health_checker {
    protocol          = "HTTP"
    port              = 80
    url_path          = "/gateway/health"
    return_code       = 200
    interval_ms       = 10000
    timeout_in_millis = 3000
    retries           = 3
  }
}

resource "oci_load_balancer_backend" "host" {
  load_balancer_id = oci_load_balancer_load_balancer.this.id
  backendset_name  = oci_load_balancer_backend_set.host.name
  ip_address       = oci_core_instance.host.private_ip
  port             = 80
}

resource "oci_load_balancer_certificate" "first" {
  load_balancer_id   = oci_load_balancer_load_balancer.this.id
  certificate_name   = "first"
  public_certificate = var.first_certificate.certificate
  private_key        = var.first_certificate.key
  lifecycle {
    ignore_changes = [public_certificate, private_key]
  }
}

# Everything leads to HTTPS, challenges too: Let's Encrypt follows, and takes whatever certificate there is meanwhile.
resource "oci_load_balancer_rule_set" "to_https" {
  load_balancer_id = oci_load_balancer_load_balancer.this.id
  name             = "to_https"
  items {
    action        = "REDIRECT"
    description   = "Plain HTTP leads to 443"
    response_code = 301
    conditions {
      attribute_name  = "PATH"
      attribute_value = "/"
      operator        = "FORCE_LONGEST_PREFIX_MATCH"
    }
    redirect_uri {
      protocol = "HTTPS"
      host     = "{host}"
      port     = 443
      path     = "/{path}"
      query    = "?{query}"
    }
  }
}

resource "oci_load_balancer_listener" "http" {
  load_balancer_id         = oci_load_balancer_load_balancer.this.id
  name                     = "http"
  default_backend_set_name = oci_load_balancer_backend_set.host.name
  port                     = 80
  protocol                 = "HTTP"
  rule_set_names           = [oci_load_balancer_rule_set.to_https.name]
}

resource "oci_load_balancer_listener" "https" {
  load_balancer_id         = oci_load_balancer_load_balancer.this.id
  name                     = "https"
  default_backend_set_name = oci_load_balancer_backend_set.host.name
  port                     = 443
  protocol                 = "HTTP"
  ssl_configuration {
    certificate_name        = oci_load_balancer_certificate.first.certificate_name
    protocols               = ["TLSv1.2", "TLSv1.3"]
    cipher_suite_name       = "oci-tls-12-13-wider-ssl-cipher-suite-v1"
    verify_peer_certificate = false
  }
  lifecycle {
    ignore_changes = [ssl_configuration[0].certificate_name] # update-letsencrypt-cert.sh puts the real one there
  }
}

# What that script may do, on the host alone.
resource "oci_identity_dynamic_group" "host" {
  compartment_id = var.tenancy_id
  name           = "${var.name}-host"
  description    = "The host that renews the load balancer's certificate"
  matching_rule  = "ALL {instance.id = '${oci_core_instance.host.id}'}"
  freeform_tags  = local.tags
}

resource "oci_identity_policy" "host" {
  compartment_id = var.compartment_id
  name           = "${var.name}-host"
  description    = "The host puts renewed certificates on the load balancer"
  statements     = ["Allow dynamic-group ${oci_identity_dynamic_group.host.name} to use load-balancers in compartment id ${var.compartment_id}"]
  freeform_tags  = local.tags
}
