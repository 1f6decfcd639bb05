"""What is told to people: diagnostics of the run, decisions of policies, findings with their status."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any, Final, Literal, Optional, Union

from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place, Step
from guardrail.model.value import NoBound, Reason

Severity = Literal["critical", "high", "medium", "low"]
Status = Literal["deny", "warn", "undetermined"]
Level = Literal["deny", "warn", "off"]

SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """
    Something about the run itself.

    level: `error` (guardrail could not do all of its work: exit 3), `warning`, `info`. `code` is stable
    (`hcl-syntax`, `yaml-syntax`, `limit-instances`). `unread` says that claimed input could not be read; such a
    diagnostic becomes the finding `scan-incomplete` instead of an error of the run. `content` is the blob id of it.
    """

    level: Literal["error", "warning", "info"]
    code: str
    message: str
    place: Optional[Place] = None
    hint: str = ""
    unread: bool = False
    content: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount that a policy compared. `after` is the total after the change, which a waiver limits. USD or plain."""

    name: str
    value: Union[Decimal, NoBound]
    limit: Decimal
    after: Union[Decimal, NoBound]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    What a policy said of one subject, or what the engine says where it cannot tell (`reason` is set then).

    Exactly one of `resource` (an address) and `subject` (`total`, `unit:U`, `team:T`, `file:PATH`, …) is given.
    """

    policy: str
    message: str
    resource: Optional[str] = None
    subject: Optional[str] = None
    path: Optional[str] = None
    key: Optional[str] = None
    reason: Optional[Reason] = None
    depends: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    measure: Optional[Measure] = None
    remediation: Optional[str] = None  # the passing value, where the policy computed one

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The addresses of the resource that it is about and of those that were looked at besides."""
        return self.depends if self.resource is None else (self.resource, *self.depends)

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that stay while policy, subject, path and key do."""
        parts = (self.policy, self.resource or self.subject or "", self.path or "", self.key or "")
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    A decision with everything that a report says of it.

    `hidden` findings (an unknown that the configuration ignores) are kept from people, never from JSON.
    """

    decision: Decision
    severity: Severity
    status: Status
    blocking: bool
    introduced: bool
    remediation: str
    hidden: bool = False
    docs: Optional[str] = None
    place: Optional[Place] = None
    provenance: tuple[Step, ...] = ()
    environment: Optional[str] = None
    unit: Optional[str] = None

    @property
    def order(self) -> tuple[object, ...]:
        """Blocking first, then severity, subject, policy, path, key."""
        told = self.decision
        return (
            not self.blocking,
            SEVERITIES.index(self.severity),
            told.resource or told.subject or "",
            told.policy,
            told.path or "",
            told.key or "",
            told.message,
        )
