"""A domain that the product does not have, to see what it takes to join."""
