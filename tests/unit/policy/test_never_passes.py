"""
The promise of the engine, for every built-in policy: make anything that it rests on unknown, and it does not pass.

Each policy has a resource that it denies and one that it lets pass; every path that it reads is hidden in turn, and
everything above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from guardrail.model.cost import Bill, Compared, Costs, Sum
from guardrail.model.graph import Change
from guardrail.model.path import pointer
from guardrail.model.resource import Accelerator, Bounds, Group, Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown
from guardrail.policy.evaluate import Evaluation
from guardrail.policy.index import known
from guardrail.policy.library import shared_module
from guardrail.policy.model import Library

PARAMS: Mapping[str, Mapping[str, Any]] = {
    "required-tags": {"keys": ["team", "cost-center"], "patterns": {"team": "[a-z]+"}},
    "gpu-family-allowlist": {"allow": ["t4"], "by_team": {"research": ["h100"]}},
    "region-restriction": {"allow": {"aws": ["us-east-1"]}},
}


def gpu(family: str = "t4", count: int = 1, **more: Any) -> Accelerator:
    return Accelerator(**{"count": count, "family": family, "model": family, "vendor": "nvidia", **more})


def group(*accelerators: Accelerator, most: int = 1) -> dict[str, Group]:
    return {"main": Group(replicas=Bounds(1, 1, most), accelerators=accelerators, zones=("us-east-1a",))}


FIXTURES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "required-tags": {
        "pass": {"taggable": True, "labels": {"team": "a", "cost-center": "1"}},
        "deny": {"taggable": True, "labels": {"team": "7", "cost-center": "1"}},
        "deny what is missing": {"taggable": True, "labels": {"team": "a"}},
    },
    "gpu-family-allowlist": {
        "pass": {"labels": {"team": "web"}, "groups": group(gpu("t4"))},
        "pass for the team": {"labels": {"team": "research"}, "groups": group(gpu("h100"))},
        "deny": {"labels": {"team": "web"}, "groups": group(gpu("h100"))},
    },
    "gpu-count-limit": {
        "pass": {"groups": group(gpu(fraction=Decimal("0.5")), most=8)},
        "deny": {"groups": group(gpu(count=8), most=2)},
    },
    "max-replicas": {
        "pass": {"category": "compute.pool", "groups": group(gpu(), most=8)},
        "deny": {"category": "compute.pool", "groups": group(gpu(), most=9)},
        "pass without accelerators": {"category": "ml.endpoint", "groups": group(most=20)},
    },
    "region-restriction": {
        "pass": {"provider": "aws", "region": "us-east-1", "groups": group()},
        "deny": {"provider": "aws", "region": "us-west-2", "groups": group()},
    },
    "ttl-required": {
        "pass": {"category": "workload.batch", "lifetime": {"max_runtime_seconds": 60}},
        "deny": {"category": "ml.training", "lifetime": {"max_runtime_seconds": 10**9}},
        "pass a namespace": {"category": "namespace", "name": "dev", "lifetime": {"ttl_seconds": 60}},
        "pass a job with its cluster": {
            "category": "workload.batch",
            "type": "ray.io/RayJob",
            "lifetime": {"max_runtime_seconds": 60, "ttl_seconds": 1},
        },
    },
    "unpriced-resource": {"pass": {}, "deny": {"address": "f//t.incomplete", "name": "incomplete"}},
}

HIDDEN = (
    Unknown(Reason.DATA),
    Unknown(Reason.VARIABLE, note="var.x has no value"),
    Unknown(Reason.COMPUTED, prefix="a"),
)

CANNOT = {"address", "unit", "category", "name", "type", "taggable", "provider", "environment", "format"}
"""Fields that are always known: frontends say them, not expressions."""


def paths(resource: Resource, pattern: tuple[str, ...], params: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield every path of a resource that a pattern stands for, and all paths above."""
    found: list[tuple[tuple[str, ...], Any]] = [((), resource)]
    for segment in pattern:
        found = [((*path, key), _member(value, key)) for path, value in found for key in _keys(value, segment, params)]
        yield from (path for path, _ in found)


def _keys(value: Any, segment: str, params: Mapping[str, Any]) -> list[str]:
    if segment == "*":
        if isinstance(value, Mapping):
            return list(value)
        return [str(index) for index in range(len(value))] if isinstance(value, tuple) else []
    if segment.startswith("{"):
        return list(params.get(segment[1:-1].partition(":")[0], ()))
    return [segment]


def _member(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, tuple):
        return value[int(key)]
    return value.facts.get(key) if _is_other_fact(value, key) else getattr(value, key, None)


def _is_other_fact(value: Any, key: str) -> bool:
    """Whether a resource keeps a fact among those that only some kinds have."""
    return isinstance(value, Resource) and key not in {field.name for field in fields(value)}


def hide(value: Any, path: tuple[str, ...], unknown: Any) -> Any:
    """Return a value in which what is at a path is not known."""
    if not path:
        return unknown
    key, *rest = path
    inner = hide(_member(value, key), tuple(rest), unknown)
    if _is_other_fact(value, key):
        return replace(value, facts={**value.facts, key: inner})
    if is_dataclass(value) and not isinstance(value, type):
        assert key in {field.name for field in fields(value)}
        return replace(value, **{key: inner})
    if isinstance(value, tuple):
        return (*value[: int(key)], inner, *value[int(key) + 1 :])
    return {**(value or {}), key: inner}


def cases() -> Iterator[Any]:
    for loaded in known(shared_module().source).values():
        name = loaded.policy.id
        params = {**PARAMS.get(name, {}), "team_labels": ["team", "owner"]}
        for story, given in FIXTURES.get(name, {}).items():
            fixture = make(**given)
            hidden = {
                path
                for pattern in (*loaded.rests_on, *(loaded.narrowed_by or ()))
                for path in paths(fixture, pattern.path, params)
                if path[0] not in CANNOT
            }
            for path in sorted(hidden):
                if len(path) == 2 and path[0] == "groups":
                    continue  # a group is there or not; only what it holds, or all of them, can be unknown
                yield pytest.param(name, given, path, id=f"{name} {story} {pointer(path)}")


def make(**given: Any) -> Resource:
    return Resource(
        **{
            "address": "f//t.a",
            "unit": "f",
            "format": "terraform",
            "type": "t",
            "name": "a",
            "category": "other",
            "native": None,
            "attributes": {},
            **given,
        }
    )


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = _member(value, key)
    return value


def _in_map(case: Any) -> bool:
    _, given, path = case.values
    return len(path) > 1 and isinstance(_at(make(**given), path[:-1]), (Mapping, type(None)))


def _is_value(case: Any) -> bool:
    _, given, path = case.values
    value = _at(make(**given), path)
    return value is not None and not isinstance(value, (Mapping, Group, Bounds))


CASES = list(cases())
Judge = Callable[..., Evaluation]


def test_every_policy_has_a_resource_that_passes_and_one_that_does_not(
    judge: Judge, library: Library, costs: Callable[..., Costs], bill: Callable[..., Bill]
) -> None:
    resource_policies = {name for name, one in library.policies.items() if one.applies is not None}
    assert set(FIXTURES) == resource_policies
    for name, stories in FIXTURES.items():
        for story, given in stories.items():
            found = judge(make(**given), by=name, params=PARAMS, costs=_costs(given, costs, bill))
            assert not found.diagnostics
            assert bool(found.decisions) == story.startswith("deny"), (name, story, found.decisions)
            assert found.judged[name] == 1, (name, story)


def _costs(given: Mapping[str, Any], costs: Callable[..., Costs], bill: Callable[..., Bill]) -> Costs:
    address = given.get("address", "f//t.a")
    return costs({address: bill(address, complete=address == "f//t.a")})


@pytest.mark.parametrize("unknown", HIDDEN, ids=lambda unknown: str(unknown.reason))
@pytest.mark.parametrize(("name", "given", "path"), CASES)
def test_what_is_not_known_never_passes(
    name: str, given: Mapping[str, Any], path: tuple[str, ...], unknown: Unknown, judge: Judge
) -> None:
    found = judge(hide(make(**given), path, unknown), by=name, params=PARAMS)
    assert not found.diagnostics
    assert found.decisions, "an unknown passed"
    assert any(one.reason is not None for one in found.decisions), "an unknown was taken for known"


@pytest.mark.parametrize(("name", "given", "path"), list(filter(_in_map, CASES)))
def test_nor_does_a_map_that_may_hold_more(
    name: str, given: Mapping[str, Any], path: tuple[str, ...], judge: Judge
) -> None:
    """Where the last key is missing from a map that may hold others, nobody can tell."""
    resource = make(**given)
    members = {key: value for key, value in (_at(resource, path[:-1]) or {}).items() if key != path[-1]}
    found = judge(hide(resource, path[:-1], OpenMap(members, HIDDEN[0])), by=name, params=PARAMS)
    assert not found.diagnostics
    assert any(one.reason is not None for one in found.decisions)


@pytest.mark.parametrize(("name", "given", "path"), list(filter(_is_value, CASES)))
def test_a_candidate_that_would_be_denied_is_never_passed(
    name: str, given: Mapping[str, Any], path: tuple[str, ...], judge: Judge
) -> None:
    """What is denied as it is, is not passed because it could also be something else; twice the same is no choice."""
    resource = make(**given)
    now = judge(resource, by=name, params=PARAMS)
    value = _at(resource, path)
    plain = str(value) if path[-1] == "fraction" else value
    same = judge(hide(resource, path, Unknown(Reason.VARIABLE, (plain, plain))), by=name, params=PARAMS)
    assert not same.diagnostics
    assert {(one.path, one.reason) for one in same.decisions} == {(one.path, None) for one in now.decisions}


@pytest.mark.parametrize("copies", [Multiplicity(0, UNBOUNDED, HIDDEN[0]), Multiplicity(0, 3, HIDDEN[1])])
def test_what_may_not_exist_is_never_denied_outright(copies: Multiplicity, judge: Judge) -> None:
    for name, stories in FIXTURES.items():
        denied = make(**stories["deny"], multiplicity=copies)
        found = judge(denied, by=name, params=PARAMS)
        assert all(one.reason is not None for one in found.decisions), name


GAPS: Mapping[str, Mapping[str, Any]] = {
    "no price": {"unpriced": ("f//x",)},
    "not known": {"unknown": ("f//x",)},
    "no limit": {"max": UNBOUNDED, "unbounded": ("f//x",)},
}


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("amount", [0, 10**6])
def test_sums_with_gaps_never_pass(
    gap: str, amount: int, judge: Judge, library: Library, costs: Callable[..., Costs]
) -> None:
    delta = Sum(**{"expected": Decimal(amount), "max": Decimal(amount), **GAPS[gap]})
    compared = Compared(delta, Sum(), delta)
    for name, policy in library.policies.items():
        if policy.measure is None or policy.measure.of != "delta":
            continue
        if gap == "no limit" and policy.measure.bound != "max":
            continue  # what can grow without limit still has an expected cost
        found = judge(by=name, costs=costs(units={"f": compared}, total=compared), change=Change())
        assert not found.diagnostics
        assert [one.subject for one in found.decisions] == ["unit:f"]
