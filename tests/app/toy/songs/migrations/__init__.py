"""The migrations of the schema ``songs``."""
