"""
Templates of Azure's resource manager, in JSON (also what Bicep compiles to): each of their resources is one object.

A template counts with the defaults of its parameters, and with every file of parameters beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Optional

from guardrail.catalog.registry import of_resource_manager
from guardrail.frontends.azureml.cases import cased
from guardrail.frontends.azureml.expressions import Scope, evaluated, identity, parameters
from guardrail.frontends.azureml.files import Files
from guardrail.frontends.azureml.values import compute
from guardrail.frontends.documents import Document
from guardrail.frontends.specs.spec import Spec
from guardrail.model.dataclass import dataclass
from guardrail.model.path import pointer
from guardrail.model.resource import SINGLE, Multiplicity
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown, Value, unknowns

_SCHEMA: Final = "deploymenttemplate"
_PARAMETERS: Final = "deploymentparameters"
_DEPLOYMENT: Final = "microsoft.resources/deployments"
DEPTH: Final = 8
"""How many templates may be inside one another."""

_FORMS: Final = ("computeType", "endpointComputeType", "jobType")
"""Properties that say which of several forms a resource is of; a deployment has machines unless it says otherwise."""

_LEFT: Final = frozenset({"resources", "condition", "copy", "dependsOn", "type", "apiVersion", "comments"})


def is_template(value: Value) -> bool:
    """Whether a document is a template."""
    schema = value.get("$schema") if isinstance(value, Mapping) else None
    return isinstance(schema, str) and _SCHEMA in schema.lower()


@dataclass(frozen=True, slots=True)
class _Template:
    """A template at a pointer of a document, and what its expressions may name."""

    file: str
    document: Document
    base: str
    value: Mapping[str, Value]
    scope: Scope
    depth: int = 0


def specs(files: Files, file: str, document: Document) -> Iterator[Spec]:
    """Yield the objects of a template."""
    given = [found for path in _beside(files, file) for found in _given(files, path)]
    template = _mapping(cased(document.value))
    scope = _scope(template, parameters(_mapping(template.get("parameters")), given))
    found = list(_resources(_Template(file, document, "", template, scope)))
    meant = {_identity(one): one.native for one in found}
    for one in found:
        named = {path: meant[hidden.written] for path, hidden, _ in unknowns(one.value) if hidden.written in meant}
        yield replace(one, meant={path: (native,) for path, native in named.items()}) if named else one


def _identity(spec: Spec) -> str:
    """Return the end of the id of a resource, as `resourceId` has it in expressions."""
    type_, _, names = spec.native.partition(f"{spec.type}/")
    types, named = spec.type.partition(":")[0].split("/")[1:], names.split("/")
    return identity(types, named) if not type_ else ""


def _scope(template: Mapping[str, Value], told: Mapping[str, Value]) -> Scope:
    variables = {name.lower(): one for name, one in _mapping(template.get("variables")).items()}
    return Scope(told, variables)


def _beside(files: Files, file: str) -> Iterator[str]:
    """Yield the files of the same folder that may give parameters."""
    folder, slash, _ = file.rpartition("/")
    for name in files.tree.listdir(folder):
        path = f"{folder}{slash}{name}"
        if "param" in name.lower() and name.lower().endswith(".json") and path != file:
            yield path


def _given(files: Files, path: str) -> Iterator[Mapping[str, Value]]:
    """Yield the values that a file of parameters gives."""
    for value in map(cased, files.values(path)):
        schema = value.get("$schema") if isinstance(value, Mapping) else None
        if isinstance(schema, str) and _PARAMETERS in schema.lower():
            stated = _mapping(value.get("parameters"))
            yield {name.lower(): one["value"] for name, one in stated.items() if "value" in _mapping(one)}


def _resources(template: _Template) -> Iterator[Spec]:
    stated = template.value.get("resources")
    listed = stated if isinstance(stated, (list, tuple)) else ()
    members = stated.items() if isinstance(stated, Mapping) else enumerate(listed)
    for key, one in members:
        if isinstance(one, Mapping):
            yield from _resource(template, f"{template.base}/resources{pointer((key,))}", one, "", "")


def _resource(template: _Template, base: str, stated: Mapping[str, Value], above: str, around: str) -> Iterator[Spec]:
    """Yield a resource and what is nested in it; `above` is the type, and `around` the name, that it is nested in."""
    scope = template.scope
    if evaluated(stated.get("condition"), scope) is False or stated.get("existing") is True:
        return
    written = stated.get("type")
    type_ = f"{above}/{written}" if above and "/" not in str(written).strip("/") else str(written)
    if type_.lower() == _DEPLOYMENT and template.depth < DEPTH:
        inner = _nested(template, base, stated)
        if inner is not None:
            yield from _resources(inner)
            return
    value = {key: evaluated(one, scope) for key, one in stated.items() if key not in _LEFT}
    full = value.get("name")
    named = f"{around}/{full}" if around and isinstance(full, str) else full
    yield _spec(template, base, _native(type_, value), value, named, _copies(stated, scope))
    children = stated.get("resources")
    for index, child in enumerate(children if isinstance(children, (list, tuple)) else ()):
        if isinstance(child, Mapping):
            name = named if isinstance(named, str) else ""
            yield from _resource(template, f"{base}/resources/{index}", child, type_, name)


def _nested(template: _Template, base: str, stated: Mapping[str, Value]) -> Optional[_Template]:
    """Return the template inside a deployment, None where it stands elsewhere."""
    properties = _mapping(stated.get("properties"))
    inside = properties.get("template")
    if not isinstance(inside, Mapping):
        return None
    options = _mapping(properties.get("expressionEvaluationOptions"))
    scope = template.scope
    if str(options.get("scope")).lower() == "inner":
        given = {
            name.lower(): evaluated(one["value"], scope)
            for name, one in _mapping(properties.get("parameters")).items()
            if "value" in _mapping(one)
        }
        defaults = parameters(_mapping(inside.get("parameters")), ())
        scope = _scope(inside, {**defaults, **given})
    at = f"{base}/properties/template"
    return _Template(template.file, template.document, at, inside, scope, template.depth + 1)


def _native(type_: str, value: Mapping[str, Value]) -> str:
    """Return the native type of a resource, with the form that it is of where there are several."""
    properties = _mapping(value.get("properties"))
    return of_resource_manager(type_, (*map(properties.get, _FORMS), "Managed")) or type_


def _copies(stated: Mapping[str, Value], scope: Scope) -> Multiplicity:
    """Return how many there are: by `copy`, and none where a condition turns out to be false."""
    condition = evaluated(stated.get("condition"), scope)
    number = evaluated(_mapping(stated.get("copy")).get("count"), scope)
    hidden = next((one for one in (number, condition) if isinstance(one, Unknown)), None)
    if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
        return Multiplicity(0 if hidden else number, number, hidden)
    if "copy" in stated:
        return Multiplicity(0, UNBOUNDED, hidden or Unknown(Reason.ERROR, note="not a number of copies"))
    return SINGLE if hidden is None else Multiplicity(0, 1, hidden)


def _spec(
    template: _Template, base: str, type_: str, value: dict[str, Value], named: Value, copies: Multiplicity
) -> Spec:
    name = named.rpartition("/")[2] if isinstance(named, str) and named else "?"
    attributes: dict[str, Value] = {**value, "name": name if name != "?" else named}
    if "Endpoints/deployments" in type_ and isinstance(named, str) and "/" in named:
        attributes["endpointName"] = named.split("/")[-2]
    properties = attributes.get("properties")
    if isinstance(properties, Mapping):
        attributes["properties"] = _plainly(properties)
    others: dict[str, Any] = {} if copies is SINGLE else {"multiplicity": copies}
    return Spec(
        file=template.file,
        document=template.document,
        base=base,
        value=attributes,
        type=type_,
        name=name,
        native=f"{type_}/{named if isinstance(named, str) else '?'}",
        provider="azure",
        others=others,
    )


def _plainly(properties: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return properties with the names of computes in place of their ids."""
    found = {name: _compute(properties[name]) for name in ("compute", "computeId") if name in properties}
    made = {**properties, **found}
    return OpenMap(made, properties.rest) if isinstance(properties, OpenMap) else made


def _compute(value: Value) -> Value:
    """Return the name of a compute: of its id, also of one that is known but for where it is deployed."""
    return compute(value.written) if isinstance(value, Unknown) and "/computes/" in value.written else compute(value)


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}
