"""The objects of a unit whose files hold them document by document, within what one run may take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Optional, Union

from guardrail.frontends.budget import PARTS, RESOURCES, Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.files import Cache, documents_of, not_read
from guardrail.frontends.specs.spec import Spec, distinct
from guardrail.frontends.unit import Unit
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.sources.tree import Tree

Find = Callable[[str, Iterable[Document]], Iterable[Union[Spec, Diagnostic]]]
"""Yields the objects in the documents of a file, and what is wrong with them."""


def objects(
    tree: Tree, unit: Unit, budget: Budget, find: Find, cache: Optional[Cache] = None
) -> tuple[list[Spec], list[Diagnostic]]:
    """Return the objects of a unit, each with an address of its own, and what could not be read."""
    told: list[Diagnostic] = []
    specs: list[Spec] = []
    for file in unit.files:
        held = documents_of(tree, file, budget, cache)
        if held is None:
            told.append(not_read([file]))
            continue
        told.extend(held.diagnostics)
        for one in find(file, held.documents):
            if isinstance(one, Diagnostic):
                told.append(one)
            else:
                specs.append(one)
    kept, beyond = within_room(specs, unit, budget)
    found, doubled = distinct(kept)
    return found, [*told, *beyond, *doubled]


def within_room(specs: Sequence[Spec], unit: Unit, budget: Budget) -> tuple[Sequence[Spec], list[Diagnostic]]:
    """Return as many objects of a unit as there is room for, counted as taken; an error says that there are more."""
    room = budget.room()
    budget.fill(min(len(specs), room))
    if len(specs) <= room:
        return specs, []
    message = f"more than {RESOURCES:,} resources; those after these are not judged"
    return specs[:room], [Diagnostic("error", "limit-resources", message, Place(unit.files[0]), PARTS)]
