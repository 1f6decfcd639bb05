"""What a tool printed, read as the manifests of a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from guardrail.catalog.kubernetes.rows import rows as known_rows
from guardrail.frontends import documents
from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.kubernetes.objects import Object, objects
from guardrail.frontends.kubernetes.read import described, take
from guardrail.frontends.kubernetes.shorten import shorten
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.place import Place

Source = Callable[[Document], tuple[str, Document]]
"""
From what was printed to what is written: the file behind a document, and the document with the lines of that file.

The second is a `Document` with the same value whose `place` (and `places`, where more lines led to a value) tells where
in the repository it comes from.
"""


def rendered(
    printed: bytes, main: str, unit: Unit, rows: Sequence[Mapping[str, Any]], budget: Budget, source: Source
) -> Parsed:
    """
    Return the resources that a rendering has.

    `main` is the file that the whole stands for, and that is named where no other can be told. Documents that are no
    YAML, and what is beyond the budget, are diagnostics.
    """
    kinds = known_rows(rows)
    size = len(printed)
    held = documents.read(printed, main, shorten=shorten, most=budget.values.most(size))
    budget.values.take(held.values, size)
    # The lines of what was printed are nobody's: what is said of them is said of the file.
    told = [replace(one, place=Place(main)) for one in held.diagnostics]
    found: list[Object] = []
    written = (objects(file, (document,), kinds) for file, document in map(source, held.documents))
    take(chain.from_iterable(written), found, told, budget.room(), "what is rendered after this one")
    budget.fill(len(found))
    resources, more = described(found, unit, kinds)
    return Parsed(resources, tuple(dict.fromkeys((*told, *more))))
