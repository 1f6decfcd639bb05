"""The same objects in every way in which they can be written are the same resources."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.frontends import documents
from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Resource
from guardrail.model.value import Unknown
from guardrail.sources.listed import MemoryTree

EXAMPLES: Final = Path(__file__).parents[4] / "fixtures" / "objects"
UNIT: Final = Unit(name=".", format="kubernetes", directory=".", files=("a.yaml",))


def _plain(value: Any) -> Any:
    """Return a value as its text has it, so that it can be written in another way."""
    if isinstance(value, Unknown):
        return value.written or None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _plain(member) for key, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, tuple) else value


VALUES: Final[Mapping[str, list[Any]]] = {
    path.parent.name: [_plain(one.value) for one in documents.read(path.read_bytes(), "a.yaml").documents]
    for path in sorted(EXAMPLES.glob("*/input.yaml"))
}


def _read(text: str) -> dict[str, Resource]:
    parsed = read(MemoryTree({"a.yaml": text.encode()}), UNIT)
    return {one.address: one for one in parsed.resources}


class _Quoted(str):
    """Text that is written in quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def _quoted(value: Any) -> Any:
    """Return a value with its texts marked: which of them need quotes PyYAML judges otherwise than kubectl does."""
    if isinstance(value, dict):
        return {_Quoted(key): _quoted(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_quoted(member) for member in value]
    return _Quoted(value) if isinstance(value, str) else value


def _yaml(values: list[Any], *, flow: bool) -> str:
    return yaml.dump_all(
        [_quoted(one) for one in values], Dumper=_Dumper, default_flow_style=flow, width=100_000, sort_keys=False
    )


SPELLINGS: Final[Mapping[str, Callable[[list[Any]], str]]] = {
    "JSON, one value after the other": lambda values: "\n".join(map(json.dumps, values)),
    "JSON with indentation": lambda values: "\n---\n".join(json.dumps(one, indent=2) for one in values),
    "YAML in blocks": lambda values: _yaml(values, flow=False),
    "YAML in braces": lambda values: _yaml(values, flow=True),
    "lines that end as on Windows": lambda values: _yaml(values, flow=False).replace("\n", "\r\n"),
    "a list": lambda values: json.dumps({"apiVersion": "v1", "kind": "List", "items": values}),
    "a list in a list": lambda values: json.dumps(
        {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "List", "items": values}]}
    ),
    "keys backwards": lambda values: _yaml([_backwards(one) for one in values], flow=False),
}


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(member) for key, member in reversed(value.items())}
    return [_backwards(member) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_the_same_resource(name: str, spelling: str) -> None:
    plain = _read(_yaml(VALUES[name], flow=False))
    other = _read(SPELLINGS[spelling](VALUES[name]))
    _same(plain, other)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(VALUES)), st.randoms(use_true_random=False))
def test_the_order_of_objects_does_not_matter(name: str, order: random.Random) -> None:
    values = list(VALUES[name])
    order.shuffle(values)
    _same(_read(_yaml(VALUES[name], flow=False)), _read(_yaml(values, flow=False)))


def _same(plain: Mapping[str, Resource], other: Mapping[str, Resource]) -> None:
    ours, theirs = _told(plain), _told(other)
    assert theirs.keys() == ours.keys()
    for address, facts in ours.items():
        assert theirs[address] == facts, address


def _told(found: Mapping[str, Resource]) -> dict[str, Any]:
    """Return what matters of resources: their devices in any order, since keys have none."""
    return {
        address.partition("@")[0]: (one.category, one.labels, one.lifetime, one.facts, one.storage, _groups(one))
        for address, one in found.items()
    }


def _groups(resource: Resource) -> Any:
    if isinstance(resource.groups, Unknown):
        return resource.groups
    return {
        name: (
            group.replicas,
            group.accelerators if isinstance(group.accelerators, Unknown) else sorted(map(repr, group.accelerators)),
            group.machine_types,
            group.node_selector,
        )
        for name, group in resource.groups.items()
    }
