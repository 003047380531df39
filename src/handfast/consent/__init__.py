"""Consent: what a person agreed to, signed, and the ledger that alone gives permission to use their references."""
