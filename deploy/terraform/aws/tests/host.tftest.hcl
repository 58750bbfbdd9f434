# The whole of DET-7, and nothing beyond the free tier.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_ecr_repository" {
    defaults = { repository_url = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/app-repository" }
  }
  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"
      domain_validation_options = [
        { domain_name = "bunri.example", resource_record_name = "_a.bunri.example", resource_record_type = "CNAME", resource_record_value = "_x.acm" },
        { domain_name = "www.bunri.example", resource_record_name = "_b.bunri.example", resource_record_type = "CNAME", resource_record_value = "_y.acm" },
      ]
    }
  }
}

variables {
  domain    = "bunri.example"
  image_tag = "0.1.0"
  ssh_from  = ["198.51.100.7/32"]
  ssh_key   = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKc0mrWRpOJjFJqfUyOWnVBvMNTLBX0Fh7cIgU1Fa5jR somebody"
}

run "network" {
  assert {
    condition     = aws_vpc.this.cidr_block == "10.0.0.0/16"
    error_message = "the network is another"
  }
  assert {
    condition = [for subnet in aws_subnet.public : "${subnet.availability_zone} ${subnet.cidr_block}"] == [
      "ap-northeast-2a 10.0.101.0/24", "ap-northeast-2b 10.0.102.0/24",
      "ap-northeast-2c 10.0.103.0/24", "ap-northeast-2d 10.0.104.0/24",
    ]
    error_message = "public networks"
  }
  assert {
    condition     = [for subnet in aws_subnet.private : subnet.cidr_block] == ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24", "10.0.4.0/24"]
    error_message = "private networks"
  }
}

run "names_and_tls" {
  assert {
    condition     = toset(keys(aws_route53_record.site)) == toset(["bunri.example", "www.bunri.example"])
    error_message = "apex and www lead to the load balancer"
  }
  assert {
    condition     = aws_acm_certificate.this.validation_method == "DNS" && length(aws_route53_record.validation) == 2
    error_message = "the certificate is validated by DNS, for both names"
  }
  assert {
    condition     = one(aws_lb_listener.http.default_action[*].redirect[0].port) == "443" && one(aws_lb_listener.http.default_action[*].type) == "redirect"
    error_message = "plain HTTP leads to 443"
  }
  assert {
    condition     = startswith(aws_lb_listener.https.ssl_policy, "ELBSecurityPolicy-TLS13")
    error_message = "TLS 1.2 and 1.3"
  }
}

run "free_tier" {
  assert {
    condition     = aws_instance.host.instance_type == "t2.micro" && one(aws_instance.host.root_block_device[*].volume_size) <= 30
    error_message = "750 hours of t2.micro, 30 GB of EBS"
  }
  assert {
    condition     = one(aws_instance.host.credit_specification[*].cpu_credits) == "standard"
    error_message = "unlimited credits cost"
  }
  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this.policy).rules[0].selection.countNumber == 3
    error_message = "three images are kept"
  }
  assert {
    condition     = aws_ecr_repository.this.name == "app-repository"
    error_message = "the registry's name"
  }
  assert {
    condition     = length(aws_budgets_budget.month) == 0
    error_message = "nobody is told unless asked for"
  }
}

run "host" {
  assert {
    condition     = one(aws_instance.host.metadata_options[*].http_tokens) == "required" && one(aws_instance.host.root_block_device[*].encrypted)
    error_message = "IMDSv2 alone, and an encrypted disk"
  }
  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.host_ssh) == ["198.51.100.7/32"]
    error_message = "SSH from the named network alone"
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.host_web : rule.cidr_ipv4 == null])
    error_message = "80 and 443 of the host are for the load balancer"
  }
  assert {
    condition     = length(base64gzip(local.cloud_init)) * 3 / 4 < 16384
    error_message = "AWS takes 16 KiB of user data"
  }
}

run "nobody_by_ssh" {
  variables {
    ssh_from = []
    ssh_key  = null
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.host_ssh) == 0 && length(aws_key_pair.host) == 0
    error_message = "without networks port 22 is closed"
  }
}

run "told_of_costs" {
  variables {
    budget_mail = "somebody@bunri.example"
  }
  assert {
    condition     = aws_budgets_budget.month[0].limit_amount == "10" && length(aws_budgets_budget.month[0].notification) == 2
    error_message = "told of what it costs and of what it will"
  }
}
