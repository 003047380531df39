"""Bytes to pictures, and what a picture alone can tell: colour, geometry, focus."""
