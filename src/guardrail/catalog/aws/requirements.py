"""
Machines that AWS chooses by what they must have (`instance_requirements`).

Without `accelerator_count` or `accelerator_types` machines with accelerators are not ruled out; `max = 0` does it.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from guardrail.catalog import machines
from guardrail.catalog.convert import ConversionError, whole
from guardrail.catalog.facts import bare
from guardrail.catalog.machines import accelerators_of
from guardrail.catalog.read import below
from guardrail.model.value import CANDIDATES, Reason, Unknown, Value

_PLAIN: Final = Unknown(Reason.COMPUTED, note="AWS chooses a machine without accelerators")
_ANY: Final = Unknown(
    Reason.REFUSED, note="AWS chooses a machine, and no accelerator_count with max = 0 keeps accelerators out"
)


def chosen(requirements: Value) -> Value:
    """
    Return the machine type that AWS chooses: unknown, with candidates where `allowed_instance_types` tells them all.

    Which machine comes is up to AWS; that one with accelerators may come is up to the author, so it is `refused`.
    """
    if isinstance(requirements, Unknown):
        return bare(requirements)
    types = _allowed(below(requirements, ("allowed_instance_types",)))
    without = _none_asked(requirements)
    if without:
        types = tuple(one for one in types if isinstance(has := accelerators_of("aws", one), Unknown) or not has)
    return _one_of(types, _PLAIN if without or _all_plain(types) else _ANY)


def of_family(family: str) -> Value:
    """Return the machine type where AWS chooses any of one family."""
    types = machines.of_family("aws", family)
    return _one_of(types, _PLAIN if _all_plain(types) else _ANY)


def excludes_accelerators(requirements: Value) -> bool:
    """Return whether it is certain that no machine with accelerators comes."""
    return _none_asked(requirements) or _all_plain(_allowed(below(requirements, ("allowed_instance_types",))))


def _one_of(types: tuple[str, ...], why: Unknown) -> Value:
    if len(types) == 1:
        return types[0]
    return replace(why, one_of=types if 1 < len(types) <= CANDIDATES else None)


def _none_asked(requirements: Value) -> bool:
    most = below(requirements, ("accelerator_count", 0, "max"))
    try:
        return not isinstance(most, Unknown) and most is not None and whole(most) == 0
    except ConversionError:
        return False


def _all_plain(types: tuple[str, ...]) -> bool:
    return bool(types) and all(accelerators_of("aws", one) == () for one in types)


def _allowed(patterns: Value) -> tuple[str, ...]:
    """
    Return all machine types that patterns name (`g5.*`, `m5.large`); none where there may be others.

    The table tells all types of a family that it knows. It does not know all families, so that of a pattern that
    leaves the family open (`g*`, `*`) nobody can say all.
    """
    if not isinstance(patterns, (list, tuple)):
        return ()
    found: dict[str, None] = {}
    for pattern in patterns:
        if not isinstance(pattern, str):
            return ()
        family = pattern.partition(".")[0]
        types = machines.of_family("aws", family) if "*" in pattern else (pattern,)
        matching = [one for one in types if _matches(one, pattern)] if "*" not in family else []
        if not matching:
            return ()
        found |= dict.fromkeys(matching)
    return tuple(found)


def _matches(name: str, pattern: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None
