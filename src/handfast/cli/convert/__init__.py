"""Published models rewritten at set-up for the code that runs them."""
