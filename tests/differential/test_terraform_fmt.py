"""Our parser accepts what `terraform fmt` accepts, and nothing else; skipped where there is no Terraform."""

from __future__ import annotations

import random
from pathlib import Path

import hcl_grammar
import pytest
from fuzz_syntax import BATCH, Tally, available, mutants

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
