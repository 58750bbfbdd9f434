"""What is done to the product by strangers. Each attack runs in a process of its own, from an address of its own.

An attack is a function of the plan: it prepares, and returns the function that attacks, whose answer is ``Found``.
"""
