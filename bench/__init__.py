"""Each budget of the product beside its peer or limit: ``python -m bench``. docs/performance.md says how to read it."""
