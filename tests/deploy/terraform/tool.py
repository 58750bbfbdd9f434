"""Terraform and its providers, as the tests of the modules run them."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEPLOY: Final = Path(__file__).parents[3] / "deploy"
OWN: Final = Path(__file__).parent
TOOLS: Final = DEPLOY.parent / ".venv" / "terraform" / "bin"
PROVIDERS: Final = {"aws": ("hashicorp/aws", "6.25.0"), "oci": ("oracle/oci", "7.19.0")}
MODULES: Final = ("aws", "oci", "cluster", "ecs")
_TYPE: Final = re.compile(r'^(resource|data) "(\w+)" "\w+"', re.MULTILINE)


@dataclass(frozen=True)
class Terraform:
    """Terraform with the providers that ``config`` names, in a copy of deploy/ that tests may change."""

    deploy: Path
    config: Path

    def __call__(self, module: str, *words: str) -> "subprocess.CompletedProcess[str]":
        env = {**os.environ, "TF_CLI_CONFIG_FILE": str(self.config), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        command = [str(TOOLS / "python"), str(OWN / "terraform.py"), f"-chdir={self.folder(module)}", *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)

    def folder(self, module: str) -> Path:
        return self.deploy / "terraform" / module

    def said(self, module: str, *words: str) -> str:
        """What it prints; it has to succeed."""
        done = self(module, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def prepared(folder: Path) -> Terraform:
    """With each module initialised, without a network."""
    assert (TOOLS / "python").exists(), "the tools are missing: make check-deploy PART=terraform installs them"
    config = folder / "config.tfrc"
    (folder / "mirror").mkdir()
    config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{folder}/mirror"\n  }}\n}}\n')
    shutil.copytree(DEPLOY, folder / "deploy", ignore=shutil.ignore_patterns(".terraform*"))
    made = Terraform(folder / "deploy", config)
    for name in PROVIDERS:
        _add_provider(made, folder, name)
    for module in MODULES:
        made.said(module, "init", "-no-color")
    return made


def _add_provider(terraform: Terraform, folder: Path, name: str) -> None:
    """Puts it where Terraform looks: a script that starts ours with the schema."""
    source, version = PROVIDERS[name]
    schema = folder / f"{name}.json"
    words = [str(TOOLS / "python"), str(OWN / "schemas.py"), name, str(schema), *_types(name)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.strip() == version, done.stdout + done.stderr
    named = re.search(rf"provider\[(\S+/{source})\]", terraform.said(name, "providers"))
    assert named is not None
    home = folder / "mirror" / named[1] / version / "linux_amd64"
    home.mkdir(parents=True)
    program = home / f"terraform-provider-{name}_v{version}"
    program.write_text(f"#!/bin/sh\nexec {shlex.join([words[0], str(OWN / 'provider.py'), str(schema)])}\n")
    program.chmod(0o755)


def _types(provider: str) -> list[str]:
    """What the modules use of a provider: ``aws_instance``, ``data.aws_ami``."""
    text = "\n".join(path.read_text("utf-8") for path in (DEPLOY / "terraform").glob("*/*.tf"))
    found = {f"data.{name}" if kind == "data" else name for kind, name in _TYPE.findall(text)}
    return sorted(name for name in found if name.removeprefix("data.").startswith(f"{provider}_"))
