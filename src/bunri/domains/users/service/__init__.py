"""The use cases of users, a file each."""
