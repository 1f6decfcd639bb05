"""What the folders of packages are called: by source and version, for people who read a path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from guardrail.frontends.terraform.lock import Locked

_SHORT: Final = 12
_PART: Final = re.compile(r"[^0-9A-Za-z._-]+")
_LONGEST: Final = 100


def folder_name(locked: Locked) -> str:
    """Return what the folder of a package is called."""
    source = re.sub(r"^[a-z]+::|^[a-z]+://|\.git(?=$|\?)", "", re.sub(r"^git::[a-z]+://", "", locked.source))
    source = source.partition("?")[0].rpartition("@")[2]
    name = _PART.sub(".", source).strip(".-_")[:_LONGEST]
    return f"{name}-{locked.version or locked.commit[:_SHORT] or locked.digest.rpartition(':')[2][:_SHORT]}"


def names_of(packages: Iterable[Locked]) -> Mapping[Locked, str]:
    """Return the folder of each package; where two would have the same, their digests tell them apart."""
    found = {one: folder_name(one) for one in sorted(packages)}
    taken: dict[str, int] = {}
    for name in found.values():
        taken[name.lower()] = taken.get(name.lower(), 0) + 1
    return {
        one: name if taken[name.lower()] == 1 else f"{name}-{one.digest.rpartition(':')[2][:_SHORT]}-{index}"
        for index, (one, name) in enumerate(found.items())
    }
