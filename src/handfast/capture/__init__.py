"""Live capture: challenges, accepting frames, live state in memory. Judging a frame is pure code in face and finger."""
