"""What a programme's owner, or an administrator, sets and sees."""
