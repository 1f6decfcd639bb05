"""What is left for a tree."""

from __future__ import annotations

import pytest

from guardrail.frontends.budget import SMALL, Budget, Pool

LARGE = SMALL + 1


@pytest.mark.parametrize(
    ("takes", "taken", "left"),
    [
        pytest.param([(60, LARGE), (40, SMALL)], [True, True], Pool(0, 50), id="all that there is"),
        pytest.param([(60, LARGE), (60, LARGE), (1, LARGE)], [True, False, False], Pool(0, 50), id="too much at once"),
        pytest.param([(90, LARGE), (20, SMALL), (10, LARGE)], [True, True, True], Pool(0, 30), id="of the reserve"),
        pytest.param([(101, LARGE), (50, SMALL), (1, SMALL)], [False, True, False], Pool(0, 0), id="all of it"),
        pytest.param([(100, LARGE), (51, SMALL), (1, SMALL)], [True, False, False], Pool(0, 0), id="more than all"),
    ],
)
def test_small_files_have_a_reserve(takes: list[tuple[int, int]], taken: list[bool], left: Pool) -> None:
    pool = Pool.of(100)
    assert [pool.take(amount, size) for amount, size in takes] == taken
    assert pool == left


def test_no_root_takes_more_than_half() -> None:
    budget = Budget(steps=10_000, reserve=3_000)
    shares = []
    for _ in range(6):
        shares.append(budget.share(1_000_000))
        budget.spend(shares[-1])
    assert shares == [5_000, 2_500, 2_000, 2_000, 1_000, 250]
    assert (budget.share(100), budget.share(1_000)) == (100, 125)


def test_a_small_unit_has_room_where_the_others_took_all() -> None:
    budget = Budget(resources=1_000, spare=250)
    for room, made in ((1_000, 1_000), (200, 120), (130, 130), (0, 0)):
        assert budget.room() == room
        budget.fill(made)
