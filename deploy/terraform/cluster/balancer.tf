resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "Everybody, by HTTP and HTTPS"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  # checkov:skip=CKV_AWS_260:Port 80 is for challenges of ACME; the gateway leads everything else to 443.
  for_each          = toset(["80", "443"])
  security_group_id = aws_security_group.balancer.id
  description       = "Everybody"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value)
  to_port           = tonumber(each.value)
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  for_each                     = toset([tostring(var.http_node_port), tostring(var.https_node_port)])
  security_group_id            = aws_security_group.balancer.id
  description                  = "The gateway on the nodes"
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.value)
  to_port                      = tonumber(each.value)
}

# Passes connections on as they are: certificates are in the cluster.
resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_20:The gateway in the cluster leads to HTTPS.
  # checkov:skip=CKV_AWS_91:It sees connections alone; the gateway's log says who asked for what.
  name                             = var.name
  load_balancer_type               = "network"
  subnets                          = aws_subnet.public[*].id
  security_groups                  = [aws_security_group.balancer.id]
  enable_deletion_protection       = var.protected
  enable_cross_zone_load_balancing = true
}

locals {
  ports = { "80" = var.http_node_port, "443" = var.https_node_port }
  targets = merge([
    for port, node_port in local.ports : { for number in range(var.workers) : "${port} ${number}" => { port = port, number = number } }
  ]...)
}

resource "aws_lb_target_group" "gateway" {
  for_each           = local.ports
  name               = "${var.name}-${each.key}"
  vpc_id             = aws_vpc.this.id
  port               = each.value
  protocol           = "TCP"
  target_type        = "instance"
  preserve_client_ip = "true"
  health_check {
    protocol = "TCP"
    interval = 10
  }
}

resource "aws_lb_target_group_attachment" "gateway" {
  for_each         = local.targets
  target_group_arn = aws_lb_target_group.gateway[each.value.port].arn
  target_id        = aws_instance.worker[each.value.number].id
}

resource "aws_lb_listener" "gateway" {
  # checkov:skip=CKV_AWS_2:TLS ends in the cluster, and port 80 is needed for challenges.
  # checkov:skip=CKV_AWS_103:TLS ends in the cluster.
  for_each          = local.ports
  load_balancer_arn = aws_lb.this.arn
  port              = tonumber(each.key)
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.gateway[each.key].arn
  }
}
