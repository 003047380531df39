"""Whether a programme may rely on its answers: its own data held against its policy."""
