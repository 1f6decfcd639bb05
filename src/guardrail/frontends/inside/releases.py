"""
The charts of the tree that Terraform installs: the objects of each release, as Helm renders them with its values.

What is not known among the values is rendered with several stand-ins: text, a number, and false. What differs then is
not known; and where a condition that they do not tell apart depends on it, the pods of the release are not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.rows import Rows
from guardrail.frontends import documents
from guardrail.frontends.budget import Budget
from guardrail.frontends.inside.blocks import plain
from guardrail.frontends.inside.bodies import Body
from guardrail.frontends.kubernetes.objects import Object, objects
from guardrail.frontends.kubernetes.shorten import shorten
from guardrail.frontends.rendering.helm.actions import actions
from guardrail.frontends.rendering.helm.command import FAILED, NAMESPACE, Command
from guardrail.frontends.rendering.helm.differences import gap, without_gaps
from guardrail.frontends.rendering.helm.printed import numbered, pieces, same, unmarked
from guardrail.frontends.rendering.helm.read import Sources, perhaps
from guardrail.frontends.rendering.helm.render import Made, render
from guardrail.frontends.rendering.helm.staged import Staged
from guardrail.frontends.rendering.package import content_of
from guardrail.frontends.rendering.tool import Tool
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.gaps import Gapped, gapped
from guardrail.model.place import Place
from guardrail.model.resource import Resource
from guardrail.model.value import Reason, Unknown, Value
from guardrail.sources.tree import Tree

_SECRET: Final = Unknown(Reason.VARIABLE, note="it is a secret, which is not looked at")
_STAND_IN: Final = re.compile("\uf8ff([\ue001-\uf8fe])\uf8ff")
_FIRST: Final = 0xE001
_LISTS: Final = {"": "--set", "auto": "--set", "string": "--set-string", "literal": "--set-literal"}
_CONTROLS: Final = frozenset({"if", "else", "with", "range"})
_TRUTH: Final = re.compile(r"(?:if|else if|with)\s+(?:not\s+)?\$?[\w.]+")
_MOST: Final = 200_000


class Charts:
    """The charts of a tree that the releases of one unit install. Helm is not started unless there is one."""

    def __init__(self, tree: Tree, tool: Tool, installed: Mapping[str, tuple[str, Mapping[str, Value]]]) -> None:
        """`installed` are the chart of each release, by its address, and all that it states, secrets too."""
        self._tree = tree
        self._tool = tool
        self._installed = installed

    def body(self, holder: Resource, rows: Rows, budget: Budget) -> Optional[Body]:
        """Return the objects of a release, None for what is none, or cannot be rendered at all."""
        folder, stated = self._installed.get(holder.address, ("", {}))
        given = _given(stated) if holder.address in self._installed else None
        if given is None:
            return None
        staged = Staged(self._tree, folder)
        try:
            staged.give(given.texts(gap), given.arguments(gap))
            made = _rendered(self._tool, staged, holder, given)
            return _objects(made, staged, holder, given, self._tree, rows, budget)
        finally:
            staged.close()

    def made(self, resource: Resource) -> Resource:
        """Return an object of a chart as one that may not be there, if that is so."""
        return perhaps(resource)


@dataclass(slots=True)
class _Values:
    """What a release gives its chart: texts, and single values by their names with the type that they are set as."""

    several: list[Gapped] = field(default_factory=list)
    set: list[tuple[str, str, Union[str, Unknown]]] = field(default_factory=list)
    gaps: list[Unknown] = field(default_factory=list)
    _first: list[int] = field(default_factory=list)

    def add(self, text: Gapped) -> None:
        """Add a text with values."""
        self._first.append(len(self.gaps))
        self.several.append(text)
        self.gaps.extend(text.gaps)

    def texts(self, stand_in: Callable[[int], str]) -> list[str]:
        """Return the texts with something in each gap, by its number."""
        made: list[str] = []
        for one, first in zip(self.several, self._first, strict=True):
            pieces = enumerate(_STAND_IN.split(one.text))
            made.append("".join(stand_in(first + ord(part) - _FIRST) if odd % 2 else part for odd, part in pieces))
        return made

    def arguments(self, stand_in: Callable[[int], str]) -> tuple[str, ...]:
        """Return the arguments of Helm that set single values."""
        found: list[str] = []
        number = sum(len(one.gaps) for one in self.several)
        for option, name, value in self.set:
            if isinstance(value, Unknown):
                found += [option, f"{name}={stand_in(number)}"]
                number += 1
            else:
                found += [option, f"{name}={value}"]
        return tuple(found)

    def hidden(self) -> Mapping[tuple[str, ...], Unknown]:
        """Return what is not known, by the keys of values."""
        found: dict[tuple[str, ...], Unknown] = {}
        for text in self.texts(gap):
            for document in documents.read(text.encode("utf-8"), "", most=_MOST).documents:
                found.update(_unknowns(without_gaps(document.value, self.gaps), ()))
        for _, name, value in self.set:
            if isinstance(value, Unknown):
                found[_keys(name)] = value
        return found


def _given(attributes: Mapping[str, Value]) -> Optional[_Values]:
    """Return the values of a release, None where all of one of its texts, or what it sets, is not known."""
    given = _Values()
    stated = attributes.get("values")
    for text in _elements(stated) if stated is not None else ():
        if isinstance(text, str):
            given.add(Gapped(text, ()))
            continue
        found = gapped(text) if isinstance(text, Unknown) else None
        if found is None:
            return None
        given.add(found)
    for block in ("set", "set_list", "set_sensitive", "set_wo"):
        value = attributes.get(block)
        if value is not None and not isinstance(value, (list, tuple, Mapping)):
            return None
        for one in _elements(value) if value is not None else ():
            if not isinstance(one, Mapping) or not isinstance(one.get("name"), str):
                return None
            given.set.append(_set(one, secret=block in ("set_sensitive", "set_wo")))
    given.gaps.extend(value for _, _, value in given.set if isinstance(value, Unknown))
    return given


def _set(one: Mapping[str, Value], *, secret: bool) -> tuple[str, str, Union[str, Unknown]]:
    value = one.get("value")
    kind = one.get("type")
    option = _LISTS.get(kind if isinstance(kind, str) else "", "--set")
    if secret:
        return option, one["name"], _SECRET
    if isinstance(value, Unknown):
        return option, one["name"], replace(value, one_of=None)
    if isinstance(value, (list, tuple)):
        unknown = next((each for each in value if isinstance(each, Unknown)), None)
        return option, one["name"], unknown or "{" + ",".join(map(_text, value)) + "}"
    return option, one["name"], _text(value)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _elements(value: Value) -> Sequence[Value]:
    return value if isinstance(value, (list, tuple)) else (value,)


def _keys(name: str) -> tuple[str, ...]:
    return tuple(part.partition("[")[0].replace("\\.", ".") for part in re.split(r"(?<!\\)\.", name))


def _unknowns(value: Value, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Unknown]]:
    if isinstance(value, Unknown):
        yield keys, value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _unknowns(member, (*keys, key))
    elif isinstance(value, tuple):
        for one in value:
            yield from _unknowns(one, keys)


def _rendered(tool: Tool, staged: Staged, holder: Resource, given: _Values) -> Made:
    """Render a chart as a release of a name, and with other stand-ins for what is not known."""
    name, namespace = holder.attributes.get("name"), holder.attributes.get("namespace")
    texts = staged.templates()
    made = render(
        tool,
        staged,
        name if isinstance(name, str) and name else "release",
        namespace if isinstance(namespace, str) and namespace else NAMESPACE,
    )
    made.hidden = dict(given.hidden())
    if given.gaps and any(one.code == FAILED for one in made.diagnostics):  # it need not fail with values
        made.undecided = given.gaps[0]
        made.diagnostics = [one for one in made.diagnostics if one.code != FAILED]
    if not given.gaps or made.usual is None:
        return made
    controls = list(_controls(texts, made.hidden))
    for stand_in in (_number, _false) if controls else (_number,):
        staged.give(given.texts(stand_in), given.arguments(stand_in))
        output = Command(tool, staged).output(made.usual)
        if output.code or output.ended:
            made.undecided = made.undecided or given.gaps[0]
            continue
        _compare(made, output.stdout.decode("utf-8", "replace"), given.gaps)
    if any(not _TRUTH.fullmatch(code) for code, _ in controls) or len({keys for _, keys in controls}) > 1:
        made.undecided = made.undecided or made.hidden[controls[0][1]]
    return made


def _number(_: int) -> str:
    return "7001"


def _false(_: int) -> str:
    return "false"


def _controls(
    texts: Mapping[str, str], hidden: Mapping[tuple[str, ...], Unknown]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the conditions that depend on what is not known, each with the keys of that."""
    for text in texts.values():
        for action in actions(text):
            named = [path[1:] for path in action.paths]
            for keys in hidden:
                if action.keyword in _CONTROLS and any(_overlap(keys, path) for path in named):
                    yield action.code, keys


def _overlap(keys: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return keys[: len(path)] == path or path[: len(keys)] == keys


def _compare(made: Made, printed: str, gaps: Sequence[Unknown]) -> None:
    """Note what is printed otherwise with other stand-ins."""
    others = list(pieces(printed))
    unmarked(others, made.marks)
    ours, theirs = numbered(made.pieces), numbered(others)
    for key, one in ours.items():
        other = theirs.get(key)
        if other is None:
            one.perhaps, one.why = "there or not", replace(gaps[0], one_of=None, parts=None)
        elif not same(one.text, other.text):
            one.unlike.append((other.text, gaps))
    for key, other in theirs.items():
        if key not in ours:
            other.perhaps, other.why = "there or not", replace(gaps[0], one_of=None, parts=None)
            made.pieces.append(other)


def _objects(
    made: Made, staged: Staged, holder: Resource, given: _Values, tree: Tree, rows: Rows, budget: Budget
) -> Body:
    """Return the objects of a release."""
    pointer = "/values" if given.several else "/set" if given.set else "/chart"
    sources = Sources(tree, staged, made, tuple(_settings(holder, given)))
    data = sources.text.encode("utf-8")
    held = documents.read(data, staged.main, shorten=shorten, most=budget.values.most(len(data)))
    budget.values.take(held.values, len(data))
    told = [*staged.diagnostics, *(replace(one, place=Place(staged.main)) for one in held.diagnostics)]
    told.extend(_dated(one, tree) for one in made.diagnostics)
    above = holder.address.partition("//")[2]
    found: list[Object] = []
    for document in held.documents:
        file, written = sources(document)
        for one in objects(file, (written,), rows):
            if isinstance(one, Object):
                found.append(replace(one, native=f"{above}!{one.native}"))
            else:
                told.append(one)
    hidden = _hidden(made, staged, told)
    if hidden is not None:
        place = holder.native.place(pointer)
        told.append(Diagnostic("warning", "release-not-known", f"{above}: {hidden.note}", place))
    begun = Body(holder, pointer[1:], tuple(found), lambda _: pointer, hidden=hidden, whole=True)
    return replace(begun, diagnostics=tuple(told))


def _hidden(made: Made, staged: Staged, told: Iterable[Diagnostic]) -> Optional[Unknown]:
    """Return why a release may have more pods than are told, None if it has not."""
    why = made.undecided
    if why is None and (made.usual is None or any(one.level == "error" for one in told)):
        why = Unknown(Reason.ERROR, note="not all of it is rendered")
    if why is None:
        return None
    note = f"what the chart {staged.directory or '.'} makes is not known as a whole: {why.note or why.reason}"
    return Unknown(why.reason, note=note)


def _dated(one: Diagnostic, tree: Tree) -> Diagnostic:
    """Return a diagnostic with what changes when the file does that it is about."""
    return replace(one, content=content_of(tree, [one.place.file])) if one.unread and one.place else one


def _settings(holder: Resource, given: _Values) -> Iterator[tuple[Value, Place]]:
    """Yield the values of a release, the strongest first, each with its place."""
    for _, name, value in reversed(given.set):
        nested: Value = value
        for key in reversed(_keys(name)):
            nested = {key: nested}
        yield nested, holder.native.place("/set")
    for text in reversed(given.texts(gap)):
        for document in documents.read(text.encode("utf-8"), "", most=_MOST).documents[:1]:
            yield plain(without_gaps(document.value, given.gaps)), holder.native.place("/values")
