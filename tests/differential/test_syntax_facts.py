"""
What Terraform said of texts that were changed at random: we say the same, and so does Terraform where it is installed.

`tests/facts/syntax/verdicts.json` has the shortest text of every pair of complaints, its and ours, that
`tools/fuzz_syntax.py` found; and accepted texts, each with other signs of the grammar.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fuzz_syntax import available, complaints

from guardrail.frontends.terraform.syntax import parse

FACTS = json.loads((Path(__file__).parents[1] / "facts/syntax/verdicts.json").read_text(encoding="utf-8"))


def test_both_verdicts_are_among_the_facts() -> None:
    rejected = sum(bool(fact["terraform"]) for fact in FACTS)
    assert min(rejected, len(FACTS) - rejected) > 100


@pytest.mark.parametrize("fact", FACTS, ids=range(len(FACTS)))
def test_our_verdict_is_the_recorded_one(fact: dict[str, str]) -> None:
    errors = parse(fact["text"], "m.tf").errors
    assert bool(errors) == bool(fact["terraform"]), [problem.message for problem in errors]


@pytest.mark.skipif(not available(), reason="terraform is not on PATH: the syntax oracle is not asked")
def test_terraform_still_says_so() -> None:
    found = complaints([fact["text"] for fact in FACTS])
    assert [found.get(number, "") for number in range(len(FACTS))] == [fact["terraform"] for fact in FACTS]
