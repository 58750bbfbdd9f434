output "url" {
  description = "Where people reach it."
  value       = "https://${var.domain}"
}

output "address" {
  description = "What the A record of the domain has to name."
  value       = oci_load_balancer_load_balancer.this.ip_address_details[0].ip_address
}

output "host" {
  description = "The host's own address, for SSH as ubuntu."
  value       = oci_core_instance.host.public_ip
}

output "cloud_init" {
  description = "What the host is started with."
  value       = local.cloud_init
}
