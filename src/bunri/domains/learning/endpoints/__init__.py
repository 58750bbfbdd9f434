"""``/api/v1/learning``: parse, call the service, return."""
