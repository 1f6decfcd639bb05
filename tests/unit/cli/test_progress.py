"""Progress: for a person who waits, and for nobody else."""

from __future__ import annotations

import io

import pytest

from guardrail.cli.progress import progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, clock: list[float]) -> str:
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("time.monotonic", lambda: clock.pop(0))
    with progress() as show:
        show("reading", 0, 300)
        show("reading", 120, 300)
        show("reading", 121, 300)
    return stream.getvalue()


def test_long_work_shows_one_line_and_takes_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    text = _told(monkeypatch, _Terminal(), [0.0, 0.2, 1.5, 1.55])
    assert text == "\r\x1b[2Kreading: 120 of 300 units\r\x1b[2K"


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _told(monkeypatch, _Terminal(), [0.0, 0.2, 0.3, 0.4]) == ""


def test_a_file_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _told(monkeypatch, io.StringIO(), [0.0, 5.0, 6.0, 7.0]) == ""
