"""Decks as files: Anki's packages, tables, and our own JSON. What is read here comes from strangers, so it is read in a
process of its own (``reading`` starts it, ``reader`` is its program). Pure rules: no database, no store."""
