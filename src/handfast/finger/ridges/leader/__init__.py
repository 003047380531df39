"""LEADER, the minutiae network (Cappelli 2024), in compiled code."""
