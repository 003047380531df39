"""The serving process leaves no core and lets no other process of its user look in."""

import subprocess
import sys

ASK = """
import ctypes, resource
from handfast.cli.hardening import harden
harden()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_a_hardened_process_is_neither_dumped_nor_traced() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "0 (0, 0)"
