"""The migrations of the schema ``auth``: plain SQL, oldest first by name."""
