"""Every example of the documentation runs, and prints what the page shows."""

from __future__ import annotations

from pathlib import Path

import docs
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in docs.pages()])
def test_examples_print_what_the_page_shows(page: Path) -> None:
    assert docs.rerun(page) == page.read_text(encoding="utf-8"), "run tools/docs.py --write and read what changed"


def test_there_are_examples_to_run() -> None:
    assert sum(len(docs.EXAMPLE.findall(page.read_text(encoding="utf-8"))) for page in docs.pages()) >= 5
