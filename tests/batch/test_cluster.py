import os
import signal

import pytest
from readers import NamingReader

from ocr_cli.batch.cluster import DaskCluster
from ocr_cli.batch.crews import OwnThread, run_batch
from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import PageWorker, Task
from ocr_cli.errors import ClusterError

distributed = pytest.importorskip("distributed", reason="needs the extra dask")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two processes on this computer, as a cluster.

    They are started by multiprocessing, which lets them import from the working folder: an empty one.
    """
    with pytest.MonkeyPatch.context() as patch, _cluster(patch, tmp_path_factory.mktemp("empty")) as cluster:
        yield cluster


def _cluster(patch, folder):
    patch.chdir(folder)
    return distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        # Any port that is free: without one, the usual one is taken, and two test runs at once fail.
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    )


def test_the_same_is_read_and_a_lost_worker_costs_nothing(cluster, picture):
    tasks = [Task(Source(picture(f"{name}.png"))) for name in ("a", "b", "fault", "c", "d", "e")]
    tasks += [Task(Source(picture("f.tif", 2)), frame, frame, 2) for frame in (1, 2)]
    tasks += [Task(Source(picture(f"slow_0.05_{number}.png"))) for number in range(8)]
    tasks += [Task(Source("missing.png"))]
    worker = PageWorker(NamingReader(), formats=("hocr", "json"), whole_files=True)
    outcomes = []
    with DaskCluster(worker, cluster.scheduler_address) as crew:
        for task, outcome in run_batch(tasks, crew):
            if not outcomes:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
            outcomes.append((task, outcome))
    alone = list(run_batch(tasks, OwnThread(worker)))
    assert [task for task, _ in outcomes] == tasks
    for (_, far), (_, near) in zip(outcomes, alone, strict=True):
        assert (far.page, far.files) == (near.page, near.files)
        assert str(far.failure and far.failure.error) == str(near.failure and near.failure.error)


def test_a_worker_that_is_gone_while_it_is_sent_something(cluster, picture, monkeypatch):
    def scatter(client, content, **options):
        calls.append(content)
        if len(calls) < 3:
            raise OSError("closed")
        return original(client, content, **options)

    calls, original = [], distributed.Client.scatter
    monkeypatch.setattr(distributed.Client, "scatter", scatter)
    monkeypatch.setattr("ocr_cli.batch.cluster._PAUSE", 0)
    tasks = [Task(Source(picture("a.png")))]
    with DaskCluster(PageWorker(NamingReader()), cluster.scheduler_address) as crew:
        assert [outcome.page.text for _, outcome in run_batch(tasks, crew)] == ["a1"]
    assert len(calls) == 3


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr("ocr_cli.batch.cluster._PATIENCE", 0.2)
    with pytest.raises(ClusterError, match=r"^tcp://127.0.0.1:1: no Dask scheduler answers there"):
        DaskCluster(PageWorker(NamingReader()), "tcp://127.0.0.1:1")


def test_no_address():
    with pytest.raises(ClusterError, match="no Dask scheduler"):
        DaskCluster(PageWorker(NamingReader()), "nonsense://")
