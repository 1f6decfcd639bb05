"""Objects of controllers that make things of a cloud (ACK, Config Connector, Crossplane): kinds in their spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Optional

from guardrail.catalog.describe import PROVIDERS
from guardrail.catalog.registry import declared
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.specs.spec import Spec, resource
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Resource
from guardrail.model.value import Text, Unknown

_REGION: Final = ("services.k8s.aws/region",)
"""Annotations that name the region of one object, where the controller's own does not hold."""


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
        value=one.value,
        type=one.type,
        name=one.name,
        native=one.native,
        provider=provider,
        region=_region(one),
        others={"namespace": one.namespace, "api_version": one.api_version, "annotations": _annotations(one)},
    )
    return resource(spec, unit, "kubernetes")


def _region(one: Object) -> Text:
    noted = _annotations(one)
    stated = next((noted[key] for key in _REGION if key in noted), None)
    return stated if isinstance(stated, (str, Unknown)) else None


def _annotations(one: Object) -> Mapping[str, object]:
    metadata = one.value.get("metadata")
    noted: Optional[object] = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return noted if isinstance(noted, Mapping) else {}
