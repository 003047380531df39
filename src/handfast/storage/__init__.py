"""What is kept: one SQLite database, one file of keys, and the sealing of rows. The only package that speaks SQL."""
