"""What git says of the files of a commit or of the index, as entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern
from guardrail.sources.tree import Entry

_KINDS: Final[Mapping[str, Literal["file", "link", "submodule"]]] = {
    "100644": "file",
    "100755": "file",
    "100664": "file",  # written by very old versions of git
    "120000": "link",
    "160000": "submodule",
}
_ABSENT: Final = "000000"
"""The mode of what is not there."""

_UNUSABLE: Final = pattern(r"(?:\A|/)(?:\.\.?|\.git)?(?:/|\Z)", re.IGNORECASE | re.ASCII)
"""What no path in a working tree has. A tree made by hand can say `..` or `.git`; git would not."""

_SUSPECT: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII) for pattern in (r"\.(?<=[\t/]\.)(?:\.|git)?[/\0]", r"/[/\0]", r"\t/")
)
"""The same anywhere in a listing, where each path stands between a tab and a zero: each is sought by its first sign."""


@dataclass(frozen=True, slots=True)
class Listing:
    """
    Entries by path.

    `regular`: each path was listed once, and in order; so it is with every tree that git made itself.
    """

    entries: dict[str, Entry]
    regular: bool


def committed(output: bytes, known: dict[str, Entry]) -> Listing:
    """
    Return what `ls-tree -r -z` lists.

    Two trees have most of their entries in common: `known` are those that were listed before, by their description.
    """
    return _listed(output, _committed, known)


def staged(output: bytes) -> Listing:
    """Return what `ls-files --stage -z` lists."""
    return _listed(output, _staged, {})


@dataclass(frozen=True, slots=True)
class Staged:
    """
    What the index has, by path; `doubtful` is what git may be wrong about on disk.

    That are files with conflicts, and those that somebody asked git to take for unchanged or to leave out of the
    working tree: they are in no other state than they are found in. `regular`: there are no conflicts.
    """

    entries: dict[str, Entry]
    doubtful: tuple[str, ...]
    regular: bool


def in_index(output: bytes) -> Staged:
    """Return what `ls-files -v --stage -z` lists."""
    listing = _listed(output, _marked, {})
    if listing.regular and output.count(_PLAIN) + output.startswith(_PLAIN[1:]) == len(listing.entries):
        return Staged(listing.entries, (), regular=True)
    records = [record.partition("\t") for record in output.decode("utf-8", "surrogateescape").split("\0")]
    odd = {path for about, _, path in records if not (about.startswith(_MARK) and about.endswith(" 0"))}
    return Staged(listing.entries, tuple(path for path in listing.entries if path in odd), listing.regular)


def _marked(description: str) -> Entry:
    """Return the entry of `<mark> <mode> <id> <stage>`, by `ls-files -v`."""
    return _staged(description.partition(" ")[2])


_MARK: Final = "H "
"""The mark of a file that nobody asked git to take for unchanged, or to leave out of the working tree."""

_PLAIN: Final = b"\0H "


def changed(before: Mapping[str, Entry], output: bytes) -> dict[str, Entry]:
    """
    Return the entries of a commit by those of another one and what `diff-tree --raw -z` lists.

    It tells of each path at which the sides differ. So no entry stays that the commit does not have, whatever the other
    one is made of.
    """
    told = output.decode("utf-8", "surrogateescape").split("\0")
    entries = dict(before)
    new: dict[str, Entry] = {}
    for about, path in zip(told[::2], told[1::2], strict=False):
        _, mode, _, identity, _ = about.split(" ")
        entries.pop(path, None)
        if mode != _ABSENT and not _UNUSABLE.search(path):
            new[path] = Entry(_KINDS.get(mode, "file"), None, identity)
    return entries | new


def _listed(output: bytes, entry: Callable[[str], Entry], known: dict[str, Entry]) -> Listing:
    r"""Return the entries of a listing: `<description>\t<path>\0`."""
    text = output.decode("utf-8", "surrogateescape")
    suspect = any(one.search(text) for one in _SUSPECT)
    found: dict[str, Entry] = {}
    records = text.split("\0")
    for record in records:
        description, _, name = record.partition("\t")
        if not name or (suspect and _UNUSABLE.search(name)):
            continue
        meant = known.get(description)
        if meant is None:
            meant = known[description] = entry(description)
        found[name] = meant
    paths = list(found)
    return Listing(found, regular=len(paths) == len(records) - 1 and paths == sorted(paths))


def _committed(description: str) -> Entry:
    """Return the entry of `<mode> <type> <id>`, by `ls-tree`."""
    mode, _, identity = description.split(" ")
    return Entry(_KINDS.get(mode, "file"), None, identity)


def _staged(description: str) -> Entry:
    """Return the entry of `<mode> <id> <stage>`, by `ls-files`; a file with conflicts has no content."""
    mode, identity, stage = description.split(" ")
    return Entry(_KINDS.get(mode, "file"), None, identity if stage == "0" else None)
