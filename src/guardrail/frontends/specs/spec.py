"""One object of a cloud API in a document, and the resource that it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any, Final, Optional

from guardrail.catalog.describe import build
from guardrail.catalog.registry import declared
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


_APART: Final = "@{file}#{number}"


def distinct(specs: Iterable[Spec]) -> tuple[list[Spec], list[Diagnostic]]:
    """
    Return the objects with an address each, and a warning for every address that several had.

    Which of them wins when they are sent depends on the order, so each is judged.
    """
    several = list(specs)
    counts: dict[str, int] = {}
    for one in several:
        counts[one.native] = counts.get(one.native, 0) + 1
    told: dict[str, Diagnostic] = {}
    found: list[Spec] = []
    for one in several:
        if counts[one.native] == 1:
            found.append(one)
            continue
        at = one.base.replace("/", ".")
        found.append(replace(one, native=f"{one.native}{_APART.format(file=one.file, number=one.document.number)}{at}"))
        if one.native not in told:
            message = f"{counts[one.native]} objects of this unit are {one.native}; each is judged"
            place = one.document.place(one.file, one.base)
            told[one.native] = Diagnostic("warning", "duplicate-address", message, place)
    return found, list(told.values())


def text_of(value: Optional[Value], otherwise: str) -> str:
    """Return a name: text as it is, `otherwise` for what is no text or not known."""
    return value if isinstance(value, str) and value else otherwise
