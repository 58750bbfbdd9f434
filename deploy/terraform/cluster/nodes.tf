# Bare Ubuntu: deploy/ansible makes a cluster of it (output inventory).
data "aws_ami" "ubuntu" {
  owners      = ["099720109477"] # Canonical
  most_recent = true
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

resource "aws_key_pair" "nodes" {
  key_name   = var.name
  public_key = var.ssh_key
}

resource "aws_instance" "control_plane" {
  # checkov:skip=CKV_AWS_88:Its address is for administrators alone; see admin_from.
  # checkov:skip=CKV_AWS_126:Detailed monitoring costs; docs/operations/monitoring.md tells more.
  ami                         = data.aws_ami.ubuntu.id
  instance_type               = var.control_plane_type
  subnet_id                   = aws_subnet.public[0].id
  private_ip                  = "10.10.1.10" # kubeadm's certificates name it
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.nodes.id]
  iam_instance_profile        = aws_iam_instance_profile.control_plane.name
  key_name                    = aws_key_pair.nodes.key_name
  ebs_optimized               = true
  disable_api_termination     = var.protected
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1 # pods do not get the node's role
  }
  root_block_device {
    volume_type = "gp3"
    volume_size = var.disk_gb
    encrypted   = true
  }
  tags = { Name = "${var.name}-control-plane" }
  lifecycle {
    ignore_changes = [ami]
  }
}

resource "aws_instance" "worker" {
  # checkov:skip=CKV_AWS_88:Its address is for administrators alone; see admin_from.
  # checkov:skip=CKV_AWS_126:Detailed monitoring costs; docs/operations/monitoring.md tells more.
  # checkov:skip=CKV2_AWS_41:A worker asks AWS for nothing, so that it has no role.
  count                       = var.workers
  ami                         = data.aws_ami.ubuntu.id
  instance_type               = var.worker_type
  subnet_id                   = aws_subnet.public[count.index % 2].id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.nodes.id]
  key_name                    = aws_key_pair.nodes.key_name
  ebs_optimized               = true
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  root_block_device {
    volume_type = "gp3"
    volume_size = var.disk_gb
    encrypted   = true
  }
  tags = { Name = "${var.name}-worker-${count.index + 1}" }
  lifecycle {
    ignore_changes = [ami]
  }
}
