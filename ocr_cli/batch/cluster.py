"""Reading on a Dask cluster, through its executor (https://distributed.dask.org)."""

from __future__ import annotations

import time
import warnings
from concurrent.futures import BrokenExecutor, CancelledError
from typing import Any

from ocr_cli.batch.crews import OnExecutor
from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import PageWorker, Task
from ocr_cli.errors import ClusterError, MissingExtraError
from ocr_cli.version import __version__

_PATIENCE = 15.0
"""Seconds to wait for a scheduler, and then for a first worker."""
_LOOK_AGAIN = 5.0
"""Seconds after which the workers are counted again: a cluster grows and shrinks."""
_RETRIES = 3
_PAUSE = 1.0
"""Seconds in which a scheduler finds out that a worker is gone."""
_LARGE = 1 << 20
"""Bytes; what is larger does not go through the scheduler."""


class DaskCluster(OnExecutor):
    """The workers of a cluster.

    The sealed reader is scattered once, named by its digest; a file of several pages is, too, while they are
    read. The scheduler gives pages of a lost worker to another one; a page that loses several workers is lost
    itself, after it was tried once more alone.

    Args:
        worker: what is to be done.
        address: of the scheduler, such as ``tcp://host:8786``.

    Raises:
        ClusterError: if the scheduler cannot be reached, or its workers cannot read.
        MissingExtraError: if ``distributed`` is not installed.
    """

    def __init__(self, worker: PageWorker, address: str) -> None:
        try:
            import distributed
        except ImportError as error:
            raise MissingExtraError.of("clusters", "dask distributed", "dask") from error
        self.lost = (BrokenExecutor, CancelledError, distributed.KilledWorker)
        self._client: Any = _client(distributed, address)
        super().__init__(worker, self._client.get_executor(pure=False, retries=_RETRIES), 1)
        self._counted = float("-inf")
        self._content = self._sealed
        self._shared: tuple[Source, Any] | None = None
        try:
            _check_workers(self._client, address)
            self.renew()
        except BaseException:
            self.close(at_once=True)
            raise

    @property
    def places(self) -> int:
        """The threads of all workers."""
        if time.monotonic() - self._counted > _LOOK_AGAIN:
            self._places = max(1, sum(self._client.nthreads().values()))
            self._counted = time.monotonic()
        return self._places

    def sent(self, task: Task, content: bytes) -> Any:
        """A small content itself; a large one goes to a worker directly, and once for all its pages."""
        if len(content) < _LARGE and task.pages == 1:
            return content
        if self._shared is None or self._shared[0] != task.source:
            self._shared = task.source, self._scattered(content)
        return self._shared[1]

    def renew(self) -> None:
        """What was scattered may be lost with the workers that had it."""
        self._shared = None
        self._sealed = self._scattered(self._content, broadcast=True)

    def _scattered(self, content: bytes, *, broadcast: bool = False) -> Any:
        """A content on the workers; the content itself if they die faster than they are found out."""
        for _ in range(_RETRIES):
            try:
                return self._client.scatter(content, broadcast=broadcast)
            except OSError:
                time.sleep(_PAUSE)
        return content

    def close(self, *, at_once: bool) -> None:
        """Leave the cluster, which goes on for others."""
        if at_once:
            self._executor.shutdown(wait=False)
        self._client.close()


def _client(distributed: Any, address: str) -> Any:
    """Someone whom the scheduler knows.

    Raises:
        ClusterError: if there is no scheduler, or it has no workers.
    """
    try:
        with warnings.catch_warnings():
            # Packages that differ are said; our own version is checked, and Python's by unpickling.
            warnings.simplefilter("ignore")
            client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"{address}: no Dask scheduler answers there", hint="dask scheduler starts one"
        ) from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except distributed.TimeoutError as error:
        client.close()
        raise ClusterError(
            f"{address}: the scheduler has no workers", hint=f"dask worker {address} starts one"
        ) from error
    return client


def _check_workers(client: Any, address: str) -> None:
    """Find out whether workers can read.

    Raises:
        ClusterError: if they have not this very version of ``ocr_cli``.
    """
    try:
        versions = set(client.run(_version).values())
    except Exception as error:  # Whatever a worker raises that does not know us.
        raise ClusterError(
            f"{address}: the workers have no ocr_cli {__version__}", hint="install it where they run"
        ) from error
    if versions != {__version__}:
        others = ", ".join(sorted(versions - {__version__}))
        raise ClusterError(
            f"{address}: the workers have ocr_cli {others}, here it is {__version__}",
            hint="all need the same version",
        )


def _version() -> str:
    return __version__
