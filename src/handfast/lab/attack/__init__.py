"""Simulated attacks on the live challenge, made from labelled portraits. Nothing here was ever held before a lens."""
