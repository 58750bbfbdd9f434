"""Maps of others, asked for places beside our own bins."""
