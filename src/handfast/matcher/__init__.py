"""The matcher: alone holds the keys, opens references, compares them, and answers with an outcome only."""
