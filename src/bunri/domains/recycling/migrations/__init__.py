"""The migrations of the schema ``recycling``: plain SQL, oldest first by name."""
