"""
What a plain YAML scalar means, as the YAML reader of Kubernetes' own tools (sigs.k8s.io/yaml, go-yaml 2) resolves it.

That reader speaks YAML 1.1 with exceptions of its own: `y` and `on` are booleans, `010` is eight, `1_000` a thousand,
base 60 does not exist and a time stamp stays a string. Judging by other rules would judge something that is not
applied.
"""

from __future__ import annotations

import re
from base64 import b64decode
from decimal import Decimal
from typing import Final, Optional, Union

from guardrail.model.pattern import pattern
from guardrail.model.value import Reason, Unknown, Value

Scalar = Union[None, bool, int, Decimal, str, Unknown]

FIRST: Final = frozenset("+-.0123456789yYnNtTfFoO~")
"""A plain scalar that begins otherwise is a string, unless it is empty."""

_WORDS: Final[dict[str, Scalar]] = {
    "": None,
    **dict.fromkeys(("~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(
        (sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")),
        Unknown(Reason.ERROR, note="infinity is no number that JSON can say"),
    ),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), Unknown(Reason.ERROR, note="not a number")),
}
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)\Z", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z", re.ASCII)
_LONGEST: Final = 400
"""Characters of a number. What is longer cannot be held by the float that the other reader would make of it."""
_LARGEST_EXPONENT: Final = 308


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar without a tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in FIRST or len(text) > _LONGEST:
        return text
    plain = text.replace("_", "")
    if _INTEGER.match(plain):
        return _integer(plain)
    return number(plain) if _FLOAT.match(plain) else text


def _integer(plain: str) -> int:
    digits = plain.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        plain = plain.replace("0", "0o", 1)  # Go writes octal without the letter
    return int(plain, 0)


def number(text: str) -> Union[Decimal, str]:
    """Return a decimal; the text itself where a 64-bit float overflows, since a string is what stays of it then."""
    value = Decimal(text)
    return value if value.adjusted() <= _LARGEST_EXPONENT else text


_GAP = pattern(
    r"""\{\{.{0,400}?\}\}                              # Go templates, Jinja, Argo
      | \{%.{0,400}?%\}
      | \$\{[A-Za-z_][^}\n]{0,200}\}                   # envsubst, shell, Terraform
      | \$[A-Z][A-Z0-9_]*\b
      | <<[^<>\n]+>>
      | <(?:YOUR|your|Your|REPLACE|replace|CHANGE|change|INSERT|insert|ENTER|enter)[^<>\n]*>
      | <[A-Z][A-Z0-9_ -]*>
      | \b[A-Z][A-Z0-9_]{0,100}_PLACEHOLDER\b
      | \A<[A-Za-z][A-Za-z0-9_. -]*>\Z""",
    re.VERBOSE,
)
"""What other tools fill in. Repeats are bounded where nothing else keeps a search from being quadratic."""
_SEARCHED: Final = 4096
"""Characters of a string that are searched. What is longer than this is no name, number or image."""

MARKS: Final = re.compile(r"\{[{%]|\$[{A-Z]|<[<A-Za-z]|_PLACEHOLDER")
"""What every gap holds: text without any of these has none."""


def gap(text: str, *, whole: bool = False) -> Optional[Unknown]:
    """
    Return what a one-line string with a gap is; None if it has none.

    Text of several lines is a script or a document of its own, where these signs mean other things. `whole`: a
    variable of a shell counts only if it is all there is, as in lists, where commands are written.
    """
    if not MARKS.search(text) or "\n" in text:
        return None
    found = _GAP.search(text, 0, _SEARCHED)
    if found is None or (whole and text[found.start()] == "$" and found.group() != text):
        return None
    note = f"{found.group()!r} is filled in by another tool"
    return Unknown(Reason.TEMPLATE, prefix=text[: found.start()] or None, note=note, written=text)


BINARY: Final = "tag:yaml.org,2002:binary"


def binary(text: str) -> Union[str, Unknown]:
    """Return what base64 stands for: the reader of Kubernetes' tools takes it for a string like any other."""
    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8")
    except ValueError:
        return Unknown(Reason.ERROR, note="not text in base64", written=text)


def key_name(key: Value) -> str:
    """Return a resolved key as the string that it becomes in JSON."""
    if key.__class__ is str:
        return str(key)
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, Unknown):
        return key.written
    return "null" if key is None else str(key)
