"""An installation by Compose: its first files, and what would keep it from working."""
