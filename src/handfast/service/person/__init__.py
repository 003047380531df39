"""What is the person's own: card, page, receipt, and what happens in a life."""
