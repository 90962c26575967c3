"""A Dask cluster's executor takes the place of the local pool and gives the same results."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import pytest
from round_folders import new_round
from rounds import DONGYUAN, SIGNERS, YUANCHENG, clean, fill, planned, the_form

from sanjin_xl.round import commands
from sanjin_xl.round.config import CORRECTED, RESULTS_FILE, SUMMARY

distributed = pytest.importorskip("distributed", reason="the extra [dask] is not installed")

FORM = the_form()


@contextmanager
def cluster() -> Iterator[Callable[[], Executor]]:
    """How to get an executor of two worker processes on this machine, without a dashboard."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options) as local, distributed.Client(local) as client:
        yield client.get_executor


# Dask itself warns of ports and of its own deprecations; what is ours is tested elsewhere.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.workers
def test_two_dask_workers_give_the_same_results(tmp_path: Path) -> None:
    folder = new_round(tmp_path / "round", form=None)
    inbox = folder / "回收"
    for n in range(20):
        (inbox / f"{n:02d}.xlsx").write_bytes(fill(FORM, clean(FORM) | {n + 2: {}}, signers=(*SIGNERS[:3], str(n))))
    (inbox / "源城.xlsx").write_bytes(fill(FORM, {1: planned(month=None)}, unit=YUANCHENG))
    (inbox / "坏.xlsx").write_bytes(b"PK\x03\x04 damaged")
    commands.ingest(folder, workers=2)
    outputs = [folder / SUMMARY / RESULTS_FILE, *sorted((folder / CORRECTED).iterdir())]
    local = [path.read_bytes() for path in outputs]
    for path in outputs:
        path.unlink()
    with cluster() as make_executor:
        results = commands.ingest(folder, workers=2, make_executor=make_executor)
    assert [path.read_bytes() for path in outputs] == local
    assert {one.unit.code for one in results.units if one.outcome} == {YUANCHENG, DONGYUAN}
