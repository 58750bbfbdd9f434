variable "domain" {
  description = "The site's name. A hosted zone is made for it; www leads to it too."
  type        = string
  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "A name such as bunri.example, in lower case, without https:// and without a dot at its end."
  }
}

variable "image_tag" {
  description = "The tag, in the registry made here, of the image that the host starts with. Until it is pushed the host waits."
  type        = string
  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "A version or a commit: a tag is written once, and latest says nothing."
  }
}

variable "ssh_key" {
  description = "Public key that may log in by SSH. Null: Session Manager alone."
  type        = string
  default     = null
  validation {
    condition     = var.ssh_key == null || can(regex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp256) [A-Za-z0-9+/=]+", var.ssh_key))
    error_message = "A public key of OpenSSH: ssh-ed25519 AAAA…"
  }
}

variable "ssh_from" {
  description = "Networks that reach port 22. None: it is closed."
  type        = list(string)
  default     = []
  validation {
    condition     = alltrue([for network in var.ssh_from : can(cidrhost(network, 0)) && try(tonumber(split("/", network)[1]) >= 16, false)])
    error_message = "Networks such as 198.51.100.7/32, none wider than /16: SSH is not for everybody."
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

variable "instance_type" {
  description = "The host's type, of those in the free tier."
  type        = string
  default     = "t2.micro"
  validation {
    condition     = contains(["t2.micro", "t3.micro"], var.instance_type)
    error_message = "The free tier has t2.micro and t3.micro. For more, use the module cluster or ecs."
  }
}

variable "disk_gb" {
  description = "Size of the host's disk, GB. The free tier has 30."
  type        = number
  default     = 30
  validation {
    condition     = var.disk_gb >= 16 && var.disk_gb <= 30
    error_message = "16 (the image, twice while it is replaced, and 2 GB of swap) to 30, which the free tier has."
  }
}

variable "budget_mail" {
  description = "Who is told when a month costs more than budget_usd, or will. Null: nobody."
  type        = string
  default     = null
}

variable "budget_usd" {
  description = "What a month may cost before budget_mail is told."
  type        = number
  default     = 10
}

variable "protected" {
  description = "The load balancer cannot be deleted until this is false."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Further tags of everything."
  type        = map(string)
  default     = {}
}
