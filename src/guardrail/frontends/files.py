"""The documents of a unit's files, within what one run may take."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.frontends import documents
from guardrail.frontends.budget import PARTS, Budget
from guardrail.frontends.documents import Documents, Shorten, Tags
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.sources.tree import Tree, shown, unread

LIMIT: Final = 32 * 1024 * 1024
"""The largest file that is read, in bytes: bundles of definitions have several MiB."""

Cache = MutableMapping[str, Documents]
"""Documents of files by blob id, so that base and head, and units that share a file, read it once."""


def documents_of(
    tree: Tree,
    file: str,
    budget: Budget,
    cache: Optional[Cache] = None,
    shorten: Optional[Shorten] = None,
    tags: Optional[Tags] = None,
) -> Optional[Documents]:
    """Return what a file holds and what cannot be read of it, None if nothing is left for it."""
    known: Cache = {} if cache is None else cache
    try:
        blob = tree.read(file, limit=LIMIT)
    except SourceError as error:
        return Documents(diagnostics=(unread(error, file),))
    if blob.id not in known:
        size = len(blob.data)
        most = budget.values.most(size)
        if not most:
            return None
        known[blob.id] = documents.read(blob.data, file, content=blob.id, shorten=shorten, most=most, tags=tags)
        budget.values.take(known[blob.id].values, size)
    held = known[blob.id]
    return Documents(held.documents, tuple(_at(one, file) for one in held.diagnostics))


def not_read(files: Sequence[str]) -> Diagnostic:
    """Return the error for files that are not even parsed: there may be thousands, so it is one for all."""
    others = f" and {len(files) - 1:,} more of this folder are" if len(files) > 1 else " is"
    message = f"{shown(files[0])}{others} not judged: the files before took all that one run may take"
    return Diagnostic("error", "limit-run", message, Place(files[0]), PARTS)


def _at(diagnostic: Diagnostic, file: str) -> Diagnostic:
    """Return a diagnostic said of this file: another one may have the same content."""
    if diagnostic.place is None or diagnostic.place.file == file:
        return diagnostic
    return replace(diagnostic, place=replace(diagnostic.place, file=file))
