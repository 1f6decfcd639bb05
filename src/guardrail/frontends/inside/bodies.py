"""What Terraform resources hold: the objects that are written in each, as blocks, as a value or as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.rows import Rows
from guardrail.catalog.manifests import OBJECT, TEXT, TYPED
from guardrail.frontends import documents
from guardrail.frontends.budget import PARTS, Budget
from guardrail.frontends.inside.blocks import Manifest, plain
from guardrail.frontends.inside.native import Inner, Pointers
from guardrail.frontends.kubernetes.objects import Object, objects
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.gaps import Gapped, gapped
from guardrail.model.place import Place
from guardrail.model.resource import Resource
from guardrail.model.value import OpenMap, Reason, Unknown, Value

_NAMESPACE: Final = "/metadata/namespace"
_OVERRIDE: Final = "override_namespace"


@dataclass(frozen=True, slots=True)
class Body:
    """
    The objects that one resource holds, and the way from their pointers to its own.

    `doubt` says why each of them may not be there: the body is one of several. `hidden` says why nobody knows them;
    it is at the attribute `attribute`. `whole`: what each of them is rests on all that the resource states.
    """

    holder: Resource
    attribute: str
    objects: tuple[Object, ...] = ()
    pointers: Pointers = str
    doubt: Optional[Unknown] = None
    hidden: Optional[Unknown] = None
    diagnostics: tuple[Diagnostic, ...] = ()
    whole: bool = False


def body(holder: Resource, rows: Rows, budget: Budget) -> Body:
    """Return what a resource of one of the types that hold objects holds."""
    typed = TYPED.get(holder.type)
    if typed is not None:
        made = Manifest(holder.attributes, typed.api_version, typed.kind)
        return _of([made.value], Body(holder, "spec", pointers=made.pointer), rows)
    attribute = OBJECT.get(holder.type) or TEXT[holder.type]
    value = holder.attributes.get(attribute)
    if holder.type in OBJECT:
        begun = Body(holder, attribute, pointers=lambda pointer: f"/{attribute}{pointer}")
        return _of_value(value, begun, rows)
    return _of_text(value, Body(holder, attribute, pointers=lambda _: f"/{attribute}"), rows, budget)


def _of_value(value: Value, begun: Body, rows: Rows) -> Body:
    """Return the object that a value is, or those that it is one of."""
    choices = value.one_of if isinstance(value, Unknown) and value.one_of else (value,)
    if not all(isinstance(one, Mapping) for one in choices):
        return _hidden(begun, value)
    return _of([plain(one) for one in choices], _perhaps(begun, value, choices), rows)


def _of_text(value: Value, begun: Body, rows: Rows, budget: Budget) -> Body:
    """Return the objects of a text. In one with gaps each is unknown in its place."""
    if isinstance(value, Unknown) and value.parts is None:  # of a plan, which says no more than that it is not known
        configured = getattr(begun.holder.native, "configured", None)
        source = None if configured is None else configured(begun.attribute)
        value = source if isinstance(source, Unknown) else value
    found = gapped(value) if isinstance(value, Unknown) else None
    texts: tuple[Value, ...] = (found,) if found else (value,)
    if isinstance(value, Unknown) and found is None and value.one_of:
        texts = value.one_of
    if not all(isinstance(one, (str, Gapped)) for one in texts):
        return _hidden(begun, value)
    values: list[Value] = []
    told: list[Diagnostic] = []
    originals: list[documents.Document] = []
    for text in texts:
        held = _documents(text, begun, budget)
        if found is not None and any(one.unread for one in held.diagnostics):
            return _hidden(begun, value)  # a gap may hold more than a value: whole lines
        values.extend(one.value if found is None else found.value(one.value) for one in held.documents)
        originals.extend(held.documents)
        told.extend(held.diagnostics)
    begun = _perhaps(begun, value, texts)
    there = _lines(begun, texts[0]) if len(texts) == 1 else None
    return _of(values, replace(begun, diagnostics=(*begun.diagnostics, *told)), rows, originals if there else (), there)


def _lines(begun: Body, text: Value) -> Optional[Place]:
    """Return the lines that a text is written in, one for one; None where they are not in the resource itself."""
    heredoc = getattr(begun.holder.native, "heredoc", None)
    found: Optional[Place] = heredoc(begun.attribute) if heredoc is not None else None
    written = (text if isinstance(text, str) else text.text).count("\n")
    return found if found is not None and found.end_line - found.line + 1 == written else None


def _documents(text: Union[str, Gapped], begun: Body, budget: Budget) -> documents.Documents:
    """Return what a text holds, as far as the budget goes; what is said of it is said of its attribute."""
    data = (text if isinstance(text, str) else text.text).encode("utf-8", "surrogatepass")
    place = begun.holder.native.place(f"/{begun.attribute}")
    most = budget.values.most(len(data))
    if not most:
        message = f"{begun.holder.address} is not judged: the files before took all that one run may take"
        return documents.Documents(diagnostics=(Diagnostic("error", "limit-run", message, place, PARTS, unread=True),))
    held = documents.read(data, place.file, most=most)
    budget.values.take(held.values, len(data))
    return replace(held, diagnostics=tuple(replace(one, place=place, content="") for one in held.diagnostics))


def _perhaps(begun: Body, value: Value, choices: tuple[Value, ...]) -> Body:
    return replace(begun, doubt=value) if len(choices) > 1 and isinstance(value, Unknown) else begun


def _hidden(begun: Body, value: Value) -> Body:
    what = f"{begun.attribute} of {begun.holder.address.partition('//')[2]}"
    if isinstance(value, Unknown):
        return replace(begun, hidden=Unknown(value.reason, note=f"{what} is not known: {value.note or value.reason}"))
    return replace(begun, hidden=Unknown(Reason.ERROR, note=f"{what} holds no object"))


def _of(
    values: Iterable[Value],
    begun: Body,
    rows: Rows,
    originals: Sequence[documents.Document] = (),
    there: Optional[Place] = None,
) -> Body:
    """
    Return the objects of the documents of a body; nobody knows them where a kind is not known.

    `originals` are the documents in the text that is written at `there`, if it is.
    """
    holder = begun.holder
    several = [_moved_into(value, holder.attributes.get(_OVERRIDE)) for value in values]
    doubt = next((one for value in several if (one := _kind_in_doubt(value)) is not None), None)
    if doubt is not None:
        return _hidden(begun, doubt)
    pointers = _with_override(begun.pointers) if holder.attributes.get(_OVERRIDE) is not None else begun.pointers
    file = holder.native.place("").file
    inner = [
        Inner(
            number=number,
            value=value,
            text="",
            part=1,
            holder=holder.native,
            pointers=pointers,
            original=originals[number - 1] if originals else None,
            lines_at=there,
        )
        for number, value in enumerate(several, 1)
    ]
    found: list[Object] = []
    told: list[Diagnostic] = []
    above = holder.address.partition("//")[2]
    for each in objects(file, inner, rows):
        if isinstance(each, Object):
            found.append(replace(each, native=f"{above}!{each.native}"))
        else:
            told.append(each)
    return replace(begun, objects=tuple(found), pointers=pointers, diagnostics=(*begun.diagnostics, *told))


def _kind_in_doubt(value: Value) -> Optional[Unknown]:
    if isinstance(value, Unknown):
        return value
    told: Iterator[Value] = (value.get(key) for key in ("apiVersion", "kind")) if isinstance(value, dict) else iter(())
    return next((one for one in told if isinstance(one, Unknown)), None)


def _moved_into(value: Value, namespace: Value) -> Value:
    """Return an object in the namespace that its resource puts it into, whatever it says itself."""
    if namespace is None or not isinstance(value, dict):
        return value
    metadata = value.get("metadata")
    there = metadata if isinstance(metadata, dict) else {}
    moved = {**there, "namespace": namespace}
    kept = {**value, "metadata": OpenMap(moved, there.rest) if isinstance(there, OpenMap) else moved}
    return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept


def _with_override(pointers: Pointers) -> Pointers:
    return lambda pointer: f"/{_OVERRIDE}" if pointer == _NAMESPACE else pointers(pointer)
