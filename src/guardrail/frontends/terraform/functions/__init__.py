"""
The functions of the language, by theme.

Each theme is a module with a table `FUNCTIONS`; it is imported when one of its functions is called first, since most
configurations use a handful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

from guardrail.errors import closest
from guardrail.frontends.terraform.functions.signature import Context, Function, TooLargeError
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.values import EvaluationError, Value, refused

THEMES: Final[Mapping[str, tuple[str, ...]]] = {
    "strings": (
        "chomp", "endswith", "format", "formatlist", "indent", "join", "lower", "regex", "regexall", "replace",
        "split", "startswith", "strcontains", "strrev", "substr", "title", "trim", "trimprefix", "trimspace",
        "trimsuffix", "upper",
    ),
    "numbers": ("abs", "ceil", "floor", "log", "max", "min", "parseint", "pow", "range", "signum", "sum"),
    "lists": (
        "alltrue", "anytrue", "chunklist", "coalesce", "coalescelist", "compact", "concat", "contains", "distinct",
        "element", "flatten", "index", "length", "matchkeys", "one", "reverse", "slice", "sort",
    ),
    "maps": ("keys", "lookup", "merge", "transpose", "values", "zipmap"),
    "sets": ("setintersection", "setproduct", "setsubtract", "setunion"),
    "conversion": (
        "ephemeralasnull", "issensitive", "nonsensitive", "sensitive", "tobool", "tolist", "tomap", "tonumber",
        "toset", "tostring",
    ),
    "encoding": (
        "base64decode", "base64encode", "base64gunzip", "csvdecode", "jsondecode", "jsonencode", "textdecodebase64",
        "textencodebase64", "urldecode", "urlencode", "yamldecode", "yamlencode",
    ),
    "hashing": ("base64sha256", "base64sha512", "md5", "sha1", "sha256", "sha512", "uuidv5"),
    "dates": ("formatdate", "timeadd", "timecmp"),
    "network": ("cidrcontains", "cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets"),
    "files": (
        "abspath", "basename", "dirname", "file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists",
        "filemd5", "fileset", "filesha1", "filesha256", "filesha512", "pathexpand", "templatefile", "templatestring",
    ),
    "provided": (
        "provider::kubernetes::manifest_decode", "provider::kubernetes::manifest_decode_multi",
        "provider::kubernetes::manifest_encode",
    ),
    "refusals": ("base64gzip", "bcrypt", "convert", "plantimestamp", "rsadecrypt", "timestamp", "uuid"),
}  # fmt: skip
"""The modules and the functions in each. `try` and `can` evaluate their arguments themselves: `expressions.calls`."""

_REMOVED: Final[Mapping[str, str]] = {
    "list": "write [a, b] or tolist([a, b])",
    "map": "write {a = b} or tomap({a = b})",
    "type": "it exists in `terraform console` only",
}

_THEME_OF: Final[Mapping[str, str]] = {name: theme for theme, names in THEMES.items() for name in names}


def function(name: str) -> Function:
    """Return a function by name. Raises an `EvaluationError` with what may have been meant."""
    theme = _THEME_OF.get(name)
    if theme is None:
        raise EvaluationError(_unheard_of(name))
    table: Mapping[str, Function] = import_module(f"{__name__}.{theme}").FUNCTIONS
    return table[name]


def call(name: str, arguments: Sequence[Value], context: Context) -> Value:
    """
    Return what a function gives for these arguments, unknown ones included.

    Raises an `EvaluationError` that names the function. What is too large to be computed is unknown (`refused`).
    """
    called = function(name)
    try:
        return called(arguments, context)
    except FatalError:
        raise
    except EvaluationError as error:
        raise EvaluationError(f"{name}(): {error.message}", error.node) from error
    except TooLargeError as error:
        return refused(f"{name}() would make {error}", called.result)
    except (RecursionError, MemoryError):
        raise  # the whole evaluation is at its limits
    except Exception as error:  # a library that a function is made of did not like its input
        raise EvaluationError(f"{name}(): {type(error).__name__}: {error}"[:_MESSAGE]) from error


_MESSAGE: Final = 300
"""The most characters of a message that is not ours."""


def _unheard_of(name: str) -> str:
    if name in _REMOVED:
        return f"there is no function {name}(): {_REMOVED[name]}"
    close = closest(name, (*_THEME_OF, "try", "can"))
    return f"there is no function {name}()" + (f", did you mean {close[0]}()?" if close else "")
