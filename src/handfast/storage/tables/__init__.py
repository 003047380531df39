"""One module a table: rows in, frozen values out."""
