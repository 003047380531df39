"""What the processor can compute with, by LLVM's names of its abilities."""

import sys
from typing import Any

import llvmlite.binding as llvm
import numba


def computes_with(*features: str) -> bool:
    """Whether this is Linux on a processor that has all of them; not where numba is told which one to compile for."""
    config: Any = numba.config
    if config.CPU_NAME or config.CPU_FEATURES or sys.platform != "linux":
        return False
    there = llvm.get_host_cpu_features()
    return all(there.get(feature) for feature in features)
