resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "Everybody, by HTTP and HTTPS"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  # checkov:skip=CKV_AWS_260:Port 80 leads to 443 and does nothing else.
  for_each          = toset(["80", "443"])
  security_group_id = aws_security_group.balancer.id
  description       = "Everybody"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value)
  to_port           = tonumber(each.value)
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "The host's gateway"
  referenced_security_group_id = aws_security_group.host.id
  ip_protocol                  = "tcp"
  from_port                    = 80
  to_port                      = 80
}

# Two zones are the least that a load balancer takes, and it pays for an address in each.
resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_91:Its log would need a bucket and requests that cost; the gateway on the host has one.
  # checkov:skip=CKV2_AWS_28:A web application firewall costs more than all the rest; bunri limits requests itself.
  name                       = var.name
  load_balancer_type         = "application"
  subnets                    = [aws_subnet.public[0].id, aws_subnet.public[2].id]
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.protected
  idle_timeout               = 60
}

resource "aws_lb_target_group" "host" {
  # checkov:skip=CKV_AWS_378:TLS ends at the load balancer; between it and the host is our own network.
  name                 = var.name
  vpc_id               = aws_vpc.this.id
  port                 = 80
  protocol             = "HTTP"
  target_type          = "instance"
  deregistration_delay = 30
  health_check {
    path                = "/gateway/health"
    matcher             = "200"
    interval            = 30
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_target_group_attachment" "host" {
  target_group_arn = aws_lb_target_group.host.arn
  target_id        = aws_instance.host.id
  port             = 80
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.host.arn
  }
}
