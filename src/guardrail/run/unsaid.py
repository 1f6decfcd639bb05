"""What is marked as sensitive stays out of findings: a policy may read it, a report may not say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from guardrail.graph.facts import facts
from guardrail.graph.trace import sensitive
from guardrail.model.finding import Finding
from guardrail.model.graph import Graph
from guardrail.model.path import pointer
from guardrail.model.place import SENSITIVE

_SHORTEST: Final = 4
"""What has fewer characters is no secret, and stands in every sentence."""


def unsaid(findings: Iterable[Finding], graph: Graph) -> tuple[Finding, ...]:
    """Return the findings, `(sensitive)` in place of every fact of their resource that must not be shown."""
    return tuple(_unsaid(finding, graph) for finding in findings)


def _unsaid(finding: Finding, graph: Graph) -> Finding:
    told = finding.decision
    if told.resource is None or told.resource not in graph.resources:
        return finding
    secrets = _secrets(graph, told.resource, f"{told.message}\n{told.evidence}")
    if not secrets:
        return finding
    masked = replace(told, message=_masked(told.message, secrets), evidence=_masked(told.evidence, secrets))
    return replace(finding, decision=masked)


def printable(resources: Mapping[str, Any], graph: Graph) -> Iterator[tuple[str, Any]]:
    """Yield what is printed of resources as policies see them, `(sensitive)` in place of what must not be shown."""
    for address, told in resources.items():
        native = graph.resources[address].native
        hidden = [name for name in told["attributes"] if native.sensitive(pointer((name,)))]
        if not hidden:
            yield address, told
            continue
        secrets = _secrets(graph, address, str(told))
        shown = _masked({name: value for name, value in told.items() if name not in _NAMES}, secrets)
        attributes = {**shown["attributes"], **dict.fromkeys(hidden, SENSITIVE)}
        yield address, {**told, **shown, "attributes": attributes}


_NAMES: Final = frozenset({"address", "unit", "type", "format", "category", "environment", "origins"})
"""What a resource is found by stays, whatever else is called the same."""


def _secrets(graph: Graph, address: str, said: str) -> list[str]:
    """
    Return the sensitive facts of a resource that are said, the longest first.

    Where they come from is asked of those alone. Those of one length have an order, too: two may overlap in a text,
    which is to be masked alike every time.
    """
    found = {
        value
        for path, value in facts(graph.resources[address])
        if isinstance(value, str) and len(value) >= _SHORTEST and value in said and sensitive(graph, address, path)
    }
    return sorted(found, key=lambda secret: (-len(secret), secret))


def _masked(value: Any, secrets: Iterable[str]) -> Any:
    """Return texts without the secrets, at any depth of a value; keys are those of the policy."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, SENSITIVE)
        return value
    if isinstance(value, Mapping):
        return {key: _masked(member, secrets) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_masked(element, secrets) for element in value)
    return value
