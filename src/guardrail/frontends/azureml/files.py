"""Files that a document of Azure ML names: components, jobs. They are read from the tree, never from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import field
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.frontends.azureml.kinds import native_type
from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.files import Cache, documents_of, not_read
from guardrail.frontends.specs.native import Elsewhere
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.value import Unknown, Value
from guardrail.sources.tree import Tree, clean, shown

_ELSEWHERE: Final = ("azureml:", "azureml://", "http:", "https:", "git:")
_FILE: Final = "file:"


@dataclass(frozen=True, slots=True)
class Object:
    """A mapping in a document: the document itself, or what stands at the pointer `base`. `type` is its native type."""

    file: str
    document: Document
    base: str
    value: Mapping[str, Value]
    type: Optional[str] = None

    @property
    def folder(self) -> str:
        """The folder that paths in it are relative to."""
        return self.file.rpartition("/")[0]

    def at(self, pointer: str) -> Elsewhere:
        """Return the place of what stands at a pointer of this mapping."""
        return Elsewhere(self.file, self.document, self.base + pointer)


@dataclass(slots=True)
class Files:
    """The files of a tree, each read once, and what is said of them."""

    tree: Tree
    budget: Budget
    cache: Cache = field(default_factory=dict)
    told: list[Diagnostic] = field(default_factory=list)
    _named: MutableMapping[str, Optional[Object]] = field(default_factory=dict)

    def documents(self, file: str) -> tuple[Document, ...]:
        """Return what a file holds, and keep what is to be said of it."""
        held = documents_of(self.tree, file, self.budget, self.cache)
        if held is None:
            self.told.append(not_read([file]))
            return ()
        self.told.extend(held.diagnostics)
        return held.documents

    def values(self, file: str) -> list[Value]:
        """Return the values in a file of which nothing is said here: it is no part of what is judged."""
        held = documents_of(self.tree, file, self.budget, self.cache)
        return [one.value for one in held.documents] if held is not None else []

    def named(self, reference: str, by: Object, place: Place) -> Optional[Object]:
        """
        Return what the file at a path holds, relative to whoever names it; None where there is nothing to read.

        A path that leads out of the tree is not followed.
        """
        path = clean(f"{by.folder}/{reference.strip().removeprefix(_FILE)}")
        if path not in self._named:
            self._named[path] = self._read(path, place)
        return self._named[path]

    def _read(self, path: str, place: Place) -> Optional[Object]:
        if path.startswith("..") or not path:
            self._lost(f"{shown(path)} is outside of what is judged", place)
            return None
        try:
            held = documents_of(self.tree, self.tree.resolve(path), self.budget, self.cache)
        except SourceError as error:
            self._lost(error.message, place)
            return None
        if held is None:
            self.told.append(not_read([path]))
            return None
        self.told.extend(held.diagnostics)
        document = next((one for one in held.documents if isinstance(one.value, Mapping)), None)
        if document is None:
            if not held.diagnostics:
                self._lost(f"{shown(path)} holds no component and no job", place)
            return None
        return Object(path, document, "", document.value, native_type(texts(document.value)))

    def _lost(self, message: str, place: Place) -> None:
        hint = "what it says of machines and their number is not known"
        self.told.append(Diagnostic("warning", "file-not-found", message, place, hint))


def object_of(file: str, document: Document) -> Optional[Object]:
    """Return what a document holds of Azure ML."""
    value = document.value
    type_ = native_type(texts(value)) if isinstance(value, Mapping) else None
    return None if type_ is None else Object(file, document, "", value, type_)


def is_path(reference: str) -> bool:
    """Whether a reference means a file of the tree, and nothing that is registered somewhere."""
    return bool(reference.strip()) and not reference.strip().startswith(_ELSEWHERE)


def texts(value: Mapping[str, Value]) -> Mapping[str, Optional[str]]:
    """Return the texts of a mapping as they are written."""
    return {key: _text(one) for key, one in value.items()}


def _text(value: Value) -> Optional[str]:
    return value.written if isinstance(value, Unknown) else value if isinstance(value, str) else None
