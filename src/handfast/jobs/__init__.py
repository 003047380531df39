"""Work beside the requests: what runs on a schedule, or until a receiver has been told."""
