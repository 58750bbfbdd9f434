# Public networks, closed by security groups: private ones would need a NAT gateway, which costs as much as a node.
resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11:Flow logs cost by the gigabyte; the gateway's log says who asked for what.
  cidr_block           = "10.10.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_subnet" "public" {
  count                   = 2
  vpc_id                  = aws_vpc.this.id
  availability_zone       = "${var.region}${["a", "c"][count.index]}"
  cidr_block              = "10.10.${1 + count.index}.0/24"
  map_public_ip_on_launch = false
  tags                    = { Name = "${var.name}-${count.index}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "nodes" {
  name        = "${var.name}-nodes"
  description = "Nodes among each other, administrators, and the load balancer"
  vpc_id      = aws_vpc.this.id
}

# The network of pods has tunnels of its own, and etcd, kubelet and the API have their ports: all among nodes is allowed.
resource "aws_vpc_security_group_ingress_rule" "among_nodes" {
  security_group_id            = aws_security_group.nodes.id
  description                  = "Nodes among each other"
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_ingress_rule" "admin" {
  for_each          = { for pair in setproduct(var.admin_from, [22, 6443]) : "${pair[0]} ${pair[1]}" => pair }
  security_group_id = aws_security_group.nodes.id
  description       = "Administrators: SSH and the API of Kubernetes"
  cidr_ipv4         = each.value[0]
  ip_protocol       = "tcp"
  from_port         = each.value[1]
  to_port           = each.value[1]
}

resource "aws_vpc_security_group_ingress_rule" "gateway" {
  for_each                     = toset([tostring(var.http_node_port), tostring(var.https_node_port)])
  security_group_id            = aws_security_group.nodes.id
  description                  = "The load balancer to the gateway"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.value)
  to_port                      = tonumber(each.value)
}

resource "aws_vpc_security_group_egress_rule" "nodes" {
  security_group_id = aws_security_group.nodes.id
  description       = "Packages, images, weights, mail, notices; NetworkPolicies say which pods"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
