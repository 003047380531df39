"""Searching on more than one machine by Ray: loopback or a private tunnel, a token, TLS, and a key of our own."""
