"""What an edit is, why there may be none, and how edits are made in the bytes of a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Optional

from guardrail.errors import GuardrailError
from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place

Why = Literal[
    "missing", "present", "unknown", "several", "expression", "template", "heredoc", "key", "block", "sensitive",
    "outside", "unread", "value", "instances", "without-effect", "error",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Also:
    """Something else that an edit changes, since it refers to the same place: an address, and a path below it."""

    address: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """
    A stretch of one file that becomes another; every other byte stays.

    `file` is the real path in the tree, links followed. `start` and `end` are offsets in bytes, `end` exclusive;
    `old` is what stands there and `new` what shall. `place` is the same stretch in lines and columns, `says` tells it
    to people. `also` is what else in the unit changes with it; a module that other roots call changes for them, too, so
    that whoever makes the edit reads those again.
    """

    file: str
    start: int
    end: int
    old: bytes
    new: bytes
    place: Place
    says: str
    also: tuple[Also, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    Why there is no single safe edit.

    | code             |                                                                                        |
    |------------------|----------------------------------------------------------------------------------------|
    | `missing`        | there is no such resource, or nothing is written for the path                           |
    | `present`        | what is to be added is there                                                            |
    | `unknown`        | the value is not known: computed, a variable without a value, …                         |
    | `several`        | the value is written in several places: both arms of a conditional                      |
    | `expression`     | the value is made by an operator, a function or a comprehension                         |
    | `template`       | the value is a text with others in it                                                   |
    | `heredoc`        | the value is a text of several lines                                                    |
    | `key`            | the value is a key, or a number, that tells instances apart                             |
    | `block`          | a nested block is meant, and not an argument of one                                     |
    | `sensitive`      | the value is marked as sensitive                                                        |
    | `outside`        | the file is not part of the repository: a fetched module                                |
    | `unread`         | the file could not be read in full                                                      |
    | `value`          | the new value cannot be written in this language                                        |
    | `instances`      | resources would appear or vanish                                                        |
    | `without-effect` | the value would be another one than the one that was asked for                          |
    | `error`          | the configuration would be in error, where it is not now                                |
    """

    code: Why
    message: str
    place: Optional[Place] = None


class EditError(GuardrailError):
    """Edits cannot be made together, or not in these bytes."""


def applied(data: bytes, edits: Iterable[Edit]) -> bytes:
    """
    Return the bytes of a file after edits of it, in whatever order they come.

    Of edits that only insert at the same place the first comes first. Edits that overlap, or that were made for other
    bytes, raise an `EditError`: one of them has to be made first, and the other be asked for again.
    """
    pieces: list[bytes] = []
    position = 0
    last: Optional[Edit] = None
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if last is not None and last.file != edit.file:
            raise EditError(f"these are edits of two files, {last.file} and {edit.file}")
        if last is not None and (edit.start < position or last.start == edit.start < last.end):
            hint = "Make one of the two, and ask for the other again."
            raise EditError("two edits change the same text", place=edit.place, hint=hint)
        if data[edit.start : edit.end] != edit.old:
            raise EditError("the file has changed since the edit was made", place=edit.place, hint="Ask for it again.")
        pieces += (data[position : edit.start], edit.new)
        position, last = edit.end, edit
    return b"".join((*pieces, data[position:]))
