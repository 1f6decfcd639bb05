"""Paths into a resource: JSON Pointers (RFC 6901), the one spelling in decisions, unknowns and reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

Segment = Union[str, int]


def pointer(segments: Iterable[Segment]) -> str:
    """Return the pointer for keys from the root down: `("disk", 0, "a/b")` is `/disk/0/a~1b`."""
    return "".join(f"/{escaped(str(segment))}" for segment in segments)


def escaped(key: str) -> str:
    """Return a key as a segment of a pointer."""
    return key.replace("~", "~0").replace("/", "~1") if "/" in key or "~" in key else key


def segments(path: str) -> tuple[str, ...]:
    """Return the keys of a pointer; list indexes stay strings. The empty pointer has none."""
    if not path:
        return ()
    if not path.startswith("/"):
        message = f"not a JSON Pointer: {path!r} does not begin with a slash"
        raise ValueError(message)
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/"))


def covers(upper: str, lower: str) -> bool:
    """Whether `lower` is `upper` or lies below it."""
    return lower == upper or lower.startswith(f"{upper}/")


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern of METADATA, in which a `*` segment stands for any key, names exactly this path."""
    wanted, given = pattern.split("/"), path.split("/")
    return len(wanted) == len(given) and all(w in ("*", g) for w, g in zip(wanted, given, strict=True))


def ancestors(path: str) -> Iterable[str]:
    """Yield the path itself, then each pointer above it, the empty one last."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
