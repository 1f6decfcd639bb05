"""The policies of a repository: what `guardrail policy list`, `policy show` and `config validate` print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from guardrail.config.settings import Settings
from guardrail.errors import UsageError, closest
from guardrail.model.finding import Diagnostic
from guardrail.policy.model import Library, Loaded, Policy
from guardrail.policy.parameters import Parameters, level
from guardrail.policy.schema import default
from guardrail.report import notes
from guardrail.report.escape import escape
from guardrail.report.findings import plain_text
from guardrail.report.page import BLANK, WIDTH, Line, hanging, line, padded, printed
from guardrail.report.writing import written

_ID: Final = 24
_LEVEL: Final = 6
_SEVERITY: Final = 10

_NAMED: Final = frozenset({"/address", "/unit"})
"""What says which resource it is: nobody asks whether it is known."""


def policy_list(library: Library, settings: Settings, params: Parameters, style: str) -> str:
    """Return one line per policy, or the document `{"policies": […]}`."""
    if style == "json":
        rows = [_row(policy, settings, params) for policy in library.policies.values()]
        return written({"policies": rows})
    return printed(_list(library, settings, params), color=False)


def policy_page(library: Library, settings: Settings, params: Parameters, name: str, style: str) -> str:
    """Return all that one policy declares. Raises `UsageError` where there is none of that name."""
    loaded = library.loaded.get(name)
    if loaded is None:
        near = closest(name, library.loaded)
        hint = f"did you mean {near[0]}?" if near else "`guardrail policy list` names them all"
        raise UsageError(f"there is no policy {escape(name)}", hint=hint)
    if style == "json":
        return written(_document(loaded, settings, params))
    return printed(_page(loaded, settings, params), color=False)


def configuration(
    file: str, library: Library, settings: Settings, params: Parameters, noted: Iterable[Diagnostic] = ()
) -> str:
    """Return what a configuration that is right turns on, what it leaves off, and what is odd about it."""
    problems = (*library.diagnostics, *noted)
    return printed(_configuration(file, library, settings, params, problems), color=False)


def _row(policy: Policy, settings: Settings, params: Parameters) -> dict[str, Any]:
    return {
        "id": policy.id,
        "title": policy.title,
        "level": _level(policy, settings, params),
        "severity": policy.severity,
        "source": policy.origin if policy.origin == "builtin" else policy.file,
        "revision": policy.revision,
    }


def _document(loaded: Loaded, settings: Settings, params: Parameters) -> dict[str, Any]:
    policy = loaded.policy
    applies = policy.applies
    measure = policy.measure
    return {
        **_row(policy, settings, params),
        "off": params.off.get(policy.id),
        "description": policy.description,
        "remediation": policy.remediation,
        "applies_to": None
        if applies is None
        else {
            "category": sorted(applies.categories),
            "type": sorted(applies.types),
            "taggable": applies.taggable,
            "all": applies.all,
        },
        "measure": None
        if measure is None
        else {"name": measure.name, "by": list(measure.by), "of": measure.of, "bound": measure.bound},
        "reads": _reads(loaded),
        "requires": list(policy.requires),
        "params": policy.schema,
        "given": params.default[policy.id],
        "docs": policy.docs,
    }


def _level(policy: Policy, settings: Settings, params: Parameters) -> str:
    return "off" if policy.id in params.off else level(policy, settings, None, None)


def _list(library: Library, settings: Settings, params: Parameters) -> Iterator[Line]:
    for policy in library.policies.values():
        told = _level(policy, settings, params)
        head = f"{padded(policy.id, _ID)}{padded(told, _LEVEL)}{padded(policy.severity, _SEVERITY)}"
        yield line(head, policy.title, ("" if policy.origin == "builtin" else f"  ({policy.file})", "quiet"))
    yield from _off(library, params)
    yield from notes.diagnostics(library.diagnostics, WIDTH)


def _off(library: Library, params: Parameters) -> Iterator[Line]:
    closed = [(name, params.off[name]) for name in library.policies if name in params.off]
    if closed:
        yield BLANK
        yield line("Off:")
        for name, why in closed:
            yield line(f"  {padded(name, _ID)}{why}")


def _reads(loaded: Loaded) -> list[str]:
    """Return the facts of resources that the answers rest on, as METADATA spells them."""
    return sorted({str(pattern) for pattern in loaded.rests_on} - _NAMED)


def _page(loaded: Loaded, settings: Settings, params: Parameters) -> Iterator[Line]:
    policy = loaded.policy
    yield line(policy.id, f"  {policy.title}")
    yield BLANK
    yield from hanging((("", "plain"),), policy.description, WIDTH)
    yield BLANK
    for name, text in _facts(loaded, settings, params):
        yield from hanging(((padded(name, 13), "plain"),), text, WIDTH)
    properties: Mapping[str, Any] = policy.schema.get("properties", {})
    if properties:
        yield BLANK
        yield line("Parameters (guardrail.yaml, policies.", policy.id, ".params):")
        for name, schema in properties.items():
            text = _parameter(schema, needed=name in policy.schema.get("required", ()))
            yield from hanging(((f"  {padded(name, _ID)}", "plain"),), text, WIDTH)


def _facts(loaded: Loaded, settings: Settings, params: Parameters) -> Iterator[tuple[str, str]]:
    policy = loaded.policy
    off = params.off.get(policy.id)
    yield "level", f"{_level(policy, settings, params)}{f' ({off})' if off else ''}"
    yield "severity", policy.severity
    if policy.applies is not None:
        applies = policy.applies
        words = [*sorted(applies.categories), *sorted(applies.types)]
        words += ["whatever takes tags"] if applies.taggable else []
        yield "judges", "everything" if applies.all else ", ".join(words)
        yield "reads", ", ".join(_reads(loaded)) or "no fact of a resource"
    if policy.measure is not None:
        yield "compares", f"{policy.measure.name} by {', '.join(policy.measure.by) or 'resource'}"
    yield "to pass", policy.remediation
    yield "source", policy.docs or policy.file


def _parameter(schema: Mapping[str, Any], *, needed: bool) -> str:
    given = "must be given, else the policy is off" if needed else f"default {plain_text(default(schema))}"
    return f"{given}. {schema.get('description', '')}".strip()


def _configuration(
    file: str, library: Library, settings: Settings, params: Parameters, problems: Sequence[Diagnostic]
) -> Iterator[Line]:
    on = [name for name in library.policies if name not in params.off]
    but = ", but not all of its policies can be loaded" if library.diagnostics else ""
    yield line(f"{file} is right{but}: profile {settings.profile}, {len(on)} policies on.")
    yield from _off(library, params)
    if problems:
        yield BLANK
    yield from notes.diagnostics(problems, WIDTH)
