variable "tenancy_id" {
  description = "OCID of the tenancy: groups of hosts and their rights are made there."
  type        = string
  validation {
    condition     = startswith(var.tenancy_id, "ocid1.tenancy.")
    error_message = "An OCID that begins with ocid1.tenancy."
  }
}

variable "compartment_id" {
  description = "OCID of the compartment where everything else is made; the tenancy is one, too."
  type        = string
  validation {
    condition     = can(regex("^ocid1\\.(compartment|tenancy)\\.", var.compartment_id))
    error_message = "An OCID that begins with ocid1.compartment. or ocid1.tenancy."
  }
}

variable "domain" {
  description = "The site's name. Its A record has to lead to the output address."
  type        = string
  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "A name such as bunri.example, in lower case, without https:// and without a dot at its end."
  }
}

variable "mail" {
  description = "Whom Let's Encrypt tells that a certificate ends."
  type        = string
  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+\\.[a-z]{2,}$", var.mail))
    error_message = "A mail address."
  }
}

variable "image" {
  description = "The image, built for Arm, where the host can fetch it without a password: REGISTRY/NAME:VERSION."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9./_:-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "An image with a version or a digest; latest says nothing."
  }
}

variable "first_certificate" {
  description = "Any certificate for the domain with its key, PEM: the load balancer needs one until Let's Encrypt has given the real one, minutes later."
  type        = object({ certificate = string, key = string })
  sensitive   = true
  validation {
    condition     = startswith(var.first_certificate.certificate, "-----BEGIN CERTIFICATE-----") && can(regex("^-----BEGIN [A-Z ]*PRIVATE KEY-----", var.first_certificate.key))
    error_message = "PEM: openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=DOMAIN -keyout key.pem -out certificate.pem"
  }
}

variable "ssh_key" {
  description = "Public key that may log in by SSH."
  type        = string
  validation {
    condition     = can(regex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp256) [A-Za-z0-9+/=]+", var.ssh_key))
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
  description = "The tenancy's home region: what is always free is free there alone."
  type        = string
  default     = "ap-chuncheon-1"
}

variable "cores" {
  description = "OCPUs of the host; 4 are always free."
  type        = number
  default     = 4
  validation {
    condition     = var.cores >= 1 && var.cores <= 4
    error_message = "1 to 4, which are always free."
  }
}

variable "memory_gb" {
  description = "Memory of the host, GB; 24 are always free."
  type        = number
  default     = 24
  validation {
    condition     = var.memory_gb >= 6 && var.memory_gb <= 24
    error_message = "6 to 24, which are always free."
  }
}

variable "boot_gb" {
  description = "Size of the disk with the system, GB."
  type        = number
  default     = 50
  validation {
    condition     = var.boot_gb >= 50
    error_message = "Oracle makes none smaller than 50."
  }
}

variable "data_gb" {
  description = "Size of the disk with everything kept, GB."
  type        = number
  default     = 100
  validation {
    condition     = var.data_gb >= 50 && var.data_gb + var.boot_gb <= 200
    error_message = "50 or more, and with the other disk no more than 200, which are always free."
  }
}

variable "tags" {
  description = "Further tags of everything."
  type        = map(string)
  default     = {}
}

variable "oci_cli" {
  description = "Version of Oracle's command line on the host, which puts certificates on the load balancer."
  type        = string
  default     = "3.95.1"
}
