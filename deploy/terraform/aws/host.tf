locals {
  host_image = "${aws_ecr_repository.this.repository_url}:${var.image_tag}"
  host_files = {
    "/srv/bunri/detect.yaml"            = { mode = "0644", content = file("${path.module}/../../compose/detect.yaml") }
    "/srv/bunri/start.sh"               = { mode = "0755", content = file("${path.module}/../host/start.sh") }
    "/etc/systemd/system/bunri.service" = { mode = "0644", content = file("${path.module}/../host/bunri.service") }
    "/root/.docker/config.json" = {
      mode    = "0600"
      content = jsonencode({ credHelpers = { (split("/", aws_ecr_repository.this.repository_url)[0]) = "ecr-login" } })
    }
    "/srv/bunri/host.env" = {
      mode    = "0600"
      content = <<-EOT
        STACK="detect.yaml"
        IMAGE="${local.host_image}"
        PUBLIC_URL="https://${var.domain}"
        TRUSTED_PROXIES="10.0.101.0/24 10.0.103.0/24"
        HOME=/root
      EOT
    }
  }
  cloud_init = templatefile("${path.module}/../cloud-init.yaml.tftpl", {
    packages = ["amazon-ecr-credential-helper"]
    files    = local.host_files
    commands = []
  })
}

data "aws_ami" "ubuntu" {
  owners      = ["099720109477"] # Canonical
  most_recent = true
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

resource "aws_security_group" "host" {
  name        = "${var.name}-host"
  description = "The load balancer, and SSH from named networks"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "host_web" {
  # checkov:skip=CKV_AWS_260:It names the load balancer and no network, which this rule does not see.
  for_each                     = toset(["80", "443"])
  security_group_id            = aws_security_group.host.id
  description                  = "The load balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.value)
  to_port                      = tonumber(each.value)
}

resource "aws_vpc_security_group_ingress_rule" "host_ssh" {
  for_each          = toset(var.ssh_from)
  security_group_id = aws_security_group.host.id
  description       = "SSH from a named network"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

resource "aws_vpc_security_group_egress_rule" "host" {
  for_each          = toset(["80", "443"]) # Debian's packages come by 80; names and time are AWS's own, which no group bars
  security_group_id = aws_security_group.host.id
  description       = "Packages, the registry, the weights, Session Manager"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value)
  to_port           = tonumber(each.value)
}

resource "aws_key_pair" "host" {
  count      = var.ssh_key == null ? 0 : 1
  key_name   = var.name
  public_key = var.ssh_key
}

# In the first zone, which has had t2.micro from the start; not every zone of Seoul does.
resource "aws_instance" "host" {
  # checkov:skip=CKV_AWS_126:Detailed monitoring costs; /metrics and the alerts of docs/operations/monitoring.md tell more.
  # checkov:skip=CKV_AWS_135:t2.micro cannot be EBS-optimised.
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = var.instance_type
  subnet_id              = aws_subnet.public[0].id
  vpc_security_group_ids = [aws_security_group.host.id]
  iam_instance_profile   = aws_iam_instance_profile.host.name
  key_name               = one(aws_key_pair.host[*].key_name)
  user_data_base64       = base64gzip(local.cloud_init)
  credit_specification {
    cpu_credits = "standard" # unlimited ones, the default of t3, cost
  }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1 # containers do not get the host's role
  }
  root_block_device {
    volume_type = "gp3"
    volume_size = var.disk_gb
    encrypted   = true
  }
  tags = { Name = var.name }
  lifecycle {
    ignore_changes = [ami, user_data_base64] # a newer Ubuntu or image is no reason to throw the host away: roll it
  }
}

resource "aws_eip" "host" {
  domain   = "vpc"
  instance = aws_instance.host.id
  tags     = { Name = var.name }
}

data "aws_iam_policy_document" "host_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "pull" {
  statement {
    sid       = "Token"
    actions   = ["ecr:GetAuthorizationToken"] # knows no resources
    resources = ["*"]
  }
  statement {
    sid       = "Pull"
    actions   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
    resources = [aws_ecr_repository.this.arn]
  }
}

resource "aws_iam_role" "host" {
  name               = "${var.name}-host"
  assume_role_policy = data.aws_iam_policy_document.host_trust.json
}

resource "aws_iam_role_policy" "pull" {
  name   = "pull"
  role   = aws_iam_role.host.id
  policy = data.aws_iam_policy_document.pull.json
}

resource "aws_iam_role_policy_attachment" "session_manager" {
  role       = aws_iam_role.host.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "host" {
  name = "${var.name}-host"
  role = aws_iam_role.host.name
}
