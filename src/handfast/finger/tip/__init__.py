"""One fingertip: its outline, what of it is finger and nail, cut out, and how good it is."""
