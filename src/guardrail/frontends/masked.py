"""What may be kept and shown of an object that somebody wrote: no values of `env` blocks, no secrets, no copies."""

from __future__ import annotations

from operator import is_
from typing import Final

from guardrail.model.pattern import pattern
from guardrail.model.value import OpenMap, Unknown, Value

MASK: Final = "(not shown)"

_ENV: Final = frozenset(
    {
        "env", "envs", "envVars", "env_vars", "extraEnv", "extraEnvVars", "environment", "environmentVariables",
        "environment_variables", "Env", "Environment", "EnvironmentVariables",
    }
)  # fmt: skip
"""Keys whose values are environment variables: a list of name and value, or a mapping."""

_NESTED: Final = frozenset({"Variables", "variables"})
"""Keys below which a block of variables has those: `Environment: {Variables: {…}}`."""

_LABELS: Final = frozenset(
    {"labels", "tags", "Tags", "additionalTags", "additionalLabels", "matchLabels", "nodeSelector"}
)
"""Keys whose values are labels or tags by name, in which nothing is hidden."""

_TEXTS: Final = frozenset(
    {
        "runtimeEnvYAML", "kubectl.kubernetes.io/last-applied-configuration", "admin_password", "adminPassword",
        "admin_user_password", "adminUserPassword", "api_key", "apiKey", "Password", "MasterPassword",
        "MasterUserPassword", "SecretString", "AuthToken", "UserData",
    }
)  # fmt: skip
"""Text that is a secret, or holds a document of its own with environment or secrets in it."""

_ARGUMENTS: Final = frozenset({"args", "command"})
_ENV_IN_TEXT: Final = pattern(r"""["'](?:env|envs|envVars|env_vars|environment)\\*["']\s*:""")
"""Variables of a message that a container is handed as text: of an argument with some in it nothing is shown."""

_SECRET: Final = frozenset({"data", "stringData"})
"""Keys of a Secret inside another object that are left out."""


def masked(value: Value) -> Value:
    """Return a value without what must not be shown: itself, where there is nothing of that in it."""
    if isinstance(value, tuple):
        elements = tuple(map(masked, value))
        return value if all(map(is_, elements, value)) else elements
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "Secret" and not _SECRET.isdisjoint(value):
        value = {key: member for key, member in value.items() if key not in _SECRET}
    changed: dict[str, Value] = {}
    for key, member in value.items():
        inside = _member(key, member)
        if inside is not member:
            changed[key] = inside
    if not changed:
        return value
    kept = {**value, **changed}
    return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept


def _member(key: str, member: Value) -> Value:
    if key in _LABELS:  # one of them may be called like a block of variables
        return member
    if key in _ENV:
        return _variables(member)
    if key in _TEXTS and member is not None:
        return MASK
    if key in _ARGUMENTS and isinstance(member, tuple):
        shown = tuple(map(_argument, member))
        return member if all(map(is_, shown, member)) else shown
    return masked(member) if isinstance(member, (dict, tuple)) else member


def _argument(value: Value) -> Value:
    text = value.written if isinstance(value, Unknown) else value
    return MASK if isinstance(text, str) and _ENV_IN_TEXT.search(text) else masked(value)


def _variables(value: Value) -> Value:
    """Return environment variables by name, without what they are."""
    if isinstance(value, tuple):
        return tuple(_variable(element) for element in value)
    if isinstance(value, dict):
        kept = {key: _within(key, member) for key, member in value.items()}
        return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept
    return value if value is None or isinstance(value, bool) else MASK


def _within(key: str, member: Value) -> Value:
    """Return a member of a mapping of variables: one, where it is from, or all of them once more (of a Lambda)."""
    if not isinstance(member, dict):
        return MASK
    return _variables(member) if key in _NESTED else masked(member)


def _variable(value: Value) -> Value:
    if isinstance(value, dict):
        kept = {key: MASK if key in ("value", "default", "Value") else masked(member) for key, member in value.items()}
        return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept
    return value if value is None else MASK
