"""The use cases of chat, a file each."""
