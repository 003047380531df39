"""The log: what was done, to the minute, provable, and linked to nobody by the server that keeps it."""
