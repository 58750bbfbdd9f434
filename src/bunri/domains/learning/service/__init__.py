"""Use cases of learning, one file a subject."""
