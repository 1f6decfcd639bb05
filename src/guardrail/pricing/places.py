"""
Regions by all their names: `eastus` is "East US", `us-east-1` is "US East (N. Virginia)".

The rows are `data/regions.csv`. Lists of prices name regions as their cloud's price list does, people as its console.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, Optional

from guardrail.data import DIRECTORY

PROVIDERS: Final = ("aws", "azure", "gcp")


@cache
def regions(provider: str) -> Mapping[str, str]:
    """Return the regions of a cloud by name, with the title of each; none of a cloud that is not there."""
    return {name: title for owner, name, title, _ in _rows() if owner == provider}


@cache
def names(provider: str) -> Mapping[str, str]:
    """Return the name of each region by every way of writing it, in small letters."""
    found: dict[str, str] = {}
    for owner, name, title, aliases in _rows():
        if owner == provider:
            found |= {one.lower(): name for one in (name, title, *filter(None, aliases.split("|")))}
    return found


def region(provider: str, written: str) -> Optional[str]:
    """Return the name of a region as it is written anywhere, None where there is no such region."""
    return names(provider).get(written.strip().lower())


@cache
def _rows() -> tuple[tuple[str, str, str, str], ...]:
    lines = (DIRECTORY / "regions.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = []
    for line in lines:
        provider, name, title, aliases = line.split(",")
        rows.append((provider, name, title, aliases))
    return tuple(rows)
