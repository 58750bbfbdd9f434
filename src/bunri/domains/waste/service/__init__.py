"""The use cases of waste, a file each."""
