"""A plan, as far as it is read: of a version that is understood, with all that is to happen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from guardrail.frontends.terraform.plan.changes import Change, changes_of, planned_values_of
from guardrail.frontends.terraform.plan.parts import list_at, object_at
from guardrail.frontends.terraform.plan.text import document, refuse
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import shown

MAJORS: Final = ("0", "1")
"""Major versions of the format that are understood."""

_VERSION: Final = re.compile(r"([0-9]{1,4})\.[0-9]{1,6}(?:[.+-].*)?")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """
    A plan, as far as it is read.

    `file` is what people call it. `compares` says that it tells what is there already. `complete` is false where
    Terraform left something out (`-target`, deferred changes); `errored` where it could not finish.
    """

    file: str
    changes: tuple[Change, ...]
    configuration: Mapping[str, Any]
    variables: Mapping[str, Any]
    compares: bool
    drifted: int = 0
    complete: bool = True
    errored: bool = False


def load(data: bytes, file: str) -> Plan:
    """Return the plan that the bytes are. Raises a `PlanError` for anything else."""
    found = document(data, file)
    _check_version(found, file)
    if "resource_changes" not in found and "planned_values" in found and "deferred_changes" not in found:
        found = document(data, file, nulls=True)  # null is a value there: what is not known is left out
        changes = tuple(planned_values_of(found, file))
        compares = not changes
    else:
        changes = tuple(changes_of(found, file))
        compares = True
    seen: set[tuple[str, bool]] = set()
    for change in changes:
        if (change.address, change.deposed) in seen:
            refuse(file, f"{shown(change.address)} is in it twice")
        seen.add((change.address, change.deposed))
    return Plan(
        file=file,
        changes=changes,
        configuration=object_at(found, "configuration", file),
        variables=object_at(found, "variables", file),
        compares=compares,
        drifted=len(list_at(found, "resource_drift", file)),
        complete=found.get("complete") is not False,
        errored=found.get("errored") is True,
    )


def _check_version(found: Mapping[str, Any], file: str) -> None:
    version = found.get("format_version")
    if not isinstance(version, str):
        refuse(file, _no_plan(found))
    major = _VERSION.fullmatch(version)
    if major is None or major[1] not in MAJORS:
        message = f"its format_version is {shown(version)[:40]}; versions 0.1 to 1.x are understood"
        refuse(file, message, "use a newer guardrail, or an older Terraform for the plan")
    if not found.keys() & {"resource_changes", "planned_values", "deferred_changes", "configuration"}:
        refuse(file, _no_plan(found))


def _no_plan(found: Mapping[str, Any]) -> str:
    if "values" in found or "serial" in found or "lineage" in found:
        return "this is a state and no plan: it says what there is, not what is to be"
    if "@level" in found:
        return "this is a line of the log of `plan -json`, and no plan"
    if not isinstance(found.get("format_version"), str):
        return "not the JSON of a plan: it has no format_version"
    return "an empty plan"
