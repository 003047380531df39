"""What waits in memory and is gone with the process."""
