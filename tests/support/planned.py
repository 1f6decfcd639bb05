"""Files and the plan that Terraform made of them, held against each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Optional

from guardrail.frontends.budget import Budget
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.plan.document import load
from guardrail.frontends.terraform.plan.join import Source
from guardrail.frontends.terraform.plan.read import Sides
from guardrail.frontends.terraform.plan.read import read as read_plan
from guardrail.frontends.terraform.read import read as read_files
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Resource
from guardrail.model.value import OpenMap, Unknown
from guardrail.sources.listed import MemoryTree

UNIT = Unit(name=".", format="terraform", directory=".", files=("main.tf",))


def by_files(files: Mapping[str, str], unit: Unit = UNIT) -> dict[str, Resource]:
    """Return the resources of a root by native address."""
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return {one.address: one for one in read_files(tree, unit, SyntaxCache(), {}).resources}


def by_plan(
    data: bytes,
    files: Mapping[str, str],
    unit: Unit = UNIT,
    *,
    name: str = "plan.json",
    budget: Optional[Budget] = None,
) -> Sides:
    """Return both sides of a plan, joined with its files if there are any."""
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    plan = load(data, name)
    left = budget or Budget()
    source = Source(tree, unit, SyntaxCache(), {}, plan, left) if files else None
    return read_plan(plan, unit, source, left)


def disagreements(files: Mapping[str, str], plan: Any, unit: Unit = UNIT) -> list[str]:
    """
    Return where files and plan do not tell the same.

    What files tell must be planned so. Files may know more of what cannot be told before apply, but not less: what
    they do not tell the plan may not either, unless the state does.
    """
    planned = {one.address: one for one in by_plan(json.dumps(plan).encode(), files, unit).head.resources}
    found = []
    for address, stated in by_files(files, unit).items():
        if stated.multiplicity.why is not None:
            continue
        if address not in planned:
            found.append(f"{address} is not planned")
            continue
        for name, value in stated.attributes.items():
            told = planned[address].attributes.get(name)
            if not _agree(value, told):
                found.append(f"{address} {name}: files {value!r}, plan {told!r}")
    return found


def _agree(stated: Any, planned: Any) -> bool:
    if isinstance(stated, Unknown) or isinstance(planned, Unknown):
        return True
    if isinstance(stated, Mapping):
        members = {key: value for key, value in stated.items() if value is not None}
        inside = planned if isinstance(planned, Mapping) else {}
        more = inside.keys() - members.keys()
        return (isinstance(stated, OpenMap) or not more) and all(
            _agree(value, inside.get(key)) for key, value in members.items()
        )
    if isinstance(stated, (list, tuple)):
        if not isinstance(planned, (list, tuple)) or len(stated) != len(planned):
            return False
        return all(map(_agree, stated, planned))
    return type(stated) is type(planned) and stated == planned
