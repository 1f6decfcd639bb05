"""How unknowns are told to people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.model.path import segments
from guardrail.model.value import Reason, Unknown

BECAUSE: Final[Mapping[Reason, str]] = {
    Reason.COMPUTED: "only the provider knows it, after apply",
    Reason.DATA: "it is read from a data source",
    Reason.ENVIRONMENT: "it depends on the environment of whoever applies",
    Reason.USAGE: "it depends on use that nobody has stated",
    Reason.UNPRICED: "there is no price for it",
    Reason.VARIABLE: "it comes from an input without a value",
    Reason.MODULE: "it comes from a module that is not at hand",
    Reason.TEMPLATE: "another tool fills it in",
    Reason.UNBOUNDED: "nothing limits it",
    Reason.REFUSED: "guardrail does not compute it",
    Reason.ERROR: "its expression is in error",
}

REMEDY: Final[Mapping[Reason, str]] = {
    Reason.COMPUTED: "Write the value as a literal or a variable with a value.",
    Reason.DATA: "Write the value as a literal or a variable with a value.",
    Reason.ENVIRONMENT: "State it in the provider block, or for the unit in guardrail.yaml.",
    Reason.USAGE: "State the usage.",
    Reason.UNPRICED: "State what the price depends on, or choose what has a price.",
    Reason.VARIABLE: "Give the variable a default, or a value in a file of variables that the unit reads.",
    Reason.MODULE: (
        "Fetch the module with `guardrail modules fetch` and judge with --modules, or map its source to a folder of the"
        " repository under `modules:` in guardrail.yaml."
    ),
    Reason.TEMPLATE: "Have guardrail judge what the tool renders.",
    Reason.UNBOUNDED: "State an upper bound.",
    Reason.REFUSED: "Write the value in a simpler way, as a literal or a variable with a value.",
    Reason.ERROR: "Correct the expression; the diagnostics say what is wrong with it.",
}

_FIRST: Final = 3


def thing(path: str) -> str:
    """Return how people call what a path leads to."""
    keys = segments(path)
    if len(keys) == 2 and keys[0] in ("labels", "annotations"):  # noqa: PLR2004 - the map and the key
        return f"{keys[0][:-1]} {keys[1]}"
    if len(keys) > 2 and keys[0] == "groups":  # noqa: PLR2004 - below a group
        return f"{' '.join(keys[2:])} of group {keys[1]}"
    if path == "/multiplicity":
        return "the number of copies"
    return " ".join(keys) if keys else "the resource"


def not_known(path: str, unknown: Unknown) -> str:
    """Return a sentence: what is not known, and why."""
    note = f" ({unknown.note})" if unknown.note else ""
    return f"{thing(path)} is not known: {BECAUSE[unknown.reason]}{note}"


def remedy(reason: Reason, passing: Optional[str]) -> str:
    """Return what to do about something that is not known, and what would pass then, as far as the policy says it."""
    return REMEDY[reason] if passing is None else f"{REMEDY[reason]} {passing}"


def value(one: Any) -> str:
    """Return a candidate as people read it, cut where it is long."""
    if isinstance(one, list) and all(isinstance(part, dict) and "count" in part for part in one):
        return " and ".join(map(_devices, one)) or "no accelerator"
    text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:79]}…"  # noqa: PLR2004 - as much as fits into a message


def _devices(accelerator: Mapping[str, Any]) -> str:
    model = accelerator.get("model") or accelerator.get("family") or "accelerator"
    return f"{accelerator['count']} × {model}"


def listed(addresses: Sequence[str]) -> str:
    """Return the first of some addresses, and how many more there are."""
    more = len(addresses) - _FIRST
    return ", ".join(addresses[:_FIRST]) + (f" and {more} more" if more > 0 else "")
