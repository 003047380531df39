"""A report of one run of the lab, or of two side by side: one HTML file, its figures as JSON and CSV beside it."""
