"""Every kind of Kubernetes object has an example, and guardrail says of it what was reviewed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import build_object_examples as builder
import pytest

from guardrail.catalog.kubernetes.rows import builtin
from guardrail.catalog.kubernetes.workload import Count, Pods, Workload
from guardrail.model.resource import Category, Resource
from guardrail.model.value import Unknown

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ROOT / "fixtures" / "objects"
FOLDERS: Final = sorted(path for path in EXAMPLES.iterdir() if path.is_dir())
ROWS: Final = {row.type: row for row in builtin().values()}


@cache
def examples() -> Mapping[str, tuple[Resource, ...]]:
    found: dict[str, list[Resource]] = {}
    for folder in FOLDERS:
        for resource in builder.resources(folder)[0].values():
            found.setdefault(resource.type, []).append(resource)
    return {native: tuple(several) for native, several in found.items()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_example_says_what_was_reviewed(folder: Path) -> None:
    told = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert json.loads(builder.expected(folder)) == told


def test_every_row_has_an_example() -> None:
    assert sorted(set(ROWS) - set(examples())) == []


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.pods or row.nested], ids=lambda row: row.type)
def test_groups_are_found(row: Workload) -> None:
    assert any(not isinstance(one.groups, Unknown) and one.groups for one in examples()[row.type])


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.type)
def test_row_is_sound(row: Workload) -> None:
    assert row.source.startswith("https://")
    assert row.category in get_args(Category)
    assert row.type.count("/") == 1
    pointers = [row.ends, row.suspended, row.timezone, row.claim, *row.schedule, *row.hidden]
    for count in row.lifetime.values():
        pointers += count.at
    for pods in row.pods:
        pointers += _pointers(pods)
    assert all(pointer == "" or pointer.startswith(("/", "#/", "^/")) for pointer in pointers)


@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.lifetime], ids=lambda row: row.type)
def test_every_lifetime_fact_is_shown_by_an_example(row: Workload) -> None:
    shown = {fact for one in examples()[row.type] for fact in _lifetime(one)}
    assert set(row.lifetime) <= shown


def _lifetime(resource: Resource) -> Mapping[str, Any]:
    return {} if isinstance(resource.lifetime, Unknown) else resource.lifetime


def _pointers(pods: Pods) -> list[str]:
    counts: list[Count | None] = [pods.desired, pods.min, pods.max, pods.overlap, pods.cooldown]
    counts += [*pods.at_most, *pods.times]
    stated = [pods.each, pods.named, pods.pod, pods.resources, pods.scaled, pods.claims]
    return [*stated, *pods.template, *pods.containers, *(at for one in counts if one is not None for at in one.at)]
