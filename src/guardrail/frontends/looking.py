"""Looking into files of YAML and JSON: what each of them turns out to be, by its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.frontends.budget import BYTES, PARTS
from guardrail.frontends.known import Known
from guardrail.frontends.recognise import VALUES, Recognised, recognise
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.report import Skipped
from guardrail.model.resource import Format
from guardrail.sources.tree import Tree, unread

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a file that is looked into to tell what it is. A larger one is not passed over in silence."""


@dataclass(frozen=True, slots=True)
class Looked:
    """
    What was found: manifests by their folder, other files that are judged with each of their formats.

    `skipped` are files that are nothing, or not judged.
    """

    manifests: dict[str, list[str]] = field(default_factory=dict)
    specs: list[tuple[Format, str]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def look_into(tree: Tree, known: Known, paths: Sequence[str]) -> Looked:
    """Look into files, those whose content is known already excepted, and remember what they are."""
    looking = _Looking(tree, known)
    tree.prefetch(path for path in paths if (looking.id(path), _syntax(path)) not in known.documents)
    for path in paths:
        looking.at(path)
    if looking.unseen:
        message = f"{len(looking.unseen):,} files are not looked into: those before have over {BYTES >> 20} MiB"
        looking.found.diagnostics.append(Diagnostic("error", "limit-run", message, Place(looking.unseen[0]), PARTS))
    return looking.found


class _Looking:
    def __init__(self, tree: Tree, known: Known) -> None:
        self.tree = tree
        self.known = known
        self.found = Looked()
        self.unseen: list[str] = []  # files that are not even opened

    def id(self, path: str) -> Optional[str]:
        entry = self.tree.entries()[path]
        return entry.id if entry.kind == "file" else None

    def at(self, path: str) -> None:
        """Look into one file."""
        identity = self.id(path)
        told = self.known.documents.get((identity, _syntax(path))) if identity else None
        if told is None:
            opened = self._opened(path)
            if opened is None:
                return
            identity, told = opened
        if told.format == "unread":
            content = identity or ""
            self.found.diagnostics.append(
                Diagnostic("error", "limit-values", told.reason, Place(path), PARTS, unread=True, content=content)
            )
        elif told.formats:
            for form in told.formats:
                if form == "kubernetes":
                    self.found.manifests.setdefault(path.rpartition("/")[0], []).append(path)
                else:
                    self.found.specs.append((form, path))
        else:
            content = identity or "" if told.format == "unsupported" else ""
            self.found.skipped.append(Skipped(path, told.reason, content))

    def _opened(self, path: str) -> Optional[tuple[str, Recognised]]:
        """Return the identity of a file's content, and what it is; None where it cannot be read."""
        budget = self.known.budget
        if budget.bytes <= 0:
            self.unseen.append(path)
            return None
        try:
            blob = self.tree.read(path, limit=LARGEST)
        except SourceError as error:
            if error.code != "not-a-file":  # a link to a folder that is named like a file
                self.found.diagnostics.append(unread(error, path))
            return None
        size = len(blob.data)
        most = min(budget.looked.most(size), VALUES)
        told = recognise(blob.data, path, most)
        budget.bytes -= size
        budget.looked.take(told.values, size)
        if told.format != "unread" or most == VALUES:  # else there may be room for it on the other side
            self.known.documents[blob.id, _syntax(path)] = told
        return blob.id, told


def _syntax(path: str) -> str:
    return "json" if path.endswith(".json") else "yaml"
