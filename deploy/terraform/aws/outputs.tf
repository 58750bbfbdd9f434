output "url" {
  description = "Where people reach it."
  value       = "https://${var.domain}"
}

output "name_servers" {
  description = "Tell the registrar of the domain these; the certificate waits for them."
  value       = aws_route53_zone.this.name_servers
}

output "registry" {
  description = "Where images are pushed: docker push REGISTRY:TAG."
  value       = aws_ecr_repository.this.repository_url
}

output "address" {
  description = "The host's own address, for SSH."
  value       = aws_eip.host.public_ip
}

output "session" {
  description = "A shell on the host, without SSH."
  value       = "aws ssm start-session --region ${var.region} --target ${aws_instance.host.id}"
}

output "cloud_init" {
  description = "What the host is started with."
  value       = local.cloud_init
}
