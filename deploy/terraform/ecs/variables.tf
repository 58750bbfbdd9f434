variable "domain" {
  description = "The site's name."
  type        = string
  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "A name such as bunri.example, in lower case, without https:// and without a dot at its end."
  }
}

variable "zone_id" {
  description = "Hosted zone of Route 53 that has the domain."
  type        = string
  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.zone_id))
    error_message = "The identifier of a hosted zone: Z…"
  }
}

variable "image" {
  description = "The image: REGISTRY/NAME:VERSION or …@sha256:…"
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9./_:-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "An image with a version or a digest; latest says nothing."
  }
}

variable "secrets" {
  description = "ARNs in Secrets Manager of BUNRI_SECRET, BUNRI_DATABASE_URL (PostgreSQL) and BUNRI_VALKEY_URL, each a plain string."
  type        = object({ secret = string, database_url = string, valkey_url = string })
  validation {
    condition     = alltrue([for arn in values(var.secrets) : startswith(arn, "arn:aws:secretsmanager:")])
    error_message = "Three ARNs that begin with arn:aws:secretsmanager:"
  }
}

variable "store_ports" {
  description = "Security groups of PostgreSQL and Valkey by their ports: tasks reach these and, by HTTPS, everybody."
  type        = map(string)
  default     = {}
  validation {
    condition     = alltrue([for port, group in var.store_ports : can(tonumber(port)) && startswith(group, "sg-")])
    error_message = "Ports and groups: { \"5432\" = \"sg-…\", \"6379\" = \"sg-…\" }"
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
  description = "Region of everything but CloudFront's certificate."
  type        = string
  default     = "ap-northeast-2"
}

variable "fewest" {
  description = "Tasks at least, of the API and of the workers that look at photos."
  type        = number
  default     = 2
  validation {
    condition     = var.fewest >= 2
    error_message = "2 or more: with one, nothing is left when it is replaced."
  }
}

variable "most" {
  description = "Tasks at most, of each of the two."
  type        = number
  default     = 20
  validation {
    condition     = var.most >= var.fewest && var.most <= 20
    error_message = "From fewest to 20: beyond, the database's connections are what is scarce."
  }
}

variable "cpu_percent" {
  description = "Load of their processors that the number of tasks is steered to, percent."
  type        = number
  default     = 70
  validation {
    condition     = var.cpu_percent >= 40 && var.cpu_percent <= 90
    error_message = "40 to 90."
  }
}

variable "photo_days" {
  description = "Days until photos are deleted; what BUNRI_WASTE__KEEP_DAYS says, too."
  type        = number
  default     = 30
  validation {
    condition     = var.photo_days >= 1 && var.photo_days <= 365
    error_message = "1 to 365."
  }
}

variable "log_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 365
}

variable "settings" {
  description = "Further settings of bunri (docs/settings.md), none of them secret: { BUNRI_LLM__PROVIDER = \"claude\" }"
  type        = map(string)
  default     = {}
  validation {
    condition     = alltrue([for name, value in var.settings : startswith(name, "BUNRI_") && !can(regex("(SECRET|PASSWORD|API_KEY|DATABASE_URL|VALKEY_URL|SMTP_URL|WEBHOOK)$", name))])
    error_message = "BUNRI_… alone; what is secret belongs into Secrets Manager."
  }
}

variable "secret_settings" {
  description = "Further settings that are secret: names of BUNRI_… and ARNs in Secrets Manager."
  type        = map(string)
  default     = {}
  validation {
    condition     = alltrue([for name, arn in var.secret_settings : startswith(name, "BUNRI_") && startswith(arn, "arn:aws:secretsmanager:")])
    error_message = "BUNRI_… and ARNs that begin with arn:aws:secretsmanager:"
  }
}

variable "running" {
  description = "Whether services are made. False the first time, until the database is migrated."
  type        = bool
  default     = true
}

variable "protected" {
  description = "Load balancer and photos cannot be deleted until this is false."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Further tags of everything."
  type        = map(string)
  default     = {}
}
