"""Requests in files, for tests: the graph that they make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from guardrail.config.settings import Settings
from guardrail.frontends.discover import discover
from guardrail.frontends.known import Known
from guardrail.frontends.readers import read
from guardrail.graph.build import build
from guardrail.model.graph import Graph
from guardrail.model.resource import Group, Resource
from guardrail.sources.listed import MemoryTree


def graph(files: Mapping[str, Any]) -> Graph:
    """Return the graph of files: bytes, or what is written into them as JSON."""
    tree = MemoryTree(
        {name: body if isinstance(body, bytes) else json.dumps(body).encode() for name, body in files.items()}
    )
    settings, known = Settings(), Known()
    found = discover(tree, settings, known=known)
    return build([read(tree, unit, settings, known, known.budget) for unit in found.units], found.units, settings)


def only(body: Any, name: str = "a.json") -> Resource:
    """Return the only resource that a body makes."""
    (found,) = graph({name: body}).resources.values()
    return found


def group(resource: Resource, name: str = "main") -> Group:
    """Return a group of a resource."""
    assert isinstance(resource.groups, dict)
    found: Group = resource.groups[name]
    return found
