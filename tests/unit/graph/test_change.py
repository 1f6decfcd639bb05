from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from natives import Unwritten

from guardrail.graph.change import compare
from guardrail.model.graph import Change, Graph
from guardrail.model.resource import Accelerator, Bounds, Disk, Group, Multiplicity, Origin, Resource
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown


def vm(name: str = "gpu", **fields: Any) -> Resource:
    fields = {"attributes": {}, "groups": {"main": Group()}, **fields}
    return Resource(
        address=f"a//aws_instance.{name}",
        unit="a",
        format="terraform",
        type="aws_instance",
        name=fields.pop("called", name.partition("[")[0]),
        category="compute.instance",
        native=Unwritten(),
        **fields,
    )


def graph(*resources: Resource, moved: Mapping[str, str] = {}) -> Graph:
    return Graph(resources={one.address: one for one in resources}, edges={}, moved=moved)


VARIABLE = Unknown(Reason.VARIABLE, note="var.a has no value")


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        pytest.param({}, {}, (), id="nothing"),
        pytest.param({"labels": {"a": "x"}}, {"labels": {"a": "y"}}, ("/labels/a",), id="a value"),
        pytest.param({"labels": {}}, {"labels": {"a/b": "y"}}, ("/labels/a~1b",), id="a new key"),
        pytest.param({"labels": {"a": {"b": "x"}}}, {"labels": {}}, ("/labels/a",), id="a key less, named once"),
        pytest.param({"attributes": {"n": 1}}, {"attributes": {"n": True}}, ("/attributes/n",), id="true is not 1"),
        pytest.param({"attributes": {"n": 1}}, {"attributes": {"n": Decimal("1.0")}}, (), id="1.0 is 1"),
        pytest.param({"attributes": {"n": None}}, {"attributes": {}}, ("/attributes/n",), id="null is not absent"),
        pytest.param({"attributes": {"l": [1, 2]}}, {"attributes": {"l": (1, 2)}}, (), id="a list is a list"),
        pytest.param(
            {"attributes": {"l": [1, 2]}},
            {"attributes": {"l": [1, 3, 4]}},
            ("/attributes/l/1", "/attributes/l/2"),
            id="elements",
        ),
        pytest.param({"region": "a"}, {"region": VARIABLE}, ("/region",), id="known, then not"),
        pytest.param({"region": VARIABLE}, {"region": VARIABLE}, (), id="the same unknown"),
        pytest.param(
            {"region": VARIABLE},
            {"region": Unknown(Reason.VARIABLE, note="var.b has no value")},
            ("/region",),
            id="an unknown that hangs on something else",
        ),
        pytest.param(
            {"region": Unknown(Reason.DATA, (1, 2))},
            {"region": Unknown(Reason.DATA, (True, 2))},
            ("/region",),
            id="other candidates",
        ),
        pytest.param(
            {"labels": {"a": "x"}}, {"labels": OpenMap({"a": "x"}, VARIABLE)}, ("/labels",), id="a map that became open"
        ),
        pytest.param(
            {"groups": {"main": Group(replicas=Bounds(1, 1, 2))}},
            {"groups": {"main": Group(replicas=Bounds(1, 3, UNBOUNDED))}},
            ("/groups/main/replicas/desired", "/groups/main/replicas/max"),
            id="bounds of a group",
        ),
        pytest.param({"groups": {}}, {"groups": {"main": Group()}}, ("/groups/main",), id="a new group"),
        pytest.param(
            {"groups": {"main": Group(accelerators=(Accelerator(count=1, family="t4"),))}},
            {"groups": {"main": Group(accelerators=(Accelerator(count=2, family="t4"),))}},
            ("/groups/main/accelerators/0/count",),
            id="devices",
        ),
        pytest.param(
            {"storage": (Disk(kind="gp2", size_gib=1),)},
            {"storage": (Disk(kind="gp3", size_gib=1),)},
            ("/storage/0/class",),
            id="the class of a disk, under its name in the document",
        ),
        pytest.param(
            {"multiplicity": Multiplicity(0, 1, VARIABLE)},
            {"multiplicity": Multiplicity(0, 1, Unknown(Reason.DATA))},
            ("/multiplicity",),
            id="why the number is not known",
        ),
        pytest.param({"facts": {"sweep": {"max_trials": 1}}}, {"facts": {}}, ("/sweep",), id="a fact at the root"),
        pytest.param(
            {"origins": {"/region": (Origin("/a"),)}},
            {"origins": {"/region": (Origin("/b"),)}},
            (),
            id="where it is written",
        ),
    ],
)
def test_differences(before: dict[str, Any], after: dict[str, Any], paths: tuple[str, ...]) -> None:
    change = compare(graph(vm(**before)), graph(vm(**after)))
    assert change == (Change(changed={"a//aws_instance.gpu": paths}) if paths else Change())


def test_added_and_removed() -> None:
    old = vm("old")
    assert compare(graph(old), graph(vm("new"))) == Change(
        added=("a//aws_instance.new",), removed={"a//aws_instance.old": old}
    )


def at(name: str) -> str:
    return f"a//aws_instance.{name}"


@pytest.mark.parametrize(
    ("base", "head", "moved", "renamed"),
    [
        pytest.param(["a"], ["b"], {"a": "b"}, {"b": "a"}, id="one move"),
        pytest.param(["a"], ["c"], {"a": "b", "b": "c"}, {"c": "a"}, id="two moves in a row"),
        pytest.param(["a"], ["c"], {"a": "b", "b": "a"}, {}, id="a cycle leads nowhere"),
        pytest.param(["a"], ["a", "b"], {"a": "b"}, {}, id="what is still there has not moved"),
        pytest.param(["a", "b"], ["b"], {"a": "b"}, {}, id="what was there before has not come"),
        pytest.param(
            ["a[0]", "a[1]"], ["b[0]", "b[1]"], {"a": "b"}, {"b[0]": "a[0]", "b[1]": "a[1]"}, id="every instance"
        ),
        pytest.param(['a["x.y"]'], ['b["x.y"]'], {"a": "b"}, {'b["x.y"]': 'a["x.y"]'}, id="an instance with a dot"),
        pytest.param(["a"], ["c"], {"a": "a.a"}, {}, id="a move that grows without end"),
        pytest.param(["a", "b"], ["c"], {"a": "c", "b": "c"}, {"c": "a"}, id="two cannot move to one place"),
    ],
)
def test_moved(base: list[str], head: list[str], moved: dict[str, str], renamed: dict[str, str]) -> None:
    moves = {at(old): at(new) for old, new in moved.items()}
    change = compare(graph(*map(vm, base)), graph(*map(vm, head), moved=moves))
    came, went = renamed.keys(), renamed.values()
    assert change.renamed == {at(new): at(old) for new, old in renamed.items()}
    assert change.changed == {}  # nothing but the address
    assert sorted(change.added) == sorted(at(name) for name in head if name not in came and name not in base)
    assert sorted(change.removed) == sorted(at(name) for name in base if name not in went and name not in head)


def test_a_module_that_moved_takes_its_resources_along() -> None:
    old, new = vm("x"), vm("x")
    base = Graph(resources={"a//module.a.aws_instance.x": old}, edges={})
    head = Graph(resources={"a//module.b.aws_instance.x": new}, edges={}, moved={"a//module.a": "a//module.b"})
    assert compare(base, head) == Change(renamed={"a//module.b.aws_instance.x": "a//module.a.aws_instance.x"})


def test_a_change_on_the_way_is_seen() -> None:
    moves = {at("a"): at("b")}
    change = compare(graph(vm("a", region="x")), graph(vm("b", region="y"), moved=moves))
    assert change == Change(changed={at("b"): ("/region",)}, renamed={at("b"): at("a")})


def test_a_name_of_its_own_that_changes_is_seen() -> None:
    moves = {at("a"): at("b")}
    change = compare(graph(vm("a", called="one")), graph(vm("b", called="two"), moved=moves))
    assert change.changed == {at("b"): ("/name",)}


PLAIN = (
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=3)
)
UNKNOWN = st.builds(Unknown, st.sampled_from(Reason), note=st.text(max_size=2))
VALUES = st.recursive(
    PLAIN | UNKNOWN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("a/~", max_size=2), inner, max_size=3)
        | st.builds(OpenMap, st.dictionaries(st.text("ab", max_size=1), inner, max_size=2), UNKNOWN)
    ),
    max_leaves=8,
)


def copied(value: Any) -> Any:
    """The same content in objects of its own, as a second reading makes it."""
    if isinstance(value, OpenMap):
        return OpenMap({key: copied(one) for key, one in value.items()}, copied(value.rest))
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(copied(one) for one in value)
    if isinstance(value, Unknown):
        return Unknown(value.reason, note="".join(value.note))
    return value


@given(VALUES)
def test_the_same_content_is_no_change(value: Any) -> None:
    first = graph(vm(attributes={"x": value}, facts={"f": value}))
    second = graph(vm(attributes={"x": copied(value)}, facts={"f": copied(value)}))
    assert compare(first, second) == Change()
    assert compare(first, first) == Change()


@given(VALUES, VALUES)
def test_a_difference_is_seen_from_both_sides(one: Any, other: Any) -> None:
    first, second = graph(vm(attributes={"x": one})), graph(vm(attributes={"x": other}))
    assert compare(first, second).changed == compare(second, first).changed
