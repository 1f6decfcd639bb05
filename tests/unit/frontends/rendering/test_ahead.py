from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from guardrail.frontends.budget import Budget
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.rendering.ahead import Ahead


class Meeting:
    """A rendering that ends when another one runs beside it."""

    def __init__(self, barrier: threading.Barrier) -> None:
        self.barrier = barrier

    def run(self) -> None:
        self.barrier.wait(timeout=20)

    def read(self, rows: Sequence[Mapping[str, Any]], budget: Budget) -> Parsed:
        raise NotImplementedError


def test_two_renderings_run_at_once() -> None:
    ahead, barrier = Ahead(), threading.Barrier(2)
    several = [Meeting(barrier), Meeting(barrier)]
    begun = [ahead.begin(one) for one in several]
    assert [one.ended() for one in begun] == several


def test_what_goes_wrong_in_one_is_raised_where_it_is_read() -> None:
    barrier = threading.Barrier(2)
    barrier.abort()
    begun = Ahead().begin(Meeting(barrier))
    with pytest.raises(threading.BrokenBarrierError):
        begun.ended()
