"""Synthetic fingers, contact prints and photos of hands, with known truth, wholly determined by seeds.

For fixtures, demonstrations and regression; not for error rates or thresholds that are published.
"""

VERSION = "fingers:2"
"""Names what is drawn: equal seeds draw equal pictures within one version, on any machine to a gray level or so.

Raise it with every change that a picture shows; tests/finger/synth/test_version.py holds it to that.
fingers:2 added desks and walls of the skin's colour, and left what was drawn before as it was;
henna, dust, water, cracks, rings and nails (`Shot.wear`) came later and are drawn only where a shot asks for them.
"""
