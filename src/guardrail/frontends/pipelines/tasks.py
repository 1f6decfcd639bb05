"""
The tasks that a pipeline comes to: through its graphs, with what each is given and how often it may run at once.

A condition decides when the pipeline runs; a task behind one counts, since it may run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Optional, Union

from guardrail.frontends.pipelines.members import Written, entries, entry, member, text
from guardrail.frontends.pipelines.values import Scope, resolved
from guardrail.model.dataclass import dataclass
from guardrail.model.value import CANDIDATES, UNBOUNDED, NoBound, Reason, Unknown, Value

MOST: Final = 2_000
"""Tasks of one pipeline that are looked at."""

DEPTH: Final = 16
"""Graphs within graphs."""

Copies = Union[int, NoBound]


@dataclass(frozen=True, slots=True)
class Task:
    """
    A task that runs something.

    `path` are the names of the tasks above and its own, `written` is the task itself, `executor` what it runs, with
    its `label`. `scope` are its parameters; `copies` how many of it may run at once.
    """

    path: tuple[str, ...]
    written: Written
    label: str
    executor: Optional[Written]
    scope: Scope
    copies: Copies = 1


class TooMany(Exception):  # noqa: N818 - ends a walk, and is told
    """A pipeline has more tasks than are looked at, or nests too deep."""


def tasks(spec: Written, given: Scope) -> Iterator[Task]:
    """Yield the tasks of a pipeline. `given` are the parameters that its run states."""
    root = member(spec, "root")
    if root is not None:
        yield from _Walk(spec).of(root, {**_defaults(root), **given}, (), 1)


class _Walk:
    """One pass through the graphs of a pipeline."""

    def __init__(self, spec: Written) -> None:
        self.components = member(spec, "components")
        self.executors = member(spec, "deployment_spec", "executors") or member(spec, "deployment_config", "executors")
        self.left = MOST

    def of(self, component: Written, scope: Scope, path: tuple[str, ...], copies: Copies) -> Iterator[Task]:
        """Yield the tasks of a component that is a graph."""
        if len(path) > DEPTH:
            raise TooMany
        for name, task in entries(member(component, "dag", "tasks")):
            self.left -= 1
            if self.left < 0:
                raise TooMany
            component_of = entry(self.components, text(member(task, "component_ref", "name")))
            inner = _given(task, component_of, scope)
            several = _product(copies, _side_by_side(task, scope))
            label = text(member(component_of, "executor_label")) if component_of is not None else ""
            if component_of is not None and member(component_of, "dag") is not None:
                yield from self.of(component_of, inner, (*path, name), several)
            else:
                yield Task((*path, name), task, label, entry(self.executors, label), inner, several)


def _defaults(component: Optional[Written]) -> dict[str, Written]:
    """Return the defaults of a component's parameters. One without is not given where it need not be."""
    found: dict[str, Written] = {}
    for name, definition in entries(member(component, "input_definitions", "parameters") if component else None):
        default = member(definition, "default_value")
        if default is not None:
            found[name] = default
        elif (optional := member(definition, "is_optional")) is not None and optional.value is True:
            found[name] = Written(None, definition.at)
    return found


def _given(task: Written, component: Optional[Written], outer: Scope) -> Scope:
    """Return the parameters of a task: what it states, made of one another, else the defaults of its component."""
    stated = {name: _argument(argument, outer) for name, argument in entries(member(task, "inputs", "parameters"))}
    item = member(task, "parameter_iterator", "item_input")
    if item is not None:
        stated[text(item)] = Written(_one_of(_items(task, outer)), item.at)
    together = {**_defaults(component), **stated}
    return {name: Written(resolved(one.value, together), one.at) for name, one in together.items()}


def _argument(argument: Written, outer: Scope) -> Written:
    """Return what a parameter of a task is given."""
    constant = member(argument, "runtime_value", "constant")
    if constant is not None:
        return constant
    old = member(argument, "runtime_value", "constant_value")
    if old is not None:
        return Written(next(iter(old.value.values()), None) if isinstance(old.value, Mapping) else old.value, old.at)
    name = text(member(argument, "component_input_parameter")) or text(
        member(argument, "runtime_value", "runtime_parameter")
    )
    if name:
        found = outer.get(name)
        value = (
            Unknown(Reason.VARIABLE, note=f"the parameter {name[:80]} has no value") if found is None else found.value
        )
        chosen = member(argument, "parameter_expression_selector")
        return Written(
            value if chosen is None else _selected(value, text(chosen)), argument.at if found is None else found.at
        )
    produced = member(argument, "task_output_parameter", "producer_task")
    if produced is not None:
        return Written(Unknown(Reason.COMPUTED, note=f"an output of the task {text(produced)[:80]}"), argument.at)
    return Written(Unknown(Reason.COMPUTED, note="made when the pipeline runs"), argument.at)


_SELECTOR: Final = re.compile(r"""parseJson\(string_value\)\[["']([^"']{1,200})["']\]""")


def _selected(value: Value, selector: str) -> Value:
    """Return what a selector takes of a value: a member of it."""
    found = _SELECTOR.fullmatch(selector)
    if isinstance(value, Unknown):
        if value.one_of is None or found is None:
            return value
        return _either([_selected(one, selector) for one in value.one_of], value.reason, value.note)
    if isinstance(value, str):
        value = _read(value)
    if found is None or not isinstance(value, Mapping):
        return Unknown(Reason.REFUSED, note="a part of a parameter")
    return value.get(found[1])


def _key(value: Value) -> str:
    return json.dumps(value, default=str)


def _read(written: str) -> Any:
    try:
        return json.loads(written, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _items(task: Written, scope: Scope) -> Value:
    """Return the items that a task runs for, each once; None where it runs once, unknown where they are made later."""
    iterator = member(task, "parameter_iterator")
    if iterator is None:
        later = member(task, "artifact_iterator")
        return None if later is None else Unknown(Reason.COMPUTED, note="how many items there are is not known")
    raw = text(member(iterator, "items", "raw"))
    found: Value = _read(raw) if raw else None
    name = text(member(iterator, "items", "input_parameter"))
    if name in scope:
        found = scope[name].value
        found = _read(found) if isinstance(found, str) else found
    if isinstance(found, (list, tuple)):
        return tuple(found)
    return found if isinstance(found, Unknown) else Unknown(Reason.COMPUTED, note="the items are made when it runs")


def _one_of(items: Value) -> Value:
    """Return what one of several items may be."""
    if not isinstance(items, tuple):
        return Unknown(Reason.VARIABLE, note="one of the items of a loop, which are not known")
    return _either(items, Reason.VARIABLE, "each of the items of a loop")


def _either(values: Sequence[Value], reason: Reason, note: str) -> Value:
    """Return what is one of several values."""
    options: dict[str, Value] = {_key(one): one for one in values}
    if len(options) == 1:
        return next(iter(options.values()))
    known = 0 < len(options) <= CANDIDATES and not any(isinstance(one, Unknown) for one in options.values())
    return Unknown(reason, tuple(options.values()) if known else None, note=note)


def _side_by_side(task: Written, scope: Scope) -> Copies:
    """Return how many of a task run at once: one for each item, as far as a limit of its own permits."""
    items = _items(task, scope)
    if items is None:
        return 1
    stated = member(task, "iterator_policy", "parallelism_limit")
    limit = _whole(None if stated is None else stated.value)
    number: Copies = len(items) if isinstance(items, tuple) else UNBOUNDED
    if not limit:
        return number
    return limit if isinstance(number, NoBound) else min(number, limit)


def _whole(value: Value) -> Optional[int]:
    """Return a limit; None where there is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    if isinstance(value, (int, Decimal)) and value > 0:
        return int(value)
    return None


def _product(one: Copies, other: Copies) -> Copies:
    if 0 in (one, other):
        return 0
    return UNBOUNDED if isinstance(one, NoBound) or isinstance(other, NoBound) else one * other
