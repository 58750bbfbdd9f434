"""The migrations of the schema ``waste``: plain SQL, oldest first by name."""
