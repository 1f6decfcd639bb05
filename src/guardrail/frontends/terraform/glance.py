"""
What the text of a Terraform file tells without being parsed: enough to know what a change cannot have touched.

A glance may see too much (a word in a comment), never too little: whoever asks leaves out only what is certain.
"""

from __future__ import annotations

import re
from typing import Final, Optional

from guardrail.model.dataclass import dataclass

_RESOURCE: Final = re.compile(rb'resource[ \t]*(?:"|[ \t])[ \t]*([A-Za-z][\w-]*)')
_HIDDEN: Final = re.compile(rb"resource[ \t]*/\*")
"""Without a look at what stands before the word, a search goes from one such word to the next, not byte by byte."""

_KEY: Final = re.compile(rb'"([A-Za-z][\w-]*)"[ \t\r\n]*:')
_ESCAPE: Final = b"\\u"
"""How a word is written in JSON so that nobody finds it."""

_NAMES: Final = (
    rb"(?:templatefile|fileexists|fileset|filebase64sha256|filebase64sha512|filebase64|filemd5|filesha1|filesha256"
    rb"|filesha512|file)"
)
"""Functions that read files of the tree."""

_READING: Final = re.compile(rb"(?<![\w.-])" + _NAMES + rb'(?![\w-])(?![ \t]*(?:"|=[^=]))')
"""A mention of one that is no attribute (`file = …`) and no label (`provisioner "file"`)."""

_PLAIN: Final = re.compile(rb"(?<![\w.-])" + _NAMES + rb'\([ \t]*"\$\{path\.module\}/([^"$%\\]*)"[ \t]*[,)]')
"""One of a file that is named by a plain text from the directory of the module."""


@dataclass(frozen=True, slots=True)
class Glance:
    """
    The resource types that a file may declare, and the files that its functions read.

    `reads` are paths from the directory of the file. None: the text does not tell.
    """

    types: Optional[frozenset[str]]
    reads: Optional[tuple[str, ...]]


def glance(data: bytes, path: str) -> Glance:
    """Return what a file tells at a glance."""
    json = path.endswith(".json")
    types = _types(data, json=json)
    if b"file" not in data and not (json and _ESCAPE in data):
        return Glance(types, ())
    reads = _PLAIN.findall(data)
    if json or len(reads) < sum(1 for _ in _READING.finditer(data)):
        return Glance(types, None)
    return Glance(types, tuple(name.decode("utf-8", "surrogateescape") for name in reads))


def _types(data: bytes, *, json: bool) -> Optional[frozenset[str]]:
    if b"resource" not in data and not (json and _ESCAPE in data):
        return frozenset()
    if (json and _ESCAPE in data) or _HIDDEN.search(data):
        return None
    return frozenset(name.decode("ascii", "replace") for name in (_KEY if json else _RESOURCE).findall(data))


def may_read_files(data: bytes) -> bool:
    """Whether a template may itself call a function that reads a file."""
    return bool(_READING.search(data))
