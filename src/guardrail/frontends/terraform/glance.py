"""
What the text of a Terraform file tells without being parsed: enough to know what a change cannot have touched.

A glance may see too much (a word in a comment), never too little: whoever asks leaves out only what is certain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Optional

from guardrail.model.pattern import pattern

_RESOURCE: Final = pattern(rb'resource[ \t]*(?:"|[ \t])[ \t]*([A-Za-z][\w-]*)')
_HIDDEN: Final = pattern(rb'(?:resource|dynamic)[ \t]*(?:/\*|"[^"\n]*\\)')
"""
A label that is not where it is looked for, or not spelt as it is meant.

Without a look at what stands before the word, a search goes from one such word to the next, not byte by byte.
"""

_KEY: Final = pattern(rb'"([A-Za-z][\w-]*)"[ \t\r\n]*:')
_ESCAPE: Final = b"\\u"
"""How a word is written in JSON so that nobody finds it."""

_FILES: Final = (
    rb"(?:fileexists|fileset|filebase64sha256|filebase64sha512|filebase64|filemd5|filesha1|filesha256|filesha512|file)"
)
_READING: Final = pattern(rb"(?<![\w.])(?:template(?:file|string)|" + _FILES + rb")\s*(?:\(|/\*|//|\#)")
"""
A call of a function that reads files, as far as what comes next tells: a comment may stand before the bracket.

Wherever the template of `templatestring` comes from, it may call the others.
"""

_PLAIN: Final = pattern(
    rb"(?<![\w.])(?:(templatefile)|" + _FILES + rb')\(\s*"\$\{path\.module\}/([^"$%\\\x80-\xff]*)"\s*[,)]'
)
"""One of a file that is named by a plain text from the directory of the module."""

_OTHERWISE: Final = pattern(rb"(?<![\w.-])path\s*(?:,|in\b|/\*|//|\#)")
"""A variable of a `for` that is called `path`, and stands before what everywhere else has that name."""


def declared(data: bytes, *, json: bool) -> Optional[frozenset[str]]:
    """Return the types of the resources that a file may declare, None where the text does not tell."""
    if hides(data, json=json):
        return None
    return frozenset(name.decode("ascii", "replace") for name in (_KEY if json else _RESOURCE).findall(data))


def hides(data: bytes, *, json: bool) -> bool:
    """Whether a type, or what stands in a resource, may be written so that it is not found: by an escape, a comment."""
    if json:
        return _ESCAPE in data
    return may_hide(data) and _HIDDEN.search(data) is not None


HIDING: Final = (b"\\", b"/*")
"""One of these is in whatever may hide something."""


def may_hide(data: bytes) -> bool:
    """Whether there is anything by which something may be hidden."""
    return b"\\" in data or b"/*" in data


def may_mark(text: str, *, json: bool) -> bool:
    """Whether anything in a file may be marked as sensitive: a variable, an output, what a function gives."""
    return "sensitive" in text or "ephemeral" in text or (json and "\\u" in text)


READING: Final = (b"file", b"templatestring", _ESCAPE)
"""One of these words is in whatever may read other files. An escape may spell any word in JSON."""

SOUGHT: Final = (b"module", *READING)
"""One of these words is in whatever calls modules or may read other files."""

MANY: Final = 128
"""From so many files on, a search for words is worth its start."""


def may_read(data: bytes, *, json: bool) -> bool:
    """Whether functions in a file may read others, at the first glance."""
    return b"file" in data or b"templatestring" in data or (json and _ESCAPE in data)


def reads(data: bytes, *, json: bool) -> Optional[tuple[tuple[str, bool], ...]]:
    """
    Return the files that functions in a file read, and whether as a template, which may itself read others.

    The paths begin at the directory of the file. None: the text does not tell.
    """
    if json:
        return None if may_read(data, json=True) else ()
    found = _PLAIN.findall(data)
    if len(found) < sum(1 for _ in _READING.finditer(data)) or (found and _OTHERWISE.search(data)):
        return None
    return tuple((path.decode("ascii"), bool(template)) for template, path in found)


def may_read_files(template: bytes) -> bool:
    """Whether a template may itself call a function that reads a file."""
    return _READING.search(template) is not None


_MENTION: Final = re.compile(rb"""(?<![\w.-])module(?:[ \t]+[A-Za-z_\x80-\xff]|[ \t]*(?:"|/\*))""")
_TOKEN: Final = re.compile(
    rb"""^[ \t]*(?P<header>module[ \t]*"(?P<name>[^"\\$%\n]*)"[ \t]*\{)"""
    rb"""|^[ \t]*source[ \t]*=[ \t]*"(?P<source>[^"\\$%\n\x80-\xff]*)"(?=[ \t]*(?:\r?$|\#|//))"""
    rb"""|(?<![\w.-])(?P<other>source)[ \t]*=(?!=)"""
    rb"""|(?P<open>[{\[(])|(?P<close>[}\])])"""
    rb"""|\#[^\n]*|//[^\n]*|"(?:[^"\\\n$%]|\\.|[$%](?!\{)|[$%]\{[^"{}\n]*\})*\""""
    rb"""|(?P<unclear>"|/\*|<<|\r(?!\n)|\xef\xbb\xbf|(?<![\w.-])module(?:[ \t]*"|[ \t]+[A-Za-z_\x80-\xff])[^\n{]*\{)""",
    re.MULTILINE,
)
"""What decides where blocks begin and end. Strings are taken whole if nothing in them has quotes or braces."""

_STEPS: Final = {"header": 1, "open": 1, "close": -1}


Sources = Mapping[str, str]
"""The sources of a file's module calls, by the name of the call."""

NO_CALLS: Final[Sources] = {}


def calls_in(data: bytes, *, json: bool) -> Optional[Sources]:
    """
    Return the calls of a file by a glance at its brackets, None where that is not enough: then it is parsed.

    A text that is no call (in a comment, a heredoc, a nested block) would hide a root, and a call that is overlooked a
    change to its module, so anything unclear is left to the parser; so is what it may read otherwise after an error.
    """
    if json:
        return None if b"module" in data or b"\\u" in data else {}
    if not _MENTION.search(data):
        return NO_CALLS
    found: dict[bytes, bytes] = {}
    depth = 0
    inside = b""
    for token in _TOKEN.finditer(data):
        kind = token.lastgroup or ""
        if depth == 0:
            inside = token["name"] or b""
        depth += _STEPS.get(kind, 0)
        stated = kind in ("source", "other") and depth == 1 and inside
        if kind == "unclear" or depth < 0 or (kind == "header" and depth > 1):
            return None
        if stated and (kind == "other" or inside in found):
            return None
        if stated:
            found[inside] = token["source"]
    if depth:
        return None
    return {name.decode("utf-8", "replace"): source.decode("ascii") for name, source in found.items()}
