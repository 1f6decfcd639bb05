"""`format` and `formatlist`: the verbs of Go's `Sprintf` that Terraform knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final, Optional, Union

from guardrail.frontends.terraform.convert import convert
from guardrail.frontends.terraform.functions import graphemes
from guardrail.frontends.terraform.functions.signature import sized
from guardrail.frontends.terraform.functions.to_json import encoded
from guardrail.frontends.terraform.syntax.spelling import normal
from guardrail.frontends.terraform.types import BOOL, NUMBER, STRING, ListType
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    ListValue,
    SetValue,
    Unknown,
    Value,
    is_number,
    number_text,
    text_unknown,
    unknown,
    wholly_known,
)
from guardrail.model.dataclass import dataclass

WIDTH: Final = 10_000
"""The largest width and precision."""

_VERB: Final = re.compile(r"%(?:%|([ #0+-]*)([1-9][0-9]*)?(?:\.([0-9]*))?(?:\[([0-9]+)\])?([a-zA-Z]))")
_INTEGERS: Final = "bdoxX"
_FLOATS: Final = "eEfgG"
_SHORTEST: Final = 6
"""From this many digits before the point on, the shortest form has an exponent."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One `%…` of a format: which argument it shows, and how. Without width and precision these are -1."""

    spelt: str
    flags: str
    width: int
    precision: int
    argument: int
    letter: str


Piece = Union[str, Verb]


@lru_cache(maxsize=256)
def pieces(text: str) -> tuple[Piece, ...]:
    """Return literal texts and verbs, each verb with the number of its argument, from 0."""
    found: list[Piece] = []
    position = following = 0
    while (at := text.find("%", position)) >= 0:
        match = _VERB.match(text, at)
        if match is None:
            raise EvaluationError(f"unrecognised verb at {text[at : at + 8]!r}")
        found.append(text[position:at])
        position = match.end()
        flags, width, precision, index, letter = match.groups()
        if letter is None:
            found.append("%")
            continue
        argument = int(index) - 1 if index else following
        following = argument + 1
        found.append(
            Verb(match[0], flags, _bounded(width), _bounded(precision or "0" * (precision == "")), argument, letter)
        )
    found.append(text[position:])
    return tuple(found)


def _bounded(digits: Optional[str]) -> int:
    if not digits:
        return -1
    if len(digits) > len(str(WIDTH)) or int(digits) > WIDTH:
        raise EvaluationError(f"a width or precision of more than {WIDTH:,}")
    return int(digits)


def format_(text: Value, *arguments: Value) -> Value:
    """Return the text with its verbs filled in; unknown from the first unknown argument on."""
    if isinstance(text, Unknown):
        return text_unknown(text, *arguments)
    parts = pieces(text)
    _check(parts, len(arguments))
    known: list[str] = []
    for part in parts:
        if isinstance(part, Verb) and not wholly_known(arguments[part.argument]):
            return text_unknown(*arguments, prefix="".join(known))
        known.append(part if isinstance(part, str) else show(part, arguments[part.argument]))
    return normal("".join(known))


def _check(parts: Sequence[Piece], given: int) -> None:
    used = [part.argument for part in parts if isinstance(part, Verb)]
    if any(not 0 <= argument < given for argument in used):
        raise EvaluationError(f"the format asks for argument {max(used) + 1 or 0} of {given}")
    if given and max(used, default=-1) + 1 < given:
        raise EvaluationError(f"{given} arguments, of which the format uses {max(used, default=-1) + 1}")


def formatlist(text: Value, *arguments: Value) -> Value:
    """Return one text for each element of the lists among the arguments, which must be of one length."""
    result = ListType(STRING)
    if any(
        isinstance(each, Unknown) or (isinstance(each, SetValue) and not wholly_known(each))
        for each in (text, *arguments)
    ):
        return unknown(text, *arguments, type=result, not_null=True)
    lengths = [len(argument) for argument in arguments if isinstance(argument, Listed)]
    if any(length != lengths[0] for length in lengths):
        raise EvaluationError(f"the lists have different lengths: {', '.join(map(str, lengths))}")
    rows = sized(lengths[0]) if lengths else 1
    return ListValue(format_(text, *row) for row in _rows(arguments, rows))


def _rows(arguments: Sequence[Value], count: int) -> Iterator[list[Value]]:
    for index in range(count):
        yield [argument[index] if isinstance(argument, Listed) else argument for argument in arguments]


def show(verb: Verb, value: Value) -> str:
    """Return a value as its verb wants it."""
    letter = verb.letter
    if value is None and letter != "v":
        raise EvaluationError(f"null cannot be formatted by {verb.spelt}")
    if letter == "v":
        return _padded(verb, _plain(verb, value))
    if letter == "t":
        return str(convert(convert(value, BOOL), STRING))  # without regard to the width
    if letter in _INTEGERS:
        return _integer(verb, convert(value, NUMBER))
    if letter in _FLOATS:
        return _float(verb, convert(value, NUMBER))
    if letter in ("s", "q"):
        text = convert(value, STRING)
        if verb.precision > 0:
            text = "".join(graphemes.clusters(text)[: verb.precision])
        return _padded(verb, encoded(text) if letter == "q" else text)
    raise EvaluationError(f"unsupported verb {verb.spelt}")


def _plain(verb: Verb, value: Value) -> str:
    if "#" not in verb.flags:
        if isinstance(value, str):
            return value
        if is_number(value):
            return _shortest(Decimal(value))
    return encoded(value)


def _padded(verb: Verb, text: str) -> str:
    missing = verb.width - graphemes.length(text)
    if missing <= 0:
        return text
    filling = ("0" if "0" in verb.flags else " ") * missing
    return text + filling if "-" in verb.flags else filling + text


def _sign(verb: Verb, negative: bool) -> str:
    return "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""


def _framed(verb: Verb, head: str, digits: str, *, zeros: bool) -> str:
    """Return sign and digits in the width of the verb."""
    missing = verb.width - len(head) - len(digits)
    if missing <= 0:
        return head + digits
    if "-" in verb.flags:
        return head + digits + " " * missing
    return head + "0" * missing + digits if zeros else " " * missing + head + digits


def _integer(verb: Verb, value: Value) -> str:
    if not isinstance(value, int):
        raise EvaluationError(f"{verb.spelt} needs a whole number")
    digits = format(abs(value), verb.letter)
    if verb.precision == 0 and not value:
        digits = ""
    digits = digits.rjust(verb.precision, "0")
    prefix = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}.get(verb.letter, "") if "#" in verb.flags else ""
    zeros = "0" in verb.flags and verb.precision < 0
    return _framed(verb, _sign(verb, value < 0) + prefix, digits, zeros=zeros)


def _float(verb: Verb, value: Value) -> str:
    exact = Decimal(value)
    magnitude = exact.copy_abs()
    precision = verb.precision
    if verb.letter in "gG":
        digits = _shortest(magnitude) if precision < 0 else _significant(magnitude, precision)
    elif verb.letter == "f":
        digits = format(_rounded(magnitude, _SHORTEST if precision < 0 else precision), "f")
    else:
        digits = _scientific(magnitude, _SHORTEST if precision < 0 else precision)
    digits = digits.upper() if verb.letter in "EG" else digits
    return _framed(verb, _sign(verb, exact < 0), digits, zeros="0" in verb.flags)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), context=Context(prec=WIDTH + 1000, rounding=ROUND_HALF_EVEN))


def _scientific(value: Decimal, places: int) -> str:
    text = format(value, f".{places}e") if value else f"{0:.{places}e}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:].rjust(2, '0')}"


def _significant(value: Decimal, digits: int) -> str:
    digits = max(digits, 1)
    rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(value)
    return _general(rounded, digits)


def _shortest(value: Decimal) -> str:
    """Return the digits of a number, with an exponent where it is large or small."""
    sign = "-" if value < 0 else ""
    magnitude = value.copy_abs()
    digits = len(str(magnitude.as_tuple().digits))
    return sign + _general(magnitude, max(_SHORTEST, 0) if digits else 0, shortest=True)


def _general(value: Decimal, limit: int, *, shortest: bool = False) -> str:
    if not value:
        return "0"
    exponent = value.adjusted()
    significant = "".join(map(str, value.as_tuple().digits)).rstrip("0") or "0"
    boundary = limit
    if not shortest and limit > len(significant) >= exponent + 1:
        boundary = len(significant)
    if exponent < -4 or exponent >= boundary:  # noqa: PLR2004 - as in C
        fraction = f".{significant[1:]}" if significant[1:] else ""
        return f"{significant[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return number_text(int(value) if value == value.to_integral_value() else value)
