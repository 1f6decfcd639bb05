"""The bytes of a plan as a JSON value: bounded, of one reading, and with a message that helps for what is no plan."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

from guardrail.errors import UsageError
from guardrail.sources.tree import shown

BYTES: Final = 256 * 1024 * 1024
"""The largest plan that is read: it is held in memory, some six times as large."""

VALUES: Final = 6_000_000
"""The most values in a plan: at worst, an object around each, 1.2 GB. One of 60 MB has two million: a third of it."""

DEPTH: Final = 100
"""How deep values may nest. Terraform's own limit for a value is lower."""

DIGITS: Final = 400
"""The most digits of a number, before or after the point; a double has some 310."""

SHOW: Final = (
    "make it with `terraform show -json PLAN > FILE` (or `tofu show -json`), where PLAN is what `plan -out` wrote"
)

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SURROGATE: Final = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class PlanError(UsageError):
    """A plan cannot be read: nothing is judged by it."""


def refuse(file: str, message: str, hint: str = SHOW) -> NoReturn:
    """Raise the error for a plan that cannot be read."""
    raise PlanError(f"{shown(file)}: {message}", hint=hint)


def document(data: bytes, file: str, *, nulls: bool = False) -> dict[str, Any]:
    """
    Return the JSON object that the bytes are. Raises a `PlanError`.

    Members that are null are left out unless `nulls` are asked for: to Terraform an argument that is null is one that
    is not set. Numbers are exact.
    """
    if len(data) > BYTES:
        refuse(file, f"more than {BYTES >> 20} MiB, the largest plan that is read", "plan the root in parts")
    text = _text(data, file)
    values = sum(map(text.count, ",:{["))  # at least; signs in strings count too
    if values > VALUES:
        refuse(file, f"more than {VALUES:,} values, the most that are read", "plan the root in parts")
    try:
        found = json.loads(
            text,
            object_pairs_hook=_members if nulls else _stated,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except RecursionError:
        refuse(file, _TOO_DEEP)
    except json.JSONDecodeError as error:
        refuse(file, _broken(text, error), _what_to_do(text))
    except _RefusedError as error:
        refuse(file, str(error))
    if not isinstance(found, dict):
        refuse(file, "not the JSON of a plan: it is no object")
    _measure(found, file)
    return found


_TOO_DEEP: Final = f"values nest deeper than {DEPTH} levels"


class _RefusedError(Exception):
    """A value that no plan has."""


def _text(data: bytes, file: str) -> str:
    if data.startswith(b"PK\x03\x04"):
        refuse(file, "this is the plan itself, which only Terraform can read")
    encoding = next(
        (name for mark, name in _MARKS if data.startswith(mark)), "utf-8"
    )  # UTF-16 is what PowerShell writes
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        refuse(file, f"not UTF-8: byte {error.start} cannot be decoded")
    if "\\ud" in text or "\\uD" in text:
        text = _SURROGATE.sub(lambda found: "\\ufffd" if found["half"] else found[0], text)
    return text


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = ""
        for key, _ in pairs:
            if key in seen:
                twice = key
                break
            seen.add(key)
        raise _RefusedError(f"an object has the member {shown(twice)[:80]} twice")
    return members


def _stated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = _members(pairs)
    if None in members.values():
        return {key: value for key, value in members.items() if value is not None}
    return members


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise _RefusedError(f"a number of more than {DIGITS} digits")
    return int(text)


def _decimal(text: str) -> Any:
    found = Decimal(text)
    if abs(found.adjusted()) > DIGITS or len(text) > DIGITS:
        raise _RefusedError(f"a number of more than {DIGITS} digits")
    return int(found) if found == found.to_integral_value() else found


def _constant(name: str) -> NoReturn:
    raise _RefusedError(f"{name} is no number")


def _measure(found: Mapping[str, Any], file: str) -> None:
    """Refuse what nests too deep for whoever walks it. Level by level: that needs no stack."""
    level: list[Any] = [found]
    for _ in range(DEPTH):
        level = [
            inner
            for one in level
            for inner in (one.values() if type(one) is dict else one)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return
    refuse(file, _TOO_DEEP)


def _broken(text: str, error: json.JSONDecodeError) -> str:
    rest = "it ends too early" if error.pos >= len(text.rstrip()) else error.msg
    return f"not JSON, line {error.lineno} column {error.colno}: {rest}"


def _what_to_do(text: str) -> str:
    start = text.lstrip()[:400]
    if start.startswith("[command]"):
        return "the wrapper of setup-terraform writes into the output: set `terraform_wrapper: false`"
    if start.startswith('{"@level"'):
        return f"this is the log of `plan -json`; {SHOW}"
    if "Terraform will perform" in text[:4000] or "Terraform used the selected" in text[:4000]:
        return f"this is a plan as people read it; {SHOW}"
    return SHOW
