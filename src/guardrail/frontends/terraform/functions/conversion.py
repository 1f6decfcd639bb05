"""Functions that convert, and those that only mark: marks are not followed here, but kept out of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.frontends.terraform.convert import convert
from guardrail.frontends.terraform.functions.signature import Context, Function, Nullable
from guardrail.frontends.terraform.types import ANY, BOOL, NUMBER, STRING, ListType, MapType, SetType, Type
from guardrail.frontends.terraform.values import Value, refused


def _to(kind: Type) -> Function:
    return Function(lambda value: convert(value, kind), (Nullable(),), kind, partial=True)


def _same(value: Value) -> Value:
    return value


def _secret(context: Context, value: Value) -> Value:
    context.meter.secret(value)
    return value


_IDENTITY: Final = Function(_same, (Nullable(),), partial=True)

FUNCTIONS: Final[Mapping[str, Function]] = {
    "ephemeralasnull": _IDENTITY,
    "issensitive": Function(lambda _: refused("which values are sensitive is not followed", BOOL), (Nullable(),), BOOL),
    "nonsensitive": _IDENTITY,
    "sensitive": Function(_secret, (Nullable(),), partial=True, reads=True),
    "tobool": _to(BOOL),
    "tolist": _to(ListType(ANY)),
    "tomap": _to(MapType(ANY)),
    "tonumber": _to(NUMBER),
    "toset": _to(SetType(ANY)),
    "tostring": _to(STRING),
}
