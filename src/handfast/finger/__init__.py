"""Fingers: from a photo or a contact print to minutiae, templates and comparison scores."""
