r"""
gitignore globs, anchored at the root of the repository and case-sensitive.

`*` and `?` stay inside a name, `**` spans folders, `[a-z]` and `[!a-z]` are classes, `\` takes the next character as
it is, a slash at the end asks for a folder. A glob that matches a folder matches all that is in it. Unlike in a
`.gitignore`, a glob without a slash is anchored too.

Matching takes time linear in path times glob: each stretch between wildcards is found at its first place and never
looked for again, which is enough since what follows can only be further right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from guardrail.model.dataclass import dataclass

LONGEST: Final = 1000
"""Characters of a glob."""

_DEEP: Final = "**"


@dataclass(frozen=True, slots=True)
class Glob:
    """A glob that can be matched."""

    text: str
    pattern: re.Pattern[str]

    def matches(self, path: str, *, folder: bool = False) -> bool:
        """Whether the glob means this file or folder, or a folder that it is in. The root is "." (or "")."""
        if path in ("", "."):
            return self.text == "."
        return self.pattern.match(f"{path}/" if folder else path) is not None

    def covers(self, directory: str, files: Iterable[str]) -> bool:
        """Whether the glob means a unit: its directory, or, one by one, every file that it has."""
        return self.matches(directory, folder=True) or all(self.matches(file) for file in files)

    @property
    def floating(self) -> bool:
        """Whether it means folders of any depth by name alone, so that whoever names a folder can make it match."""
        return self.text.lstrip("/").startswith(f"{_DEEP}/")


@lru_cache(maxsize=4096)
def glob(text: str) -> Glob:
    """Return the glob, or raise a ValueError that says what is wrong with it."""
    if text == ".":
        return Glob(text, re.compile(r"(?!)"))
    body = text.removeprefix("/")
    folder = body.endswith("/")
    segments = body.removesuffix("/").split("/")
    _check(text, segments)
    deep = [set(segment) == {"*"} and len(segment) > 1 for segment in segments]
    names = _names()
    pattern = _joined(
        [None if any_depth else _segment(segment, names) for segment, any_depth in zip(segments, deep, strict=True)],
        names,
    )
    return Glob(text, re.compile(pattern + ("/" if folder else r"(?:/|\Z)"), re.DOTALL))


def refusal(text: str) -> str:
    """Return what is wrong with a glob, empty if nothing is."""
    try:
        glob(text)
    except ValueError as error:
        return str(error)
    return ""


def _check(text: str, segments: list[str]) -> None:
    if len(text) > LONGEST:
        raise ValueError(f"a glob has at most {LONGEST} characters")
    if text.startswith("!"):
        raise ValueError("a glob that takes back what another one says is not supported; write \\! for the character")
    if any(segment in ("", ".", "..") for segment in segments):
        raise ValueError("a glob is a path from the root of the repository, without empty parts, . or ..")


def _joined(segments: list[str | None], names: Iterator[str]) -> str:
    """Return the pattern of a path's segments; None stands for folders of any depth."""
    result = ""
    at = 0
    if segments[0] is not None:
        end = segments.index(None) if None in segments else len(segments)
        result = "/".join(part for part in segments[:end] if part is not None)
        at = end
        if at < len(segments):
            result += "/"
    while at < len(segments):
        while at < len(segments) and segments[at] is None:
            at += 1
        end = next((place for place in range(at, len(segments)) if segments[place] is None), len(segments))
        chunk = [part for part in segments[at:end] if part is not None]
        if not chunk:  # it ends in `**`: anything inside
            result += "[^/]+"
        elif end == len(segments):
            result += f"(?:[^/]+/)*?{'/'.join(chunk)}"
        else:
            name = next(names)
            result += f"(?=(?P<{name}>(?:[^/]+/)*?{''.join(f'{part}/' for part in chunk)}))(?P={name})"
        at = end
    return result


def _segment(text: str, names: Iterator[str]) -> str:
    """Return the pattern of one name."""
    pieces = [""]
    at = 0
    while at < len(text):
        character = text[at]
        if character == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append("")
            at += 1
        elif character == "?":
            pieces[-1] += "[^/]"
            at += 1
        elif character == "[":
            piece, at = _class(text, at)
            pieces[-1] += piece
        elif character == "\\":
            if at + 1 == len(text):
                raise ValueError("a backslash at the end stands for nothing")
            pieces[-1] += re.escape(text[at + 1])
            at += 2
        else:
            pieces[-1] += re.escape(character)
            at += 1
    result = pieces[0]
    for piece in pieces[1:-1]:
        name = next(names)
        result += f"(?=(?P<{name}>[^/]*?{piece}))(?P={name})"
    return result + f"[^/]*{pieces[-1]}" if len(pieces) > 1 else result


def _class(text: str, start: int) -> tuple[str, int]:
    """Return the pattern of the class that begins here, and where the glob goes on."""
    at = start + 1
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    members: list[str] = []
    while at < len(text) and (text[at] != "]" or not members):
        if text.startswith("[:", at):
            raise ValueError("named classes such as [:alpha:] are not supported")
        low, at = _member(text, at)
        high = low
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(text, at + 1)
        members.append(re.escape(low) if high < low else f"{re.escape(low)}-{re.escape(high)}")  # as git takes it
    if at >= len(text):
        raise ValueError("the class that begins with [ has no ]")
    inside = "".join(members)
    return (f"[^/{inside}]" if negated else f"(?!/)[{inside}]"), at + 1


def _member(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\":
        at += 1
    if at >= len(text):
        raise ValueError("the class that begins with [ has no ]")
    return text[at], at + 1


def _names() -> Iterator[str]:
    return (f"g{number}" for number in range(LONGEST))
