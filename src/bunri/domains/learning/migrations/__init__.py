"""The migrations of the schema ``chat``: plain SQL, oldest first by name."""
