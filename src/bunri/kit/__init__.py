"""What every room may use: no I/O, no framework."""
