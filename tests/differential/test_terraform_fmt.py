"""Our parser accepts what `terraform fmt` accepts, and nothing else; skipped where there is no Terraform."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import hcl_grammar
import pytest
from fuzz_syntax import BATCH, Tally, available, complaints, mutants

from guardrail.frontends.terraform.syntax import letters

pytestmark = pytest.mark.skipif(not available(), reason="terraform is not on PATH: the syntax oracle is not asked")

SAMPLES = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("samples/*.tf"))]


def test_samples_are_valid() -> None:
    tally = Tally()
    tally.compare(SAMPLES)
    assert (tally.accepted, tally.wrong) == (len(SAMPLES), [])


def test_so_is_whatever_the_grammar_makes() -> None:
    tally = Tally()
    tally.compare([hcl_grammar.file(random.Random(seed)) for seed in range(BATCH)])
    assert (tally.accepted, tally.wrong) == (BATCH, [])


@pytest.mark.parametrize("grammar", [0.0, 0.6], ids=["of the samples", "of the grammar, too"])
def test_mutants_get_the_same_verdict(grammar: float) -> None:
    tally = Tally()
    tally.compare(list(mutants(SAMPLES, BATCH, 1, grammar)))
    assert tally.wrong == []
    assert 20 < tally.accepted < BATCH - 20  # else the mutations prove nothing


def _may_go_on(character: str) -> bool:
    return letters.is_letter(character) or letters.is_mark(character)


@pytest.mark.parametrize(
    ("name", "belongs"),
    [
        pytest.param("{}x", letters.is_letter, id="at the beginning of a name"),
        pytest.param("x{}", _may_go_on, id="within a name"),
    ],
)
def test_letters_are_those_of_terraform(name: str, belongs: Callable[[str], bool]) -> None:
    """Asked at the first and last of every run of letters, and at a part of their neighbours that are none."""
    characters = [chr(code) for code in range(0x80, sys.maxunicode) if not 0xD800 <= code < 0xE000]
    borders = [pair for pair in pairwise(characters) if belongs(pair[0]) != belongs(pair[1])]
    inside = [name.format(each) for pair in borders for each in pair if belongs(each)]
    outside = [name.format(each) for pair in borders[::5] for each in pair if not belongs(each)]
    lists = [f"a = [{', '.join(inside[at : at + 100])}]\n" for at in range(0, len(inside), 100)]
    assert complaints(lists) == {}
    assert len(complaints([f"{each} = 1\n" for each in outside])) == len(outside) > 100
