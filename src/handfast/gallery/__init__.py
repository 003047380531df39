"""References: sealed, one person's at a time, opened only for a Grant; never looked into."""
