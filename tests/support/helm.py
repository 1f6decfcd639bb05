"""The real Helm, if there is one: on PATH, or where `make test` puts it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from shutil import which

import pytest

from guardrail.config.settings import Settings
from guardrail.frontends.discover import Discovery, discover
from guardrail.frontends.known import Known
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.readers import read
from guardrail.frontends.rendering.tool import Tools
from guardrail.model.resource import Resource
from guardrail.sources.listed import MemoryTree

BUILT = Path(__file__).parents[2] / "build" / "tools"
SEARCH = os.pathsep.join((os.environ.get("PATH", ""), str(BUILT)))
"""A search path on which Helm is, if it is anywhere."""

needs_helm = pytest.mark.skipif(
    which("helm", path=SEARCH) is None,
    reason="helm is neither on PATH nor in build/tools (`make test` builds it where there is go): no chart is rendered",
)

PLAIN = Settings()
CHART = "apiVersion: v2\nname: serve\nversion: 1.0.0\n"


def deployment(replicas: str = "1", gpus: str = "1", name: str = "serve", more: str = "") -> str:
    """Return a Deployment that asks for accelerators."""
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  replicas: {replicas}\n"
        f"  template:\n    spec:\n      containers:\n        - name: c\n          resources:\n            limits:\n"
        f"              nvidia.com/gpu: {gpus}\n{more}"
    )


def tree(files: Mapping[str, str]) -> MemoryTree:
    """Return a tree of files; a chart in `serve` where they have none of their own."""
    texts = {"serve/Chart.yaml": CHART, **files}
    return MemoryTree({path: text.encode("utf-8", "surrogateescape") for path, text in texts.items()})


def known() -> Known:
    """Return what knows of the real tools."""
    return Known(tools=Tools(SEARCH))


def found(files: Mapping[str, str], settings: Settings = PLAIN) -> Discovery:
    """Return what is discovered in some files."""
    return discover(tree(files), settings, demand=False, known=known())


def judged(files: Mapping[str, str], settings: Settings = PLAIN) -> Parsed:
    """Return all that units of some files come to."""
    seen, knows = tree(files), known()
    units = discover(seen, settings, demand=False, known=knows).units
    several = [read(seen, unit, settings, knows, knows.budget) for unit in units]
    return Parsed(
        tuple(one for part in several for one in part.resources),
        tuple(one for part in several for one in part.diagnostics),
    )


def only(parsed: Parsed, kind: str = "apps/Deployment") -> Resource:
    """Return the only resource of a type."""
    [one] = [one for one in parsed.resources if one.type == kind]
    return one


def steps(resource: Resource, pointer: str) -> list[str]:
    """Return the lines that led to the value at a pointer."""
    return [f"{step.place.file}:{step.place.line}" for step in resource.native.trace(pointer)]
