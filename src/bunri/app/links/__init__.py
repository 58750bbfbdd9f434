"""How a domain reaches a sibling's public Protocol: in this process, or over HTTP when it runs elsewhere.

Both are made from the Protocol itself, so a new public method needs no plumbing. Either way only DTOs pass, the sibling
opens its own transaction, and its named errors arrive: the same API tests run in both arrangements.
"""
