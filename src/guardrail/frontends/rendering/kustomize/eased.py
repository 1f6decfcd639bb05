"""Patches that would make a rendering fail, or slow, for what nobody asks about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Optional

from guardrail.frontends import documents
from guardrail.frontends.rendering.kustomize.closure import Folder
from guardrail.frontends.rendering.kustomize.control import untagged
from guardrail.model.value import Value, lookup

Read = Callable[[str], bytes]
"""Returns a file of the tree; of one that cannot be read, nothing."""

_ROWS: Final = ("patchesStrategicMerge", "patches", "patchesJson6902")
_DEFINITION: Final = "CustomResourceDefinition"
_VALUES: Final = 20_000


def eased(said: Mapping[str, Any], folder: Folder, read: Read, *, lacks: bool) -> dict[str, Any]:
    """
    Return a control file without patches of definitions of custom resources, which are cut to their heads.

    Where an overlay `lacks` what it names, patches may be for that: they become such as need no object. `said` is what
    the tool is to see; `folder` knows what its rows name.
    """
    files = {one.reference.at[:2]: one.path for one in folder.named if one.kind == "file"}
    kept: dict[str, list[Any]] = {key: [] for key in _ROWS}
    for key in _ROWS:
        rows = said.get(key)
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            file = files.get((key, index))
            text = read(file) if file is not None else _text(row)
            if _is_of_definitions(row, text):
                continue
            loose = _loose(row, text, inline=file is None) if lacks else None
            kept["patches" if loose is not None else key].append(row if loose is None else loose)
    rest = {key: value for key, value in said.items() if key not in kept}
    return {**rest, **{key: rows for key, rows in kept.items() if rows}}


def _text(row: Any) -> bytes:
    text = row.get("patch") if isinstance(row, dict) else row
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else b""


def _is_of_definitions(row: Any, text: bytes) -> bool:
    target = row.get("target") if isinstance(row, dict) else None
    if isinstance(target, dict) and target.get("kind"):
        return bool(target["kind"] == _DEFINITION)
    if _DEFINITION.encode() not in text:
        return False
    kinds = {lookup(value, ("kind",)) for value in _documents(text)}
    return kinds == {_DEFINITION}


def _loose(row: Any, text: bytes, *, inline: bool) -> Optional[Mapping[str, Any]]:
    """Return a row that says by a selector what it is for: one that selects nothing is no error."""
    made = row if isinstance(row, dict) else {"patch" if inline else "path": row}
    if isinstance(made.get("target"), dict):
        return made
    values = [*_documents(text)]
    if len(values) != 1:
        return None
    value = values[0]
    version, kind, name, namespace = (
        lookup(value, way) for way in (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))
    )
    if not isinstance(version, str) or not isinstance(kind, str) or not isinstance(name, str):
        return None
    group, _, number = version.rpartition("/")
    target = {"group": group, "version": number, "kind": kind, "name": name}
    if isinstance(namespace, str):
        target["namespace"] = namespace
    return {**made, "target": target}


def _documents(text: bytes) -> Iterator[Value]:
    for document in documents.read(text, "patch.yaml", most=_VALUES, tags=untagged).documents:
        yield document.value
