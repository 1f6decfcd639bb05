"""Objects of controllers that make things of a cloud (ACK, Config Connector, Crossplane): kinds in their spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Optional

from guardrail.catalog.describe import PROVIDERS
from guardrail.catalog.registry import declared
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.specs.spec import Spec, resource
from guardrail.frontends.unit import Unit
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Resource
from guardrail.model.value import OpenMap, Reason, Text, Unknown, Value

_REGION: Final = ("services.k8s.aws/region",)
"""Annotations that name the region of one object, where the controller's own does not hold."""

_CONTROLLERS: Final = Unknown(Reason.ENVIRONMENT, note="the region of the controller counts")
_OF_AMAZON: Final = (".services.k8s.aws", "sagemaker.aws.amazon.com")


_STARTING: Final = (
    "aiplatform.cnrm.cloud.google.com/VertexAIPipelineJob",
    "aiplatform.cnrm.cloud.google.com/VertexAISchedule",
)
"""Objects with a pipeline in them."""


def started(one: Object, unit: Unit) -> tuple[tuple[Resource, ...], list[Diagnostic]]:
    """Return what the pipeline in an object starts, and what is wrong with it."""
    if one.type not in _STARTING or not isinstance(one.value.get("spec"), Mapping):
        return (), []
    from guardrail.frontends.pipelines.members import Written
    from guardrail.frontends.pipelines.read import objects, resources

    written = Written(one.value["spec"], f"{one.base}/spec")
    found, told = objects(one.file, one.document, written, within=one.native)
    return resources(found, unit), told


def of_cloud(one: Object) -> bool:
    """Whether an object is a kind of a cloud."""
    return one.row is None and declared(one.type) is not None


def cloud_resource(one: Object, unit: Unit) -> Resource:
    """Return the resource that an object of a cloud is."""
    found = declared(one.type)
    provider = "" if found is None else PROVIDERS.get(found.kind.type.replace("/", "_").partition("_")[0], "")
    spec = Spec(
        file=one.file,
        document=one.document,
        base=one.base,
        value=_whole(one.value),
        type=one.type,
        name=one.name,
        native=one.native,
        provider=provider,
        region=_region(one, unit),
        others={"namespace": one.namespace, "api_version": one.api_version, "annotations": _annotations(one)},
    )
    return resource(spec, unit, "kubernetes")


def _whole(value: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return an object of Crossplane with what it is only created with (`initProvider`) among what it is kept with."""
    spec = value.get("spec")
    if not isinstance(spec, Mapping):
        return value
    given, kept = spec.get("initProvider"), spec.get("forProvider")
    if not isinstance(given, Mapping) or not isinstance(kept, Mapping):
        return value
    return {**value, "spec": {**spec, "forProvider": _merged(given, kept)}}


def _merged(given: Mapping[str, Value], kept: Mapping[str, Value]) -> Mapping[str, Value]:
    found = dict(given)
    for key, value in kept.items():
        below = found.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            found[key] = _merged(below, value)
        else:
            found[key] = value
    return OpenMap(found, kept.rest) if isinstance(kept, OpenMap) else found


def _region(one: Object, unit: Unit) -> Text:
    noted = _annotations(one)
    stated = next((noted[key] for key in _REGION if key in noted), None)
    if isinstance(stated, (str, Unknown)):
        return stated
    return _CONTROLLERS if unit.region is None and one.type.rpartition("/")[0].endswith(_OF_AMAZON) else None


def _annotations(one: Object) -> Mapping[str, object]:
    metadata = one.value.get("metadata")
    noted: Optional[object] = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return noted if isinstance(noted, Mapping) else {}
