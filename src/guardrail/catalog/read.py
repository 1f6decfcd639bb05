"""
Facts into readers: functions from attributes to a value, an `Unknown`, or None for absent.

A reader is made once per declaration and called once per resource, so whatever can be decided beforehand is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Final, Optional

from guardrail.catalog.convert import ConversionError
from guardrail.catalog.facts import bare, guarded, spread
from guardrail.catalog.kind import Always, At, Each, Fact, First, From, Json, Of, Outer, Shape
from guardrail.model.gaps import gapped
from guardrail.model.path import Segment, pointer, segments
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, Value, apply, lookup

Reader = Callable[[Value], Value]

SUPPLIERS: Final = "//suppliers"
"""
Where attributes that are read hold those of other resources, by the pointer of the link: what `Of` looks into.

No attribute can be called so. Nothing but `describe.complete` puts it there.
"""

OUTSIDE: Final = "//outside"
"""Where an element of a repeated block holds the attributes of the resource: what `Outer` looks into."""


def reader(fact: Fact) -> Reader:
    """Return the function that reads a fact from attributes (or from an element of a repeated block)."""
    if isinstance(fact, Always):
        return partial(_constant, fact.value)
    if isinstance(fact, At):
        return _at(fact)
    if isinstance(fact, First):
        return _first(tuple(reader(one) for one in fact.facts))
    if isinstance(fact, Each):
        return _each(fact.path, reader(fact.fact))
    if isinstance(fact, Of):
        return _of(fact.link, reader(fact.fact))
    if isinstance(fact, Outer):
        return _outer(reader(fact.fact))
    if isinstance(fact, Json):
        return _json(fact.path, reader(fact.fact) if fact.fact else lambda said: said)
    if isinstance(fact, Shape):
        return _shape({key: reader(member) for key, member in fact.members.items()})
    read = _from(tuple(reader(one) for one in fact.inputs), fact.function)
    return partial(_constant, read({})) if all(isinstance(one, Always) for one in fact.inputs) else read


def paths(fact: Optional[Fact], above: str = "") -> Iterator[str]:
    """
    Yield the pointers of all attributes that a fact is made of, in order; those of `Each` name its list.

    `above` is the pointer of the block that is read, where it is one of several.
    """
    if isinstance(fact, (At, Each, Json)):
        yield above + pointer(fact.path)
    elif isinstance(fact, (First, From)):
        for part in fact.facts if isinstance(fact, First) else fact.inputs:
            yield from paths(part, above)
    elif isinstance(fact, Shape):
        for part in fact.members.values():
            yield from paths(part, above)
    elif isinstance(fact, Of):
        yield above + fact.link
    elif isinstance(fact, Outer):
        yield from paths(fact.fact)


_NO_BLOCK: Final = Unknown(Reason.ERROR, note="not a block")


def elements(attributes: Value, path: tuple[Segment, ...]) -> Value:
    """Return the elements of a repeated block: a tuple, an `Unknown`, or () where there is none."""
    found = below(attributes, path)
    if found is None:
        return ()
    if isinstance(found, Unknown):
        return found
    if isinstance(found, Mapping):  # a block written in attribute syntax, without brackets
        return (found,)
    if isinstance(found, (list, tuple)):
        return tuple(one if isinstance(one, (Mapping, Unknown)) else _NO_BLOCK for one in found if one is not None)
    return _NO_BLOCK


def blocks(declared: object, path: tuple[Segment, ...]) -> Reader:
    """
    Return the function that yields the elements of a repeated block, as `elements` does.

    Where something in `declared` looks outside its block, known elements take the resource's attributes with them.
    """
    if not uses(declared, Outer):
        return lambda attributes: elements(attributes, path)

    def read(attributes: Value) -> Value:
        found = elements(attributes, path)
        if isinstance(found, Unknown):
            return found
        return tuple({**one, OUTSIDE: attributes} if isinstance(one, Mapping) else one for one in found)

    return read


def uses(declared: object, word: type) -> bool:
    """Return whether a declaration has such a word somewhere inside."""
    return any(isinstance(part, word) for part in words(declared))


@cache
def texts(declared: object) -> frozenset[str]:
    """Return the attributes of which a declaration reads what they say: those that hold JSON."""
    return frozenset(str(word.path[0]) for word in words(declared) if isinstance(word, Json))


def words(declared: object) -> Iterator[object]:
    """Yield a declaration and everything that it is made of."""
    yield declared
    if isinstance(declared, (list, tuple)):
        parts: Iterable[object] = declared
    elif isinstance(declared, Mapping):
        parts = declared.values()
    else:
        parts = (getattr(declared, field.name) for field in fields(declared)) if is_dataclass(declared) else ()
    for part in parts:
        yield from words(part)


def below(attributes: Value, path: tuple[Segment, ...]) -> Value:
    """
    Return what stands at a path: a value, an `Unknown`, None where nothing does.

    Below an unknown that lists candidates, it is what the candidates hold there.
    """
    value = attributes
    for index, segment in enumerate(path):
        if isinstance(value, dict):
            if segment == 0 and type(segment) is int:
                continue  # a single block in attribute syntax: `scaling_config = {…}`
            value = value.get(segment, value.rest if isinstance(value, OpenMap) else None)
        elif isinstance(value, (list, tuple)) and type(segment) is int:
            value = value[segment] if segment < len(value) else None
        elif isinstance(value, Unknown):
            return _projected(value, path[index:])
        else:
            value = lookup(value, (segment,))
        if value is None or value is ABSENT:
            return None
    return value


def _projected(unknown: Unknown, rest: tuple[Segment, ...]) -> Value:
    """Return what is known below an unknown. A candidate without that path counts as null there."""
    if unknown.one_of is None:
        return bare(unknown)
    return apply(lambda value: below(value, rest), unknown)


def _constant(value: Value, _: Value) -> Value:
    return value


def _at(fact: At) -> Reader:
    path, default, convert = fact.path, fact.default, fact.convert
    key = str(path[0])
    deep = len(path) > 1

    def finish(value: Value) -> Value:
        if value is None:
            return default
        return value if convert is None else guarded(convert, value)

    def read(attributes: Value) -> Value:
        value = attributes.get(key) if isinstance(attributes, dict) else None
        if value is None and isinstance(attributes, dict) and not isinstance(attributes, OpenMap):
            return default  # what most attributes of most resources are: not written
        if deep or value is None:
            value = below(attributes, path)
        if isinstance(value, Unknown):
            return bare(value, prefix=value.prefix) if value.one_of is None else apply(finish, value)
        return finish(value)

    return read


def _first(readers: tuple[Reader, ...]) -> Reader:
    def read(attributes: Value) -> Value:
        for one in readers:
            value = one(attributes)
            if value is not None:
                return value
        return None

    return read


def _each(path: tuple[Segment, ...], inner: Reader) -> Reader:
    def read(attributes: Value) -> Value:
        found = elements(attributes, path)
        if isinstance(found, Unknown):
            return bare(found)
        return tuple(inner(one) for one in found) or None

    return read


def _of(link: str, inner: Reader) -> Reader:
    path = segments(link)

    def read(attributes: Value) -> Value:
        if link in attributes.get(SUPPLIERS, ()):
            return inner(attributes[SUPPLIERS][link])
        refers = below(attributes, path)
        if refers is None:
            return None
        if isinstance(refers, Unknown):
            return bare(refers)
        return Unknown(Reason.DATA, note="told by something that is not in this graph")

    return read


def _json(path: tuple[Segment, ...], inner: Reader) -> Reader:
    def said(text: Value) -> Value:
        return inner(loaded(text) if isinstance(text, str) else text)

    def read(attributes: Value) -> Value:
        text = below(attributes, path)
        if not isinstance(text, Unknown):
            return None if text is None else guarded(said, text)
        found = gapped(text, quoted=True)
        if found is None:
            return bare(text) if text.one_of is None else apply(partial(guarded, said), text)
        try:
            known = found.value(loaded(found.text))
        except ValueError:  # a gap holds more than a value
            return bare(text)
        return guarded(inner, known)

    return read


def loaded(text: str) -> Value:
    """Return what a JSON text says. Raises a ValueError where it is none."""
    import json

    try:
        return _tuples(json.loads(text, parse_float=Decimal))
    except RecursionError as error:
        raise ConversionError("nested too deeply") from error


def _tuples(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _tuples(member) for key, member in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _outer(inner: Reader) -> Reader:
    def read(element: Value) -> Value:
        return element if isinstance(element, Unknown) else inner(element[OUTSIDE])

    return read


def _shape(readers: Mapping[str, Reader]) -> Reader:
    def read(attributes: Value) -> Value:
        found = ((key, one(attributes)) for key, one in readers.items())
        return {key: value for key, value in found if value is not None}

    return read


def _from(readers: tuple[Reader, ...], function: Callable[..., Value]) -> Reader:
    call = partial(guarded, function)

    def read(attributes: Value) -> Value:
        values = [one(attributes) for one in readers]
        for value in values:
            if isinstance(value, Unknown):
                return spread(call, values)
        return call(*values)

    return read
