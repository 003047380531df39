"""How many threads a process of ours lets its libraries have."""

import subprocess
import sys

ASK = """
import handfast, numpy, scipy.linalg
from threadpoolctl import threadpool_info
print({each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"})
"""


def test_linear_algebra_does_not_spread_over_the_cores_that_requests_share() -> None:
    environment = {"PATH": "/usr/bin:/bin"}
    asked = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True, env=environment)
    assert asked.stdout.strip() == "{1}"
