"""The line of a value in data, which compute nothing: what it is called, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guardrail.frontends.secrecy import MASK
from guardrail.model.path import segments
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.value import ABSENT, Unknown, Value, lookup


def own_step(place: Callable[[str], Place], shown: Mapping[str, Value], path: str, thing: str) -> Step:
    """
    Return the line of the value at a pointer; that it is not stated, where it is not.

    `shown` are attributes as they may be shown: what is masked or not known is not said. `thing` is what the whole is
    called.
    """
    keys = segments(path) if path.startswith("/") else ()
    value = lookup(shown, keys)
    name = "".join(f"[{key}]" if key.isdigit() else f".{key}" for key in keys).lstrip(".") or thing
    if value is ABSENT:
        return Step(place(path), f"{name} is not stated", UNSAID)
    return Step(place(path), name, UNSAID if isinstance(value, Unknown) or value == MASK else value)
