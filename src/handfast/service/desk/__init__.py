"""Operators: who they are, where they are signed in, and whose phone is paired."""
