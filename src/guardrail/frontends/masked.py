"""What may be kept and shown of an object that somebody wrote: no values of `env` blocks, no secrets, no copies."""

from __future__ import annotations

from dataclasses import replace
from operator import is_
from typing import Final

from guardrail.frontends.secrecy import MASK, VALUES, Key, about, is_secret, is_secret_pair, redacted
from guardrail.model.pattern import pattern
from guardrail.model.value import OpenMap, Unknown, Value

_LABELS: Final = frozenset(
    {"labels", "tags", "Tags", "additionalTags", "additionalLabels", "matchLabels", "nodeSelector"}
)
"""Keys whose values are labels or tags by name, in which nothing is hidden."""

_NESTED: Final = frozenset({"Variables", "variables"})
"""Keys below which a block of variables has those: `Environment: {Variables: {…}}`."""

_ARGUMENTS: Final = frozenset({"args", "command"})
_ENV_IN_TEXT: Final = pattern(r"""["'](?:env|envs|envVars|env_vars|environment)\\*["']\s*:""")
"""Variables of a message that a container is handed as text: of an argument with some in it nothing is shown."""

_SECRET: Final = frozenset({"data", "stringData"})
"""Keys of a Secret inside another object that are left out."""


def masked(value: Value) -> Value:
    """Return a value without what must not be shown: itself, where there is nothing of that in it."""
    kind = value.__class__
    if kind is str:
        return redacted(value)
    if kind is tuple:
        return _elements(value)
    if kind is Unknown:
        return _unknown(value)
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "Secret" and not _SECRET.isdisjoint(value):
        value = {key: member for key, member in value.items() if key not in _SECRET}
    secret = is_secret_pair(value)
    changed: dict[str, Value] = {}
    for key, member in value.items():
        inside = MASK if secret and key in VALUES and _is_text(member) else _member(key, member)
        if inside is not member:
            changed[key] = inside
    return _with(value, changed) if changed else value


def _with(value: dict[str, Value], changed: dict[str, Value]) -> Value:
    kept = {**value, **changed}
    return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept


def _is_text(value: Value) -> bool:
    """Whether a value is a text, or may be one."""
    return isinstance(value, (str, Unknown))


def _elements(value: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the elements of a list; what follows the name of a secret, as in arguments, is one."""
    shown = tuple(map(masked, value))
    if any(map(_asks, value)):
        before = (None, *value)
        pairs = zip(before, value, shown, strict=False)
        shown = tuple(
            MASK if _asks(name) and _is_text(one) and not _is_flag(one) else kept for name, one, kept in pairs
        )
    return value if all(map(is_, shown, value)) else shown


def _is_flag(argument: Value) -> bool:
    return argument.__class__ is str and argument[:1] == "-"


def _asks(argument: Value) -> bool:
    """Whether an argument is the name of a secret that follows."""
    return _is_flag(argument) and is_secret(argument.lstrip("-"))


def _unknown(value: Unknown) -> Unknown:
    """Return what is known of a value that is not, as far as it may be shown."""
    prefix = value.prefix if value.prefix is None else redacted(value.prefix)
    written, note = redacted(value.written), redacted(value.note)
    one_of = value.one_of if value.one_of is None else tuple(map(masked, value.one_of))
    same = (prefix, written, note, one_of) == (value.prefix, value.written, value.note, value.one_of)
    return value if same else replace(value, prefix=prefix, written=written, note=note, one_of=one_of)


def _member(key: str, member: Value) -> Value:
    if key in _LABELS:  # one of them may be called like a block of variables
        return member
    said = about(key)
    if said is Key.VARIABLES:
        return _variables(member)
    if said is Key.SECRET and _is_text(member):
        return MASK
    if member.__class__ is tuple:
        if said is Key.SECRETS:
            return tuple(MASK if _is_text(one) else masked(one) for one in member)
        if key in _ARGUMENTS and any(map(_names_variables, member)):
            member = tuple(MASK if _names_variables(one) else one for one in member)
    return masked(member)


def _names_variables(value: Value) -> bool:
    text = value.written if isinstance(value, Unknown) else value
    return isinstance(text, str) and _ENV_IN_TEXT.search(text) is not None


def _variables(value: Value) -> Value:
    """Return environment variables by name, without what they are."""
    if isinstance(value, tuple):
        return tuple(_variable(element) for element in value)
    if isinstance(value, dict):
        return _with(value, {key: _within(key, member) for key, member in value.items()})
    return value if value is None or isinstance(value, bool) else MASK


def _within(key: str, member: Value) -> Value:
    """Return a member of a mapping of variables: one, where it is from, or all of them once more (of a Lambda)."""
    if not isinstance(member, dict):
        return MASK
    return _variables(member) if key in _NESTED or about(key) is Key.VARIABLES else masked(member)


def _variable(value: Value) -> Value:
    if isinstance(value, dict):
        return _with(value, {key: MASK if key in VALUES else _member(key, member) for key, member in value.items()})
    return value if value is None else MASK
