"""Resources as the catalog describes them, of attributes that a test states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from natives import Echoing

from guardrail.catalog import describe
from guardrail.catalog.registry import kind
from guardrail.model.resource import Resource
from guardrail.model.value import Value


def described(type_: str, attributes: Mapping[str, Value], **more: Any) -> Resource:
    """Return a resource called `this`, in a region of its provider; `more` is what else is said of it."""
    return describe.build(
        kind(type_),
        address=f".//{type_}.this",
        unit=".",
        type=type_,
        format="terraform",
        attributes=attributes,
        **{
            "name": "this",
            "provider": type_.partition("_")[0],
            "region": "us-east-1",
            "native": Echoing(),
            **more,
        },
    )
