"""Every kind has an example, says of it what was reviewed, and is billed by services that the book knows."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import build_kind_examples as builder
import pytest

from guardrail.catalog import describe
from guardrail.catalog.kind import ByUsage, DiskMonths, Flat, Kind, NoRows
from guardrail.catalog.plain import plain
from guardrail.catalog.read import reader
from guardrail.catalog.registry import declared, kind, kinds, types_of
from guardrail.catalog.spelling import snake
from guardrail.data import DIRECTORY
from guardrail.model.path import pointer
from guardrail.model.resource import Category, Resource
from guardrail.model.value import OpenMap, Reason, Unknown, unknowns

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ROOT / "fixtures" / "kinds"
FOLDERS: Final = sorted(path for path in EXAMPLES.iterdir() if path.is_dir())
OBJECT: Final = "!"
"""In the address of an object of Kubernetes that stands in a resource: it is none of these kinds."""

ROWS: Final = "rows_"
"""Folders of kinds that are one row of a table begin so."""

CLOUDS: Final = {
    "aws": "aws",
    "AWS": "aws",
    "google": "gcp",
    "azurerm": "azure",
    "sagemaker": "aws",
    "vertex": "gcp",
    "azureml": "azure",
}
KINDS: Final = {one.type: one for one in kinds()}


@cache
def resources(folder: Path) -> Mapping[str, Resource]:
    return builder.resources(folder)[0]


@cache
def examples() -> Mapping[str, tuple[Resource, ...]]:
    found: dict[str, list[Resource]] = {}
    for folder in FOLDERS:
        for resource in resources(folder).values():
            one = kind(resource.type)
            found.setdefault(one.type if one is not None else resource.type, []).append(resource)
    return {native: tuple(several) for native, several in found.items()}


@cache
def skus(cloud: str, service: str) -> frozenset[str]:
    with (DIRECTORY / "prices" / cloud / f"{service}.csv").open(encoding="utf-8", newline="") as rows:
        return frozenset(row["sku"] for row in csv.DictReader(rows))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_example_says_what_was_reviewed(folder: Path) -> None:
    told = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert json.loads(builder.expected(folder)) == told


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_example_is_filed_under_its_kind(folder: Path) -> None:
    meant = [kind(resource.type) for address, resource in resources(folder).items() if OBJECT not in address]
    assert None not in meant
    types = {one.type for one in meant if one is not None}
    if folder.name.startswith(ROWS):
        assert all(not KINDS[native].groups for native in types)
    else:
        assert folder.name in {native.replace("/", "_").replace("::", "_") for native in types}


def test_every_kind_has_an_example() -> None:
    assert sorted(set(KINDS) - set(examples())) == []


def test_kinds_are_declared_once() -> None:
    assert len(kinds()) == len(KINDS)
    assert all(kind(native) is one for native, one in KINDS.items())
    written = [native for one in kinds() for spelling in one.spellings for native in (spelling.type, *spelling.also)]
    assert sorted(written) == sorted(set(written)), "two kinds are written as the same type"
    assert all(kind(native) is one for one in kinds() for native in types_of(one.type))


@pytest.mark.parametrize("native", ["aws_instanc", "nope", "", "kubernetes_thing", "apps/Deployment"])
def test_other_types_are_not_understood(native: str) -> None:
    assert kind(native) is None


@pytest.mark.parametrize("one", kinds(), ids=lambda one: one.type)
def test_declaration_is_sound(one: Kind) -> None:
    assert one.source.startswith("https://")
    assert one.category in get_args(Category)
    assert not (one.worldwide and one.region)
    assert not (one.labels is not None and one.labels_from is not None)
    for link in one.links:
        assert link.at.startswith("/")
        assert set(link.types) <= set(KINDS) | {"aws_ecs_service"}, "a link leads to a type that nobody declared"


@pytest.mark.parametrize("one", [one for one in kinds() if one.lines], ids=lambda one: one.type)
def test_lines_name_services_and_skus_of_the_book(one: Kind) -> None:
    cloud = CLOUDS.get(re.split("[_/:]", one.type)[0], "")
    for line in one.lines:
        if isinstance(line, (ByUsage, NoRows)):
            continue
        assert skus(cloud, line.service)
        if isinstance(line, DiskMonths) and line.sku is not None:
            assert line.sku in skus(cloud, line.service)
        if isinstance(line, Flat):
            for sku in _skus(one, line):
                assert sku is None or sku in skus(cloud, line.service)


def _skus(one: Kind, line: Flat) -> Iterator[object]:
    if isinstance(line.sku, str):
        yield line.sku
    else:
        for resource in examples()[one.type]:
            yield reader(line.sku)(resource.attributes)


@pytest.mark.parametrize("native", sorted(KINDS))
def test_examples_are_read_without_error(native: str) -> None:
    for resource in examples()[native]:
        document = builder.facts(resource)
        assert [path for path, why in document["unknown"].items() if why["reason"] == "error"] == []


@pytest.mark.parametrize("native", sorted(native for native, one in KINDS.items() if one.taggable))
def test_taggable_kinds_show_tags_of_an_example(native: str) -> None:
    assert any(resource.labels for resource in examples()[native]), "no example carries a tag"


@pytest.mark.parametrize("native", sorted(KINDS))
def test_unknown_attribute_never_becomes_another_known_fact(native: str) -> None:
    """Hide every attribute of every example, one at a time: facts stay as they are or become unknown."""
    for resource in examples()[native]:
        known = dict(_leaves(_facts(resource, resource.attributes)))
        for path in _pointers(resource.attributes):
            if _names_group(KINDS[native], path):
                continue  # the group is there all the same, under its index
            hidden = _facts(resource, _hide(resource.attributes, path))
            covered = {at for at, _, _ in unknowns(hidden)}
            for at, value in _leaves(hidden):
                if _is_one_of_several(at, covered):
                    continue
                assert at in known, f"{pointer(path)} unknown: {at} appears as {value!r}"
                assert value == known[at], f"{pointer(path)} unknown: {at} is {value!r}, was {known[at]!r}"
            for at in known.keys() - dict(_leaves(hidden)).keys():
                above = {at[:cut] for cut in range(len(at) + 1) if cut == len(at) or at[cut] == "/"}
                assert above & covered, f"{pointer(path)} unknown: {at} vanishes"


def _is_one_of_several(at: str, covered: Collection[str]) -> bool:
    """Whether it is said of an accelerator beside one that is not known: that one may come, wherever it stood."""
    above, found, _ = at.partition("/accelerators/")
    return bool(found) and any(re.fullmatch(f"{re.escape(above)}/accelerators/[0-9]+/model", one) for one in covered)


def _names_group(one: Kind, path: tuple[Any, ...]) -> bool:
    """Whether the attribute is, or holds, the name of a group of a repeated block, in whatever words it is."""
    words = [snake(key) for key in path if isinstance(key, str)]
    for spec in one.groups:
        each = [key for key in spec.each if isinstance(key, str)]
        element = isinstance(path[-1], int) and words[-len(each) :] == each
        if each and (element or words[-len(each) - 1 :] == [*each, spec.name]):
            return True
    return False


def _facts(resource: Resource, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    seen = describe.build(
        kind(resource.type),
        address=resource.address,
        unit=resource.unit,
        type=resource.type,
        name=resource.name,
        format=resource.format,
        attributes=attributes,
        native=resource.native,
        provider=resource.provider,
        region="elsewhere",
        spelling=None if (found := declared(resource.type)) is None else found.spelling,
    )
    told = {
        "region": seen.region,
        "account": seen.account,
        "cluster": seen.cluster,
        "labels": seen.labels,
        "lifetime": seen.lifetime,
        "autoscaling": seen.autoscaling,
        "storage": plain(seen.storage),
        "groups": plain(seen.groups),
        "facts": seen.facts,
    }
    return {key: value for key, value in told.items() if value is not None}


def _leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Unknown):
        return
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _leaves(member, at + pointer((key,)))
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(value):
            yield from _leaves(member, f"{at}/{index}")
    else:
        yield at, value


def _pointers(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield (*above, key)
            yield from _pointers(member, (*above, key))
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(value):
            yield (*above, index)
            yield from _pointers(member, (*above, index))


def _hide(value: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return Unknown(Reason.VARIABLE)
    if isinstance(value, Mapping):
        hidden = {**value, path[0]: _hide(value[path[0]], path[1:])}
        return OpenMap(hidden, value.rest) if isinstance(value, OpenMap) else hidden
    return [_hide(member, path[1:]) if index == path[0] else member for index, member in enumerate(value)]
