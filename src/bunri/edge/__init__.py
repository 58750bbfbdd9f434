"""Transport that every domain shares."""
