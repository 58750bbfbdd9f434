"""HTTP: problem+json, request ids, limits, idempotency, health."""
