"""
What a YAML or JSON file is, without reading it as YAML where its lines already tell.

In a document whose lines in the first column are all `key: …`, list items, comments or markers, those keys are the
top-level keys, whatever stands between them: everything else is indented. Any other file that holds a word of a known
format is parsed. So a file is passed over only when it can be nothing that is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import field, replace
from typing import Any, Final, Literal, Optional, Union

from guardrail.frontends.disguise import disguised
from guardrail.frontends.formats import LISTED_PARAMETER, MARKS, Top, broken, known, not_for_a_cluster, of_kubernetes
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import Format
from guardrail.model.value import Unknown

NOTHING: Final = "not recognised as input"

VALUES: Final = 2_000_000
"""Values of a file that are read to tell what it is, and forgotten."""

_LARGE: Final = 1024 * 1024
"""Bytes of JSON from which on a file is searched for words before it is parsed."""

_LINES: Final = 200_000
"""Lines in the first column that are looked at. The largest manifests that were tried have some thousand."""

_FIRST_COLUMN: Final = re.compile(rb"\n([^\s#][^\n]*)")
_KEY: Final = re.compile(rb"([A-Za-z_$][A-Za-z0-9_$./-]*)[ \t]*:(?:[ \t]+([^\r]*))?\r?")
_MARKER: Final = re.compile(rb"(?:---|\.\.\.)[ \t]*(?:#[^\r]*)?\r?")
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")
_LINE_BREAKS: Final = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\0")
"""Bytes that make a line begin where a line feed does not: old line breaks, and UTF-16."""
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_INDENTED: Final = re.compile(rb"^[ \t]+[^\s#]", re.MULTILINE)
_NOT_YAML: Final = frozenset({"yaml-syntax", "json-syntax", "encoding", "template"})
"""Codes of what no reader takes."""
_PLAIN_TEXT: Final = re.compile(r"""[^\s&*!|>%@`{}\[\]'"#][^#]*|"([^"\\]*)"|'([^']*)'""")
_JUDGED_BY: Final = frozenset({"apiVersion", "kind", "$schema", "type", "Version"})
"""Keys whose texts tell what a document is. Where the first column does not say all of one, it is read as YAML."""

_BESIDE: Final = frozenset({"Parameters", "platforms"})
"""Keys that tell only where few others are: lines in a text over several lines may look like others."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """
    What a file is: a format that somebody reads, `unsupported` (known, and not judged), `nothing`.

    `also` are the formats of other documents in it. `unread` is a file that has too much in it to tell. `reason` is
    for people. `values` is how many values were read.
    """

    format: Union[Format, Literal["unsupported", "nothing", "unread"]]
    reason: str = ""
    also: tuple[Format, ...] = ()
    values: int = field(default=0, compare=False)

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that the file is judged as."""
        if self.format in ("unsupported", "nothing", "unread"):
            return ()
        return (self.format, *self.also)  # type: ignore[arg-type]


KUBERNETES: Final = Recognised("kubernetes")


def recognise(data: bytes, path: str, most: int = VALUES) -> Recognised:
    """
    Return what the content of a file is. Never raises; what may be a manifest and is broken counts as one.

    `most` is how many values may be read for that.
    """
    read = _json(data, path, most) if path.endswith(".json") else _yaml(data, path, most)
    found = read.tops
    if read.broken:
        parts = _judged(found, data)
        maybe = tuple(dict.fromkeys((*broken(data), *parts.formats)))
        if not maybe and read.refused and disguised(data):
            maybe = KUBERNETES.formats
        if maybe:
            return Recognised(maybe[0], also=maybe[1:], values=read.values)
        if read.too_many:
            return Recognised("unread", read.too_many, values=read.values)
    return replace(_judged(found, data), values=read.values)


@dataclass(frozen=True, slots=True)
class _Read:
    """
    The top-level keys of each document that could be read.

    `broken`: there are others. `refused`: one of them is well formed, as far as it was looked at, so that other readers
    may take it. `too_many`: because that is too much.
    """

    tops: Sequence[Top]
    values: int = 0
    broken: bool = False
    refused: bool = False
    too_many: str = ""


def _judged(tops: Sequence[Top], data: bytes) -> Recognised:
    objects = [top for top in tops if of_kubernetes(top)]
    elsewhere = [not_for_a_cluster(top) for top in objects]
    others = [one for one in (known(top, data) for top in tops if not of_kubernetes(top)) if one is not None]
    formats: dict[Format, None] = dict.fromkeys(["kubernetes"] if not all(elsewhere) else [])
    formats.update((one.judged, None) for one in others if one.judged is not None)
    if formats:
        first, *also = formats
        return Recognised(first, also=tuple(also))
    if others:
        return Recognised("unsupported", others[0].reason)
    if elsewhere:
        judged_later = next((reason for reason in elsewhere if "not judged" in reason), "")
        return Recognised("unsupported", judged_later) if judged_later else Recognised("nothing", elsewhere[0])
    return Recognised("nothing", NOTHING)


def _yaml(data: bytes, path: str, most: int) -> _Read:
    plain = None if _is_broken_otherwise(data) else _plain(b"\n" + data.removeprefix(b"\xef\xbb\xbf"))
    if plain is not None and not any(_BESIDE.intersection(top) and "Resources" not in top for top in plain):
        return _Read(plain)
    if not any(word in data for word in MARKS):
        return _Read(())
    from guardrail.frontends import documents

    read = documents.read(data, path, most=most)
    tops = [_top(document.value) for document in read.documents]
    unread = [told for told in read.diagnostics if told.unread]
    if unread:
        limit = next((told.message for told in unread if told.code in documents.LIMITS), "")
        refused = any(told.code not in _NOT_YAML for told in unread)
        return _Read(tops, read.values, broken=True, refused=refused, too_many=limit)
    return _Read(tops, read.values)


def _is_broken_otherwise(data: bytes) -> bool:
    """Whether lines may begin elsewhere than after a line feed."""
    if b"\r" in data and _LONE_RETURN.search(data):
        return True
    return data.startswith(_UTF16) or any(mark in data for mark in _LINE_BREAKS)


def _plain(data: bytes) -> Optional[list[Top]]:
    """Return the top-level keys as the first column tells them, None where it does not. A line feed is in front."""
    tops: list[Top] = []
    top: dict[str, Optional[str]] = {}
    start = number = 0
    for found in _FIRST_COLUMN.finditer(data):
        line = found[1]
        number += 1
        if number > _LINES:
            return None
        if not top and _INDENTED.search(data, start, found.start()):
            return None
        if line.startswith((b"- ", b"-\r", b"%")) or line == b"-":
            start = found.end()
            continue
        key = _KEY.fullmatch(line)
        if key is not None:
            name = key[1].decode("ascii")
            text = _text(key[2])
            if name in _JUDGED_BY and (name in top or text is None):
                return None
            top[name] = text
        elif _MARKER.fullmatch(line):
            tops.append(top)
            top, start = {}, found.end()
        else:
            return None
    if not top and _INDENTED.search(data, start):
        return None
    tops.append(top)
    return tops


def _text(value: Optional[bytes]) -> Optional[str]:
    """Return the text after a key on its line, None where there is none or it goes on elsewhere."""
    if value is None:
        return None
    found = _PLAIN_TEXT.match(value.decode("utf-8", "replace"))
    if found is None:
        return None
    return next((part for part in found.groups() if part is not None), found.group()).strip()


def _json(data: bytes, path: str, most: int) -> _Read:
    if len(data) > _LARGE and not any(word in data for word in MARKS):
        return _Read(())
    values = sum(map(data.count, (b",", b":", b"{", b"[")))  # at least; those in strings too
    if values > most:
        return _Read((), broken=True, too_many=f"more than {most:,} values, too many to tell what it is")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):  # not JSON, a number of too many digits, nesting
        return replace(_yaml(data, path, most), broken=True)  # others may take it for JSON with comments
    return _Read([_top(value)], values)


def _top(value: Any) -> Top:
    if isinstance(value, list) and value and isinstance(value[0], dict) and LISTED_PARAMETER in value[0]:
        return {LISTED_PARAMETER: None}
    if not isinstance(value, dict):
        return {}
    # What a template fills in is some text, as far as this goes.
    texts = {key: "?" if isinstance(inner, Unknown) else inner for key, inner in value.items()}
    return {key: inner if isinstance(inner, str) else None for key, inner in texts.items()}
