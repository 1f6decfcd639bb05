"""
Loops of a template (`Fn::ForEach`), unrolled: what they make is there once for each item of their collection.

Where the collection is not known, it is there once for any number of items, and what is made of an item is not known.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from decimal import Decimal
from typing import Final, NamedTuple, Optional, Union

from guardrail.frontends.cloudformation.template import Template
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped
from guardrail.model.value import OpenMap, Reason, Unknown, Value

LOOP: Final = "Fn::ForEach::"

MOST: Final = 60_000
"""Values that the loops of one template make."""

Work = Callable[[Value], Value]
"""Works out a value that is written."""

Item = Union[str, Unknown]


class _TooMuchError(Exception):
    """Loops make more than a template can hold."""


class _Loop(NamedTuple):
    identifier: str
    items: tuple[Item, ...]
    fragment: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one item is put in place of, and before it those of the loops around."""

    items: tuple[tuple[str, Item], ...] = ()

    def put(self, written: Value, left: list[int]) -> Value:
        """Return what is written with the items in it."""
        left[0] -= 1
        if left[0] < 0:
            raise _TooMuchError
        if isinstance(written, str):
            return self.text(written)
        if isinstance(written, Mapping):
            if len(written) == 1 and isinstance(written.get("Ref"), str):
                referred = written["Ref"]
                return next((item for name, item in self.items if name == referred), {"Ref": self.text(referred)})
            made = {self.key(key): self.put(value, left) for key, value in written.items()}
            return OpenMap(made, written.rest) if isinstance(written, OpenMap) else made
        if isinstance(written, tuple):
            return tuple(self.put(one, left) for one in written)
        return written

    def text(self, written: str) -> Item:
        """Return a text with the items in it; not known where one of them is not."""
        for name, item in self.items:
            if f"${{{name}}}" not in written and f"&{{{name}}}" not in written:
                continue
            if isinstance(item, Unknown):
                return item
            plain = "".join(letter for letter in item if letter.isalnum())
            written = written.replace(f"${{{name}}}", item).replace(f"&{{{name}}}", plain)
        return written

    def key(self, written: str) -> str:
        """Return a key with the items in it; as it is written where one of them is not known."""
        made = self.text(written)
        return made if isinstance(made, str) else written

    @property
    def doubt(self) -> Optional[Unknown]:
        """Why it is not known how many times this is there."""
        return next((item for _, item in self.items if isinstance(item, Unknown)), None)


@dataclass(frozen=True, slots=True)
class _Made:
    """What the loops of a section make: by name the value, where it is written, and why that may be any number."""

    found: dict[str, Value] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    open: dict[str, Unknown] = field(default_factory=dict)


def unrolled(template: Template, work: Work) -> Template:
    """Return a template with the loops in its conditions and resources unrolled; those that are wrong stay."""
    sections = {name: template.section(name) for name in ("Conditions", "Resources")}
    if not any(key.startswith(LOOP) for section in sections.values() for key in section):
        return template
    left = [MOST]
    made = {name: _section(section, f"/{name}", work, left) for name, section in sections.items()}
    resources = made["Resources"]
    return replace(
        template,
        sections={name: one.found for name, one in made.items()},
        places=resources.places,
        open=resources.open,
    )


def members(loop: Value, work: Work, left: list[int]) -> Optional[Mapping[str, Value]]:
    """Return what a loop among the members of a value makes, not worked out; None where that is not known."""
    made = _Made()
    try:
        for name, value, _, turn in _turns({LOOP: loop}, "", Turn(), work, left):
            if turn.doubt is not None or name in made.found or name.startswith(LOOP):
                return None
            made.found[name] = value
    except _TooMuchError:
        return None
    return made.found


def _section(section: Mapping[str, Value], at: str, work: Work, left: list[int]) -> _Made:
    made = _Made()
    for name, value in section.items():
        if not name.startswith(LOOP):
            made.found[name] = value
    for name, value in section.items():
        if name.startswith(LOOP):
            try:
                turns = list(_turns({name: value}, at, Turn(), work, left))
            except _TooMuchError:
                turns = []
            names = [one for one, _, _, _ in turns]
            if not names or len({*names}) < len(names) or not made.found.keys().isdisjoint(names):
                made.found[name] = value  # it is no loop, is too long, or makes a thing twice
                continue
            for one, of, place, turn in turns:
                made.found[one] = of
                made.places[one] = place
                if turn.doubt is not None:
                    made.open[one] = turn.doubt
    return made


def _turns(
    mapping: Mapping[str, Value], at: str, turn: Turn, work: Work, left: list[int]
) -> Iterator[tuple[str, Value, str, Turn]]:
    """Yield all that a mapping has once its loops are unrolled: name, value, where it is written, for which items."""
    for key, value in mapping.items():
        there = f"{at}/{escaped(key)}"
        loop = _loop(value, turn, work, left) if key.startswith(LOOP) else None
        if loop is None:
            yield turn.key(key), turn.put(value, left), there, turn
            continue
        for item in loop.items:
            inner = Turn((*turn.items, (loop.identifier, item)))
            yield from _turns(loop.fragment, f"{there}/2", inner, work, left)


def _loop(value: Value, turn: Turn, work: Work, left: list[int]) -> Optional[_Loop]:
    """Return a loop with its items, None where it is none; no items are one that is not known, if it may be."""
    if not isinstance(value, tuple) or len(value) != 3:  # noqa: PLR2004 - identifier, collection, what is repeated
        return None
    identifier, collection, fragment = value
    if not isinstance(identifier, str) or not identifier or not isinstance(fragment, Mapping):
        return None
    items = work(turn.put(collection, left))
    if isinstance(items, Unknown):
        return _Loop(identifier, (Unknown(items.reason, note=items.note),), fragment)
    if not isinstance(items, tuple):
        return None
    doubt = next((one for one in items if isinstance(one, Unknown)), None)
    if doubt is not None:
        return _Loop(identifier, (Unknown(doubt.reason, note=doubt.note),), fragment)
    texts = tuple(str(one) for one in items if isinstance(one, (str, int, Decimal)) and not isinstance(one, bool))
    wrong = Unknown(Reason.ERROR, note="an item of the loop is no text")
    return _Loop(identifier, texts if len(texts) == len(items) else (wrong,), fragment)
