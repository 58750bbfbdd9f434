"""Brings open data over the network into the table of bins, and keeps it up to date."""
