"""The Rego tests of the library and of each built-in policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.policy.engine import Module
from guardrail.policy.index import BUILTIN
from guardrail.policy.regorus import Regorus
from guardrail.policy.testing import run_tests

FOLDERS = sorted(path for path in BUILTIN.iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rego(folder: Path, engine: Regorus) -> None:
    tests = folder / f"{folder.name}_test.rego"
    subject = folder / f"{folder.name}.rego"
    subjects = [] if folder.name == "lib" else [Module(subject.name, subject.read_text())]
    tested = run_tests(engine, subjects, Module(tests.name, tests.read_text()))
    assert [(one.name, one.line, one.failure) for one in tested if one.failure] == []
    assert len(tested) > 5


@pytest.mark.parametrize("folder", [one for one in FOLDERS if one.name != "lib"], ids=lambda folder: folder.name)
def test_every_policy_comes_with_a_good_and_a_bad_example(folder: Path) -> None:
    examples = {path.stem: path for path in folder.iterdir() if path.suffix != ".rego"}
    assert {"good", "bad"} <= set(examples)
    assert examples["good"].read_text() != examples["bad"].read_text()
