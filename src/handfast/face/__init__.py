"""The face: detect, align, pose, quality, embed, compare, and judging the live challenge."""
