# Two to twenty tasks at 70 % of their processors, CloudFront in front, photos for 30 days (COACH-15).
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_data "aws_ip_ranges" {
    defaults = { cidr_blocks = ["192.0.2.0/24"] }
  }
  mock_resource "aws_acm_certificate" {
    defaults = {
      arn                       = "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"
      domain_validation_options = [{ domain_name = "bunri.example", resource_record_name = "_a.bunri.example", resource_record_type = "CNAME", resource_record_value = "_x.acm" }]
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/one" }
  }
}
mock_provider "aws" {
  alias = "virginia"
}

variables {
  domain  = "bunri.example"
  zone_id = "Z0123456789"
  image   = "registry.example/bunri:0.1.0"
  secrets = {
    secret       = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:secret"
    database_url = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:database"
    valkey_url   = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:valkey"
  }
}

run "scaled" {
  assert {
    condition     = alltrue([for target in aws_appautoscaling_target.this : target.min_capacity == 2 && target.max_capacity == 20])
    error_message = "two to twenty"
  }
  assert {
    condition     = toset(keys(aws_appautoscaling_target.this)) == toset(["api", "waste-worker"])
    error_message = "the API, and the workers that look at photos"
  }
  assert {
    condition     = alltrue([for policy in aws_appautoscaling_policy.this : policy.target_tracking_scaling_policy_configuration[0].target_value == 70])
    error_message = "70 % of their processors"
  }
  assert {
    condition     = aws_ecs_service.this["beat"].deployment_maximum_percent == 100 && aws_ecs_service.this["beat"].desired_count == 1
    error_message = "there are never two of beat"
  }
  assert {
    condition     = alltrue([for service in aws_ecs_service.this : service.deployment_circuit_breaker[0].rollback])
    error_message = "what does not become healthy goes back"
  }
}

run "tasks" {
  assert {
    condition = alltrue(flatten([
      for task in aws_ecs_task_definition.this : [for container in jsondecode(task.container_definitions) : container.readonlyRootFilesystem]
    ]))
    error_message = "the root of each file system is read-only"
  }
  assert {
    condition = alltrue(flatten([
      for task in aws_ecs_task_definition.this : [
        for container in jsondecode(task.container_definitions) : container.linuxParameters.capabilities.drop == ["ALL"] if container.name != "owner"
      ]
    ]))
    error_message = "no capabilities, but for the one that gives volumes away"
  }
  assert {
    condition = alltrue(flatten([
      for task in aws_ecs_task_definition.this : [
        for variable in try(jsondecode(task.container_definitions)[2].environment, []) : !can(regex("SECRET|PASSWORD|DATABASE_URL|VALKEY_URL", variable.name))
      ]
    ]))
    error_message = "no secret is a plain variable"
  }
  assert {
    condition     = toset([for secret in jsondecode(aws_ecs_task_definition.this["api"].container_definitions)[2].secrets : secret.name]) == toset(["BUNRI_SECRET", "BUNRI_DATABASE_URL", "BUNRI_VALKEY_URL"])
    error_message = "secrets come from Secrets Manager"
  }
  assert {
    condition     = alltrue([for service in aws_ecs_service.this : !service.network_configuration[0].assign_public_ip])
    error_message = "tasks have no public address"
  }
}

run "edge" {
  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https"
    error_message = "plain HTTP leads to 443"
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.balancer.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.balancer.from_port == 443
    error_message = "nobody goes around CloudFront"
  }
  assert {
    condition     = contains(one(aws_lb_listener_rule.inside.condition).path_pattern[0].values, "/internal/*")
    error_message = "what is for processes alone is refused"
  }
}

run "photos" {
  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.photos.rule : rule.expiration[0].days if rule.id == "photos"]) == 30
    error_message = "photos are forgotten after 30 days"
  }
  assert {
    condition     = aws_s3_bucket_public_access_block.photos.block_public_policy && aws_s3_bucket_public_access_block.photos.restrict_public_buckets
    error_message = "no photo is public"
  }
  assert {
    condition     = one(aws_s3_bucket_cors_configuration.photos.cors_rule).allowed_origins == toset(["https://bunri.example"])
    error_message = "only our own pages send photos"
  }
}

run "stores" {
  variables {
    store_ports = { "5432" = "sg-1", "6379" = "sg-2" }
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.stores["5432"].referenced_security_group_id == "sg-1" && length(aws_vpc_security_group_ingress_rule.stores) == 2
    error_message = "tasks reach the stores"
  }
}

run "before_the_first_migration" {
  variables {
    running = false
  }
  assert {
    condition     = length(aws_ecs_service.this) == 0 && length(aws_appautoscaling_target.this) == 0 && startswith(output.migrate, "aws ecs run-task ")
    error_message = "everything that migrating needs, and no service"
  }
}

run "a_single_task" {
  command = plan
  variables {
    fewest = 1
  }
  expect_failures = [var.fewest]
}

run "more_than_twenty" {
  command = plan
  variables {
    most = 21
  }
  expect_failures = [var.most]
}

run "a_secret_in_the_open" {
  command = plan
  variables {
    settings = { BUNRI_LLM__API_KEY = "key" }
  }
  expect_failures = [var.settings]
}

run "a_password_instead_of_its_place" {
  command = plan
  variables {
    secrets = { secret = "abc", database_url = "postgresql://…", valkey_url = "redis://…" }
  }
  expect_failures = [var.secrets]
}

run "an_image_without_a_version" {
  command = plan
  variables {
    image = "registry.example/bunri:latest"
  }
  expect_failures = [var.image]
}
