"""A report is as wide as the terminal, and the same everywhere else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from guardrail.cli.output import columns


@pytest.mark.parametrize(
    ("terminal", "wide"),
    [
        pytest.param(80, 80, id="what the terminal has"),
        pytest.param(20, 60, id="no report fits into less"),
        pytest.param(400, 160, id="nobody reads longer lines"),
    ],
)
def test_in_a_terminal(terminal: int, wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(terminal))
    assert columns() == wide
    assert columns(Path("report.txt")) == 100


def test_in_a_pipe_the_size_of_the_terminal_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        monkeypatch.setenv("COLUMNS", "70")
        assert columns() == 100
