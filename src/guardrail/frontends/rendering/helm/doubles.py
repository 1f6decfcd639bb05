"""
Templates of one name that several files define: Helm takes any of them, another one each time.

Charts inside of a chart often have a library each. To render the same each time, all definitions of a name are made
the same: that of the first file or, to see what the others make, of the last. (It need not be part of what is
rendered, so that the others cannot be left out.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from guardrail.frontends.rendering.helm.actions import actions

_OPENING: Final = frozenset({"define", "block"})
_CHARTS: Final = "/charts/"


class _Definition(NamedTuple):
    """A template that a file defines: where it begins and ends, and what it is."""

    at: str
    start: int
    end: int
    body: str


def single(texts: Mapping[str, str], *, last: bool = False) -> Mapping[str, str]:
    """Return templates of which each is one thing: as the outermost, first file has it or, if `last`, the last one."""
    found: dict[str, list[_Definition]] = {}
    for at in sorted(texts, key=lambda at: (at.count(_CHARTS), at)):
        for name, definition in _definitions(at, texts[at]):
            found.setdefault(name, []).append(definition)
    changed: dict[str, list[tuple[int, int, str]]] = {}
    for several in found.values():
        kept = several[-1 if last else 0]
        for one in several if len({one.at for one in several}) > 1 else ():
            if one.body != kept.body:
                changed.setdefault(one.at, []).append((one.start, one.end, kept.body))
    return {at: _with_other_bodies(text, sorted(changed.get(at, ()))) for at, text in texts.items()}


def _definitions(at: str, text: str) -> Iterator[tuple[str, _Definition]]:
    if "define" not in text and "block" not in text:
        return
    opened: list[tuple[str, int, int]] = []
    for action in actions(text):
        if action.keyword in _OPENING and '"' in action.body:
            name = action.body.split('"')[1]
            opened.append((name, action.end, action.depth))
        elif action.keyword == "end" and opened and opened[-1][2] + 1 == action.depth:
            name, start, _ = opened.pop()
            yield name, _Definition(at, start, action.start, text[start : action.start])


def _with_other_bodies(text: str, several: list[tuple[int, int, str]]) -> str:
    """Return a text with something else in the place of some stretches."""
    made: list[str] = []
    done = 0
    for start, end, body in several:
        if start >= done:
            made += [text[done:start], body]
            done = end
    return "".join((*made, text[done:]))
