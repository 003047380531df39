"""Which model files there are, where they come from, and sessions to run them. Nothing here downloads."""
