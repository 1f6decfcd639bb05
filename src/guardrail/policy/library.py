"""
The policies of a run: those that ship with guardrail, and those of an organisation.

Each is checked alone, beside the library only, so that a bad one is named and left out and the others are judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Optional, Union

from guardrail.errors import SourceError
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.policy import own
from guardrail.policy.engine import Engine, Module
from guardrail.policy.index import BUILTIN, known
from guardrail.policy.model import Library, Loaded, Origin
from guardrail.sources.tree import Tree

LIBRARY_FILE = "guardrail/policies/lib/lib.rego"


def shared_module() -> Module:
    """Return the library that policies import."""
    return Module(LIBRARY_FILE, (BUILTIN / "lib" / "lib.rego").read_text(encoding="utf-8"))


def load_library(engine: Engine, shared: Module, sources: Sequence[tuple[Tree, str]] = ()) -> Library:
    """Return the built-in policies and those in folders of trees. Never raises for what a policy says."""
    loaded: dict[str, Loaded] = {}
    problems: list[Diagnostic] = []
    before = known(shared.source)
    for file, data, origin in (*_builtin(), *_from(sources)):
        answer = data if isinstance(data, Diagnostic) else _load(engine, data, file, origin, before)
        if isinstance(answer, Loaded):
            answer = _clash(answer, loaded) or answer
        if isinstance(answer, Diagnostic):
            problems.append(answer)
        else:
            loaded[answer.policy.id] = answer
    library = Library(shared, dict(sorted(loaded.items())), tuple(problems))
    engine.prepare(library.modules)
    return library


def _load(
    engine: Engine, data: bytes, file: str, origin: Origin, before: Mapping[bytes, Loaded]
) -> Union[Loaded, Diagnostic]:
    if origin == "builtin" and data in before:
        return before[data]
    from guardrail.policy.analyse import analyse

    return analyse(engine, data, file, origin)


def _clash(new: Loaded, loaded: Mapping[str, Loaded]) -> Optional[Diagnostic]:
    policy = new.policy
    if policy.id in own.NAMES:
        message = f"the id {policy.id} is that of a finding of guardrail's own"
        return Diagnostic("error", "policy-twice", message, policy.place, "Choose another id.")
    for other in (one.policy for one in loaded.values()):
        if policy.id == other.id:
            message = f"the id {policy.id} is taken by {other.file}"
            return Diagnostic("error", "policy-twice", message, policy.place, "Choose another id.")
        inner, outer = sorted((f"{policy.package}.", f"{other.package}."), key=len, reverse=True)
        if inner.startswith(outer):  # rules of one would be in the way of the other
            message = f"the package {policy.package} is in the way of {other.package} in {other.file}"
            return Diagnostic("error", "policy-twice", message, policy.place, "Choose another package.")
    return None


def _builtin() -> Iterator[tuple[str, Union[bytes, Diagnostic], Origin]]:
    for folder in sorted(BUILTIN.iterdir()):
        path = folder / f"{folder.name}.rego"
        if folder.name != "lib" and path.is_file():
            yield f"guardrail/policies/{folder.name}/{path.name}", path.read_bytes(), "builtin"


def _from(sources: Sequence[tuple[Tree, str]]) -> Iterator[tuple[str, Union[bytes, Diagnostic], Origin]]:
    """Yield the files of organisations, without their tests."""
    for tree, folder in sources:
        prefix = "" if folder.strip("./") == "" else f"{folder.removeprefix('./').rstrip('/')}/"
        for path in tree.entries():
            if not path.startswith(prefix) or not path.endswith(".rego") or path.endswith("_test.rego"):
                continue
            try:
                yield path, tree.read(path).data, "user"
            except SourceError as error:
                place = error.place or Place(path)
                yield path, Diagnostic("error", "policy-unread", error.message, place, error.hint), "user"
