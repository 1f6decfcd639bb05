"""
What the engine itself finds: input that nobody could read, and a change to what guardrail is told.

Severity and level of each stand here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from guardrail.config.settings import Settings
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Decision, Diagnostic, Level, Severity

SCAN: Final = "scan-incomplete"
CONFIG: Final = "guardrail-config-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """A finding that comes from no Rego, described as a policy is."""

    id: str
    title: str
    severity: Severity
    level: Level
    remediation: str

    @property
    def docs(self) -> str:
        """Where it is explained."""
        return f"docs/policies/{self.id}.md"


_SCAN: Final = OwnRule(
    id=SCAN,
    title="Input that cannot be read",
    severity="high",
    level="deny",
    remediation="Correct the file; until then nothing in it is judged.",
)
_CONFIG: Final = OwnRule(
    id=CONFIG,
    title="The change touches guardrail's own configuration",
    severity="high",
    level="warn",
    remediation=(
        "Have whoever owns the configuration review it. Where a trusted revision has one, this one takes effect only "
        "when it is there."
    ),
)
_CONFIG_SIGNED: Final = OwnRule(
    id=CONFIG, title=_CONFIG.title, severity=_CONFIG.severity, level="deny", remediation=_CONFIG.remediation
)

NAMES: Final = frozenset({SCAN, CONFIG})


def own_rules(settings: Settings) -> Mapping[str, OwnRule]:
    """Return the engine's own rules by id."""
    return {SCAN: _SCAN, CONFIG: _CONFIG_SIGNED if settings.config_changes == "signed" else _CONFIG}


def scan_incomplete(diagnostics: Iterable[Diagnostic]) -> tuple[Decision, ...]:
    """Return one decision per file that is claimed and could not be read, at its first error."""
    by_file: dict[str, list[Diagnostic]] = {}
    for one in diagnostics:
        if one.unread and one.place is not None:
            by_file.setdefault(one.place.file, []).append(one)
    return tuple(_unread(file, sorted(by_file[file], key=_where)) for file in sorted(by_file))


def _where(one: Diagnostic) -> tuple[int, int, str]:
    place = one.place
    return (place.line, place.column, one.message) if place else (0, 0, one.message)


def _unread(file: str, errors: list[Diagnostic]) -> Decision:
    first = errors[0]
    line, column, _ = _where(first)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Decision(
        policy=SCAN,
        message=f"cannot be read: {first.message}{more}",
        subject=f"file:{file}",
        evidence={"content": first.content, "line": line, "column": column, "code": first.code},
        remediation=first.hint or None,
    )


def config_changed(files: Iterable[str]) -> tuple[Decision, ...]:
    """Return one decision per file of guardrail's own configuration that the change adds, removes or edits."""
    return tuple(
        Decision(policy=CONFIG, message="this change edits what guardrail itself is told", subject=f"file:{file}")
        for file in sorted(set(files))
    )
