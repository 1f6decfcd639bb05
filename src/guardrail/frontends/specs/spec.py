"""One object of a cloud API in a document, and the resource that it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Optional

from guardrail.catalog.describe import build
from guardrail.catalog.registry import declared
from guardrail.frontends.distinct import distinct as set_apart
from guardrail.frontends.documents import Document
from guardrail.frontends.masked import masked
from guardrail.frontends.specs.native import Elsewhere, Written
from guardrail.frontends.unit import Unit
from guardrail.model.address import address
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Format, Resource
from guardrail.model.value import Text, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """
    One object in a document. `base` is its pointer there, empty for the document itself.

    `value` are its native attributes with what is known of placeholders and references; `type` its native type, `name`
    what it is called where its attributes do not say, `native` its address in the unit. `provider` is the cloud;
    `region` what says it beside the attributes. `meant` are the native addresses of other objects of the unit by the
    pointer of the reference that means them; `elsewhere` what another document supplies, by pointer; `others` further
    fields of the resource.
    """

    file: str
    document: Document
    base: str = ""
    value: Mapping[str, Value]
    type: str
    name: str
    native: str
    provider: str
    region: Text = None
    meant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)


def resource(spec: Spec, unit: Unit, form: Format) -> Resource:
    """Return the resource that an object is; a type that nobody declared is not understood."""
    found = declared(spec.type)
    shown = masked(spec.value)
    return build(
        None if found is None else found.kind,
        address=address(unit.name, spec.native),
        unit=unit.name,
        type=spec.type,
        name=spec.name,
        format=form,
        attributes=shown,
        native=Written(spec.file, spec.document, spec.base, spec.type, shown, spec.meant, spec.elsewhere),
        provider=spec.provider,
        region=spec.region if spec.region is not None else unit.region,
        environment=unit.environment,
        cluster=unit.cluster,
        spelling=None if found is None else found.spelling,
        **spec.others,
    )


def distinct(specs: Iterable[Spec]) -> tuple[list[Spec], list[Diagnostic]]:
    """Return the objects with an address each (`<native>@<file>#<document>`), and what several had in common."""

    def where(one: Spec) -> str:
        return f"{one.file}#{one.document.number}{one.base.replace('/', '.')}"

    return set_apart(specs, lambda one: one.native, where, lambda one: one.document.place(one.file, one.base))


def text_of(value: Optional[Value], otherwise: str) -> str:
    """Return a name: text as it is, `otherwise` for what is no text or not known."""
    return value if isinstance(value, str) and value else otherwise
