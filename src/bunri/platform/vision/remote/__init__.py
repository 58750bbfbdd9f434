"""Eyes on somebody else's machine."""
