"""
What policies answer, checked: a decision that is not as agreed is an error of its policy, never a pass.

Nothing here knows about unknowns; see `judge`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final, Optional, Union

from guardrail.errors import did_you_mean
from guardrail.model.cost import DIMENSIONS
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Decision, Measure
from guardrail.model.pattern import pattern
from guardrail.model.value import UNBOUNDED, NoBound
from guardrail.policy.model import MeasureSpec, Policy

MESSAGE: Final = 2_000
"""Characters of a message that are kept: input may put a megabyte into a label."""
EVIDENCE: Final = 20_000
"""Characters of evidence, as JSON, that a decision may have."""
MOST: Final = 10_000
"""Decisions that one policy may make."""
_WRONG: Final = 3
"""Mistakes of one policy that are told: they name what they are about, and are as many as the decisions."""

_MEMBERS: Final = frozenset(
    {"resource", "subject", "message", "path", "evidence", "key", "depends", "measure", "remediation"}
)
_POINTER: Final = pattern(r"(/([^~/]|~[01])*)+", re.DOTALL)
_SUBJECTS: Final = frozenset(DIMENSIONS)


class DecisionError(ValueError):
    """A decision is not as agreed."""


@dataclass(frozen=True, slots=True)
class Told:
    """The decisions of a policy that are well-formed, and what is wrong with the others (some of it)."""

    decisions: tuple[Decision, ...]
    wrong: tuple[str, ...] = ()


def read(policy: Policy, answer: Any, addresses: Mapping[str, str]) -> Told:
    """Return the decisions in an answer. `addresses` maps those that Rego saw to those of the graph."""
    if not isinstance(answer, list):
        return Told((), ("`deny` is no set of decisions; write `deny contains decision if …`",))
    wrong: dict[str, None] = {}
    if len(answer) > MOST:
        wrong[f"it makes {len(answer)} decisions, more than {MOST}"] = None
        answer = answer[:MOST]
    decisions = []
    for raw in answer:
        told = _tried(policy, raw, addresses)
        if isinstance(told, Decision):
            decisions.append(told)
        else:
            wrong[told] = None
    return Told(tuple(sorted(decisions, key=order)), tuple(sorted(wrong)[:_WRONG]))


def order(told: Decision) -> tuple[str, ...]:
    """Sort decisions the same way in every run."""
    return (told.policy, told.resource or told.subject or "", told.path or "", told.key or "", told.message)


def _tried(policy: Policy, raw: Any, addresses: Mapping[str, str]) -> Union[Decision, str]:
    """Return a decision, or what is wrong with it."""
    try:
        return _decision(policy, raw, addresses)
    except DecisionError as error:
        return str(error)


def _decision(policy: Policy, raw: Any, addresses: Mapping[str, str]) -> Decision:
    if not isinstance(raw, dict):
        raise DecisionError(f"a decision is an object, not {_short(raw)}")
    strange = sorted(set(raw) - _MEMBERS)
    if strange:
        raise DecisionError(f"a decision has no member {strange[0]!r}; there are {', '.join(sorted(_MEMBERS))}")
    message = _text(raw, "message")
    if not message:
        raise DecisionError("a decision needs a message")
    if ("resource" in raw) == ("subject" in raw):
        raise DecisionError("a decision names exactly one of resource and subject")
    resource = _address(raw, addresses) if "resource" in raw else None
    path = _path(raw, needed=resource is not None)
    if policy.origin == "user" and resource is not None:  # of the built-in ones tests know it
        _check_field(path)
    return Decision(
        policy=policy.id,
        message=_cut(message),
        resource=resource,
        subject=None if resource is not None else _subject(raw),
        path=path,
        key=_text(raw, "key") if "key" in raw else None,
        depends=tuple(_known(address, addresses) for address in _list(raw, "depends")),
        evidence=_evidence(raw),
        measure=_measure(policy.measure, raw.get("measure")),
        remediation=_cut(_text(raw, "remediation")) if "remediation" in raw else None,
    )


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str):
        raise DecisionError(f"{name} of a decision is a text, not {_short(value)}")
    return value


def _list(raw: Mapping[str, Any], name: str) -> Collection[Any]:
    value = raw.get(name, [])
    if not isinstance(value, list):
        raise DecisionError(f"{name} of a decision is a list, not {_short(value)}")
    return value


def _address(raw: Mapping[str, Any], addresses: Mapping[str, str]) -> str:
    return _known(raw["resource"], addresses)


def _known(address: Any, addresses: Mapping[str, str]) -> str:
    if not isinstance(address, str) or address not in addresses:
        raise DecisionError(f"there is no resource {_short(address)}")
    return addresses[address]


def _subject(raw: Mapping[str, Any]) -> str:
    subject = _text(raw, "subject")
    dimension, _, value = subject.partition(":")
    if subject != "total" and (dimension not in _SUBJECTS or not value):
        raise DecisionError(f"{_short(subject)} is no subject; it is total, or as in unit:infra/prod")
    return subject


def _path(raw: Mapping[str, Any], *, needed: bool) -> Optional[str]:
    if "path" not in raw:
        if needed:
            raise DecisionError("a decision about a resource names the path, as lib.path([…]) gives it")
        return None
    path = _text(raw, "path")
    if path and not _POINTER.fullmatch(path):
        raise DecisionError(f"{_short(path)} is no path; it is written as lib.path([…]) does")
    return path


def _check_field(path: Optional[str]) -> None:
    """Refuse a path that begins with what no resource has; below it what is absent may be meant."""
    from guardrail.policy.shape import fields

    first = (path or "")[1:].partition("/")[0]
    if first and first not in fields():
        raise DecisionError(f"no resource has /{first}{did_you_mean(first, fields())}")


def _evidence(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    value = raw.get("evidence", {})
    if not isinstance(value, dict):
        raise DecisionError(f"evidence of a decision is an object, not {_short(value)}")
    if len(json.dumps(value)) > EVIDENCE:
        raise DecisionError(f"evidence of a decision is larger than {EVIDENCE} characters")
    return value


def _measure(spec: Optional[MeasureSpec], raw: Any) -> Optional[Measure]:
    if (spec is None) != (raw is None):
        raise DecisionError(
            "METADATA names a measure, so each decision reports one" if spec else "METADATA names no measure"
        )
    if spec is None:
        return None
    if not isinstance(raw, dict) or set(raw) != {"value", "limit", "after"}:
        raise DecisionError("a measure has value, limit and after")
    value, after = (_amount(spec, raw[name], name) for name in ("value", "after"))
    limit = _amount(spec, raw["limit"], "limit")
    if isinstance(limit, NoBound):
        raise DecisionError("the limit of a measure is a number")
    return Measure(spec.name, value, limit, after)


def _amount(spec: MeasureSpec, value: Any, name: str) -> Union[Decimal, NoBound]:
    if value == UNBOUNDED.value:
        return UNBOUNDED
    if isinstance(value, float) and value.is_integer():  # how the engine writes what is beyond 64 bits
        value = int(value)
    if type(value) is not int:
        raise DecisionError(f"{name} of a measure is a whole number or unbounded, not {_short(value)}")
    return Decimal(value) if spec.of == "accelerators" else Decimal(value).scaleb(-6)


def _cut(text: str) -> str:
    return text if len(text) <= MESSAGE else f"{text[: MESSAGE - 1]}…"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:99]}…"  # noqa: PLR2004 - as much as fits into a message
