"""Evaluates the search for near-duplicate photos: ``python -m bench.duplicates DATA``; see docs/near-duplicates.md."""
