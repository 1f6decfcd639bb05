"""Plans as `terraform show -json` prints them, made by hand and made of what was read from files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Optional

from guardrail.model.path import pointer
from guardrail.model.resource import Resource
from guardrail.model.value import OpenMap, Unknown


def change(
    address: str,
    after: Optional[Mapping[str, Any]] = None,
    *,
    before: Optional[Mapping[str, Any]] = None,
    actions: Iterable[str] = (),
    unknown: Any = None,
    inside: Optional[Mapping[str, Any]] = None,
    **more: Any,
) -> dict[str, Any]:
    """Return one of `resource_changes`; `inside` are further members of its `change`. Actions follow."""
    module, _, block = _split(address)
    type_, _, name = block.partition("[")[0].partition(".")
    usual = ["create"] if before is None else ["delete"] if after is None else ["update"]
    told: dict[str, Any] = {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": name,
        "provider_name": f"registry.terraform.io/hashicorp/{type_.partition('_')[0]}",
        "change": {
            "actions": [*actions] or usual,
            "before": before,
            "after": after,
            "after_unknown": {} if unknown is None else unknown,
            **(inside or {}),
        },
        **more,
    }
    return {**told, "module_address": module} if module else told


def _split(address: str) -> tuple[str, str, str]:
    """Return module, dot and the rest of an address without dots in its keys."""
    parts = address.split(".")
    return ".".join(parts[:-2]), ".", ".".join(parts[-2:])


def block(address: str, expressions: Mapping[str, Any], provider: str = "aws", **more: Any) -> dict[str, Any]:
    """Return one of the resources of a module in `configuration`."""
    type_, _, name = address.partition(".")
    about = {"address": address, "mode": "managed", "type": type_, "name": name}
    return {**about, "provider_config_key": provider, "expressions": dict(expressions), **more}


def constant(value: Any) -> dict[str, Any]:
    """Return an expression that is a constant."""
    return {"constant_value": value}


def refers(*texts: str) -> dict[str, Any]:
    """Return an expression that refers to something."""
    return {"references": list(texts)}


def plan(
    *changes: Mapping[str, Any],
    blocks: Iterable[Mapping[str, Any]] = (),
    providers: Optional[Mapping[str, Any]] = None,
    root: Optional[Mapping[str, Any]] = None,
    **more: Any,
) -> bytes:
    """Return a plan. `root` are further members of the root module in `configuration`."""
    region = {"aws": {"name": "aws", "expressions": {"region": constant("us-east-1")}}}
    configuration = {
        "provider_config": region if providers is None else providers,
        "root_module": {"resources": [*blocks], **(root or {})},
    }
    told = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [*changes],
        "configuration": configuration,
        **more,
    }
    return json.dumps({key: value for key, value in told.items() if value is not None}).encode()


def planned(resources: Iterable[Resource]) -> bytes:
    """Return the plan that creates what was read from files: its values, and true where they are not known."""
    changes, blocks = [], []
    for one in resources:
        address = one.address.partition("//")[2]
        known = {key: _value(value) for key, value in one.attributes.items() if not isinstance(value, Unknown)}
        unknown = {key: _mark(value) for key, value in one.attributes.items()}
        changes.append(change(address, {**known, "arn": None}, unknown={**unknown, "id": True}))
        expressions = {key: _expressions(one, (key,), value) for key, value in one.attributes.items()}
        blocks.append(block(address.partition("[")[0], expressions))
    return plan(*changes, blocks={str(one["address"]): one for one in blocks}.values(), providers={})


def _expressions(resource: Resource, path: tuple[Any, ...], value: Any) -> Any:
    """Return the expression of an attribute, or those in nested blocks."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(one, Mapping) for one in value):
        return [
            {key: _expressions(resource, (*path, index, key), inner) for key, inner in one.items()}
            for index, one in enumerate(value)
        ]
    refer = resource.native.referents(pointer(path))
    return refers(*refer) if refer else refers("local.x") if isinstance(value, Unknown) else constant(_value(value))


def _value(value: Any) -> Any:
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Mapping):
        return {key: _value(inner) for key, inner in value.items() if not isinstance(inner, Unknown)}
    if isinstance(value, (list, tuple)):
        return [_value(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def _mark(value: Any) -> Any:
    if isinstance(value, (Unknown, OpenMap)):
        return True
    if isinstance(value, Mapping):
        return {key: mark for key, inner in value.items() if (mark := _mark(inner)) is not False}
    if isinstance(value, (list, tuple)):
        return [_mark(inner) for inner in value]
    return False
