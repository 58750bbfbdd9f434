"""A detector in 8 bits, and how much its results differ from the original.

Nothing is imported here: the tools that change graphs are only for who quantises.
"""
