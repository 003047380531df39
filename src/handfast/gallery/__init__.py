"""References and search codes: sealed, opened only for a Grant, compared by what is handed in; never looked into."""
