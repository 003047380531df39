"""Where a hand and its fingers are in a picture."""
