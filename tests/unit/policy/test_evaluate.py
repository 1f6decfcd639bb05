from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from guardrail.config.settings import PolicySettings, Settings
from guardrail.model.cost import Bill, Compared, Costs, Sum
from guardrail.model.graph import Change, Graph
from guardrail.model.resource import Accelerator, Bounds, Group, Resource
from guardrail.model.value import Reason, Unknown
from guardrail.policy import evaluate as module
from guardrail.policy.document import ALL, Facts, Run, Sections
from guardrail.policy.evaluate import Evaluation, evaluate, sections
from guardrail.policy.model import Library, Loaded
from guardrail.policy.parameters import Parameters, resolve_parameters
from guardrail.policy.plain import Wanted
from guardrail.policy.regorus import Regorus

SETTINGS = Settings(
    policies={
        "required-tags": PolicySettings(params={"keys": ["team"]}),
        "gpu-family-allowlist": PolicySettings(params={"allow": ["t4"], "by_team": {"x": ["l4"]}}),
        "region-restriction": PolicySettings(params={"allow": {"aws": ["us-east-1"]}}),
    }
)


@pytest.fixture
def facts(resource: Callable[..., Resource], costs: Callable[..., Costs], bill: Callable[..., Bill]) -> Facts:
    """A graph in which every policy has something to say."""
    unknown = Unknown(Reason.DATA)
    several = [
        resource(
            f"r{n}",
            unit=f"u{n % 3}",
            category=("compute.pool", "workload.batch", "module.call", "other")[n % 4],
            provider="aws",
            region=("us-east-1", "us-west-2", unknown)[n % 3],
            taggable=n % 2 == 0,
            labels={"team": "a"} if n % 5 else {"team": unknown},
            groups={
                "main": Group(
                    replicas=Bounds(1, 1, n * 3 if n % 7 else unknown),
                    accelerators=(Accelerator(count=1, family=("t4", "h100")[n % 2]),) if n % 3 else (),
                    zones=("us-east-1a", "us-west-2b")[: n % 3],
                )
            },
            lifetime={"max_runtime_seconds": 10**n},
            attributes={"large": ["x" * 100] * 10},
            annotations={"note": "x" * 100},
        )
        for n in range(24)
    ]
    graph = Graph({one.address: one for one in sorted(several, key=lambda one: one.address)}, {})
    bills = {one.address: bill(one.address, complete=n % 2 == 0) for n, one in enumerate(several)}
    delta = Sum(expected=Decimal(1500), max=Decimal(20_000))
    compared = Compared(delta, Sum(), delta)
    return Facts(
        graph=graph,
        costs=costs(bills, {"u0": compared, "u1": replace(compared, delta=Sum(unknown=("u1//t.r1",)))}, compared),
        run=Run(time_ns=10**18),
        change=Change(),
    )


def _params(library: Library, facts: Facts) -> Parameters:
    return resolve_parameters(library.policies, SETTINGS, {one.unit: None for one in facts.graph.resources.values()})


def test_all_policies_together(engine: Regorus, library: Library, facts: Facts) -> None:
    found = evaluate(engine, library, _params(library, facts), facts)
    assert found.diagnostics == ()
    assert found.off == {}
    assert set(found.judged) == set(library.loaded)
    assert {one.policy for one in found.decisions} == set(library.loaded)
    assert {one.reason for one in found.decisions} >= {None, Reason.DATA}


def test_what_the_engine_is_sent_changes_no_answer(
    engine: Regorus, library: Library, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what policies read is sent; with all of the document they say the same."""
    params = _params(library, facts)
    trimmed = evaluate(engine, library, params, facts)
    monkeypatch.setattr(module, "sections", lambda _: ALL)
    assert evaluate(engine, library, params, facts) == trimmed


def test_each_policy_alone_says_what_it_says_among_others(engine: Regorus, library: Library, facts: Facts) -> None:
    params = _params(library, facts)
    together = evaluate(engine, library, params, facts)
    for name, loaded in library.loaded.items():
        alone = evaluate(engine, Library(library.shared, {name: loaded}), params, facts)
        assert alone.decisions == tuple(one for one in together.decisions if one.policy == name)


def test_two_evaluations_by_one_engine_do_not_mix(engine: Regorus, library: Library, facts: Facts) -> None:
    params = _params(library, facts)
    head = evaluate(engine, library, params, facts)
    base = replace(facts, graph=Graph({}, {}), change=None)
    assert evaluate(engine, library, params, base).decisions != head.decisions
    assert evaluate(engine, library, params, facts) == head


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tr.region == r.groups.main.priority\n}",
            Sections(
                names=frozenset({"resources"}),
                cost=frozenset(),
                dimensions=frozenset(),
                bill=frozenset(),
                types=frozenset(),
                categories=frozenset(),
                linked=False,
                resource=Wanted(frozenset({"region", "groups"}), frozenset({"priority"})),
                unknown=False,
            ),
            id="fields and fields of groups",
        ),
        pytest.param(
            'deny contains 1 if {\n\tinput.cost.by.team[_].head.complete\n\tcount(lib.in_category("database")) > 1\n'
            "\tinput.cost.resources[_].role\n\tinput.index.linked_from.x\n}",
            Sections(
                names=frozenset({"cost", "index", "resources"}),
                cost=frozenset({"by", "resources"}),
                dimensions=frozenset({"team"}),
                bill=frozenset({"role"}),
                types=frozenset(),
                categories=frozenset({"database"}),
                linked=True,
                resource=Wanted(frozenset(), frozenset()),
                unknown=False,
            ),
            id="sums and indexes",
        ),
        pytest.param("deny contains 1 if count(json.marshal(input)) > 9", ALL, id="everything"),
    ],
)
def test_sections(rules: str, wanted: Sections, load: Callable[..., Loaded]) -> None:
    loaded = load(rules, more="#   requires: [/region]\n" if "marshal" in rules else "")
    assert sections([loaded]) == wanted


def test_attributes_are_sent_only_to_whom_they_matter(
    judge: Callable[..., Evaluation], load: Callable[..., Loaded], resource: Callable[..., Resource]
) -> None:
    policy = load(
        'deny contains {"resource": r.address, "path": "/attributes/size", "message": "large"} if {\n'
        "\tsome r in input.resources\n\tr.attributes.size > 3\n}"
    )
    found = judge(resource(attributes={"size": Decimal("3.5")}), by=policy)
    assert [one.path for one in found.decisions] == ["/attributes/size"]


def test_built_in_policies_read_facts_never_attributes(library: Library) -> None:
    for name, loaded in library.loaded.items():
        assert not any("attributes" in path for path in loaded.reads.deep | loaded.reads.shallow), name


def test_without_policies_nothing_is_asked(engine: Regorus, library: Library, facts: Facts) -> None:
    off: Mapping[str, Any] = {name: PolicySettings(level="off") for name in library.loaded}
    params = resolve_parameters(library.policies, Settings(policies=off), {})
    found = evaluate(engine, library, params, facts)
    assert found == Evaluation(off=dict.fromkeys(library.loaded, "its level is off"))
