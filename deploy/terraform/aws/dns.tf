resource "aws_route53_zone" "this" {
  # checkov:skip=CKV2_AWS_38:DNSSEC needs a key of KMS, a dollar a month, and a record at the registrar.
  # checkov:skip=CKV2_AWS_39:A log of queries costs by the gigabyte and says which networks asked.
  name = var.domain
}

resource "aws_acm_certificate" "this" {
  domain_name               = var.domain
  subject_alternative_names = ["www.${var.domain}"]
  validation_method         = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # By name: what is known only after the certificate was asked for cannot say how many records there are.
  validation = { for option in aws_acm_certificate.this.domain_validation_options : option.domain_name => option }
}

resource "aws_route53_record" "validation" {
  for_each        = toset([var.domain, "www.${var.domain}"])
  zone_id         = aws_route53_zone.this.zone_id
  name            = local.validation[each.value].resource_record_name
  type            = local.validation[each.value].resource_record_type
  records         = [local.validation[each.value].resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

# Waits until the registrar names the zone's servers (output name_servers).
resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_route53_record" "site" {
  for_each = toset([var.domain, "www.${var.domain}"])
  zone_id  = aws_route53_zone.this.zone_id
  name     = each.value
  type     = "A"
  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
