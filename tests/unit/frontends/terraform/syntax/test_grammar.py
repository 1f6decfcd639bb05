"""What the grammar makes is read without complaint; what is made of it by chance never breaks the reader."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import hcl_grammar
import pytest
from hcl_mutants import mutant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.frontends.terraform.syntax import HclSyntaxError, parse, parse_expression, parse_json, parse_template
from guardrail.frontends.terraform.syntax.lexer import TOKENS
from guardrail.frontends.terraform.syntax.nodes import Body, Expression

CHANCE = st.randoms(use_true_random=False)
QUICK = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def _check_places(body: Body, end: int) -> None:
    """Everything stands within the text, in the order of the text, and within what encloses it."""
    for argument in body.arguments.values():
        assert body.start <= argument.start < argument.name_end <= argument.value.start <= argument.value.end <= end
        assert argument.end == argument.value.end
    for block in body.blocks:
        assert body.start <= block.start < block.body.start <= block.body.end < block.end <= end
        _check_places(block.body, block.end)
    starts = [block.start for block in body.blocks]
    assert all(before < after for before, after in pairwise(starts))


@QUICK
@given(CHANCE)
def test_every_text_of_the_grammar_is_read(chance: random.Random) -> None:
    text = hcl_grammar.file(chance)
    file = parse(text, "a.tf")
    assert (file.errors, file.complete) == ((), True)
    _check_places(file.body, len(text))


@QUICK
@given(CHANCE)
def test_whatever_becomes_of_one_breaks_nothing(chance: random.Random) -> None:
    text = mutant(hcl_grammar.file(chance), (), chance)
    file = parse(text, "a.tf")
    assert file.complete == (not file.errors)
    assert all(0 <= problem.start <= problem.end <= len(text) + 1 for problem in file.errors)
    assert file.tokens <= TOKENS
    _check_places(file.body, len(text))


@pytest.mark.parametrize("read", [parse_expression, parse_template], ids=["an expression", "a template"])
@QUICK
@given(chance=CHANCE)
def test_nor_as_something_else(read: Callable[[str], Expression], chance: random.Random) -> None:
    text = mutant(hcl_grammar.file(chance), (), chance)
    with suppress(HclSyntaxError):
        assert read(text).end <= len(text)


@QUICK
@given(CHANCE)
def test_nor_as_json(chance: random.Random) -> None:
    json = '{"resource": {"a": {"b": {"c": "${d}%{ if e }f%{ endif }", "g": [1, null, {"h": 1e5}]}}}, "locals": [{}]}\n'
    file = parse_json(mutant(json, (json,), chance), "a.tf.json")
    assert file.complete == (not file.errors)
