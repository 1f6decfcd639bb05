"""Small graphs made by hand, judged by the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Optional, Union

import pytest
from natives import Unwritten

from guardrail.config.settings import PolicySettings, Settings
from guardrail.model.cost import Bill, Compared, Costs, Sum
from guardrail.model.finding import Decision, Diagnostic
from guardrail.model.graph import Change, Edge, Graph
from guardrail.model.resource import Resource
from guardrail.policy.analyse import analyse
from guardrail.policy.document import Facts, Run
from guardrail.policy.evaluate import Evaluation, evaluate
from guardrail.policy.library import load_library, shared_module
from guardrail.policy.model import Library, Loaded
from guardrail.policy.parameters import resolve_parameters
from guardrail.policy.regorus import Regorus, start_worker

TIME = 1_768_046_400_000_000_000
"""2026-01-10T12:00:00Z."""

CONFIGURED: Mapping[str, Mapping[str, Any]] = {
    "required-tags": {"keys": ["team", "cost-center"]},
    "gpu-family-allowlist": {"allow": ["t4", "l4"]},
    "region-restriction": {"allow": {"aws": ["us-east-1"]}},
}
"""What an organisation has to choose."""


def make(name: str = "a", **fields: Any) -> Resource:
    unit = fields.pop("unit", "f")
    return Resource(
        **{
            "address": f"{unit}//t.{name}",
            "unit": unit,
            "format": "terraform",
            "type": "t",
            "name": name,
            "category": "other",
            "native": Unwritten(),
            "attributes": {},
            **fields,
        }
    )


def make_costs(
    bills: Mapping[str, Bill] = {},
    units: Mapping[str, Compared] = {},
    total: Optional[Compared] = None,
    **more: Any,
) -> Costs:
    return Costs(bills=bills, by={"unit": units}, total=total or Compared(Sum()), **more)


def make_bill(address: str, amount: str = "10", **fields: Any) -> Bill:
    exact = Decimal(amount)
    return Bill(
        **{
            "address": address,
            "role": "billed",
            "min": exact,
            "expected": exact,
            "max": exact,
            "complete": True,
            **fields,
        }
    )


@pytest.fixture(scope="session")
def engine() -> Iterator[Regorus]:
    with start_worker(shared_module()) as started:
        yield started


@pytest.fixture(scope="session")
def library(engine: Regorus) -> Library:
    return load_library(engine, shared_module())


@pytest.fixture
def resource() -> Callable[..., Resource]:
    return make


@pytest.fixture
def costs() -> Callable[..., Costs]:
    return make_costs


@pytest.fixture
def bill() -> Callable[..., Bill]:
    return make_bill


@pytest.fixture
def understand(engine: Regorus) -> Callable[..., Union[Loaded, Diagnostic]]:
    """Analyse a policy that has nothing but rules: METADATA is put before it, so that they begin in line 13."""

    def understood(rules: str, *, id: str = "own", more: str = "") -> Union[Loaded, Diagnostic]:  # noqa: A002 - as METADATA says it
        source = f"""# METADATA
# title: A title
# description: A description
# custom:
#   id: {id}
#   severity: low
#   remediation: Do it.
#   applies_to: {{all: true}}
{more}package policies.{id.replace("-", "_")}

import data.guardrail.lib

{rules}
"""
        return analyse(engine, source.encode(), f"policies/{id}.rego", "user")

    return understood


@pytest.fixture
def load(understand: Callable[..., Union[Loaded, Diagnostic]]) -> Callable[..., Loaded]:
    """Understand a policy that is one."""

    def loaded(rules: str, **more: str) -> Loaded:
        answer = understand(rules, **more)
        assert isinstance(answer, Loaded), answer
        return answer

    return loaded


@pytest.fixture
def judge(engine: Regorus, library: Library) -> Callable[..., Evaluation]:
    """Judge resources by policies: the built-in ones that are named, or some that a test wrote."""

    def judged(
        *resources: Resource,
        by: Any = (),
        params: Optional[Mapping[str, Mapping[str, Any]]] = None,
        costs: Optional[Costs] = None,
        edges: Mapping[str, tuple[Edge, ...]] = {},
        change: Optional[Change] = None,
        settings: Optional[Settings] = None,
    ) -> Evaluation:
        names = (by,) if isinstance(by, (str, Loaded)) else by
        chosen = [library.loaded[one] if isinstance(one, str) else one for one in names]
        here = Library(library.shared, {one.policy.id: one for one in chosen})
        given = {**CONFIGURED, **(params or {})}
        told = settings or Settings(policies={name: PolicySettings(params=given.get(name, {})) for name in here.loaded})
        units = {one.unit: one.environment for one in resources}
        facts = Facts(
            graph=Graph({one.address: one for one in sorted(resources, key=lambda one: one.address)}, edges),
            costs=costs or make_costs(),
            run=Run(time_ns=TIME),
            change=change,
        )
        return evaluate(engine, here, resolve_parameters(here.policies, told, units), facts)

    return judged


@pytest.fixture
def told() -> Callable[[Evaluation], list[tuple[str, Optional[str], Optional[str]]]]:
    """What an evaluation says, in short: subject or resource, path, reason."""

    def short(evaluation: Evaluation) -> list[tuple[str, Optional[str], Optional[str]]]:
        assert not evaluation.diagnostics, evaluation.diagnostics
        return [(_about(one), one.path, one.reason and one.reason.value) for one in evaluation.decisions]

    return short


def _about(decision: Decision) -> str:
    return decision.resource or decision.subject or ""
