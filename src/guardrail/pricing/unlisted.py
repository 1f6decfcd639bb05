"""
Why a machine type has no price: one of a closed list of reasons, with a sentence.

`data/unlisted.csv` holds what is known of machine types that nobody lists; of all others the book itself can tell.
"""

from __future__ import annotations

from functools import cache
from typing import Optional

from guardrail.catalog.machines import accelerators_of, machine
from guardrail.data import DIRECTORY
from guardrail.model.value import Unknown
from guardrail.pricing.lack import Lack, Why


def why_unlisted(provider: str, name: str) -> Optional[Why]:
    """Return why a machine type that clouds do have is in no list of prices, None for what is no machine type."""
    told = told_of(provider, name)
    if told is not None:
        return told
    inside = accelerators_of(provider, name)
    if machine(provider, name) is not None or (inside and not isinstance(inside, Unknown)):
        return Why(Lack.MACHINE, "no list of prices that the book is made of has it")
    return None


def told_of(provider: str, name: str) -> Optional[Why]:
    """Return what is known of a machine type that nobody lists, None of all others."""
    return _told().get((provider, name))


@cache
def _told() -> dict[tuple[str, str], Why]:
    lines = (DIRECTORY / "unlisted.csv").read_text(encoding="utf-8").splitlines()[1:]
    found = {}
    for line in lines:
        provider, name, lack, text = line.split(",", 3)
        found[provider, name] = Why(Lack(lack), text)
    return found
