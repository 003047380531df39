"""Error rates with their intervals, from scores alone."""
