"""Evasions that the formats allow: what would be applied is what is counted, or it is said that it cannot be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any, Final, Union

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.resource import Resource
from guardrail.model.value import NoBound, Unknown
from guardrail.sources.listed import MemoryTree

FOLDER: Final = Path(__file__).parents[4] / "fixtures" / "hostile" / "kubernetes"
CASES: Final[Mapping[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", sorted(CASES), ids=lambda file: f"{file}: {CASES[file]['why']}")
def test_devices_are_counted_or_not_known(file: str) -> None:
    unit = Unit(name="k8s", format="kubernetes", directory="k8s", files=(file,))
    parsed = read(MemoryTree({file: (FOLDER / file).read_bytes()}), unit)
    refused = any(one.unread for one in parsed.diagnostics) and not parsed.resources
    told = "refused" if refused else _devices(tuple(build([parsed]).resources.values()))
    assert told == CASES[file]["devices"]
    assert [one.code for one in parsed.diagnostics] == CASES[file]["diagnostics"]


def test_every_file_is_a_case() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*CASES, "expected.json"}


def _devices(resources: tuple[Resource, ...]) -> Union[int, str]:
    """Return devices × largest number of replicas, or why that is no number."""
    total = 0
    for resource in resources:
        assert not isinstance(resource.groups, Unknown)
        for group in resource.groups.values():
            if isinstance(group.accelerators, Unknown):
                return "unknown"
            for one in group.accelerators:
                if isinstance(one.count, Unknown) or isinstance(group.replicas.max, Unknown):
                    return "unknown"
                if isinstance(group.replicas.max, NoBound):
                    return "unbounded"
                assert isinstance(one.count, int)
                assert isinstance(group.replicas.max, int)
                total += ceil(one.count * (one.fraction or 1)) * group.replicas.max
    return total
