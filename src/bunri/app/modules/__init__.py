"""How each domain is put together: one file a domain."""
