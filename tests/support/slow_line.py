"""A slow line to another host: a network namespace behind a link of a given rate, delay and loss.

What tc's netem does where the kernel has it, done here packet by packet: both ends are TUN devices, so the very TCP
of this kernel meets the line, with its slow start, retransmissions and stalls; nothing of TCP is modelled. Each way
has its own rate, a queue that drops what would wait longer than `Line.queue` (as a phone network's does), half of the
round trip as delay, and loses each packet independently with the same chance. Needs root and /dev/net/tun.
"""

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HERE, THERE = "10.213.8.1", "10.213.8.2"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of line.

    rate         bits a second, each way
    round_trip   seconds that a packet and its answer need without any queue
    loss         0..1, of packets, each way
    queue        seconds that a packet may wait for those before it
    """

    rate: float = 1e6
    round_trip: float = 0.3
    loss: float = 0.02
    queue: float = 0.4


@dataclass(slots=True)
class Way:
    """One direction: when its sender is free again, and what is under way to the other end."""

    line: Line
    chance: random.Random
    free: float = 0.0
    under_way: list[tuple[float, int, bytes]] = field(default_factory=list)
    count: int = 0

    def take(self, packet: bytes, now: float) -> None:
        """Queue a packet, or lose it."""
        begins = max(now, self.free)
        if begins - now > self.line.queue:
            return
        self.free = begins + 8 * len(packet) / self.line.rate
        if self.chance.random() < self.line.loss:
            return
        self.count += 1
        heapq.heappush(self.under_way, (self.free + self.line.round_trip / 2, self.count, packet))

    def arrived(self, now: float) -> Iterator[bytes]:
        """What has come to the other end by now."""
        while self.under_way and self.under_way[0][0] <= now:
            yield heapq.heappop(self.under_way)[2]


@contextmanager
def slow_line(line: Line, *, seed: int = 1) -> Iterator[str]:
    """The name of the namespace at the far end (its address THERE, ours HERE); TCP there is cubic, as on phones."""
    name = f"slow-{os.getpid()}"
    _ip("netns", "add", name)
    told = [str(value) for value in (line.rate, line.round_trip, line.loss, line.queue, seed)]
    carrier = subprocess.Popen([sys.executable, __file__, name, *told], stdout=subprocess.PIPE, text=True)
    try:
        assert carrier.stdout is not None
        if carrier.stdout.readline() != "ready\n":
            raise OSError("the line could not be laid: root and /dev/net/tun are needed")
        yield name
    finally:
        carrier.terminate()
        carrier.wait()
        _ip("netns", "del", name)


def _carry(name: str, line: Line, seed: int) -> None:
    """Carry packets between both ends until killed."""
    here, there = f"{name[-10:]}a", f"{name[-10:]}b"
    ours, theirs = _end(here), _end(there)
    _ip("addr", "add", HERE, "peer", THERE, "dev", here)
    _ip("link", "set", here, "up")
    _ip("link", "set", there, "netns", name)
    _ip("-n", name, "addr", "add", THERE, "peer", HERE, "dev", there)
    for device in (there, "lo"):
        _ip("-n", name, "link", "set", device, "up")
    set_there = "open('/proc/sys/net/ipv4/tcp_congestion_control', 'w').write('cubic')"
    subprocess.run(["ip", "netns", "exec", name, sys.executable, "-c", set_there], check=True)
    print("ready", flush=True)
    ways = {ours: (Way(line, random.Random(seed)), theirs), theirs: (Way(line, random.Random(seed + 1)), ours)}
    while True:
        waits = [way.under_way[0][0] for way, _ in ways.values() if way.under_way]
        timeout = max(0.0, min(waits) - time.monotonic()) if waits else None
        for end in select.select(list(ways), [], [], timeout)[0]:
            ways[end][0].take(os.read(end, 65_536), time.monotonic())
        for way, to in ways.values():
            for packet in way.arrived(time.monotonic()):
                os.write(to, packet)


def _end(device: str) -> int:
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


if __name__ == "__main__":
    rate, round_trip, loss, queue = (float(value) for value in sys.argv[2:6])
    _carry(sys.argv[1], Line(rate, round_trip, loss, queue), int(sys.argv[6]))
