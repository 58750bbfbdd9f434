"""The command ``bunri``. Each file is a group of subcommands."""

import sys

from pydantic import ValidationError

from bunri.kit.errors import BunriError
from bunri.kit.sentences import sentence


def main() -> None:
    """Entry point of the distribution. Errors that the user can fix are printed as a sentence, without a traceback."""
    from bunri.cli.root import bunri

    try:
        bunri()
    except BunriError as error:
        sys.exit(f"{sentence(error, 'ko')}\n{sentence(error, 'en')}")
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc'])) or error.title}: {fault['msg']}" for fault in error.errors()]
        sys.exit("\n".join(faults))
