output "url" {
  description = "Where people reach it."
  value       = "https://${var.domain}"
}

output "migrate" {
  description = "Migrates the database by the image of the last apply."
  value = join(" ", [
    "aws ecs run-task --region ${var.region} --cluster ${aws_ecs_cluster.this.name} --launch-type FARGATE",
    "--task-definition ${aws_ecs_task_definition.this["migrate"].family}",
    "--network-configuration 'awsvpcConfiguration={subnets=[${join(",", aws_subnet.private[*].id)}],securityGroups=[${aws_security_group.tasks.id}]}'",
  ])
}

output "network" {
  description = "Where PostgreSQL and Valkey belong."
  value       = { vpc = aws_vpc.this.id, subnets = aws_subnet.private[*].id, tasks = aws_security_group.tasks.id }
}

output "photos" {
  description = "The bucket of photos."
  value       = aws_s3_bucket.photos.bucket
}
