"""Handfast: identity verification by face and contactless fingerprints, a phone camera, and consent."""

import os

__version__ = "0.1.0"

# Cores are shared out by whole requests. Threads of BLAS under each of them wait for one another by spinning: a
# person's 128 x 128 transform took 63 ms of processor with two, 4 ms with one (both cores busy with other work).
# It must be said before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
