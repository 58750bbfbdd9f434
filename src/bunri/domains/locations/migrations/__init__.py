"""The migrations of the schema ``locations``: plain SQL, oldest first by name."""
