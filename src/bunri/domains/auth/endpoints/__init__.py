"""Auth over HTTP: its routes, and the cookies that go with them."""
