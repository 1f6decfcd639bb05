"""
Expressions and configurations come to what Terraform makes of them.

The cases and the recorded answers are in `tests/facts/terraform`; `tools/terraform_facts.py` records them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import terraform_facts

from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.inputs import root_inputs
from guardrail.frontends.terraform.meter import deep
from guardrail.frontends.terraform.module import Module
from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.values import EvaluationError, OpenMap, Unknown, Value
from guardrail.frontends.terraform.walk import everything
from guardrail.sources.listed import MemoryTree

REPOSITORY = Path(__file__).parents[4]
FACTS = REPOSITORY / "tests" / "facts" / "terraform"
UNKNOWN = {"$unknown": True}
ERROR = {"$error": True}
OPEN = "$open"

MORE_PRECISE: Mapping[str, Any] = {
    "an unknown key": {"b": 2, OPEN: True},
    "for with an unknown key": {OPEN: True},
    "for with an unknown filter that makes an object": {OPEN: True},
    "one pair that differs decides, whatever is unknown beside it": False,
    "can of an unknown": True,
    "try of something partly unknown": {"a": UNKNOWN},
}
"""Where we know more than Terraform says, and are right: whatever the unknown turns out to be, the answer holds."""

LESS_PRECISE: Mapping[str, Any] = {
    # an unknown element may turn out to be the other one, and then there is only one
    "for over a set with an unknown element": UNKNOWN,
}

NOT_REFUSED: Mapping[str, Any] = {
    # the oldest spelling of types, which old modules use
    "a type in quotes": {"resources": {}, "outputs": {"a": True}},
    # an address like any other: nothing is at hand under it, which is told where the call is read
    "the source of a module is a template": {"resources": {}, "outputs": {}},
    # of equal keys the last one counts, as in native syntax
    "a key that is repeated in a value, once a template": {"resources": {}, "outputs": {"a": {"k": 2}}},
    # what the type of a resource has, and what a resource waits for, changes no value
    "depends_on in an interpolation": {"resources": {"terraform_data.a": 1, "terraform_data.b": 2}, "outputs": {}},
    "dynamic blocks in a body that has none": {"resources": {"terraform_data.a": None}, "outputs": {}},
    "a block that the type does not have": {"resources": {"terraform_data.a": 1}, "outputs": {}},
    "an argument that the type does not have": {"resources": {"terraform_data.a": None}, "outputs": {}},
    # a step that cannot be told apart from one that the provider computes
    "two resources that refer to each other's other attributes": None,
}

REFUSED_BY_TERRAFORM_ONLY = frozenset({"count that is not known", "for_each over a set with an unknown element"})
"""Terraform cannot plan these; here one instance stands for any number of them, without an error."""


def _encoded(value: Value) -> Any:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        members = {key: _encoded(member) for key, member in value.items()}
        return {**members, OPEN: True} if isinstance(value, OpenMap) else members
    if isinstance(value, tuple):
        return [_encoded(element) for element in value]
    return float(value) if isinstance(value, Decimal) else value


def _facts(kind: str, cases: Any) -> Iterator[Any]:
    answers = json.loads((FACTS / f"{kind}.json").read_text(encoding="utf-8"))
    for file in sorted((FACTS / kind).glob("*.txt")):
        for sentence, case in cases(file).items():
            yield pytest.param(case, sentence, answers[file.stem][sentence], id=f"{file.stem}: {sentence}")


def _root(files: Mapping[str, str], *var_files: str) -> Module:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    program = Program(tree, SyntaxCache(), "", modules={}, functions=functions.call)
    return Module(program, program.declarations(""), inputs=root_inputs(program, var_files))


@pytest.mark.parametrize(("expression", "sentence", "answer"), [*_facts("expressions", terraform_facts.cases)])
def test_expression(expression: str, sentence: str, answer: Any) -> None:
    prelude = (FACTS / "prelude.tf").read_text(encoding="utf-8")
    module = _root({"main.tf": prelude, "output.tf": f'output "it" {{\n  value = {expression}\n}}\n'})
    asked = module.declarations.outputs["it"].argument("value")
    assert asked is not None
    with deep():
        try:
            found = _encoded(module.program.cells.demand(lambda: module.scope.evaluate(asked.value)))
        except EvaluationError:
            found = ERROR
    assert found == {**MORE_PRECISE, **LESS_PRECISE}.get(sentence, answer)


@pytest.mark.parametrize(("files", "sentence", "answer"), [*_facts("configurations", terraform_facts.configurations)])
def test_configuration(files: Mapping[str, str], sentence: str, answer: Any) -> None:
    with deep():
        module = _root(files, *([terraform_facts.STACK] if terraform_facts.STACK in files else []))
        demand = module.program.cells.demand
        instances = [found for found in everything(module) if isinstance(found, Instance)]
        resources = {
            each.address: _encoded(demand(lambda of=each: of.configured("input"))) if "input" in each.names() else None  # type: ignore[misc]
            for each in instances
        }
        outputs = {name: _encoded(demand(lambda of=name: module.output(of))) for name in module.declarations.outputs}  # type: ignore[misc]
    answer = NOT_REFUSED.get(sentence) or answer
    if sentence in REFUSED_BY_TERRAFORM_ONLY:
        assert any("[?]" in address for address in resources)
        assert not module.program.diagnostics
    elif answer == ERROR:
        assert module.program.diagnostics
    else:
        assert {"resources": resources, "outputs": outputs} == answer
        assert not module.program.diagnostics
