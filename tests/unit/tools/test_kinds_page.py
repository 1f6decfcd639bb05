"""The page of what is understood is that of the catalogue as it is."""

from __future__ import annotations

import build_kinds_page as tool


def test_the_page_is_that_of_the_catalogue() -> None:
    assert tool.page() == tool.PAGE.read_text(encoding="utf-8"), "run tools/build_kinds_page.py --write"
