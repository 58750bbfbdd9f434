terraform {
  required_version = ">= 1.9"
  required_providers {
    oci = {
      source  = "oracle/oci"
      version = "~> 7.19"
    }
  }
}

provider "oci" {
  region = var.region
}
