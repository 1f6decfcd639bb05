"""The files of an overlay as the tool sees them: copies, with control files that name nothing but copies."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from copy import deepcopy
from functools import partial
from typing import Any, Final

from guardrail.errors import SourceError
from guardrail.frontends.rendering.definitions import cut
from guardrail.frontends.rendering.kustomize.closure import Closure, Folder, Named
from guardrail.frontends.rendering.kustomize.control import CHARTS, Path
from guardrail.frontends.rendering.kustomize.eased import eased
from guardrail.frontends.rendering.scratch import scratch
from guardrail.model.finding import Diagnostic
from guardrail.model.pattern import pattern
from guardrail.sources.tree import Tree, clean

TREE: Final = "tree"
TOP: Final = "top"
"""Folders of the copies: those of the tree, and a control file of ours that takes the overlay in."""

_BUILD: Final = "buildMetadata"
_ORIGIN: Final = "originAnnotations"
_MANAGED: Final = "managedByLabel"

_GONE: Final = object()


class Staged:
    """
    An overlay ready to be rendered.

    `origins` are the paths of the tree by those that the tool sees; `texts` are manifests and patches as they are
    written, by paths of the tree.
    """

    def __init__(self, tree: Tree, closure: Closure) -> None:
        self.origins: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}
        self._lent = _unused(closure)
        self._places: dict[str, dict[str, bool]] = {}  # by path of the tree: where, and whether it may be cut
        self._stand_ins: dict[str, bool] = {}  # files that nobody committed, and whether they hold variables
        self._whole: dict[str, bytes] = {}  # what was cut, or left out, only to be faster
        self._stack = ExitStack()
        said = {f"{TREE}/{folder.file}": self._control(folder) for folder in closure.folders}
        lacks = any(one.left_out for folder in closure.folders for one in folder.named)
        for folder in closure.folders:
            path = f"{TREE}/{folder.file}"
            whole, said[path] = said[path], eased(said[path], folder, partial(_read, tree), lacks=lacks)
            if whole != said[path] and not lacks:
                self._whole[path] = _written(whole)
        self.origins.update({f"{TREE}/{folder.file}": folder.file for folder in closure.folders})
        self._scratch = self._stack.enter_context(scratch(tree, self._places, self._seen))
        self.folder = self._scratch.folder
        for path, variables in self._stand_ins.items():
            self._scratch.write(path, _gaps(closure) if variables else b"")
        for path, value in (*said.items(), (f"{TOP}/kustomization.yaml", _top(closure.folders[0]))):
            self._scratch.write(path, _written(value))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What could not be copied."""
        return self._scratch.diagnostics

    def close(self) -> None:
        """Remove the copies."""
        self._stack.close()

    def uncut(self) -> bool:
        """Write whole what was cut; return whether there was anything."""
        for path, data in self._whole.items():
            self._scratch.write(path, data)
        found = bool(self._whole)
        self._whole = {}
        return found

    def _control(self, folder: Folder) -> Mapping[str, Any]:
        """Return a control file without what is not rendered, and note which files it needs."""
        said = deepcopy(dict(folder.control.value))
        for index, one in enumerate(folder.named):
            at = one.reference.at
            if one.left_out:
                _put(said, at[:-1] if at[-1] == "path" else at, _GONE)
            elif one.kind == "folder":
                _put(said, at, posixpath.relpath(f"/{one.path}", f"/{folder.path}"))
            elif one.kind == "file":
                place = self._place(said, folder, one, index, one.path)
                places = self._places.setdefault(one.path, {})
                places[place] = places.get(place, True) and one.reference.role == "resource"
                self.origins[place] = one.path
            elif one.kind == "missing" and one.reference.role == "data":  # secrets, which nobody commits
                path = clean(f"{folder.path}/{one.reference.text}")
                self._stand_ins[self._place(said, folder, one, index, path)] = one.reference.at[-2] != "files"
        for key in CHARTS:
            said.pop(key, None)
        present: dict[str, Any] = _present(said)
        return present

    def _place(self, said: dict[str, Any], folder: Folder, one: Named, index: int, path: str) -> str:
        """
        Return where the tool finds a file.

        It reads no file outside of the folder that names it, unless it is told to read any; so it is lent a copy there.
        """
        if not folder.path or path.startswith(f"{folder.path}/"):
            return f"{TREE}/{path}"
        text = f"{self._lent}/{index}/{path.rpartition('/')[2]}"
        before = _at(said, one.reference.at)
        key = before.partition("=")[0] if before != one.reference.text else ""
        _put(said, one.reference.at, f"{key}={text}" if key else text)
        return f"{TREE}/{folder.path}/{text}"

    def _seen(self, path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the copies of a file. Schemas of definitions take most of the time, and nobody asks for them."""
        short = cut(data) if any(self._places[path].values()) else data
        self.texts[path] = data  # whole: what is cut off has lines, too
        for place, may_be_cut in self._places[path].items():
            if may_be_cut and short is not data:
                self._whole[place] = data
                yield place, short
            else:
                yield place, data


def _top(folder: Folder) -> Mapping[str, Any]:
    """Return a control file that takes the overlay in, and has the tool say where each object comes from."""
    labelled = _MANAGED in (folder.control.value.get(_BUILD) or ())
    notes = [_ORIGIN, _MANAGED] if labelled else [_ORIGIN]
    return {"resources": [f"../{TREE}/{folder.path}".rstrip("/")], _BUILD: notes}


def _unused(closure: Closure) -> str:
    """Return a name that no folder of an overlay has."""
    every = [f"/{one.path}/" for folder in closure.folders for one in folder.named]
    every += [f"/{folder.path}/" for folder in closure.folders]
    name = ".lent"
    while any(f"/{name}/" in path for path in every):
        name += "_"
    return name


def _written(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said).encode()


def _read(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path).data
    except SourceError:
        return b""


def _gaps(closure: Closure) -> bytes:
    """Return variables for all that replacements ask for, each with a gap for a value: nobody knows what they are."""
    names: dict[str, None] = {}
    for folder in closure.folders:
        for row in folder.control.value.get("replacements") or ():
            source = row.get("source") if isinstance(row, dict) else None
            path = source.get("fieldPath") if isinstance(source, dict) else None
            found = _VARIABLE.match(path) if isinstance(path, str) else None
            if found is not None:
                names[found[1]] = None
    return "".join(f"{name}=${{{name}}}\n" for name in sorted(names)).encode()


_VARIABLE: Final = pattern(r"data\.([A-Za-z_][A-Za-z0-9_]{0,99})\Z")


def _at(value: Any, path: Path) -> str:
    for segment in path:
        value = value[segment]
    return str(value)


def _put(value: Any, path: Path, new: object) -> None:
    *above, last = path
    for segment in above:
        value = value[segment]
        if value is _GONE:
            return
    value[last] = new


def _present(value: Any) -> Any:
    """Return a value without what is gone."""
    if isinstance(value, dict):
        return {key: _present(member) for key, member in value.items() if member is not _GONE}
    if isinstance(value, list):
        return [_present(member) for member in value if member is not _GONE]
    return value
