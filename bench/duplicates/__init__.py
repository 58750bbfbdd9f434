"""How honest the memory for nearly the same photo is: ``python -m bench.duplicates DATA``; docs/near-duplicates.md."""
