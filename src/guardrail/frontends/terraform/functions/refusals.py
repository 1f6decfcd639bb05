"""Functions that are not computed: what they give depends on the moment, on chance, on keys or on a compressor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.frontends.terraform.functions.signature import Function, Nullable
from guardrail.frontends.terraform.types import ANY, NUMBER, STRING
from guardrail.frontends.terraform.values import Unknown, Value
from guardrail.model.value import Reason


def _refused(note: str, *takes: object, most: int = 0) -> Function:
    """Return a function whose result is an unknown string that is not null."""

    def run(*_: Value) -> Value:
        return Unknown(Reason.REFUSED, note=note, type=STRING, not_null=True)

    return Function(run, takes, STRING, rest=NUMBER if most else None, most=most or None, partial=True)  # type: ignore[arg-type]


FUNCTIONS: Final[Mapping[str, Function]] = {
    "base64gzip": _refused("base64gzip() depends on the compressor", STRING),
    "bcrypt": _refused("bcrypt() is different every time", STRING, most=2),
    "convert": Function(
        lambda *_: Unknown(Reason.REFUSED, note="convert() takes a type, which is no value here"),
        (Nullable(), ANY),
        partial=True,
    ),
    "plantimestamp": _refused("plantimestamp() depends on the time"),
    "rsadecrypt": _refused("rsadecrypt() needs a private key", STRING, STRING),
    "timestamp": _refused("timestamp() depends on the time"),
    "uuid": _refused("uuid() is different every time"),
}
