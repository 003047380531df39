"""Searches among people who agreed: whom they open, what they log, what they are searched by."""
