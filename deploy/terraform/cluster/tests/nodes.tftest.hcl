# One control plane and two workers (COACH-14), closed but for administrators and the gateway.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/one/1" }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/one/1" }
  }
}

variables {
  ssh_key    = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKc0mrWRpOJjFJqfUyOWnVBvMNTLBX0Fh7cIgU1Fa5jR somebody"
  admin_from = ["198.51.100.7/32"]
}

run "nodes" {
  assert {
    condition     = length(aws_instance.worker) == 2 && length(yamldecode(output.inventory).all.children.control_plane.hosts) == 1
    error_message = "one and two"
  }
  assert {
    condition     = toset(keys(yamldecode(output.inventory).all.children.workers.hosts)) == toset(["bunri-worker-1", "bunri-worker-2"])
    error_message = "Ansible knows the workers"
  }
  assert {
    condition = alltrue([
      for node in concat([aws_instance.control_plane], aws_instance.worker) :
      one(node.metadata_options[*].http_tokens) == "required" && one(node.root_block_device[*].encrypted)
    ])
    error_message = "IMDSv2 alone, and encrypted disks"
  }
  assert {
    condition     = length(toset([for node in aws_instance.worker : node.subnet_id])) == 2
    error_message = "workers are in two zones"
  }
}

run "closed" {
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.admin : "${rule.cidr_ipv4} ${rule.from_port}"]) == toset(["198.51.100.7/32 22", "198.51.100.7/32 6443"])
    error_message = "SSH and the API are for administrators"
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.among_nodes.cidr_ipv4 == null
    error_message = "nodes speak with nodes alone"
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.gateway : rule.from_port]) == toset([30080, 30443])
    error_message = "the load balancer reaches the gateway alone"
  }
}

run "snapshots" {
  assert {
    condition     = one(one(aws_s3_bucket_lifecycle_configuration.snapshots.rule).expiration[*].days) == 30
    error_message = "snapshots are kept for 30 days"
  }
  assert {
    condition     = aws_s3_bucket_public_access_block.snapshots.restrict_public_buckets
    error_message = "nobody else reads them"
  }
}

run "five_workers" {
  variables {
    workers = 5
  }
  assert {
    condition     = length(aws_lb_target_group_attachment.gateway) == 10
    error_message = "each worker takes both ports"
  }
}

run "the_api_for_everybody" {
  command = plan
  variables {
    admin_from = ["0.0.0.0/0"]
  }
  expect_failures = [var.admin_from]
}

run "the_api_for_nobody" {
  command = plan
  variables {
    admin_from = []
  }
  expect_failures = [var.admin_from]
}

run "too_small_for_kubeadm" {
  command = plan
  variables {
    control_plane_type = "t3.small"
  }
  expect_failures = [var.control_plane_type]
}

run "a_single_worker" {
  command = plan
  variables {
    workers = 1
  }
  expect_failures = [var.workers]
}
