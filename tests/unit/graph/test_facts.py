from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from natives import Unwritten

from guardrail.graph.facts import attributes, fact, facts, unknown_facts
from guardrail.model.resource import ON_DEMAND, Bounds, Container, Disk, Group, Multiplicity, Resource
from guardrail.model.value import ABSENT, UNBOUNDED, OpenMap, Reason, Unknown

DATA = Unknown(Reason.DATA)


def thing(**fields: Any) -> Resource:
    fields = {"attributes": {}, **fields}
    return Resource(
        address="a//x", unit="a", format="terraform", type="t", name="x", category="other", native=Unwritten(), **fields
    )


def test_facts_are_told_one_by_one_at_the_pointers_of_the_document() -> None:
    resource = thing(
        region="eu",
        multiplicity=Multiplicity(0, UNBOUNDED, DATA),
        labels={"a/b": "c", "d": DATA},
        groups={
            "main": Group(
                replicas=Bounds(1, None, 2),
                purchase=ON_DEMAND,
                zones=DATA,
                containers=(Container(name="c", requests={"nvidia.com/gpu": 1}),),
                storage=(Disk(kind="gp3"),),
            )
        },
        facts={"sweep": {"max_trials": 3}},
        attributes={"x": [None, 5]},
    )
    told = dict(facts(resource))
    assert told == {
        "/format": "terraform",
        "/type": "t",
        "/region": "eu",
        "/name": "x",
        "/category": "other",
        "/taggable": False,
        "/multiplicity/min": 0,
        "/multiplicity/max": UNBOUNDED,
        "/multiplicity": DATA,
        "/labels/a~1b": "c",
        "/labels/d": DATA,
        "/groups/main/replicas/min": 1,
        "/groups/main/replicas/max": 2,
        "/groups/main/purchase/on_demand_base": 0,
        "/groups/main/purchase/on_demand_percent": 100,
        "/groups/main/purchase/otherwise": "on_demand",
        "/groups/main/zones": DATA,
        "/groups/main/containers/0/name": "c",
        "/groups/main/containers/0/requests/nvidia.com~1gpu": 1,
        "/groups/main/storage/0/class": "gp3",
        "/sweep/max_trials": 3,
    }
    assert dict(attributes(resource)) == {"/attributes/x/1": 5}
    assert dict(unknown_facts(resource)) == {path: value for path, value in told.items() if value is DATA}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/region", "eu"),
        ("/labels/a~1b", "c"),
        ("/labels/z", ABSENT),
        ("/groups/main/replicas/max", 2),
        ("/groups/main/replicas/desired", ABSENT),
        ("/groups/main/zones/0", DATA),
        ("/groups/main/storage/0/class", "gp3"),
        ("/sweep/max_trials", 3),
        ("/attributes/x/1", 5),
        ("/nothing", ABSENT),
        ("", ABSENT),
    ],
)
def test_one_fact(path: str, value: object) -> None:
    resource = thing(
        region="eu",
        labels={"a/b": "c"},
        groups={"main": Group(replicas=Bounds(1, None, 2), zones=DATA, storage=(Disk(kind="gp3"),))},
        facts={"sweep": {"max_trials": 3}},
        attributes={"x": [None, 5]},
    )
    assert fact(resource, path) == value


@pytest.mark.parametrize(
    "known", [pytest.param({"a": "b"}, id="one that lists something"), pytest.param({}, id="an empty one")]
)
def test_an_open_map_is_not_known_as_a_whole(known: dict[str, Any]) -> None:
    assert unknown_facts(thing(labels=OpenMap(known, DATA))) == [("/labels", DATA)]


LABELS = st.dictionaries(st.text("ab/", min_size=1, max_size=2), st.text(max_size=1) | st.just(DATA), max_size=4)


@given(LABELS, st.just("eu") | st.just(DATA) | st.none())
def test_unknown_facts_are_those_of_all_facts(labels: dict[str, Any], region: Any) -> None:
    resource = thing(labels=labels, region=region, groups={"g": Group(zones=DATA)})
    assert unknown_facts(resource) == [(at, value) for at, value in facts(resource) if value is DATA]
