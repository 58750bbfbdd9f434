# What costs, and what is unsafe, is refused before anything is made.
mock_provider "oci" {
  mock_data "oci_identity_availability_domains" {
    defaults = { availability_domains = [{ name = "one" }] }
  }
  mock_data "oci_core_images" {
    defaults = { images = [{ id = "ocid1.image.oc1..ubuntu" }] }
  }
}

variables {
  tenancy_id     = "ocid1.tenancy.oc1..one"
  compartment_id = "ocid1.compartment.oc1..one"
  domain         = "bunri.example"
  mail           = "somebody@bunri.example"
  image          = "registry.example/bunri:0.1.0"
  ssh_key        = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKc0mrWRpOJjFJqfUyOWnVBvMNTLBX0Fh7cIgU1Fa5jR somebody"
  first_certificate = {
    certificate = "-----BEGIN CERTIFICATE-----"
    key         = "-----BEGIN PRIVATE KEY-----"
  }
}

run "five_cores" {
  command = plan
  variables {
    cores = 5
  }
  expect_failures = [var.cores]
}

run "more_memory" {
  command = plan
  variables {
    memory_gb = 32
  }
  expect_failures = [var.memory_gb]
}

run "disks_that_cost" {
  command = plan
  variables {
    data_gb = 151
  }
  expect_failures = [var.data_gb]
}

run "ssh_for_everybody" {
  command = plan
  variables {
    ssh_from = ["0.0.0.0/0"]
  }
  expect_failures = [var.ssh_from]
}

run "an_image_without_a_version" {
  command = plan
  variables {
    image = "registry.example/bunri:latest"
  }
  expect_failures = [var.image]
}

run "a_certificate_without_a_key" {
  command = plan
  variables {
    first_certificate = { certificate = "-----BEGIN CERTIFICATE-----", key = "" }
  }
  expect_failures = [var.first_certificate]
}
