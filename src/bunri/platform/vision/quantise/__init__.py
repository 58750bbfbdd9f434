"""A detector in 8 bits, and how far it then strays from the original.

Nothing is imported here: the tools that change graphs are only for who quantises.
"""
