"""The process that lab/sets/wsq.py starts: a WSQ picture from standard input, its size and pixels to standard output.

Its memory and time are bounded, and it leaves no core file of somebody's print.
"""

import resource
import struct
import sys

import _wsq

MEMORY = 512_000_000  # bytes
SECONDS = 10  # of processor time


def main() -> int:
    """Exit status 1 for a damaged picture, unless the decoder dies of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pixels, width, height, ppi = _wsq.decompress(sys.stdin.buffer.read())
    except Exception:  # the decoder raises nothing narrower
        return 1
    sys.stdout.buffer.write(struct.pack("<iii", width, height, ppi) + pixels)
    return 0


if __name__ == "__main__":
    sys.exit(main())
