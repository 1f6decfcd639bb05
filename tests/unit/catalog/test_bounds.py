from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.catalog.bounds import ABOVE, CROSSED, ordered
from guardrail.model.resource import Bounds
from guardrail.model.value import UNBOUNDED, Count, Reason, Unknown

HIDDEN = Unknown(Reason.VARIABLE)


def either(*numbers: object) -> Unknown:
    return Unknown(Reason.VARIABLE, numbers)


@pytest.mark.parametrize(
    ("low", "desired", "high", "bounds"),
    [
        pytest.param(1, 2, 3, Bounds(1, 2, 3), id="in order"),
        pytest.param(3, 0, 9, Bounds(3, 3, 9), id="the lower bound lifts what is asked for"),
        pytest.param(0, 20, 1, Bounds(0, ABOVE, ABOVE), id="the upper bound does not hide what is asked for"),
        pytest.param(9, 9, 1, Bounds(CROSSED, CROSSED, CROSSED), id="neither of two crossed bounds is believed"),
        pytest.param(None, 20, None, Bounds(None, 20, None), id="what is not stated contradicts nothing"),
        pytest.param(9, 20, UNBOUNDED, Bounds(9, 20, UNBOUNDED), id="nor does what is not bounded"),
        pytest.param(HIDDEN, 20, HIDDEN, Bounds(HIDDEN, 20, HIDDEN), id="nor what is not known"),
        pytest.param(0, 5, either(1, 9), Bounds(0, 5, either(1, 9)), id="a candidate agrees"),
        pytest.param(0, 5, either(1, 2), Bounds(0, ABOVE, ABOVE), id="no candidate agrees"),
        pytest.param(either(4, 5), 5, 3, Bounds(CROSSED, CROSSED, CROSSED), id="every candidate is above"),
        pytest.param(0, either(1, 9), 3, Bounds(0, either(1, 9), 3), id="one candidate is within"),
        pytest.param(0, 5, either(1, UNBOUNDED), Bounds(0, 5, either(1, UNBOUNDED)), id="no bound is a candidate"),
    ],
)
def test_ordered(low: Count, desired: Count, high: Count, bounds: Bounds) -> None:
    assert ordered(low, desired, high) == bounds


COUNTS = st.one_of(
    st.none(),
    st.just(HIDDEN),
    st.just(UNBOUNDED),
    st.integers(0, 9),
    st.builds(either, st.integers(0, 9), st.integers(0, 9)),
)


@given(COUNTS, COUNTS, COUNTS)
def test_what_is_known_of_bounds_is_in_order(low: Count, desired: Count, high: Count) -> None:
    found = ordered(low, desired, high)
    known = [bound for bound in (found.min, found.desired, found.max) if isinstance(bound, int)]
    assert known == sorted(known)
    assert {type(bound) for bound in (found.min, found.desired, found.max)} <= {
        type(None),
        int,
        Unknown,
        type(UNBOUNDED),
    }
