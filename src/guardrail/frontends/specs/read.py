"""The objects of a unit whose files hold them document by document, within what one run may take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    room = budget.room()
    if len(specs) > room:
        message = f"more than {RESOURCES:,} resources; those after these are not judged"
        told.append(Diagnostic("error", "limit-resources", message, Place(unit.files[0]), PARTS))
        specs = specs[:room]
    budget.fill(len(specs))
    found, doubled = distinct(specs)
    return found, [*told, *doubled]
