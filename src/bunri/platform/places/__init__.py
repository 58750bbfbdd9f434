"""Map services that are searched for places in addition to our own bins."""
