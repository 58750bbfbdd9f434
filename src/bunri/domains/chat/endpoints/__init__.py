"""Chat over HTTP: the contract's addresses, and those of the original client."""
