resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_91:The API's own log says who asked for what, without addresses.
  # checkov:skip=CKV2_AWS_28:bunri limits requests itself; a web application firewall is a matter of the budget.
  name                       = var.name
  load_balancer_type         = "application"
  subnets                    = aws_subnet.public[*].id
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.protected
  idle_timeout               = 120 # sockets are heard of every 25 seconds
}

# Polls of a socket have to come back to where it is: the load balancer's cookie says where.
resource "aws_lb_target_group" "api" {
  # checkov:skip=CKV_AWS_378:TLS ends at the load balancer; between it and the tasks is our own network.
  name                 = var.name
  vpc_id               = aws_vpc.this.id
  port                 = 8000
  protocol             = "HTTP"
  target_type          = "ip"
  deregistration_delay = 30
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 3600
  }
  health_check {
    path                = "/health"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.origin.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

# What the gateway of Compose refuses, too.
resource "aws_lb_listener_rule" "inside" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 1
  condition {
    path_pattern {
      values = ["/internal/*", "/metrics", "/metrics/*", "/dev/*"]
    }
  }
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_acm_certificate" "origin" {
  domain_name       = var.domain
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

# The same name in the region that CloudFront reads; the record that proves it is the same, too.
resource "aws_acm_certificate" "edge" {
  provider          = aws.virginia
  domain_name       = var.domain
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

locals {
  validation = one(aws_acm_certificate.origin.domain_validation_options)
}

resource "aws_route53_record" "validation" {
  zone_id         = var.zone_id
  name            = local.validation.resource_record_name
  type            = local.validation.resource_record_type
  records         = [local.validation.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "origin" {
  certificate_arn         = aws_acm_certificate.origin.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

resource "aws_acm_certificate_validation" "edge" {
  provider                = aws.virginia
  certificate_arn         = aws_acm_certificate.edge.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

# Its certificate is for the site's name, and CloudFront passes that name on: so it is proven, whatever the origin is called.
resource "aws_cloudfront_distribution" "this" {
  # checkov:skip=CKV_AWS_68:bunri limits requests itself; a web application firewall is a matter of the budget.
  # checkov:skip=CKV_AWS_86:The API's own log says who asked for what, without addresses.
  # checkov:skip=CKV_AWS_305:The web app answers at / itself.
  # checkov:skip=CKV_AWS_310:There is one origin; it has two zones.
  # checkov:skip=CKV_AWS_374:People who travel use it, too.
  # checkov:skip=CKV2_AWS_32:bunri sets the security headers of every answer itself (docs/operations/limits.md).
  # checkov:skip=CKV2_AWS_47:It is about Log4j, and no Java runs here.
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  aliases         = [var.domain]
  price_class     = "PriceClass_200" # with Korea
  comment         = var.name
  origin {
    origin_id   = "api"
    domain_name = aws_lb.this.dns_name
    custom_origin_config {
      http_port                = 80
      https_port               = 443
      origin_protocol_policy   = "https-only"
      origin_ssl_protocols     = ["TLSv1.2"]
      origin_read_timeout      = 60
      origin_keepalive_timeout = 60
    }
  }
  default_cache_behavior {
    target_origin_id         = "api"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods           = ["GET", "HEAD"]
    compress                 = false                                  # never what sessions are in (BREACH); bunri compresses
    cache_policy_id          = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" # AWS's CachingDisabled
    origin_request_policy_id = "216adef6-5c7f-47e4-b989-5492eafa07d3" # AWS's AllViewer
  }
  # Names of these files change with what is in them.
  ordered_cache_behavior {
    path_pattern             = "/assets/*"
    target_origin_id         = "api"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = ["GET", "HEAD"]
    cached_methods           = ["GET", "HEAD"]
    compress                 = true
    cache_policy_id          = "658327ea-f89d-4fab-a63d-7e88639e58f6" # AWS's CachingOptimized
    origin_request_policy_id = "216adef6-5c7f-47e4-b989-5492eafa07d3"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.edge.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_route53_record" "site" {
  for_each = toset(["A", "AAAA"])
  zone_id  = var.zone_id
  name     = var.domain
  type     = each.value
  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}
