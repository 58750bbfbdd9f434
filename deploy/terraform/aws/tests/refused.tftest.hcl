# What costs, and what is unsafe, is refused before anything is made.
mock_provider "aws" {}

variables {
  domain    = "bunri.example"
  image_tag = "0.1.0"
}

run "a_larger_host" {
  command = plan
  variables {
    instance_type = "t3.small"
  }
  expect_failures = [var.instance_type]
}

run "a_larger_disk" {
  command = plan
  variables {
    disk_gb = 31
  }
  expect_failures = [var.disk_gb]
}

run "a_disk_without_room" {
  command = plan
  variables {
    disk_gb = 8
  }
  expect_failures = [var.disk_gb]
}

run "ssh_for_everybody" {
  command = plan
  variables {
    ssh_from = ["0.0.0.0/0"]
  }
  expect_failures = [var.ssh_from]
}

run "ssh_for_half_of_everybody" {
  command = plan
  variables {
    ssh_from = ["128.0.0.0/1"]
  }
  expect_failures = [var.ssh_from]
}

run "a_private_key" {
  command = plan
  variables {
    ssh_key = "-----BEGIN OPENSSH PRIVATE KEY-----"
  }
  expect_failures = [var.ssh_key]
}

run "a_url_as_a_name" {
  command = plan
  variables {
    domain = "https://bunri.example"
  }
  expect_failures = [var.domain]
}

run "an_image_without_a_version" {
  command = plan
  variables {
    image_tag = "latest"
  }
  expect_failures = [var.image_tag]
}
