"""
Texts that are known but for some gaps, written from values and read into values.

A manifest in a template, one name of which is known after apply, is a manifest all the same. Only that name is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from guardrail.frontends.terraform.types import ANY, STRING
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    Mapped,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    checked,
    text_unknown,
    unknown,
    wholly_known,
)
from guardrail.model.gaps import Gapped, gapped, parted, stood_in
from guardrail.model.value import Unknown as Told


def decoded(text: Value, decode: Callable[[str], Value], *, quoted: bool = False) -> Value:
    """Return what a text says, in which each gap is an unknown."""
    if not isinstance(text, Unknown):
        return decode(text)
    found = gapped(text, quoted=quoted)
    if found is None:
        return unknown(text)
    try:
        return checked(_filled(decode(found.text), found))
    except EvaluationError:
        return unknown(text)  # a gap holds more than a value: lines, or nothing


def encoded(value: Value, encode: Callable[[Value], str]) -> Value:
    """Return the text of a value; with unknowns in it a text with gaps."""
    if wholly_known(value):
        return encode(value)
    base = text_unknown(value)
    gaps: list[Unknown] = []
    _gather(value, gaps)
    stand_ins = stood_in(gaps)
    if stand_ins is None or isinstance(value, Unknown):
        return base
    text = encode(_with_stand_ins(value, iter(stand_ins)))
    for stand_in in stand_ins:
        text = text.replace(f'"{stand_in}"', stand_in)  # it stands for a value of any type
    return replace(base, type=STRING, parts=parted(text, gaps))


def _gather(value: Value, gaps: list[Unknown]) -> None:
    """Add the unknowns of a value in the order in which `_with_stand_ins` meets them."""
    if isinstance(value, Unknown) or _is_uncounted(value):
        gaps.append(value if isinstance(value, Unknown) else unknown(value))
    elif isinstance(value, Mapped):
        for member in value.values():
            _gather(member, gaps)
        if isinstance(value, OpenMap):
            gaps.append(value.rest)
    elif isinstance(value, Listed):
        for element in value:
            _gather(element, gaps)


def _is_uncounted(value: Value) -> bool:
    """Whether it is a set of unknown size."""
    return isinstance(value, SetValue) and not wholly_known(value)


def _with_stand_ins(value: Value, stand_ins: Iterator[str]) -> Value:
    if isinstance(value, Unknown) or _is_uncounted(value):
        return next(stand_ins)
    if isinstance(value, Mapped):
        members = {key: _with_stand_ins(member, stand_ins) for key, member in value.items()}
        if isinstance(value, OpenMap):
            more = next(stand_ins)
            members[more] = more
        return ObjectValue(members)
    if isinstance(value, Listed):
        return TupleValue(_with_stand_ins(element, stand_ins) for element in value)
    return value


def _filled(value: Value, text: Gapped) -> Value:
    """Return a value that was read from a text with stand-ins, with unknowns in their places."""
    if isinstance(value, str):
        found = text.scalar(value)
        return found if isinstance(found, str) else _of_terraform(found)
    if isinstance(value, Mapped):
        plain = {key: _filled(member, text) for key, member in value.items() if isinstance(text.scalar(key), str)}
        rest = next((found for key in value if not isinstance(found := text.scalar(key), str)), None)
        return ObjectValue(plain) if rest is None else OpenMap(plain, _of_terraform(rest))
    return TupleValue(_filled(element, text) for element in value) if isinstance(value, Listed) else value


def _of_terraform(told: Told) -> Unknown:
    """Return an unknown as expressions have it; the text in a gap may be read as a value of any type."""
    if isinstance(told, Unknown):
        return replace(told, type=ANY, not_null=False)
    return Unknown(told.reason, prefix=told.prefix, note=told.note, parts=told.parts)
