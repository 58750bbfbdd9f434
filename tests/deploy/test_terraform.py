"""The Terraform modules, by Terraform itself: on the providers' real schemas, with providers that make nothing."""

import json
import re
import subprocess

import pytest
from tests.deploy.terraform.tool import DEPLOY, MODULES, TOOLS, Terraform


def test_every_file_is_in_shape(terraform: Terraform) -> None:
    done = terraform("", "fmt", "-check", "-recursive", "-no-color")
    assert done.returncode == 0, f"terraform fmt -recursive deploy/terraform would change: {done.stdout}"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_valid(terraform: Terraform, module: str) -> None:
    told = json.loads(terraform.said(module, "validate", "-json"))
    assert told["valid"]
    assert told["diagnostics"] == []


@pytest.mark.parametrize("module", MODULES)
def test_its_own_tests_pass(terraform: Terraform, module: str) -> None:
    said = terraform.said(module, "test", "-no-color")
    passed = re.search(r"(\d+) passed, 0 failed", said)
    assert passed, said
    print(f"{module}: {passed[1]} runs")


@pytest.mark.parametrize(
    ("module", "file", "right", "wrong", "complaint"),
    [
        ("aws", "host.tf", "vpc_security_group_ids", "vpc_security_groups", 'argument named "vpc_security_groups"'),
        ("aws", "host.tf", "http_tokens ", "http_token ", 'argument named "http_token"'),
        ("aws", "dns.tf", "  name = var.domain\n", "\n", 'argument "name" is required'),
        ("oci", "host.tf", "memory_in_gbs", "memory_gb", 'argument named "memory_gb"'),
    ],
)
def test_a_wrong_argument_is_found(
    terraform: Terraform, module: str, file: str, right: str, wrong: str, complaint: str
) -> None:
    """So the schemas are those of the providers, without which the tests above would say nothing."""
    path = terraform.folder(module) / file
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), "utf-8")
    try:
        done = terraform(module, "validate", "-no-color")
    finally:
        path.write_text(text, "utf-8")
    assert done.returncode == 1
    assert complaint in done.stderr


def test_what_checkov_asks_for_is_done_or_left_out_with_a_reason() -> None:
    folder = DEPLOY / "terraform"
    words = ["-d", str(folder), "--framework", "terraform", "--output", "json", "--compact", "--skip-download"]
    command = [str(TOOLS / "python"), "-m", "checkov.main", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    told = json.loads(done.stdout)
    failed = [
        f"{each['check_id']} {each['resource']}: {each['check_name']}" for each in told["results"]["failed_checks"]
    ]
    assert failed == []
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["passed"] > 300
    reasons = [each["check_result"]["suppress_comment"] for each in told["results"]["skipped_checks"]]
    assert all(len(reason) > 20 for reason in reasons), reasons
    print(f"checkov: {told['summary']['passed']} passed, {len(reasons)} left out with a reason")
