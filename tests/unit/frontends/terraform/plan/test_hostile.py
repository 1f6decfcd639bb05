"""Whatever stands in a plan: it is refused with what to do, or read; and never for long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.budget import Budget
from guardrail.frontends.terraform.plan.document import load
from guardrail.frontends.terraform.plan.read import read
from guardrail.frontends.terraform.plan.text import PlanError
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.graph.change import compare
from guardrail.graph.facts import attributes, facts
from guardrail.graph.trace import place, sensitive, trace

ROOT: Final = Path(__file__).parents[5]
PLANS: Final = [
    json.loads((ROOT / "fixtures" / "repos" / "plan" / "plan.json").read_text(encoding="utf-8")),
    *json.loads((ROOT / "tests" / "facts" / "terraform" / "plans.json").read_text(encoding="utf-8")).values(),
]
UNIT: Final = Unit(name="prod", format="terraform-plan", directory=".", files=())


def judged(data: bytes) -> None:
    """Read a plan, and ask all that a report asks."""
    try:
        plan = load(data, "plan.json")
    except PlanError as refused:
        assert refused.hint  # noqa: PT017 - it may be read as well
        return
    sides = read(plan, UNIT, None, Budget())
    head = build([sides.head])
    compare(build([sides.base or sides.head]), head)
    for address, resource in head.resources.items():
        for told in (facts(resource), attributes(resource)):
            for path, _ in told:
                trace(head, address, path)
                place(head, address, path)
                sensitive(head, address, path)


def nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything inside a value."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from nodes(inner, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """Return a value with another one at a path."""
    if not path:
        return by
    if isinstance(value, dict):
        return {**value, path[0]: replaced(value[path[0]], path[1:], by)}
    return [replaced(one, path[1:], by) if index == path[0] else one for index, one in enumerate(value)]


ODD: Final[list[Any]] = [
    None, True, False, 0, -1, 10**30, 0.5, "", "x", "\\ud800", "[*]", 'module.m["', [], [None], [True], [[]], [{}], {},
    {"": {}}, {"references": ["var.x", 1, "module.m.o"]}, {"constant_value": {}}, {"a": [True]},
]  # fmt: skip


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_plans_are_read(plan: Any) -> None:
    judged(json.dumps(plan).encode())


@given(st.data())
def test_anything_anywhere(data: st.DataObject) -> None:
    plan = data.draw(st.sampled_from(PLANS))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(nodes(plan))))
        plan = replaced(plan, path, data.draw(st.sampled_from(ODD)))
    judged(json.dumps(plan).encode())


def deep(depth: int, inner: Any) -> Any:
    for _ in range(depth):
        inner = {"a": [inner]}
    return inner


MANY: Final = 20_000


@pytest.mark.parametrize(
    ("after", "unknown", "stated"),
    [
        pytest.param({"ami": deep(40, 1)}, {"ami": deep(40, True)}, {"ami": deep(40, {})}, id="deep values"),
        pytest.param({"ami": [0] * MANY}, {"ami": [True] * MANY}, {}, id="many elements"),
        pytest.param({f"a{n}": n for n in range(MANY)}, {f"a{n}": True for n in range(MANY)}, {}, id="many attributes"),
        pytest.param(
            {"disk": [{}] * MANY}, {"disk": [{"x": True}] * MANY}, {"disk": [{"x": []}] * MANY}, id="many blocks"
        ),
        pytest.param({"ami": "x" * 10**6}, {}, {"ami": plans.refers(*["var.x"] * MANY)}, id="many references"),
        pytest.param({"tags": {f"t{n}": "x" for n in range(MANY)}}, {"tags_all": True}, {}, id="many tags"),
    ],
)
def test_large_values(after: Any, unknown: Any, stated: Any) -> None:
    told = plans.change("aws_instance.a", after, unknown=unknown)
    judged(plans.plan(told, blocks=[plans.block("aws_instance.a", stated)]))


def test_many_modules_that_hand_on() -> None:
    module: dict[str, Any] = {"outputs": {"o": {"expression": plans.refers("var.i")}}, "resources": []}
    for index in range(30):
        calls = {f"m{index}": {"expressions": {"i": plans.refers("var.i")}, "module": module}}
        module = {"outputs": {"o": {"expression": plans.refers(f"module.m{index}.o")}}, "module_calls": calls}
    way = ".".join(f"module.m{index}" for index in reversed(range(30)))
    told = [plans.change(f"{way}.aws_instance.b", {"ami": "x"}), plans.change("aws_instance.a", {"ami": "x"})]
    blocks = [plans.block("aws_instance.a", {"ami": plans.refers("module.m29.o")})]
    judged(plans.plan(*told, blocks=blocks, root=module))


def test_many_resources_in_as_many_modules() -> None:
    changes = [plans.change(f"module.m[{index}].aws_instance.a", {"ami": "x"}) for index in range(3_000)]
    output = {"o": {"expression": plans.refers("aws_instance.a.id")}}
    inner = {"outputs": output, "resources": [plans.block("aws_instance.a", {"ami": plans.refers("var.x")})]}
    calls = {"m": {"expressions": {"x": plans.refers("module.m.o")}, "module": inner}}
    judged(plans.plan(*changes, root={"module_calls": calls}))
