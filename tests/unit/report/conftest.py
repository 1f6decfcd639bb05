"""Reports made by hand: each tells a story that people should understand in ten seconds."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from natives import Unwritten

from guardrail.model.cost import Bill, BoundName, Compared, Costs, Price, Priced, Sum, Unpriced
from guardrail.model.finding import Decision, Diagnostic, Finding, Measure
from guardrail.model.graph import Change, Edge, Graph
from guardrail.model.path import ancestors
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.report import BookUsed, PolicyState, Report, RunFacts, Skipped
from guardrail.model.resource import Accelerator, Bounds, Disk, Group, Origin, Resource
from guardrail.model.value import UNBOUNDED, Reason, Unknown

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Text(Unwritten):
    """The lines of a block: by pointer, where something is written and the chain behind it."""

    block: Place
    lines: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    def place(self, path: str) -> Place:
        return next((self.lines[at][0].place for at in ancestors(path) if self.lines.get(at)), self.block)

    def trace(self, path: str) -> tuple[Step, ...]:
        return self.lines.get(path, ())


def step(file: str, line: int, text: str, value: object = UNSAID) -> Step:
    return Step(Place(file, line, 3, line, 3 + len(text)), text, value)


NODES = (
    step("infra/serving/gpu.tf", 31, "desired_size = var.gpu_nodes", 3),
    step("infra/serving/prod.auto.tfvars", 2, "gpu_nodes     = 3", 3),
)
REGION = (step("infra/serving/gpu.tf", 4, 'region = "us-east-1"', "us-east-1"),)
TEAM = (step("infra/serving/gpu.tf", 35, "tags = { team = local.tags.team }", {"team": "ml-serving"}),)

GPU = Resource(
    address="infra/serving//aws_eks_node_group.gpu",
    unit="infra/serving",
    environment="prod",
    format="terraform",
    type="aws_eks_node_group",
    name="gpu",
    category="compute.pool",
    provider="aws",
    region="us-east-1",
    cluster="chat",
    taggable=True,
    labels={"team": "ml-serving"},
    attributes={"scaling_config": [{"min_size": 1, "desired_size": 3, "max_size": 8}], "capacity_type": "ON_DEMAND"},
    groups={
        "main": Group(
            replicas=Bounds(1, 3, 8),
            accelerators=(Accelerator(count=4, vendor="nvidia", model="a10g", family="a10g", memory_gib=24),),
            machine_types=("g5.12xlarge",),
            storage=(Disk(kind="gp3", size_gib=200),),
            zones=Unknown(Reason.DATA, note="data.aws_subnets.private is read at apply"),
        )
    },
    native=Text(
        Place("infra/serving/gpu.tf", 20, 1, 36, 2),
        {"/scaling_config/0/desired_size": NODES, "/region": REGION, "/tags": TEAM, "/tags/team": TEAM},
    ),
    origins={
        "/labels": (Origin("/tags"),),
        "/region": (Origin("/region"),),
        "/groups/main/replicas/desired": (Origin("/scaling_config/0/desired_size"),),
    },
)
GENERAL = replace(
    GPU,
    address="infra/serving//aws_eks_node_group.general",
    name="general",
    region="eu-west-1",
    cluster="serving",
    groups={"main": Group(replicas=Bounds(2, 2, 6), machine_types=("m5.xlarge",))},
    native=Text(Place("infra/serving/main.tf", 48, 1, 60, 2)),
)
WEB = Resource(
    address="k8s/serving//apps/Deployment/serving/embeddings",
    unit="k8s/serving",
    environment="prod",
    format="kubernetes",
    type="apps/Deployment",
    name="embeddings",
    category="workload.service",
    provider="kubernetes",
    cluster="other",
    attributes={},
    groups={"main": Group(replicas=Bounds(2, 4, 6))},
    native=Text(Place("k8s/serving/embeddings.yaml", 7, 1, 28, 1)),
)
QUEUE = Resource(
    address="infra/serving//aws_fancy_queue.jobs",
    unit="infra/serving",
    environment="prod",
    format="terraform",
    type="aws_fancy_queue",
    name="jobs",
    category="other",
    attributes={},
    native=Text(Place("infra/serving/main.tf", 90, 1, 94, 2)),
    understood=False,
)

MACHINE = Price(
    provider="aws",
    service="ec2",
    sku="g5.12xlarge",
    region="us-east-1",
    unit="hour",
    usd=Decimal("5.672"),
    option="on-demand",
    source="example/price-list@1234567",
    as_of="2026-07-20",
)
STORAGE = replace(
    MACHINE, service="ebs", sku="gp3", unit="GB-month", usd=Decimal("0.08"), option="", as_of="2024-07-01"
)


def bounds(low: str, expected: str, high: str) -> dict[BoundName, Any]:
    return {"min": Decimal(low), "expected": Decimal(expected), "max": Decimal(high)}


def bill(address: str, low: str, expected: str, high: str, **fields: Any) -> Bill:
    given: dict[str, Any] = {"role": "billed", "complete": True, **fields}
    return Bill(address=address, min=Decimal(low), expected=Decimal(expected), max=Decimal(high), **given)


GPU_BILL = bill(
    GPU.address,
    "4156.56",
    "12469.68",
    "33252.48",
    lines=(
        Priced(
            name="machine g5.12xlarge, on-demand",
            price=MACHINE,
            quantity=Decimal(2190),
            monthly=Decimal("12421.68"),
            bounds=bounds("4140.56", "12421.68", "33124.48"),
        ),
        Priced(
            name="disk gp3",
            price=STORAGE,
            quantity=Decimal(600),
            monthly=Decimal("48.00"),
            bounds=bounds("16.00", "48.00", "128.00"),
        ),
    ),
)
GENERAL_BILL = bill(
    GENERAL.address,
    "280.32",
    "280.32",
    "840.96",
    lines=(
        Priced(
            name="machine m5.xlarge, on-demand",
            price=replace(MACHINE, sku="m5.xlarge", usd=Decimal("0.192")),
            quantity=Decimal(1460),
            monthly=Decimal("280.32"),
            bounds=bounds("280.32", "280.32", "840.96"),
        ),
    ),
)
NO_PRICE: dict[str, Any] = {
    "lines": (Unpriced(name="pods", why="cluster other is not in this graph"),),
    "complete": False,
}


def sums(low: str, expected: str, high: str, **fields: Any) -> Sum:
    return Sum(min=Decimal(low), expected=Decimal(expected), max=Decimal(high), **fields)


GREW = Compared(
    sums("4436.88", "12750.00", "34093.44"),
    sums("280.32", "280.32", "840.96"),
    sums("4156.56", "12469.68", "33252.48"),
)
UNTOLD = (WEB.address,)
ZERO = Compared(
    sums("0", "0", "0", unpriced=UNTOLD), sums("0", "0", "0", unpriced=UNTOLD), sums("0", "0", "0", unpriced=UNTOLD)
)
TOTAL = Compared(
    replace(GREW.head, unpriced=UNTOLD),
    replace(GREW.base or Sum(), unpriced=UNTOLD),
    replace(GREW.delta or Sum(), unpriced=UNTOLD),
)

RUN = RunFacts(
    version="0.1.0",
    engine="regorus 0.13.0",
    policy_digest="sha256:" + "5b" * 32,
    price_book=BookUsed(version="2026.11.22", digest="sha256:" + "92" * 32, oldest="2024-07-01"),
    base="1405df66cbe219b0bf6355bc3d60361a8376b6b4",
    head="1a954628a960aaef81d7b2d4521929579f3541e6",
    trusted="ac946ad5891e26502bf3fbbb6aa9e3c629ec832e",
    advisory=False,
    bootstrap=False,
    time="2026-11-24T09:30:00Z",
)


def finding(policy: str, message: str, remediation: str, **fields: Any) -> Finding:
    told = {
        name: fields.pop(name) for name in ("resource", "subject", "path", "key", "reason", "measure") if name in fields
    }
    evidence = fields.pop("evidence", {})
    decision = Decision(policy=policy, message=message, evidence=evidence, **told)
    return Finding(
        **{
            "decision": decision,
            "severity": "high",
            "status": "deny",
            "blocking": True,
            "introduced": True,
            "remediation": remediation,
            "docs": f"docs/policies/{policy}.md",
            "unit": "infra/serving",
            "environment": "prod",
            **fields,
        }
    )


FINDINGS = (
    finding(
        "cost-increase",
        "raises the expected monthly cost of infra/serving by 12,469.68 USD, more than 1,000.00",
        "Ask for fewer or smaller machines: at most 1,000.00 USD more than the 280.32 of base.",
        subject="unit:infra/serving",
        measure=Measure("expected_monthly", Decimal("12469.68"), Decimal(1000), Decimal("12750.00")),
    ),
    finding(
        "required-tags",
        "lacks the tag cost-center",
        "Add cost-center to the tags.",
        resource=GPU.address,
        path="/labels/cost-center",
        place=TEAM[0].place,
        evidence={"missing": ["cost-center"]},
    ),
    finding(
        "region-restriction",
        "is in us-east-1, which is not allowed for aws",
        "Move it to one of eu-west-1, eu-central-1.",
        resource=GPU.address,
        path="/region",
        place=REGION[0].place,
        provenance=REGION,
    ),
    finding(
        "max-replicas",
        "group main may grow to 8 accelerated replicas, more than 4",
        "Set the upper bound to 4 or less.",
        resource=GPU.address,
        path="/groups/main/replicas/max",
        place=Place("infra/serving/gpu.tf", 32, 5, 32, 21),
        status="warn",
        severity="medium",
        blocking=False,
        provenance=NODES,
    ),
    finding(
        "single-zone-training",
        "whether the nodes share one zone is not known: data.aws_subnets.private is read at apply",
        "Name the subnets, or judge the plan.",
        resource=GPU.address,
        path="/groups/main/zones",
        place=Place("infra/serving/gpu.tf", 20, 1, 36, 2),
        status="undetermined",
        reason=Reason.DATA,
        severity="low",
        blocking=False,
    ),
    finding(
        "required-tags",
        "lacks the tag cost-center",
        "Add cost-center to the tags.",
        resource=GENERAL.address,
        path="/labels/cost-center",
        place=Place("infra/serving/main.tf", 48, 1, 60, 2),
        blocking=False,
        introduced=False,
    ),
)


def graph(*resources: Resource, **fields: Any) -> Graph:
    fields.setdefault("edges", {})
    units = tuple(sorted({one.unit for one in resources}))
    return Graph(resources={one.address: one for one in resources}, units=units, **fields)


def _blocked() -> Report:
    return Report(
        verdict="block",
        findings=FINDINGS,
        graph=graph(
            GENERAL,
            GPU,
            QUEUE,
            WEB,
            edges={GPU.address: (Edge("references", GENERAL.address, "main"),)},
            unplaced={WEB.address: "cluster other is not in this graph"},
        ),
        change=Change(added=(GPU.address,)),
        costs=Costs(
            bills={
                GENERAL.address: GENERAL_BILL,
                GPU.address: GPU_BILL,
                QUEUE.address: bill(
                    QUEUE.address, "0", "0", "0", **{**NO_PRICE, "lines": (Unpriced(name="x", why="y"),)}
                ),
                WEB.address: bill(WEB.address, "0", "0", "0", **NO_PRICE),
            },
            base_bills={
                GENERAL.address: GENERAL_BILL,
                WEB.address: bill(WEB.address, "0", "0", "0", **NO_PRICE),
                "infra/serving//aws_instance.old": bill("infra/serving//aws_instance.old", "0", "0", "0", **NO_PRICE),
            },
            total=TOTAL,
            by={"unit": {"infra/serving": GREW, "k8s/serving": ZERO}, "team": {"ml-serving": GREW}},
        ),
        diagnostics=(
            Diagnostic(
                "warning",
                "module-missing",
                "module vpc is not at hand: terraform-aws-modules/vpc/aws",
                place=Place("infra/serving/main.tf", 12, 1, 15, 2),
                hint="Name its directory under modules in guardrail.yaml.",
            ),
        ),
        skipped=(
            Skipped(".github/workflows/ci.yaml", "not a recognised input"),
            Skipped("docs/schema.json", "not a recognised input"),
            Skipped("examples", "left out by default"),
        ),
        policies=(
            PolicyState(id="cost-increase", level="deny", judged=2),
            PolicyState(id="required-tags", level="deny", judged=3),
            PolicyState(id="budget", level="off", off="parameter budgets is not given"),
            PolicyState(id="gpu-family-allowlist", level="off", off="parameter allow is not given"),
        ),
        run=RUN,
        judged_from="1a954628a960",
    )


ALONE = Compared(sums("280.32", "280.32", "840.96"))


def _passed() -> Report:
    return Report(
        verdict="pass",
        findings=(),
        graph=graph(GENERAL),
        change=None,
        costs=Costs(bills={GENERAL.address: GENERAL_BILL}, total=ALONE, by={"unit": {"infra/serving": ALONE}}),
        diagnostics=(),
        skipped=(),
        policies=(PolicyState(id="required-tags", level="deny", judged=1),),
        run=replace(RUN, base=None, head=None, trusted=None, advisory=True),
        judged_from="working tree",
    )


def _empty() -> Report:
    return replace(
        _passed(),
        graph=graph(),
        costs=Costs(bills={}, total=Compared(Sum()), by={}),
        run=replace(RUN, bootstrap=True),
        policies=(),
    )


def _failed() -> Report:
    return replace(
        _passed(),
        verdict="error",
        diagnostics=(
            Diagnostic(
                "error",
                "helm-missing",
                "charts/serving needs helm, which is not installed",
                place=Place("charts/serving/Chart.yaml"),
                hint="Install helm 3, or leave the chart out (exclude).",
            ),
        ),
    )


def _unbounded() -> Report:
    """A worst case without limit and amounts that nobody knows."""
    doubt = Unknown(Reason.VARIABLE, note="var.size has no value")
    endless = Compared(
        sums("280.32", "280.32", "0")
        if False
        else Sum(min=Decimal("280.32"), expected=Decimal("280.32"), max=UNBOUNDED),
        sums("280.32", "280.32", "840.96"),
        Sum(max=UNBOUNDED, unbounded=(GENERAL.address,), unknown=(GPU.address,)),
    )
    return replace(
        _passed(),
        costs=Costs(
            bills={
                GENERAL.address: replace(GENERAL_BILL, max=UNBOUNDED),
                GPU.address: replace(
                    GPU_BILL, expected=doubt, max=doubt, complete=False, per_run=(Decimal(1), doubt, doubt)
                ),
            },
            total=endless,
            by={"unit": {"infra/serving": endless}},
        ),
        run=RUN,
    )


def _many() -> Report:
    """More of everything than anybody reads."""
    one = FINDINGS[1]
    tags = [
        replace(one, decision=replace(one.decision, resource=f"infra/serving//aws_instance.worker[{number}]"))
        for number in range(40)
    ]
    warnings = [replace(FINDINGS[3], decision=replace(FINDINGS[3].decision, policy=f"policy-{n}")) for n in range(20)]
    existing = [replace(one, introduced=False, blocking=False) for one in tags]
    units = {f"infra/unit-{number:02}": GREW if number % 2 else ALONE for number in range(30)}
    units = {name: replace(one, base=one.base or one.head, delta=one.delta or Sum()) for name, one in units.items()}
    blocked = _blocked()
    return replace(
        blocked,
        findings=(*tags, *warnings, *existing),
        costs=replace(blocked.costs, by={"unit": units}),
        skipped=tuple(Skipped(f"data/{n}.json", f"reason {n % 9}") for n in range(99)),
        diagnostics=tuple(Diagnostic("info", "note", f"note {n}", hint="Look.") for n in range(30)),
    )


EVIL = "x\x1b[2J\u202e##[add-matcher]evil.json\n::set-output name=a::b\r\x9b"


def _hostile() -> Report:
    """Every text that a pull request can write is an attack."""
    evil = replace(FINDINGS[2], decision=replace(FINDINGS[2].decision, resource=EVIL, message=f"::error::{EVIL}"))
    evil = replace(
        evil, provenance=(Step(Place(EVIL, 1, 1), EVIL, {EVIL: EVIL}),), place=Place(EVIL, 1, 1), remediation=EVIL
    )
    blocked = _blocked()
    return replace(
        blocked,
        findings=(evil, replace(evil, introduced=False, blocking=False)),
        graph=graph(
            replace(QUEUE, address=f"{EVIL}//{EVIL}", unit=EVIL, type=EVIL, region=Unknown(Reason.DATA, note=EVIL))
        ),
        costs=replace(
            blocked.costs,
            by={"unit": {EVIL: GREW}},
            bills={EVIL: bill(EVIL, "0", "0", "0", complete=False, lines=(Unpriced(name=EVIL, why=EVIL),))},
        ),
        diagnostics=(Diagnostic("error", "x", EVIL, place=Place(EVIL, 1, 1), hint=EVIL),),
        skipped=(Skipped(EVIL, EVIL),),
        policies=(PolicyState(id=EVIL, level="off", off=EVIL),),
        judged_from=EVIL,
    )


@pytest.fixture
def stories() -> Mapping[str, Report]:
    return {
        "blocked": _blocked(),
        "passed": _passed(),
        "empty": _empty(),
        "failed": _failed(),
        "unbounded": _unbounded(),
        "many": _many(),
        "hostile": _hostile(),
    }


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the file that people have reviewed; WRITE_GOLDEN=1 writes it anew, to be reviewed again."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if os.environ.get("WRITE_GOLDEN"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def strangers(stories: Mapping[str, Report]) -> Report:
    """Return a report with three objects of kinds that nobody declared, and one of which only pods were found."""
    told = {
        "t1": ("b.io/Thing", False),
        "t2": ("b.io/Thing", False),
        "o": ("a.io/Other", False),
        "f": ("a.io/Fleet", True),
    }
    added = {
        name: replace(GPU, address=name, type=type_, understood=shaped, by_shape=shaped)
        for name, (type_, shaped) in told.items()
    }
    report = stories["passed"]
    return replace(report, graph=replace(report.graph, resources={**report.graph.resources, **added}))
