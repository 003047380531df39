"""Synthetic fingers, contact prints and photos of hands, with known truth, wholly determined by seeds.

For fixtures, demonstrations and regression; not for error rates or thresholds that are published.
"""
