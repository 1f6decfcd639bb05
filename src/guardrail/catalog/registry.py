"""
Every kind that guardrail understands, by native type.

A kind is looked up by the provider that its type names, so that a repository of one cloud imports one cloud's
declarations, and those of SageMaker where there is something of it. One kind has several native types where other
formats write it too (`Kind.spellings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Final, NamedTuple, Optional

from guardrail.catalog.kind import Kind
from guardrail.catalog.spelling import Respelled, Spelling, respell, snake
from guardrail.model.path import segments
from guardrail.model.resource import Resource
from guardrail.model.value import Value

_AWS: Final = "guardrail.catalog.aws.kinds"
_SAGEMAKER: Final = "guardrail.catalog.aws.sagemaker_kinds"
_GCP: Final = "guardrail.catalog.gcp.kinds"
_AZURE: Final = "guardrail.catalog.azure.kinds"

PACKAGES: Final[Mapping[str, str]] = {
    "aws": _AWS,
    "awscc": _AWS,
    "google": _GCP,
    "azurerm": _AZURE,
    **dict.fromkeys(("local", "null", "random", "terraform", "time", "tls"), "guardrail.catalog.local"),
    **dict.fromkeys(("kubernetes", "kubectl", "helm"), "guardrail.catalog.manifests"),
    "databricks": "guardrail.catalog.databricks.kinds",
}
"""Where the kinds of a Terraform type's first word (`aws` of `aws_instance`) are declared: modules with `KINDS`."""

SERVICES: Final[Mapping[str, str]] = {
    "sagemaker": _SAGEMAKER,
    "application-autoscaling": _AWS,
    "states": _SAGEMAKER,
    "vertex": _GCP,
    "pipeline": _GCP,
    "azureml": _AZURE,
}
"""The same for request bodies, by what stands before the slash of their type (`sagemaker/TrainingJob`)."""

CONTROLLERS: Final[Mapping[str, str]] = {
    ".services.k8s.aws": _AWS,
    "sagemaker.aws.amazon.com": _AWS,
    ".aws.upbound.io": _AWS,
    ".aws.m.upbound.io": _AWS,
    ".cnrm.cloud.google.com": _GCP,
    ".gcp.upbound.io": _GCP,
    ".gcp.m.upbound.io": _GCP,
    ".azure.upbound.io": _AZURE,
    ".azure.m.upbound.io": _AZURE,
}
"""The same for controllers that run in Kubernetes and make things of a cloud, by how their API groups end."""

OBJECTS: Final[Mapping[str, str]] = dict.fromkeys(
    (
        "cloud.google.com",
        "cluster.x-k8s.io",
        "eks.amazonaws.com",
        "eksctl.io",
        "infrastructure.cluster.x-k8s.io",
        "karpenter.azure.com",
        "karpenter.k8s.aws",
        "karpenter.k8s.gcp",
        "karpenter.sh",
    ),
    "guardrail.catalog.kubernetes.pools.kinds",
)
"""The same for objects of Kubernetes that are machines, by their API group. They have rows there, too (`nodes`)."""

CLOUDFORMATION: Final = "AWS::"
_RESOURCE_MANAGER: Final = "Microsoft."
"""How types of CloudFormation and of Azure's templates begin."""


class Declared(NamedTuple):
    """What is declared of a native type: its kind, and how the type writes it; None for the kind's own words."""

    kind: Kind
    spelling: Optional[Spelling] = None


def kind(native: str) -> Optional[Kind]:
    """Return what is declared of a type, None where it is not understood."""
    found = declared(native)
    return found.kind if found is not None else None


def declared(native: str) -> Optional[Declared]:
    """Return what is declared of a type and how it is written, None where it is not understood."""
    module = _module(native)
    return _declared(module).get(native) if module is not None else None


def kinds() -> tuple[Kind, ...]:
    """Return every kind, sorted by type."""
    modules = sorted({*PACKAGES.values(), *SERVICES.values(), *CONTROLLERS.values()})
    return tuple(found for module in modules for _, found in sorted(_kinds(module).items()))


@cache
def types_of(native: str) -> tuple[str, ...]:
    """Return every native type that is the same kind as this one: it alone, where nothing is declared of it."""
    found = kind(native)
    if found is None:
        return (native,)
    spelled = (type_ for spelling in found.spellings for one in _with_twin(spelling) for type_ in (one.type, *one.also))
    return tuple(dict.fromkeys((found.type, *spelled)))


def _with_twin(spelling: Spelling) -> tuple[Spelling, ...]:
    """
    Return a spelling, and that of the provider whose types are made from those of CloudFormation.

    `awscc_sagemaker_endpoint_config` is `AWS::SageMaker::EndpointConfig` with its properties in snake case.
    """
    if not spelling.type.startswith(CLOUDFORMATION) or spelling.type.count("::") != 2:  # noqa: PLR2004 - service, kind
        return (spelling,)
    _, service, name = spelling.type.split("::")
    return spelling, replace(spelling, type=f"awscc_{service.lower()}_{snake(name)}", also=(), case="snake")


@cache
def _of_resource_manager() -> Mapping[str, str]:
    return {native.lower(): native for native in _declared(_AZURE) if native.startswith("Microsoft.")}


def of_resource_manager(named: str, forms: Iterable[object]) -> Optional[str]:
    """
    Return the type that is declared of a resource of Azure's API, whatever the case of its name.

    `forms` are what tells apart those of one type: that of a compute is `…/computes:AmlCompute`.
    """
    declared_types = _of_resource_manager()
    several = (f"{named}:{form}" for form in forms if isinstance(form, str))
    return next((declared_types[one.lower()] for one in (*several, named) if one.lower() in declared_types), None)


def in_words_of_kind(resource: Resource) -> Mapping[str, Value]:
    """Return the attributes of a resource as its kind calls them, whatever format it is written in."""
    found = declared(resource.type)
    if found is None or found.spelling is None:
        return resource.attributes
    return respell(found.spelling, resource.attributes).attributes


def respelled(resource: Resource) -> Optional[Respelled]:
    """Return the attributes of a resource in the words of its kind, None where they are so already."""
    found = declared(resource.type)
    return respell(found.spelling, resource.attributes) if found is not None and found.spelling is not None else None


@cache
def linking_to(native: str) -> Mapping[str, frozenset[str]]:
    """
    Return the types with links to resources of a type, each with the arguments that such links begin in.

    What is written in another format has no arguments that could be looked for beforehand.
    """
    module = _module(native)
    if module is None:
        return {}
    same = frozenset(types_of(native))
    found: dict[str, frozenset[str]] = {}
    modules = (_AWS, _SAGEMAKER) if module in (_AWS, _SAGEMAKER) else (module,)
    for one in (kind for module in modules for kind in _kinds(module).values()):
        arguments = frozenset(segments(link.at)[0] for link in one.links if not same.isdisjoint(link.types))
        if arguments:
            found[one.type] = arguments
            found.update((type_, frozenset()) for type_ in types_of(one.type) if type_ != one.type)
    return found


def _module(native: str) -> Optional[str]:
    found = _package(native)
    return _SAGEMAKER if found == _AWS and "sagemaker" in native.lower() else found


def _package(native: str) -> Optional[str]:
    word = native.partition("_")[0]
    if word in PACKAGES:
        return PACKAGES[word]
    if native.startswith(CLOUDFORMATION):
        return _AWS
    if native.startswith(_RESOURCE_MANAGER):
        return _AZURE
    group, slash, _ = native.rpartition("/")
    if not slash:
        return None
    known = SERVICES.get(group) or OBJECTS.get(group)
    return known or next((CONTROLLERS[end] for end in CONTROLLERS if group.endswith(end)), None)


@cache
def _kinds(module: str) -> Mapping[str, Kind]:
    found: tuple[Kind, ...] = import_module(module).KINDS
    return {one.type: one for one in found}


@cache
def _declared(module: str) -> Mapping[str, Declared]:
    found = {type_: Declared(one) for type_, one in _kinds(module).items()}
    for one in _kinds(module).values():
        for spelling in (twin for each in one.spellings for twin in _with_twin(each)):
            found.update((type_, Declared(one, spelling)) for type_ in (spelling.type, *spelling.also))
    return found
