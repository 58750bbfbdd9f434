"""The migrations of the schema ``invites``."""
