"""HTTP: the interface under /v1, the pages, and what guards them."""
