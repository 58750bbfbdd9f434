locals {
  tags = merge({ Project = var.name, ManagedBy = "terraform" }, var.tags)
}

resource "oci_core_vcn" "this" {
  compartment_id = var.compartment_id
  cidr_blocks    = ["10.0.0.0/16"]
  display_name   = var.name
  dns_label      = "bunri"
  freeform_tags  = local.tags
}

# The one that a network comes with lets everybody in by SSH. Security groups say who may come in instead.
resource "oci_core_default_security_list" "closed" {
  manage_default_resource_id = oci_core_vcn.this.default_security_list_id
  display_name               = "${var.name}-closed"
  freeform_tags              = local.tags
}

resource "oci_core_internet_gateway" "this" {
  compartment_id = var.compartment_id
  vcn_id         = oci_core_vcn.this.id
  display_name   = var.name
  freeform_tags  = local.tags
}

resource "oci_core_route_table" "public" {
  compartment_id = var.compartment_id
  vcn_id         = oci_core_vcn.this.id
  display_name   = "${var.name}-public"
  freeform_tags  = local.tags
  route_rules {
    destination       = "0.0.0.0/0"
    network_entity_id = oci_core_internet_gateway.this.id
  }
}

resource "oci_core_subnet" "public" {
  compartment_id    = var.compartment_id
  vcn_id            = oci_core_vcn.this.id
  cidr_block        = "10.0.1.0/24"
  display_name      = "${var.name}-public"
  dns_label         = "public"
  route_table_id    = oci_core_route_table.public.id
  security_list_ids = [oci_core_default_security_list.closed.id]
  freeform_tags     = local.tags
}

resource "oci_core_network_security_group" "this" {
  for_each       = toset(["balancer", "host"])
  compartment_id = var.compartment_id
  vcn_id         = oci_core_vcn.this.id
  display_name   = "${var.name}-${each.value}"
  freeform_tags  = local.tags
}

locals {
  balancer = oci_core_network_security_group.this["balancer"].id
  host     = oci_core_network_security_group.this["host"].id
  allowed = merge(
    { for port in [80, 443] : "everybody to the load balancer, ${port}" => { group = local.balancer, from = "0.0.0.0/0", port = port } },
    { for port in [80, 443] : "the load balancer to the host, ${port}" => { group = local.host, from = local.balancer, port = port } },
    { for network in var.ssh_from : "SSH from ${network}" => { group = local.host, from = network, port = 22 } },
  )
}

resource "oci_core_network_security_group_security_rule" "in" {
  # checkov:skip=CKV_OCI_21:Stateless rules would have to let in every answer to what the host asks, from anywhere.
  for_each                  = local.allowed
  network_security_group_id = each.value.group
  description               = each.key
  direction                 = "INGRESS"
  protocol                  = "6" # TCP
  source                    = each.value.from
  source_type               = can(cidrhost(each.value.from, 0)) ? "CIDR_BLOCK" : "NETWORK_SECURITY_GROUP"
  stateless                 = false
  tcp_options {
    destination_port_range {
      min = each.value.port
      max = each.value.port
    }
  }
}

resource "oci_core_network_security_group_security_rule" "to_host" {
  network_security_group_id = local.balancer
  description               = "The host's gateway"
  direction                 = "EGRESS"
  protocol                  = "6"
  destination               = local.host
  destination_type          = "NETWORK_SECURITY_GROUP"
  stateless                 = false
  tcp_options {
    destination_port_range {
      min = 80
      max = 80
    }
  }
}

resource "oci_core_network_security_group_security_rule" "out" {
  # checkov:skip=CKV2_OCI_2:It is about what leaves the host; nobody comes in by it.
  network_security_group_id = local.host
  description               = "Packages, images, weights, Let's Encrypt, mail, notices"
  direction                 = "EGRESS"
  protocol                  = "all"
  destination               = "0.0.0.0/0"
  destination_type          = "CIDR_BLOCK"
  stateless                 = false
}
