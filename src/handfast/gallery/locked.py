"""Memory for search codes: never swapped, never in a core dump, zeroed when it is given back."""

import ctypes
import logging
import mmap
import resource

logger = logging.getLogger("handfast.gallery")

_PR_SET_DUMPABLE = 4
_MADV_DONTDUMP = 16
_LIBC = ctypes.CDLL(None, use_errno=True)


class LockedMemory:
    """Hands out zeroed memory. `unlocked` counts bytes that the system did not let us lock (RLIMIT_MEMLOCK)."""

    def __init__(self) -> None:
        self._maps: list[mmap.mmap] = []
        self.locked = 0
        self.unlocked = 0

    def allocate(self, size: int) -> memoryview:
        """Writable zeroed memory of `size` bytes, as base.search.Allocate."""
        held = mmap.mmap(-1, max(size, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        held.madvise(_MADV_DONTDUMP)
        if _lock(held):
            self.locked += size
        else:
            if not self.unlocked:
                logger.warning("search codes are not locked in memory: raise the limit (ulimit -l) or turn swap off")
            self.unlocked += size
        self._maps.append(held)
        return memoryview(held)[:size]

    def wipe(self) -> None:
        """Overwrite everything that was handed out; the memory goes with the last array that looks into it."""
        for held in self._maps:
            held.seek(0)
            ctypes.memset(ctypes.addressof(ctypes.c_char.from_buffer(held)), 0, len(held))
        self._maps.clear()


def forbid_dumps() -> None:
    """No core file of this process, and no attaching by others of the same user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _lock(held: mmap.mmap) -> bool:
    address = ctypes.addressof(ctypes.c_char.from_buffer(held))
    return int(_LIBC.mlock(ctypes.c_void_p(address), ctypes.c_size_t(len(held)))) == 0
