"""A second network namespace beside this one, with a cable between the two: another host, as far as a network goes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE, THERE = "10.213.7.1", "10.213.7.2"


@dataclass(frozen=True, slots=True)
class OtherHost:
    """The other end; its address is THERE, ours HERE."""

    name: str

    def python(self, code: str, environment: Mapping[str, str], seconds: float) -> subprocess.CompletedProcess[str]:
        """Run a few lines of Python there."""
        command = ["ip", "netns", "exec", self.name, sys.executable, "-c", code]
        return subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=seconds)


@contextmanager
def other_host() -> Iterator[OtherHost]:
    """Skips the test, and says why, where no namespace can be made."""
    if shutil.which("ip") is None:
        pytest.skip("network namespaces need the command ip (package iproute2)")
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    _clear()
    name = f"handfast-{os.getpid()}"
    ours, theirs = f"hf{os.getpid() % 100_000}a", f"hf{os.getpid() % 100_000}b"
    try:
        _ip("netns", "add", name)
        _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
        _ip("addr", "add", f"{HERE}/30", "dev", ours)
        _ip("link", "set", ours, "up")
        _ip("-n", name, "addr", "add", f"{THERE}/30", "dev", theirs)
        _ip("-n", name, "link", "set", theirs, "up")
        _ip("-n", name, "link", "set", "lo", "up")
    except subprocess.CalledProcessError as error:
        _ip("netns", "del", name, check=False)
        pytest.skip(f"this kernel makes no network namespaces: {error.stderr.strip()}")
    try:
        yield OtherHost(name)
    finally:
        _ip("link", "del", ours, check=False)
        _ip("netns", "del", name, check=False)


def _clear() -> None:
    """Take away what a run that was killed left behind: it holds the same addresses."""
    for line in _ip("netns", "list", check=False).stdout.splitlines():
        name = line.split()[0]
        if name.startswith("handfast-") and not Path(f"/proc/{name.removeprefix('handfast-')}").exists():
            _ip("netns", "del", name, check=False)


def _ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True)
