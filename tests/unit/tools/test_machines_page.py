"""The page of machines says of each one what it costs, or why nobody knows, as the book is."""

from __future__ import annotations

import build_machines_page as tool

from guardrail.catalog.machines import machine
from guardrail.data import DIRECTORY


def test_the_page_is_that_of_the_book() -> None:
    assert tool.page() == tool.PAGE.read_text(encoding="utf-8"), "run tools/build_machines_page.py --write"


def test_every_machine_is_on_it_once_and_says_why_it_has_no_price() -> None:
    text = tool.PAGE.read_text(encoding="utf-8").partition("## Without")[2]
    wanted = [
        line.split(",")
        for line in (DIRECTORY / "machines.csv").read_text(encoding="utf-8").splitlines()[1:]
        if line.split(",")[4]
    ]
    assert len(wanted) > 250
    for provider, name, *_ in wanted:
        assert text.count(f"| {provider} | `{name}` |") == 1, name
    without = text.partition("## With a price")[0].splitlines()[4:]
    assert all(line.split("|")[-2].strip() for line in without if line)


def test_reasons_are_of_machines_that_there_are() -> None:
    for line in (DIRECTORY / "unlisted.csv").read_text(encoding="utf-8").splitlines()[1:]:
        provider, name, *_ = line.split(",")
        assert machine(provider, name) is not None, name
