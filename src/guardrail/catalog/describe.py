"""
From native attributes to a `Resource`, by the declaration of their type.

What is written and known is read; what is not known stays unknown in its place, with its reason and candidates; what
is not stated stays absent, unless the cloud documents what it then does. Never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any, Final, Optional, Union

from guardrail.catalog import convert
from guardrail.catalog.facts import as_place, as_text, bare, sound
from guardrail.catalog.groups import MAIN, GroupReading, Origins, disk_facts, group_origins, group_readings, read_groups
from guardrail.catalog.kind import Fact, First, From, Kind, Of, ScaleSpec, at
from guardrail.catalog.read import SUPPLIERS, Reader, blocks, paths, reader, words
from guardrail.catalog.registry import declared as declared_of
from guardrail.catalog.registry import in_words_of_kind, types_of
from guardrail.catalog.spelling import Respelled, Spelling, respell
from guardrail.catalog.storage import disks_reader
from guardrail.model.dataclass import dataclass
from guardrail.model.path import pointer
from guardrail.model.resource import SINGLE, Format, Link, Multiplicity, Native, Origin, Resource
from guardrail.model.value import Reason, Text, Unknown, Value, apply

PROVIDERS: Final[Mapping[str, str]] = {
    "aws": "aws",
    "awscc": "aws",
    "google": "gcp",
    "google-beta": "gcp",
    "azurerm": "azure",
    "azapi": "azure",
    "sagemaker": "aws",
    "vertex": "gcp",
    "azureml": "azure",
}
"""How the contract names the clouds that types and providers call otherwise."""

OTHER: Final = Kind(
    type="",
    category="other",
    source="",
    labels_from=From((First((at("tags"), at("labels"))),), lambda tags: tags if isinstance(tags, Mapping) else None),
)
"""What is read of a type that nobody declared: its tags, if they stand where they usually do."""

_OTHER_REGIONAL: Final = replace(OTHER, region=(at("region"),))
"""The same of a cloud whose resources state their region, if at all, in an attribute of that name."""

_REGIONAL: Final = frozenset({"aws", "gcp"})


def build(
    kind: Optional[Kind],
    *,
    address: str,
    unit: str,
    type: str,  # noqa: A002 - the name of the field
    name: str,
    format: Format,  # noqa: A002 - the name of the field
    attributes: Mapping[str, Value],
    native: Native,
    provider: Optional[str] = None,
    region: Text = None,
    labels: Union[Mapping[str, Value], Unknown, None] = None,
    multiplicity: Multiplicity = SINGLE,
    environment: Optional[str] = None,
    cluster: Text = None,
    spelling: Optional[Spelling] = None,
    **others: Any,
) -> Resource:
    """
    Describe one resource.

    `attributes` are native; with a `spelling` they are read in the words of the kind, and whatever points to them
    points to where they are written. `name` is what it is called where the type's own name is not known; `region` is
    the provider's. `labels` are those in effect where the frontend has merged defaults of the provider into them, else
    they are read here. `others` are further fields of the resource, which no kind declares.
    """
    named = PROVIDERS.get(provider, provider) if provider else None
    reading = _reading(kind or (_OTHER_REGIONAL if named in _REGIONAL else OTHER))
    declared = reading.kind
    cloud = reading.provider or named
    respelled = respell(spelling, attributes) if spelling is not None else None
    native_attributes, links = attributes, reading.links
    if respelled is not None:
        suppliers = attributes.get(SUPPLIERS)
        attributes = respelled.attributes if suppliers is None else {**respelled.attributes, SUPPLIERS: suppliers}
        links = tuple(_in_words(respelled, link) for link in links)
    in_effect = _labels(reading.labels, attributes, labels)
    groups, autoscaling, origins = read_groups(reading.groups, attributes, cloud, reading.origins)
    if reading.scales:
        autoscaling = _scales(reading.scales, attributes)
    return Resource(
        address=address,
        unit=unit,
        format=format,
        type=type,
        name=_name(declared, attributes, name),
        category=declared.category,
        native=native,
        attributes=native_attributes,
        labels={} if in_effect is None else in_effect,
        taggable=in_effect is not None if kind is None else declared.taggable,
        groups=groups,
        multiplicity=multiplicity,
        environment=environment,
        provider=cloud,
        region=None if declared.worldwide else as_place(cloud, _first(reading.region, attributes, region)),
        account=as_text(_first(reading.account, attributes, None)),
        cluster=as_text(_first(reading.cluster, attributes, cluster)),
        lifetime=_facts(reading.lifetime, attributes) if reading.lifetime else {},
        autoscaling=autoscaling,
        storage=reading.storage(attributes) if reading.storage else (),
        facts=_facts(reading.facts, attributes) if reading.facts else {},
        origins=origins if respelled is None else _where_written(respelled, origins),
        links=links,
        understood=kind is not None,
        **others,
    )


def _in_words(respelled: Respelled, link: Link) -> Link:
    """Return a link of a kind as this format has it: at the native pointer."""
    return replace(link, at=respelled.native(link.at))


def _to_all_spellings(link: Link) -> Link:
    """Return a link that leads to its targets whatever format they are written in."""
    types = tuple(dict.fromkeys(native for one in link.types for native in types_of(one)))
    return link if types == link.types else replace(link, types=types)


def _where_written(respelled: Respelled, origins: Origins) -> Origins:
    return {path: tuple(_native_origin(respelled, one) for one in came) for path, came in origins.items()}


def _native_origin(respelled: Respelled, origin: Origin) -> Origin:
    return origin if origin is _PROVIDERS_REGION else replace(origin, path=respelled.native(origin.path))


def complete(resource: Resource, find: Callable[[Link], Sequence[Resource]]) -> Resource:
    """
    Describe a resource again, with what facts of others tell of it (`kind.Of`).

    `find` returns the resources that a link means. Where that is not exactly one, the facts stay unknown.
    """
    found = declared_of(resource.type)
    if found is None:
        return resource
    declared, spelling = found
    respelled = respell(spelling, resource.attributes) if spelling is not None else None
    suppliers: dict[str, Mapping[str, Value]] = {}
    for link in _reading(declared).asks:
        meant = find(link if respelled is None else _in_words(respelled, link))
        if len(meant) == 1:
            suppliers[link.at] = in_words_of_kind(meant[0])
    if not suppliers:
        return resource
    described = build(
        declared,
        address=resource.address,
        unit=resource.unit,
        type=resource.type,
        name=resource.name,
        format=resource.format,
        attributes={**resource.attributes, SUPPLIERS: suppliers},
        native=resource.native,
        provider=resource.provider,
        region=resource.region,
        labels=resource.labels if declared.labels else None,
        multiplicity=resource.multiplicity,
        environment=resource.environment,
        cluster=resource.cluster,
        spelling=spelling,
        namespace=resource.namespace,
        api_version=resource.api_version,
        annotations=resource.annotations,
    )
    return replace(described, attributes=resource.attributes)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A kind made ready: its facts as functions, and the origins that are the same for every resource of it."""

    kind: Kind
    provider: Optional[str]
    labels: Optional[Reader]
    region: tuple[Reader, ...]
    account: tuple[Reader, ...]
    cluster: tuple[Reader, ...]
    groups: tuple[GroupReading, ...]
    lifetime: Mapping[str, Reader]
    facts: Mapping[str, Reader]
    storage: Optional[Reader]
    scales: Optional[_Scaling]
    links: tuple[Link, ...]
    asks: tuple[Link, ...]
    origins: Mapping[str, tuple[Origin, ...]]


@cache
def _reading(kind: Kind) -> _Reading:
    tags = at(kind.labels) if kind.labels else kind.labels_from
    asked = {word.link for word in words(kind) if isinstance(word, Of)}
    links = tuple(map(_to_all_spellings, kind.links))
    return _Reading(
        kind=kind,
        provider=PROVIDERS.get(kind.type.replace("/", "_").partition("_")[0]),
        labels=reader(tags) if tags else None,
        region=tuple(reader(fact) for fact in kind.region),
        account=(reader(kind.account),) if kind.account else (),
        cluster=(reader(kind.cluster),) if kind.cluster else (),
        groups=group_readings(kind),
        lifetime={key: reader(fact) for key, fact in kind.lifetime.items()},
        facts={key: reader(fact) for key, fact in kind.facts.items()},
        storage=disks_reader(kind.storage) if kind.storage else None,
        scales=_scaling(kind.scales) if kind.scales else None,
        links=links,
        asks=tuple(link for link in links if link.at in asked),
        origins=_origins(kind, tags),
    )


@dataclass(frozen=True, slots=True)
class _Scaling:
    """What an autoscaler says, made ready. `elements` are those that say so, None where the object itself does."""

    readers: Mapping[str, Reader]
    elements: Optional[Reader]


def _scaling(spec: ScaleSpec) -> _Scaling:
    readers = {key: reader(fact) for key, fact in _members(spec).items()}
    return _Scaling(readers, blocks(spec, spec.each) if spec.each else None)


def _members(spec: Optional[ScaleSpec]) -> Mapping[str, Fact]:
    names = [field.name for field in fields(ScaleSpec) if field.name != "each"] if spec else []
    return {name: getattr(spec, name) for name in names}


def _scales(scales: _Scaling, attributes: Mapping[str, Value]) -> Union[tuple[Mapping[str, Value], ...], Unknown]:
    """Return what an autoscaler object does: an entry, or one for each element; none where it is switched off."""
    found = scales.elements(attributes) if scales.elements else (attributes,)
    if isinstance(found, Unknown):
        return bare(found)
    entries = []
    for element in found:
        entry = _facts(scales.readers, element)
        there = entry.pop("when")
        if isinstance(there, Unknown):
            return bare(there)
        entries += [entry] if there else []
    return tuple(entries)


_PROVIDERS_REGION: Final = Origin("/region")
"""Where no attribute says the region: the frontend knows the setting of the provider behind it."""


def _origins(kind: Kind, tags: Optional[Fact]) -> Mapping[str, tuple[Origin, ...]]:
    """Origins that are the same for every resource of a kind; those of repeated groups come with each resource."""
    told: dict[str, list[Fact]] = {
        "/name": [at(key) for key in kind.names],
        "/labels": [tags] if tags else [],
        "/region": list(kind.region),
        "/account": [kind.account] if kind.account else [],
        "/cluster": [kind.cluster] if kind.cluster else [],
        "/storage": [fact for disk in kind.storage for fact in disk_facts(disk)],
    }
    told |= {pointer(("lifetime", key)): [fact] for key, fact in kind.lifetime.items()}
    if kind.scales and not kind.scales.each:
        told |= {pointer(("autoscaling", 0, key)): [fact] for key, fact in _members(kind.scales).items()}
    told |= {pointer((key,)): [fact] for key, fact in kind.facts.items()}
    found = {path: tuple(Origin(one) for fact in facts for one in paths(fact)) for path, facts in told.items()}
    stated = {path: origins for path, origins in found.items() if origins}
    if not kind.worldwide:
        stated["/region"] = (*stated.get("/region", ()), _PROVIDERS_REGION)
    for spec in kind.groups:
        if not spec.each:
            stated |= group_origins(spec, spec.name or MAIN)
    if kind.scales and kind.scales.each:
        stated["/autoscaling"] = (Origin(pointer(kind.scales.each)),)
    return stated


def _name(kind: Kind, attributes: Mapping[str, Value], otherwise: str) -> str:
    for key in kind.names:
        found = attributes.get(key)
        if isinstance(found, str) and found:
            return found
    return otherwise


def _labels(
    own: Optional[Reader], attributes: Mapping[str, Value], merged: Union[Mapping[str, Value], Unknown, None]
) -> Union[Mapping[str, Value], Unknown, None]:
    found = merged if merged is not None else own(attributes) if own else None
    if found is None:
        return None
    if isinstance(found, Unknown) and found.one_of is None:
        return bare(found)
    tags: Union[Mapping[str, Value], Unknown] = apply(_tags, found)
    return tags


def _tags(value: Value) -> Value:
    try:
        return convert.tags(value)
    except convert.ConversionError as refusal:
        return Unknown(Reason.ERROR, note=str(refusal))


def _first(readers: tuple[Reader, ...], attributes: Mapping[str, Value], otherwise: Text) -> Text:
    for read in readers:
        found: Text = read(attributes)
        if found is not None:
            return found
    return otherwise


def _facts(readers: Mapping[str, Reader], attributes: Mapping[str, Value]) -> dict[str, Value]:
    found = {key: read(attributes) for key, read in readers.items()}
    return {key: sound(value) for key, value in found.items() if value is not None}
