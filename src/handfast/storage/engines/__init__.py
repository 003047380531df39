"""What a store runs on: SQLite, or Postgres, and the migrations that both share."""
