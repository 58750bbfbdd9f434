output "inventory" {
  description = "For Ansible: terraform output -raw inventory > inventory.yaml"
  value = yamlencode({
    all = {
      vars = {
        admin_from               = var.admin_from
        ansible_user             = "ubuntu"
        control_plane_private_ip = aws_instance.control_plane.private_ip
        control_plane_public_ip  = aws_instance.control_plane.public_ip
        etcd_snapshots_bucket    = aws_s3_bucket.snapshots.bucket
        etcd_snapshots_region    = var.region
        gateway_http_node_port   = var.http_node_port
        gateway_https_node_port  = var.https_node_port
      }
      children = {
        control_plane = { hosts = { (aws_instance.control_plane.tags.Name) = { ansible_host = aws_instance.control_plane.public_ip } } }
        workers       = { hosts = { for node in aws_instance.worker : node.tags.Name => { ansible_host = node.public_ip } } }
      }
    }
  })
}

output "balancer" {
  description = "What the site's name has to lead to (CNAME, or an alias)."
  value       = aws_lb.this.dns_name
}

output "snapshots" {
  description = "The bucket of etcd's snapshots."
  value       = aws_s3_bucket.snapshots.bucket
}
