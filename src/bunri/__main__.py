"""``python -m bunri`` is ``bunri``."""

from bunri.cli import main

if __name__ == "__main__":
    main()
