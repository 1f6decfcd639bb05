"""
Unit tests of policies: the rules `test_…` of a module, each asked on its own.

True passes; undefined and false fail; an object passes if all its values are true (a table of cases).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from guardrail.model.dataclass import dataclass
from guardrail.policy.engine import Checked, Engine, Failed, Module, Outcome, Undefined
from guardrail.policy.syntax import program


@dataclass(frozen=True, slots=True)
class Tested:
    """One test: where it is, and why it failed (None if it did not)."""

    file: str
    name: str
    line: int
    failure: Optional[str]


def run_tests(engine: Engine, subjects: Sequence[Module], tests: Module) -> tuple[Tested, ...]:
    """
    Run the tests of a module about others.

    The engine has the library already. A module that does not compile is one failed test.
    """
    checked = engine.check(tests)
    if isinstance(checked, Failed):
        line = checked.place.line if checked.place else 1
        return (Tested(tests.file, "", line, checked.message),)
    found = dict(_named(checked, tests.file))
    queries = [f"data.{name}" for name in found]
    if not queries:
        return (Tested(tests.file, "", 1, "has no rule whose name begins with test_"),)
    outcomes = engine.evaluate([*subjects, tests], b"{}", queries)
    return tuple(
        Tested(tests.file, name.rpartition(".")[2], found[name], _failure(outcomes[query]))
        for name, query in zip(found, queries, strict=True)
    )


def _named(checked: Checked, file: str) -> Iterator[tuple[str, int]]:
    trees = [tree for tree in checked.trees if tree["source"]["file"] == file]
    for name, rules in program(trees).rules.items():
        if name[-1].startswith("test_"):
            yield ".".join(name), rules[0].place.line


def _failure(outcome: Outcome) -> Optional[str]:
    if isinstance(outcome, Failed):
        where = f"{outcome.place}: " if outcome.place else ""
        return f"{where}{outcome.message}"
    if isinstance(outcome, Undefined):
        return "is undefined"
    if isinstance(outcome.json, dict) and outcome.json:
        wrong = [case for case, held in outcome.json.items() if held is not True]
        return f"does not hold for {', '.join(wrong)}" if wrong else None
    return None if outcome.json is True else f"is {outcome.json!r}"
