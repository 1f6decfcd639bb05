"""Templates: each resource is one object, called by its logical name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Optional, Union

from guardrail.catalog.describe import build
from guardrail.catalog.machines import machine
from guardrail.catalog.registry import declared
from guardrail.frontends.budget import PARTS, RESOURCES, Budget
from guardrail.frontends.cloudformation.evaluate import NO_VALUE, Evaluator
from guardrail.frontends.cloudformation.loops import LOOP, unrolled
from guardrail.frontends.cloudformation.native import Written
from guardrail.frontends.cloudformation.tags import long_form
from guardrail.frontends.cloudformation.template import Template
from guardrail.frontends.documents import Document
from guardrail.frontends.files import documents_of, not_read
from guardrail.frontends.formats import LISTED_PARAMETER
from guardrail.frontends.masked import masked
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.sorting import DOCUMENTS
from guardrail.frontends.unit import MOST_TOGETHER, Unit
from guardrail.model.address import address
from guardrail.model.finding import Diagnostic
from guardrail.model.path import escaped
from guardrail.model.resource import SINGLE, Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown, Value
from guardrail.sources.tree import Tree, identity

_NESTED: Final = "AWS::CloudFormation::Stack"
_EXTENSIONS: Final = "AWS::LanguageExtensions"
_INCLUDE: Final = "Fn::Transform"


def read(tree: Tree, unit: Unit, budget: Budget) -> Parsed:
    """
    Return the resources of a unit, and what could not be read.

    Its first file is what it is called by. A template is deployed with each file of parameters beside it that is its,
    and by itself where there is none or where it needs none: parameters that somebody puts beside it hide nothing.
    """
    told: list[Diagnostic] = []
    main, *beside = unit.files
    documents = _documents(tree, main, budget, told)
    for document in documents:
        if _is_parameters(document):
            told.extend(_untold(tree, beside, budget, main, document))
    found: list[Resource] = []
    room = budget.room()
    templates = [*_templates(tree, documents, (main, beside), unit, budget)]
    several = len(templates) > 1
    for file, template in templates:
        for one in _resources(
            file, template, unit, _APART.format(file=file, number=template.document.number) * several
        ):
            if isinstance(one, Diagnostic):
                told.append(one)
            elif len(found) < room:
                found.append(one)
            else:
                message = f"more than {RESOURCES:,} resources; from here on this template is not judged"
                told.append(Diagnostic("error", "limit-resources", message, template.document.place(file), PARTS))
                break
        if told and told[-1].code == "limit-resources":
            break
    budget.fill(len(found))
    return Parsed(tuple(found), tuple(told))


def _documents(tree: Tree, file: str, budget: Budget, told: list[Diagnostic]) -> tuple[Document, ...]:
    held = documents_of(tree, file, budget, budget.kept, tags=long_form)
    told.extend([not_read([file])] if held is None else held.diagnostics)
    return () if held is None else held.documents


def _templates(
    tree: Tree, documents: Sequence[Document], files: tuple[str, Sequence[str]], unit: Unit, budget: Budget
) -> Iterator[tuple[str, Template]]:
    """Yield the templates that are deployed, each with its file: of this file, or of those beside with its values."""
    main, beside = files
    for document in documents:
        if _is_parameters(document):
            given = _given(document)
            for file, other in _meant(tree, beside, budget, given):
                yield file, Template(other, unit.region, given, (main, document))
        elif _needs_none(document) or not any(
            _takes(document, _given(one))
            for file in beside
            for one in _documents(tree, file, budget, [])
            if _is_parameters(one)
        ):
            yield main, Template(document, unit.region)


def _needs_none(document: Document) -> bool:
    """Whether a template can be deployed without being given anything: all its parameters have a default."""
    declares = document.value.get("Parameters") if isinstance(document.value, Mapping) else None
    if not isinstance(declares, Mapping):
        return True
    return all(isinstance(one, Mapping) and one.get("Default") is not None for one in declares.values())


def _untold(tree: Tree, beside: Sequence[str], budget: Budget, file: str, document: Document) -> Iterator[Diagnostic]:
    """Say of parameters that they belong to no template here."""
    given = _given(document)
    if not _meant(tree, beside, budget, given):
        place = document.place(file, "/Parameters")
        if _asks_for_accelerators(given):
            message = "these are parameters of no template in this folder, and ask for machines with accelerators"
            content = identity(tree, file)
            yield Diagnostic("error", "template-parameters", message, place, unread=True, content=content)
            return
        if not beside and _is_crowded(tree, file):
            message = f"with more than {MOST_TOGETHER} files in a folder, whose parameters these are is not looked for"
            content = identity(tree, file)
            yield Diagnostic("error", "template-parameters", message, place, unread=True, content=content)
            return
        message = "these are parameters of no template in this folder; what they change is not judged"
        yield Diagnostic("info", "template-parameters", message, place)


def _is_crowded(tree: Tree, file: str) -> bool:
    """Whether so many files are beside one that those of this format are not looked at together."""
    names = tree.listdir(file.rpartition("/")[0])
    return sum(name.endswith(DOCUMENTS) for name in names) > MOST_TOGETHER


def _is_parameters(document: Document) -> bool:
    value = document.value
    if isinstance(value, tuple):
        return any(isinstance(one, Mapping) and LISTED_PARAMETER in one for one in value)
    return isinstance(value, Mapping) and "Parameters" in value and "Resources" not in value


def _given(document: Document) -> Mapping[str, Value]:
    """Return the parameters of a file: a mapping, or the list that the command line takes."""
    if isinstance(document.value, tuple):
        pairs = (one for one in document.value if isinstance(one, Mapping))
        return {
            one[LISTED_PARAMETER]: one.get("ParameterValue")
            for one in pairs
            if isinstance(one.get(LISTED_PARAMETER), str)
        }
    found = document.value.get("Parameters")
    return found if isinstance(found, Mapping) else {}


def _meant(tree: Tree, beside: Sequence[str], budget: Budget, given: Mapping[str, Value]) -> list[tuple[str, Document]]:
    """
    Return the templates that take all of these parameters, each with its file.

    `aws cloudformation deploy` passes over those that a template does not have: where none takes all, it is those that
    take most.
    """
    told: list[Diagnostic] = []  # what is wrong with a template is told where it is read
    taken = [
        (_taken(document, given), file, document)
        for file in beside
        for document in _documents(tree, file, budget, told)
    ]
    most = max((number for number, _, _ in taken), default=0)
    return [(file, document) for number, file, document in taken if number == most > 0]


def _takes(document: Document, given: Mapping[str, Value]) -> bool:
    """Whether a template has all of these parameters."""
    return 0 < len(given) == _taken(document, given)


def _taken(document: Document, given: Mapping[str, Value]) -> int:
    """Return how many of these parameters a template has."""
    if not isinstance(document.value, Mapping) or "Resources" not in document.value:
        return 0
    declares = document.value.get("Parameters")
    return len(given.keys() & declares.keys()) if isinstance(declares, Mapping) else 0


_MACHINE: Final = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")


def _asks_for_accelerators(given: Mapping[str, Value]) -> bool:
    """Whether a machine with accelerators is among these values."""
    texts = [part for value in given.values() for part in (value if isinstance(value, tuple) else (value,))]
    named = {name for text in texts if isinstance(text, str) for name in _MACHINE.findall(text.removeprefix("ml."))}
    return any(found.accelerators for name in named if (found := machine("aws", name.removeprefix("ml."))) is not None)


_APART: Final = "@{file}#{number}"
"""What tells the resources of several templates of a unit apart: each calls its own as it likes."""


def _resources(file: str, template: Template, unit: Unit, apart: str) -> Iterator[Union[Resource, Diagnostic]]:
    document = template.document
    value = document.value
    if isinstance(value, Mapping) and _INCLUDE in value:
        message = f"{_INCLUDE} adds to this template what is elsewhere, which is not read"
        yield Diagnostic("error", "template-transform", message, document.place(file, f"/{_INCLUDE}"), unread=True)
    if not isinstance(value, Mapping) or not isinstance(value.get("Resources"), Mapping):
        if isinstance(value, Mapping) and "Resources" in value:
            place = document.place(file, "/Resources")
            yield Diagnostic("error", "template-value", "Resources is no mapping", place, unread=True)
        return
    template = unrolled(template, Evaluator(template).value)
    evaluator = Evaluator(template)
    for name, written in template.section("Resources").items():
        at = template.places.get(name, f"/Resources/{escaped(name)}")
        if name.startswith(LOOP):
            message = f"{name} makes resources in a loop that is none, is too long, or makes one of them twice"
            yield Diagnostic("error", "template-loop", message, document.place(file, at), unread=True)
            continue
        if not isinstance(written, Mapping) or not isinstance(written.get("Type"), str):
            message = f"the resource {name} has no Type"
            yield Diagnostic("error", "template-value", message, document.place(file, at), unread=True)
            continue
        made = _resource(Written(file, template, name, {}, apart), evaluator, written, unit)
        if made is not None:
            yield made
        if _INCLUDE in written:
            message = f"{_INCLUDE} adds to the resource {name} what is elsewhere, which is not read"
            place = document.place(file, f"{at}/{_INCLUDE}")
            yield Diagnostic("error", "template-transform", message, place, unread=True)
    if template.section("Transform") or not _known(value.get("Transform")):
        message = "a transform may add resources, and change those that are here"
        yield Diagnostic("warning", "template-transform", message, document.place(file, "/Transform"))


def _known(transform: Value) -> bool:
    """Whether all that the transforms of a template do is worked out here."""
    names = transform if isinstance(transform, tuple) else (transform,)
    return not isinstance(transform, (str, tuple)) or all(name == _EXTENSIONS for name in names)


def _resource(native: Written, evaluator: Evaluator, written: Mapping[str, Value], unit: Unit) -> Optional[Resource]:
    """Return a resource, None where its condition keeps it from being made."""
    holds = evaluator.condition(written["Condition"]) if "Condition" in written else True
    if holds is False:
        return None
    type_ = written["Type"]
    found = declared(type_)
    shown = masked(_properties(evaluator, written))
    return build(
        None if found is None else found.kind,
        address=address(unit.name, native.name + native.apart),
        unit=unit.name,
        type=type_,
        name=native.name,
        format="cloudformation",
        attributes=shown,
        native=replace(native, shown=shown),
        provider="aws",
        region=unit.region,
        environment=unit.environment,
        cluster=unit.cluster,
        multiplicity=_number(holds, native.template.open.get(native.name)),
        spelling=None if found is None else found.spelling,
        labels=_tags(type_, shown),
    )


def _number(holds: Union[bool, Unknown], any_number: Optional[Unknown]) -> Multiplicity:
    """Return how many a resource stands for, by its condition and the loop that makes it."""
    if any_number is not None:
        return Multiplicity(0, UNBOUNDED, any_number)
    return SINGLE if holds is True else Multiplicity(0, 1, holds if isinstance(holds, Unknown) else None)


_TAGGED_AS: Final = {
    "AWS::EC2::CapacityReservation": "capacity-reservation",
    "AWS::EC2::LaunchTemplate": "launch-template",
}
"""Types whose tags stand among those of what they make, each with what it is called there."""


def _tags(type_: str, properties: Mapping[str, Value]) -> Optional[Mapping[str, Value]]:
    """Return the tags of a type that has them in specifications, None of others: their kind says where."""
    wanted = _TAGGED_AS.get(type_)
    stated = properties.get("TagSpecifications")
    if wanted is None:
        return None
    tags: dict[str, Value] = {}
    for one in stated if isinstance(stated, tuple) else ():
        if isinstance(one, Mapping) and one.get("ResourceType") == wanted and isinstance(one.get("Tags"), tuple):
            pairs = (tag for tag in one["Tags"] if isinstance(tag, Mapping) and isinstance(tag.get("Key"), str))
            tags.update((tag["Key"], tag.get("Value")) for tag in pairs)
    hidden = stated if isinstance(stated, Unknown) else None
    return tags if hidden is None else OpenMap(tags, hidden)


def _properties(evaluator: Evaluator, written: Mapping[str, Value]) -> Mapping[str, Value]:
    stated = written.get("Properties")
    properties = evaluator.value(stated)
    if isinstance(properties, Mapping):
        return properties
    if stated is None or properties is NO_VALUE:
        return {}
    known = properties if isinstance(properties, Unknown) else Unknown(Reason.ERROR, note="Properties is no mapping")
    return OpenMap({}, known)
