from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.model.resource import Accelerator, Bounds, Disk, Group, Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown
from guardrail.policy.plain import DEPTH, EVERYTHING, Wanted, number, see, told

DATA = Unknown(Reason.DATA, note="why")


def seen(resource: Resource, wanted: Wanted = EVERYTHING) -> tuple[dict[str, Any], dict[str, Any]]:
    found = see(resource, wanted)
    json.dumps(found.json)
    return found.json, {path: told(cause) for path, cause in found.causes.items()}


def test_what_is_not_stated_is_absent(resource: Callable[..., Resource]) -> None:
    made, unknown = seen(resource())
    assert made == {
        "address": "f//t.a",
        "unit": "f",
        "format": "terraform",
        "type": "t",
        "name": "a",
        "category": "other",
        "taggable": False,
        "labels": {},
        "annotations": {},
        "groups": {},
        "multiplicity": {"min": 1, "max": 1},
        "attributes": {},
    }
    assert unknown == {}


@pytest.mark.parametrize(
    ("fields", "path", "entry"),
    [
        pytest.param({"labels": DATA}, "/labels", {"reason": "data"}, id="a whole map"),
        pytest.param({"labels": {"a/b": DATA}}, "/labels/a~1b", {"reason": "data"}, id="a label with a slash"),
        pytest.param(
            {"labels": OpenMap({"team": "a"}, DATA)}, "/labels", {"reason": "data", "open": True}, id="an open map"
        ),
        pytest.param({"region": Unknown(Reason.ENVIRONMENT)}, "/region", {"reason": "environment"}, id="a field"),
        pytest.param({"groups": DATA}, "/groups", {"reason": "data"}, id="all groups"),
        pytest.param(
            {"groups": OpenMap({"main": Group()}, DATA)}, "/groups", {"reason": "data", "open": True}, id="more groups"
        ),
        pytest.param(
            {"groups": {"main": Group(replicas=Bounds(1, 1, DATA))}},
            "/groups/main/replicas/max",
            {"reason": "data"},
            id="a bound",
        ),
        pytest.param(
            {
                "groups": {
                    "main": Group(accelerators=(Accelerator(count=1, family=Unknown(Reason.DATA, ("t4", "l4"))),))
                }
            },
            "/groups/main/accelerators/0/family",
            {"reason": "data", "one_of": ["t4", "l4"]},
            id="one of several",
        ),
        pytest.param(
            {"region": Unknown(Reason.DATA, prefix="us-")},
            "/region",
            {"reason": "data", "prefix": "us-"},
            id="a prefix",
        ),
        pytest.param(
            {"facts": {"quota": {"pods": DATA}}}, "/quota/pods", {"reason": "data"}, id="a fact that only some have"
        ),
        pytest.param(
            {"storage": (Disk(kind="gp3", size_gib=DATA),)}, "/storage/0/size_gib", {"reason": "data"}, id="a disk"
        ),
        pytest.param(
            {"attributes": {"disk": [{"size": DATA}]}}, "/attributes/disk/0/size", {"reason": "data"}, id="an attribute"
        ),
    ],
)
def test_unknowns_are_listed_and_absent(
    fields: dict[str, Any], path: str, entry: dict[str, Any], resource: Callable[..., Resource]
) -> None:
    made, unknown = seen(resource(**fields))
    assert unknown == {path: entry}
    value: Any = made
    for key in path[1:].split("/"):
        value = value[int(key)] if isinstance(value, list) else value.get(key.replace("~1", "/"), "absent")
        if value == "absent":
            break
    assert value == "absent" or entry.get("open")


def test_an_unknown_member_of_a_list_leaves_its_place(resource: Callable[..., Resource]) -> None:
    made, unknown = seen(resource(groups={"main": Group(zones=("us-east-1a", DATA, "us-east-1c"))}))
    assert made["groups"]["main"]["zones"] == ["us-east-1a", None, "us-east-1c"]
    assert unknown == {"/groups/main/zones/1": {"reason": "data"}}


def test_copies_keep_their_bounds(resource: Callable[..., Resource]) -> None:
    made, unknown = seen(resource(multiplicity=Multiplicity(0, UNBOUNDED, DATA)))
    assert made["multiplicity"] == {"min": 0, "max": "unbounded"}
    assert unknown == {"/multiplicity": {"reason": "data"}}


def test_null_stays_in_attributes_only(resource: Callable[..., Resource]) -> None:
    made, _ = seen(resource(attributes={"a": None}, labels={"team": None}, facts={"quota": None}))
    assert made["attributes"] == {"a": None}
    assert made["labels"] == {}
    assert "quota" not in made


def test_a_group_has_replicas_and_accelerators_whatever_it_states(resource: Callable[..., Resource]) -> None:
    made, _ = seen(resource(groups={"main": Group(node_selector={})}))
    assert made["groups"] == {
        "main": {"replicas": {"min": 1, "desired": 1, "max": 1}, "accelerators": [], "node_selector": {}}
    }


def test_a_fraction_is_text_and_a_disk_has_a_class(resource: Callable[..., Resource]) -> None:
    group = Group(accelerators=(Accelerator(count=1, fraction=Decimal("0.50")),), storage=(Disk(kind="gp3"),))
    made, _ = seen(resource(groups={"main": group}))
    assert made["groups"]["main"]["accelerators"] == [{"count": 1, "fraction": "0.50"}]
    assert made["groups"]["main"]["storage"] == [{"class": "gp3"}]


def test_only_what_is_wanted_is_looked_at(resource: Callable[..., Resource]) -> None:
    full = resource(labels={"team": DATA}, region=DATA, groups={"main": Group(zones=DATA)})
    made, unknown = seen(full, Wanted(frozenset({"address", "groups"}), frozenset({"replicas"})))
    assert made == {"address": "f//t.a", "groups": {"main": {"replicas": {"min": 1, "desired": 1, "max": 1}}}}
    assert unknown == {}


def test_what_is_nested_too_deep_is_not_known(resource: Callable[..., Resource]) -> None:
    deep: Any = "bottom"
    for _ in range(500):
        deep = {"a": [deep]}
    made, unknown = seen(resource(attributes={"x": deep}))
    ((path, entry),) = unknown.items()
    assert path.startswith("/attributes/x/a/0/a/0")
    assert path.count("/") == DEPTH + 1
    assert entry == {"reason": "refused"}
    assert len(json.dumps(made)) < 2000


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (Decimal("3.000"), 3),
        (Decimal("1E+3"), 1000),
        (Decimal("0.5"), 0.5),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal("1E+999999"), "1E+999999"),
        (Decimal("NaN"), "NaN"),
        (Decimal("-0"), 0),
    ],
)
def test_number(value: Decimal, wanted: Any) -> None:
    assert number(value) == wanted
    assert type(number(value)) is type(wanted)


SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.decimals() | st.just(DATA)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner)
        | st.dictionaries(st.text(), inner).map(lambda known: OpenMap(known, DATA))
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES))
def test_any_value_is_json_and_every_unknown_is_listed(attributes: dict[str, Any]) -> None:
    from guardrail.model.value import unknowns

    found = see(replace(BARE, attributes=attributes))
    json.dumps(found.json)
    wanted = {(f"/attributes{path}", is_open) for path, _, is_open in unknowns(attributes)}
    assert {(path, cause.open) for path, cause in found.causes.items()} == wanted


BARE = Resource(
    address="f//t.a",
    unit="f",
    format="terraform",
    type="t",
    name="a",
    category="other",
    native=None,  # type: ignore[arg-type]  # nobody asks where anything is written
    attributes={},
)
