variable "ssh_key" {
  description = "Public key that Ansible logs in with."
  type        = string
  validation {
    condition     = can(regex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp256) [A-Za-z0-9+/=]+", var.ssh_key))
    error_message = "A public key of OpenSSH: ssh-ed25519 AAAA…"
  }
}

variable "admin_from" {
  description = "Networks that reach SSH and the API of Kubernetes."
  type        = list(string)
  validation {
    condition     = length(var.admin_from) > 0 && alltrue([for network in var.admin_from : can(cidrhost(network, 0)) && try(tonumber(split("/", network)[1]) >= 16, false)])
    error_message = "At least one network such as 198.51.100.7/32, none wider than /16: neither is for everybody."
  }
}

variable "name" {
  description = "What everything made here is called."
  type        = string
  default     = "bunri"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))
    error_message = "2 to 20 small letters, digits and hyphens."
  }
}

variable "region" {
  description = "Region of everything."
  type        = string
  default     = "ap-northeast-2"
}

variable "workers" {
  description = "Nodes beside the control plane."
  type        = number
  default     = 2
  validation {
    condition     = var.workers >= 2 && var.workers <= 20 && floor(var.workers) == var.workers
    error_message = "2 to 20: with one, nothing is left when it is replaced."
  }
}

variable "control_plane_type" {
  description = "Type of the control plane; kubeadm wants 2 processors and 2 GB at least."
  type        = string
  default     = "t3.medium"
  validation {
    condition     = can(regex("\\.(medium|large|[0-9]*xlarge)$", var.control_plane_type))
    error_message = "medium or larger: kubeadm wants 2 processors and 2 GB."
  }
}

variable "worker_type" {
  description = "Type of the other nodes."
  type        = string
  default     = "t3.large"
  validation {
    condition     = can(regex("\\.(medium|large|[0-9]*xlarge)$", var.worker_type))
    error_message = "medium or larger."
  }
}

variable "disk_gb" {
  description = "Size of each node's disk, GB."
  type        = number
  default     = 50
  validation {
    condition     = var.disk_gb >= 30
    error_message = "30 or more: images, logs and etcd."
  }
}

variable "http_node_port" {
  description = "Port of every node where the gateway takes HTTP."
  type        = number
  default     = 30080
}

variable "https_node_port" {
  description = "The same for HTTPS: TLS ends in the cluster, by cert-manager."
  type        = number
  default     = 30443
}

variable "snapshot_days" {
  description = "Days that snapshots of etcd are kept."
  type        = number
  default     = 30
}

variable "protected" {
  description = "Neither the load balancer nor the control plane can be deleted until this is false."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Further tags of everything."
  type        = map(string)
  default     = {}
}
