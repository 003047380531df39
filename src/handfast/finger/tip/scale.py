"""Resolution from the finger's own width: a fingertip is about as many ridges wide in everyone."""

from handfast.finger.types import PRINT_PPI

RIDGES_ACROSS = 35.5  # of a fingertip, 30 to 42 seen
RIDGE_PERIOD = 9.0  # px at 500 ppi
LEAST_SCALE, MOST_SCALE = 0.1, 3.5


def print_scale(width: float) -> float:
    """By how much to enlarge a finger `width` pixels wide to have it at 500 ppi."""
    return min(max(RIDGE_PERIOD * RIDGES_ACROSS / width, LEAST_SCALE), MOST_SCALE)


def finger_ppi(width: float) -> float:
    """Pixels per inch at a finger that is `width` pixels wide."""
    return PRINT_PPI * width / (RIDGE_PERIOD * RIDGES_ACROSS)
