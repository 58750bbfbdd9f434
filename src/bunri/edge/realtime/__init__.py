"""Socket.IO for all domains: who may connect, what they send, what is pushed to them."""
