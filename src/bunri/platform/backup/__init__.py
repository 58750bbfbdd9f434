"""Backups: what the product keeps, in one encrypted archive that is proven to restore."""
