"""What bunri is about: one folder a domain, each with its own PostgreSQL schema and role."""
