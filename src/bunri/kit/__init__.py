"""Shared basics that every package may import. They do no I/O and use no framework."""
