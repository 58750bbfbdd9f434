"""The migrations of the schema ``users``: plain SQL, oldest first by name."""
