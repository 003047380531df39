"""Minutiae of a clean ridge pattern: thinning (Zhang & Suen 1984) and crossing number (Rutovitz 1966)."""

import numpy as np

from handfast.finger.synth.compiled import Bytes, Floats, compiled

ENDING, BIFURCATION = 0, 1
BORDER = 14  # px without minutiae
WALK = 10  # px followed along a branch to read its direction
SPUR = 7  # px; shorter branches are not believed


def minutiae_of(ridges: Floats) -> Floats:
    """Rows (x, y, angle, type) of ridges above zero: pixels, radians in [0, tau) from +x towards +y, 0 or 1.

    The angle of an ending points along its ridge, that of a bifurcation between its two closest branches.
    """
    mask = (ridges > 0).astype(np.uint8)
    mask[[0, -1], :] = 0
    mask[:, [0, -1]] = 0
    return _read_minutiae(_thin(mask))


@compiled
def _thin(mask: Bytes) -> Bytes:
    """The mask's skeleton, in place; its border must be 0."""
    height, width = mask.shape
    removed = np.zeros((height * width, 2), np.int64)
    changed = True
    while changed:
        changed = False
        for phase in range(2):
            count = 0
            for y in range(1, height - 1):
                for x in range(1, width - 1):
                    if mask[y, x] == 0:
                        continue
                    n, ne, e, se = mask[y - 1, x], mask[y - 1, x + 1], mask[y, x + 1], mask[y + 1, x + 1]
                    s, sw, w, nw = mask[y + 1, x], mask[y + 1, x - 1], mask[y, x - 1], mask[y - 1, x - 1]
                    total = n + ne + e + se + s + sw + w + nw
                    if total < 2 or total > 6:
                        continue
                    turns = (n < ne) + (ne < e) + (e < se) + (se < s) + (s < sw) + (sw < w) + (w < nw) + (nw < n)
                    if turns != 1:
                        continue
                    blocked = n * e * s + e * s * w if phase == 0 else n * e * w + n * s * w
                    if blocked:
                        continue
                    removed[count, 0], removed[count, 1] = y, x
                    count += 1
            for k in range(count):
                mask[removed[k, 0], removed[k, 1]] = 0
            changed = changed or count > 0
    return mask


@compiled
def _read_minutiae(skeleton: Bytes) -> Floats:
    height, width = skeleton.shape
    down = (-1, -1, 0, 1, 1, 1, 0, -1)
    right = (0, 1, 1, 1, 0, -1, -1, -1)
    found = np.zeros((2000, 4), np.float32)
    count = 0
    angles = np.zeros(8)
    for y in range(BORDER, height - BORDER):
        for x in range(BORDER, width - BORDER):
            if skeleton[y, x] == 0:
                continue
            crossing = 0
            branches = 0
            for k in range(8):
                here = skeleton[y + down[k], x + right[k]]
                crossing += here != skeleton[y + down[(k + 1) % 8], x + right[(k + 1) % 8]]
                branches += here
            if not (crossing == 2 and branches <= 2) and not (crossing == 6 and branches == 3):
                continue
            shortest, seen = WALK, 0
            for k in range(8):
                if skeleton[y + down[k], x + right[k]] == 0:
                    continue
                angles[seen], length = _follow(skeleton, y, x, y + down[k], x + right[k])
                shortest = min(shortest, length)
                seen += 1
            if shortest < SPUR or count == len(found):
                continue
            angle, kind = angles[0], ENDING
            if seen == 3:
                angle, kind = _between_closest(angles), BIFURCATION
            elif seen != 1:
                continue
            found[count, 0], found[count, 1] = x, y
            found[count, 2], found[count, 3] = angle % (2 * np.pi), kind
            count += 1
    return found[:count]


@compiled
def _follow(skeleton: Bytes, y0: int, x0: int, y: int, x: int) -> tuple[float, int]:
    """Direction and length of the branch that leaves (y0, x0) through (y, x)."""
    back_y, back_x = y0, x0
    start_y, start_x = y0, x0
    for step in range(1, WALK):
        best, next_y, next_x = 9, -1, -1
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                here = (y + dy, x + dx)
                near_start = step == 1 and abs(here[0] - start_y) <= 1 and abs(here[1] - start_x) <= 1
                near_back = abs(here[0] - back_y) + abs(here[1] - back_x) <= 1
                if (dy == 0 and dx == 0) or near_start or near_back or skeleton[here[0], here[1]] == 0:
                    continue
                if abs(dy) + abs(dx) < best:
                    best, next_y, next_x = abs(dy) + abs(dx), here[0], here[1]
        if next_y < 0:
            return np.arctan2(y - y0, x - x0), step
        back_y, back_x, y, x = y, x, next_y, next_x
    return np.arctan2(y - y0, x - x0), WALK


@compiled
def _between_closest(angles: np.ndarray) -> float:
    """The middle of the two closest of three angles."""
    least, middle = 10.0, 0.0
    for i in range(3):
        for j in range(i):
            gap = (angles[i] - angles[j] + np.pi) % (2 * np.pi) - np.pi
            if abs(gap) < least:
                least, middle = abs(gap), angles[j] + gap / 2
    return middle
