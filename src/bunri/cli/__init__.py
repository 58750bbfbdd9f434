"""``bunri``: the one command. Each file is a group of subcommands."""


def main() -> None:
    """Entry point of the distribution."""
    from bunri.cli.root import bunri

    bunri()
