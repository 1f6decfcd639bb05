"""Objects of one unit, each with an address of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place

One = TypeVar("One")


def distinct(
    several: Iterable[One], native: Callable[[One], str], where: Callable[[One], str], place: Callable[[One], Place]
) -> tuple[list[One], list[Diagnostic]]:
    """
    Return objects (dataclasses with a field `native`) with an address each, and a warning for each that several had.

    Those that share one all get where they are written added to it: which of them wins when they are applied depends
    on the order, so each is judged.
    """
    found = list(several)
    counts = Counter(map(native, found))
    renamed: list[One] = []
    told: dict[str, Diagnostic] = {}
    for one in found:
        name = native(one)
        if counts[name] == 1:
            renamed.append(one)
            continue
        changed: Any = one
        renamed.append(replace(changed, native=f"{name}@{where(one)}"))
        if name not in told:
            message = f"{counts[name]} objects of this unit are {name}; each is judged"
            told[name] = Diagnostic("warning", "duplicate-address", message, place(one))
    return renamed, list(told.values())
