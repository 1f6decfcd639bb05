"""Functions give what Terraform's give: value and type, error, or unknown until apply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.expressions import HANDLERS
from guardrail.frontends.terraform.meter import Meter
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax import File, parse_expression
from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.frontends.terraform.types import STRING
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ListValue,
    MapValue,
    ObjectValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    is_number,
)
from guardrail.model.value import Reason
from guardrail.sources.listed import MemoryTree

FOLDER = Path(__file__).parents[4] / "facts" / "functions"
ANSWERS: Mapping[str, Any] = json.loads((FOLDER / "answers.json").read_text(encoding="utf-8"))
FILES = {f"files/{path.relative_to(FOLDER / 'files').as_posix()}": path.read_bytes()
         for path in sorted((FOLDER / "files").rglob("*")) if path.is_file()}  # fmt: skip

KINDS = {"list": ListValue, "set": SetValue, "tuple": TupleValue, "object": ObjectValue, "map": MapValue}


DEVIATIONS: Mapping[str, str] = {
    "merge(tomap({}), tomap({a = 1}))": "the element type of an empty map is not kept, so it counts as any",
    'cidrsubnet("10.1.2.0/24", -1, 0)': "Terraform does not look at signs, and gives networks outside of the prefix",
    'cidrsubnet("10.0.0.0/8", 8, -1)': "likewise",
    "coalescelist(null, [1])": "null has no type here, and one that is a list is allowed",
}
"""Where we do not follow Terraform, and why."""

MORE_PRECISE: Mapping[str, Value] = {
    'matchkeys([terraform_data.u.id, "b"], ["x", "y"], ["y"])': ListValue(("b",)),
}
"""Where we know what Terraform leaves open, whatever the unknown turns out to be."""

NOT_COMPUTED = frozenset(
    {
        'base64gzip("a")',
        "length(plantimestamp())",
        'rsadecrypt("a", "b")',
        'startswith(abspath("a"), "/")',
        'startswith(pathexpand("~/a"), "/")',
        'issensitive(sensitive("a"))',
        'issensitive("a")',
    }
)
"""What depends on the machine, the time, keys, a compressor or marks is refused."""

LESS_PRECISE = frozenset(
    {
        # nothing is known of a string that may be null, and the list would be of one element
        'formatlist("%s", terraform_data.u.output)',
    }
)


@dataclass
class World:
    """The tree of the recorded calls, and names for an unknown string and for what may be anything."""

    tree: MemoryTree = field(default_factory=lambda: MemoryTree(FILES))
    root: str = ""
    meter: Meter = field(init=False)

    def __post_init__(self) -> None:
        self.meter = Meter(HANDLERS, lambda *_: None, File("", "", Body({}, (), 0, 0)))

    def resolve(self, name: str) -> Value:
        if name == "path":
            return ObjectValue(module=".")
        assert name == "terraform_data"
        identity = Unknown(Reason.COMPUTED, type=STRING, not_null=True)
        return ObjectValue(u=ObjectValue(id=identity, output=Unknown(Reason.COMPUTED, type=STRING)))

    def function(self, name: str, arguments: list[Value]) -> Value:
        return functions.call(name, arguments, self)


def evaluated(call: str) -> Value:
    world = World()
    try:
        return Scope(world, world.meter).evaluate(parse_expression(call))
    except EvaluationError:
        return EvaluationError


def agrees(ours: Value, theirs: Any, kind: Any) -> bool:
    """Whether a value is the recorded one, and of the recorded type."""
    if isinstance(ours, Unknown) or (ours is None) != (theirs is None):
        return False
    if ours is None:
        return True
    if isinstance(kind, list):
        return isinstance(ours, KINDS[kind[0]]) and _parts_agree(ours, theirs, kind)
    if is_number(ours):
        return bool(kind == "number" and Decimal(theirs) == ours)
    return type(ours) is type(theirs) and ours == theirs and kind == {bool: "bool", str: "string"}[type(ours)]


def _parts_agree(ours: Any, theirs: Any, kind: list[Any]) -> bool:
    if len(ours) != len(theirs):
        return False
    if isinstance(ours, dict):
        kinds = kind[1] if kind[0] == "object" else dict.fromkeys(theirs, kind[1])
        return ours.keys() == theirs.keys() and all(agrees(ours[key], theirs[key], kinds[key]) for key in theirs)
    kinds = kind[1] if kind[0] == "tuple" else [kind[1]] * len(theirs)
    return all(map(agrees, ours, theirs, kinds))


def sound(ours: Value, theirs: Any, mask: Any) -> bool:
    """Whether a value that Terraform knows in part is known where Terraform knows it, and unknown elsewhere."""
    if mask is True:
        return isinstance(ours, Unknown)
    if isinstance(mask, dict):
        return ours.keys() == {**(theirs or {}), **mask}.keys() and all(
            sound(ours[key], (theirs or {}).get(key), mask.get(key, False)) for key in ours
        )
    if isinstance(mask, list):
        return len(ours) == len(mask) and all(map(sound, ours, theirs, mask))
    return str(ours) == str(theirs)


@pytest.mark.parametrize("call", [call for call, answer in ANSWERS.items() if "unknown" in answer])
def test_unknowns(call: str) -> None:
    answer, ours = ANSWERS[call], evaluated(call)
    if call in MORE_PRECISE:
        assert ours == MORE_PRECISE[call]
    elif call in LESS_PRECISE:
        assert isinstance(ours, Unknown)
    else:
        assert sound(ours, answer["value"], answer["unknown"]), (ours, answer)


@pytest.mark.parametrize("call", [call for call, answer in ANSWERS.items() if "type" in answer])
def test_values(call: str) -> None:
    answer, ours = ANSWERS[call], evaluated(call)
    if call in NOT_COMPUTED:
        assert ours.reason is Reason.REFUSED
        return
    assert agrees(ours, answer["value"], answer["type"]) == (call not in DEVIATIONS), (ours, answer)


@pytest.mark.parametrize("call", [call for call, answer in ANSWERS.items() if "error" in answer])
def test_errors(call: str) -> None:
    assert (evaluated(call) is EvaluationError) == (call not in DEVIATIONS and call not in NOT_COMPUTED)
