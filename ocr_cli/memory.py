"""How the C library hands out memory."""

from __future__ import annotations

import contextlib
import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Of mallopt(3)."""
_LARGEST = 32 << 20
"""Bytes of the largest arrays that are kept: glibc allows no more on most computers."""
_MOST = 256 << 20
"""Bytes that are kept at most."""


def keep_freed() -> None:
    """Have freed memory used again, where the C library is glibc.

    It would return what large arrays took to the system, and the system hands out and clears such memory anew
    for each array, which takes about as long as the arithmetic.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        c_library = ctypes.CDLL(None)
        c_library.mallopt(_TRIM_THRESHOLD, _MOST)
        c_library.mallopt(_MMAP_THRESHOLD, _LARGEST)
