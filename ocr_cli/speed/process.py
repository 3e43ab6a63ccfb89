"""How a process that reads begins, runs and ends."""

from __future__ import annotations

import gc
import os
import sys

_ALLOCATIONS = 50_000
"""So many more objects than were freed must be made before garbage is looked for."""
_SWITCH = 0.0005
"""Seconds after which one thread lets another one in; by default it is ten times as long."""

# What linear algebra libraries look at, when NumPy loads them, for how many threads to start; and what NumPy
# itself sets while it is imported if it is not there. libjpeg looks at the environment in the thread that
# decodes meanwhile: where the environment moved under it, about one run in a thousand crashed.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_SET_BY_NUMPY = ("OPENBLAS_MAIN_FREE", "GOTOBLAS_MAIN_FREE")


def seldom_collect() -> None:
    """Look for garbage seldom: cycles are few here, and what is imported is looked through each time."""
    gc.set_threshold(_ALLOCATIONS, *gc.get_threshold()[1:])


def alone_on_a_core() -> None:
    """Before NumPy is imported: no threads but ours, and these let each other in.

    The network is small: a second thread would wait for more time than it works. The threads that load and
    decode seldom need Python, and are then not to wait for all imports to end.
    """
    for name in _THREADS + _SET_BY_NUMPY:
        os.environ.setdefault(name, "1")
    sys.setswitchinterval(_SWITCH)


class Leave:
    """Ends the process after all else that is to be done at its end, if it knows a status.

    Python would take apart all that was imported first; the system frees it at once.

    Attributes:
        status: exit status; None to leave it to Python.
    """

    status: int | None = None

    def __call__(self) -> None:
        """Called last of all by ``atexit``."""
        if self.status is None:
            return
        try:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
        except (OSError, ValueError):
            return  # Python says so itself, and has an exit status of its own for that.
        os._exit(self.status)
