# What runs, as deploy/compose/small.yaml has it: the API, workers for photos, a worker for everything else, beat, and
# once for each version, migrate.
locals {
  storage_url = "s3://${aws_s3_bucket.photos.bucket}?region=${var.region}"
  # Whom the API believes about who asks: the load balancer, and CloudFront before it.
  proxies = concat(aws_subnet.public[*].cidr_block, data.aws_ip_ranges.cloudfront.cidr_blocks)
  settings = merge({
    BUNRI_PUBLIC_URL            = "https://${var.domain}"
    BUNRI_STORAGE_URL           = local.storage_url
    BUNRI_WASTE__KEEP_DAYS      = tostring(var.photo_days)
    BUNRI_HTTP__TRUSTED_PROXIES = jsonencode(local.proxies)
    BUNRI_DATABASE_POOL         = "3"
    BUNRI_ALIVE_PATH            = "/tmp/alive"
  }, var.settings)
  secrets = merge({
    BUNRI_SECRET       = var.secrets.secret
    BUNRI_DATABASE_URL = var.secrets.database_url
    BUNRI_VALKEY_URL   = var.secrets.valkey_url
  }, var.secret_settings)

  health = ["CMD", "python3", "-IS", "/opt/bunri/share/health.py"]
  alive  = concat(local.health, ["--alive", "/tmp/alive"])
  kinds = {
    api          = { command = ["serve", "--target", "all", "--host", "0.0.0.0"], cpu = 1024, memory = 2048, check = local.health, settings = {} }
    waste-worker = { command = ["work", "--queue", "waste"], cpu = 1024, memory = 2048, check = local.alive, settings = { BUNRI_VISION__THREADS = "1" } }
    worker       = { command = ["work", "--queue", "default", "--queue", "recycling", "--queue", "learning"], cpu = 512, memory = 1024, check = local.alive, settings = {} }
    beat         = { command = ["beat"], cpu = 256, memory = 512, check = local.alive, settings = {} }
    migrate      = { command = ["migrate"], cpu = 512, memory = 1024, check = null, settings = {} }
  }

  common = {
    image                  = var.image
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    mountPoints            = [for volume in ["data", "tmp"] : { sourceVolume = volume, containerPath = "/${volume}", readOnly = false }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "bunri"
      }
    }
  }
  # New volumes are root's, and bunri is not root.
  owner = merge(local.common, {
    name            = "owner"
    essential       = false
    user            = "0"
    entryPoint      = ["sh", "-c"]
    command         = ["chown 10001:10001 /data && chmod 700 /data && chmod 1777 /tmp"]
    linuxParameters = { initProcessEnabled = true }
  })
  weights = merge(local.common, {
    name       = "weights"
    essential  = false
    entryPoint = ["sh", "-c"]
    command    = ["bunri models pull yolox_nano || true"] # without them people are asked more
    dependsOn  = [{ containerName = "owner", condition = "SUCCESS" }]
  })
}

data "aws_ip_ranges" "cloudfront" {
  services = ["cloudfront"]
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158:Encrypted by CloudWatch's own key; logs have neither addresses nor texts of people.
  name              = "/bunri/${var.name}"
  retention_in_days = var.log_days
}

resource "aws_ecs_cluster" "this" {
  name = var.name
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = local.kinds
  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.starter.arn
  task_role_arn            = aws_iam_role.task.arn
  volume {
    name = "data"
  }
  volume {
    name = "tmp"
  }
  container_definitions = jsonencode([
    local.owner,
    local.weights,
    merge(local.common, {
      name         = each.key
      essential    = true
      command      = each.value.command
      environment  = [for name, value in merge(local.settings, each.value.settings) : { name = name, value = value }]
      secrets      = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
      portMappings = each.key == "api" ? [{ containerPort = 8000, protocol = "tcp" }] : []
      dependsOn    = [{ containerName = "weights", condition = "COMPLETE" }]
      stopTimeout  = 60 # the photo in hand is finished
      healthCheck  = each.value.check == null ? null : { command = each.value.check, interval = 15, timeout = 5, retries = 3, startPeriod = 180 }
    }),
  ])
}

resource "aws_ecs_service" "this" {
  for_each                           = { for kind, what in local.kinds : kind => what if kind != "migrate" && var.running }
  name                               = each.key
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.this[each.key].arn
  launch_type                        = "FARGATE"
  platform_version                   = "LATEST"
  desired_count                      = contains(local.scaled, each.key) ? var.fewest : 1
  deployment_minimum_healthy_percent = each.key == "beat" ? 0 : 100 # never two
  deployment_maximum_percent         = each.key == "beat" ? 100 : 200
  health_check_grace_period_seconds  = each.key == "api" ? 180 : null
  propagate_tags                     = "SERVICE"
  network_configuration {
    subnets          = aws_subnet.private[*].id
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = false
  }
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  dynamic "load_balancer" {
    for_each = each.key == "api" ? [aws_lb_target_group.api.arn] : []
    content {
      target_group_arn = load_balancer.value
      container_name   = "api"
      container_port   = 8000
    }
  }
  depends_on = [aws_lb_listener.https]
  lifecycle {
    ignore_changes = [desired_count]
  }
}

# From fewest to most, by the load of their processors (COACH-15).
locals {
  scaled = ["api", "waste-worker"]
}

resource "aws_appautoscaling_target" "this" {
  for_each           = toset(var.running ? local.scaled : [])
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this[each.value].name}"
  min_capacity       = var.fewest
  max_capacity       = var.most
}

resource "aws_appautoscaling_policy" "this" {
  for_each           = aws_appautoscaling_target.this
  name               = "${each.key}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = each.value.service_namespace
  scalable_dimension = each.value.scalable_dimension
  resource_id        = each.value.resource_id
  target_tracking_scaling_policy_configuration {
    target_value       = var.cpu_percent
    scale_out_cooldown = 60
    scale_in_cooldown  = 300
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
