"""
`guardrail.yaml`, read and complete: what the rest of the program sees of the configuration.

Every field has the value that holds when the file does not say otherwise. How the text becomes this is
`config.load`; where the text may come from is `config.trust`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, Optional

from guardrail.config.text import Path, Text
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Level
from guardrail.model.place import Place
from guardrail.model.value import Reason

OnUnknown = Literal["deny", "warn", "ignore"]
Profile = Literal["standard", "strict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """What is said of one policy, at one of the levels base, environment, unit. None and absent: not said."""

    level: Optional[Level] = None
    on_unknown: Mapping[Reason, OnUnknown] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    environments: Mapping[str, PolicySettings] = field(default_factory=dict)
    units: Mapping[str, PolicySettings] = field(default_factory=dict)
    place: Optional[Place] = None


@dataclass(frozen=True, slots=True)
class Environment:
    """A name for units by gitignore globs anchored at the root; the first environment that matches wins."""

    name: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One way to apply a Terraform root: variable files relative to it, workspace, environment."""

    name: str
    var_files: tuple[str, ...] = ()
    workspace: Optional[str] = None
    environment: Optional[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSettings:
    """What formats cannot state about the units (or files) that match `path`."""

    path: str
    provider: Optional[str] = None
    region: Optional[str] = None
    cluster: Optional[str] = None
    environment: Optional[str] = None
    runs_per_month: Optional[int] = None
    stacks: tuple[Stack, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster that manifests run on."""

    name: str
    provider: Optional[str] = None
    region: Optional[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. `file` is None where there is none; `text` is what it was read from."""

    file: Optional[str] = None
    text: Optional[Text] = field(default=None, compare=False, repr=False)
    profile: Profile = "standard"
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()  # brings back what is left out by default
    environments: tuple[Environment, ...] = ()
    units: tuple[UnitSettings, ...] = ()
    clusters: Mapping[str, Cluster] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    allocation: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"team": ("team", "owner"), "model": ("model",), "environment": ("environment", "env")}
    )
    policy_sources: tuple[str, ...] = ()
    policies: Mapping[str, PolicySettings] = field(default_factory=dict)
    kinds: tuple[Mapping[str, Any], ...] = ()  # rows for custom resources, as written
    gate: Literal["introduced", "all"] = "introduced"
    config_changes: Literal["codeowners", "signed"] = "codeowners"

    def place(self, path: Path) -> Optional[Place]:
        """Return where the file states what is at a path, the key included; None if it does not."""
        if self.text is None or path not in self.text.places:
            return None
        return self.text.place(path, key=True)
