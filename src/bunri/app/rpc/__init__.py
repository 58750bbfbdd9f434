"""How a domain reaches another domain's public Protocol when that runs in another process: over HTTP.

Client and server are made from the Protocol itself, so a new public method needs no plumbing. In the same process the
service itself is handed over (Container). Either way only DTOs pass, the other domain opens its own transactions, and
its named errors arrive with their data: the same API tests run in both arrangements.
"""
