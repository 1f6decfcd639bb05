"""
`guardrail.yaml` → `Settings`.

Every error carries file, line and column, and all of them are told at once: a person who repairs a file wants to run
guardrail once more, not once for each mistake. What this version cannot do is refused, never silently ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, Optional

from guardrail import __version__
from guardrail.config.meaning import contradictions, directory, without_policies
from guardrail.config.settings import Cluster, Environment, PolicySettings, Settings, Stack, UnitSettings
from guardrail.config.shape import Problem, problems
from guardrail.config.text import Path, Text, read
from guardrail.data import DIRECTORY
from guardrail.errors import ConfigError
from guardrail.model.value import Reason

FILE: Final = "guardrail.yaml"
"""Where the configuration is, from the root of the repository."""

VERSION: Final = 1
"""The version of the format that is read."""

_NEXT: Final = "correct the file; `guardrail config validate` checks it by itself"

SCHEMA: Final = DIRECTORY / "schemas" / "config.schema.json"


def load(data: bytes, file: str = FILE, tree: Optional[Iterable[str]] = None) -> Settings:
    """
    Return the settings that a configuration file states, or raise a `ConfigError` that lists what is wrong.

    `tree` are the paths of the tree that it is for: then the folders of policies that it names must hold some.
    """
    text = read(data, file)
    _check_version(text)
    found = problems(schema(), text.value)
    if found:
        raise _error(text, found)
    settings = _settings(text)
    found = contradictions(settings, text.value) or without_policies(settings, tree)
    if found:
        raise _error(text, found)
    return settings


def schema() -> Mapping[str, Any]:
    """Return the published JSON Schema of the file."""
    described: Mapping[str, Any] = json.loads(SCHEMA.read_bytes())
    return described


def _check_version(text: Text) -> None:
    """Raise for a file that cannot be one of ours, of which it helps nobody to list what else is wrong."""
    if text.value is None:
        raise ConfigError('is empty: it begins with "version: 1"', place=text.place(()), hint="or remove the file")
    version = text.value.get("version", VERSION) if isinstance(text.value, dict) else VERSION
    if isinstance(version, int) and not isinstance(version, bool) and version != VERSION:
        raise ConfigError(
            f"version {version} is not known to guardrail {__version__}, which reads version {VERSION}",
            place=text.place(("version",)),
            hint=f"write version: {VERSION}, or install the guardrail that the file was written for",
        )


def _error(text: Text, found: tuple[Problem, ...]) -> ConfigError:
    """Return one error for all problems: its place is that of the first one, and each has a line of its own."""
    placed = sorted(
        ((text.place(problem.path, key=problem.key), problem.message) for problem in found),
        key=lambda pair: (pair[0].line, pair[0].column),
    )
    (place, message), *others = placed
    lines = [message, *(f"{where}: {told}" for where, told in others)]
    return ConfigError("\n".join(lines), place=place, hint=_NEXT)


def _settings(text: Text) -> Settings:
    value: Mapping[str, Any] = text.value
    defaults = Settings()
    return Settings(
        file=text.file,
        text=text,
        profile=value.get("profile", defaults.profile),
        exclude=tuple(value.get("exclude", ())),
        include=tuple(value.get("include", ())),
        environments=tuple(
            Environment(one["name"], tuple(one.get("paths", ()))) for one in value.get("environments", ())
        ),
        units=tuple(_unit(one) for one in value.get("units", ())),
        clusters={name: Cluster(name=name, **said) for name, said in value.get("clusters", {}).items()},
        modules={source: directory(place) for source, place in value.get("modules", {}).items()},
        allocation={
            **defaults.allocation,
            **{dimension: tuple(labels) for dimension, labels in value.get("allocation", {}).items()},
        },
        policy_sources=tuple(directory(place) for place in value.get("policy_sources", ())),
        policies={name: _policy(said, text, ("policies", name)) for name, said in value.get("policies", {}).items()},
        kinds=tuple(value.get("kubernetes", {}).get("kinds", ())),
        gate=value.get("gate", defaults.gate),
        config_changes=value.get("config_changes", defaults.config_changes),
    )


def _unit(said: Mapping[str, Any]) -> UnitSettings:
    stacks = tuple(
        Stack(
            name=name,
            var_files=tuple(stack.get("var_files", ())),
            workspace=stack.get("workspace"),
            environment=stack.get("environment"),
        )
        for name, stack in said.get("stacks", {}).items()
    )
    return UnitSettings(**{**said, "stacks": stacks})


def _policy(said: Mapping[str, Any], text: Text, path: Path) -> PolicySettings:
    return PolicySettings(
        level=said.get("level"),
        on_unknown={Reason(reason): answer for reason, answer in said.get("on_unknown", {}).items()},
        params=said.get("params", {}),
        environments={
            name: _policy(inner, text, (*path, "environments", name))
            for name, inner in said.get("environments", {}).items()
        },
        units={name: _policy(inner, text, (*path, "units", name)) for name, inner in said.get("units", {}).items()},
        place=text.place(path, key=True),
    )
