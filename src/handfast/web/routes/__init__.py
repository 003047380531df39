"""One file a resource; each offers `router`."""
