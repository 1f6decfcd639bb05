"""Levels, unknowns, introduced and existing, and what the verdict makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Optional

import pytest
from natives import Unwritten

from guardrail.config.settings import PolicySettings, Settings
from guardrail.model.finding import Decision, Diagnostic, Finding, Measure
from guardrail.model.graph import Change, Graph
from guardrail.model.place import Place, Step
from guardrail.model.resource import Origin, Resource
from guardrail.model.value import UNBOUNDED, NoBound, Reason
from guardrail.verdict import Comparison, Rule, Side, findings, verdict

RULES = {
    "tags": Rule(severity="high", level="deny", remediation="Write the tag."),
    "hint": Rule(severity="low", level="warn", remediation="Think of it."),
    "scan-incomplete": Rule(severity="high", level="deny", remediation="Repair the file."),
}


@dataclass(frozen=True)
class _Written(Unwritten):
    """A block in line 3 whose attributes are all in line 4."""

    def place(self, path: str) -> Place:
        return Place("main.tf", 4 if path else 3, 1, 4 if path else 3, 9)

    def trace(self, path: str) -> tuple[Step, ...]:
        return (Step(self.place(path), "tags = {}", {}),)


def _resource(unit: str = "infra", environment: Optional[str] = "prod") -> Resource:
    return Resource(
        address=f"{unit}//aws_instance.a",
        unit=unit,
        format="terraform",
        type="aws_instance",
        name="a",
        category="compute.instance",
        native=_Written(),
        attributes={},
        origins={"/labels": (Origin("/tags"),)},
        environment=environment,
    )


def _graph(*resources: Resource) -> Graph:
    return Graph({resource.address: resource for resource in resources or (_resource(),)}, {})


def _decision(**parts: Any) -> Decision:
    return Decision(
        **{"policy": "tags", "message": "m", "resource": "infra//aws_instance.a", "path": "/labels/team", **parts}
    )


def _judge(
    *decisions: Decision,
    base: Optional[tuple[Decision, ...]] = None,
    change: Change = Change(),  # noqa: B008 - frozen
    settings: Settings = Settings(),  # noqa: B008 - frozen
) -> tuple[Finding, ...]:
    comparison = None if base is None else Comparison(Side(_graph(), base), change)
    return findings(Side(_graph(), decisions), comparison, rules=RULES, settings=settings)


def _level(level: Any, **more: Any) -> Settings:
    return Settings(policies={"tags": PolicySettings(level=level, **more)})


@pytest.mark.parametrize(
    ("settings", "status", "blocking"),
    [
        pytest.param(Settings(), "deny", True, id="a denial blocks"),
        pytest.param(_level("warn"), "warn", False, id="a warning does not"),
        pytest.param(
            _level("deny", environments={"prod": PolicySettings(level="warn")}),
            "warn",
            False,
            id="its environment relaxes",
        ),
        pytest.param(
            _level("deny", environments={"dev": PolicySettings(level="warn")}), "deny", True, id="another one does not"
        ),
        pytest.param(
            _level(
                "deny",
                environments={"prod": PolicySettings(level="warn")},
                units={"infra": PolicySettings(level="deny")},
            ),
            "deny",
            True,
            id="its unit has the last word",
        ),
    ],
)
def test_level(settings: Settings, status: str, blocking: bool) -> None:
    (found,) = _judge(_decision(), settings=settings)
    assert (found.status, found.blocking) == (status, blocking)


def test_a_policy_that_is_off_says_nothing() -> None:
    assert _judge(_decision(), settings=_level("off")) == ()


@pytest.mark.parametrize(
    ("reason", "settings", "blocking"),
    [
        pytest.param(Reason.DATA, Settings(), False, id="what nobody can know before apply warns"),
        pytest.param(Reason.VARIABLE, Settings(), True, id="what the author could have said denies"),
        pytest.param(Reason.DATA, Settings(profile="strict"), True, id="the strict profile denies all"),
        pytest.param(
            Reason.DATA, _level("deny", on_unknown={Reason.DATA: "deny"}), True, id="the configuration may be stricter"
        ),
        pytest.param(
            Reason.VARIABLE, _level("deny", on_unknown={Reason.VARIABLE: "warn"}), False, id="or laxer, by reason"
        ),
        pytest.param(Reason.VARIABLE, _level("warn"), False, id="a policy that warns cannot block by not knowing"),
    ],
)
def test_undetermined(reason: Reason, settings: Settings, blocking: bool) -> None:
    (found,) = _judge(_decision(reason=reason), settings=settings)
    assert (found.status, found.blocking, found.hidden) == ("undetermined", blocking, False)


def test_an_ignored_unknown_is_kept_from_people_and_not_from_the_report() -> None:
    (found,) = _judge(_decision(reason=Reason.DATA), settings=_level("deny", on_unknown={Reason.DATA: "ignore"}))
    assert found.hidden
    assert not found.blocking


def _measured(value: Decimal | NoBound) -> Decision:
    return _decision(resource=None, subject="unit:infra", path=None, measure=Measure("m", value, Decimal(5), value))


ADDRESS = "infra//aws_instance.a"


@pytest.mark.parametrize(
    ("now", "before", "change", "introduced"),
    [
        pytest.param(_decision(), (_decision(),), Change(), False, id="base has it and nothing changed"),
        pytest.param(_decision(), (), Change(), True, id="base does not have it"),
        pytest.param(
            _decision(), (_decision(),), Change(changed={ADDRESS: ("/labels",)}), True, id="its resource changed"
        ),
        pytest.param(
            _decision(depends=("infra//x",)),
            (_decision(depends=("infra//x",)),),
            Change(added=("infra//x",)),
            True,
            id="something that it rests on is new",
        ),
        pytest.param(
            _decision(path="/labels/owner"), (_decision(),), Change(), True, id="another path is another finding"
        ),
        pytest.param(
            _decision(),
            (_decision(resource="infra//aws_instance.old"),),
            Change(renamed={ADDRESS: "infra//aws_instance.old"}),
            False,
            id="a moved resource keeps its findings",
        ),
        pytest.param(_measured(Decimal(7)), (_measured(Decimal(7)),), Change(), False, id="the same amount as before"),
        pytest.param(_measured(Decimal(8)), (_measured(Decimal(7)),), Change(), True, id="the amount grew"),
        pytest.param(_measured(UNBOUNDED), (_measured(Decimal(7)),), Change(), True, id="the amount lost its bound"),
        pytest.param(_measured(Decimal(9)), (_measured(UNBOUNDED),), Change(), False, id="the amount gained a bound"),
        pytest.param(
            _decision(
                policy="scan-incomplete", resource=None, subject="file:a.tf", path=None, evidence={"content": "1"}
            ),
            (
                _decision(
                    policy="scan-incomplete", resource=None, subject="file:a.tf", path=None, evidence={"content": "1"}
                ),
            ),
            Change(),
            False,
            id="an old broken file",
        ),
        pytest.param(
            _decision(
                policy="scan-incomplete", resource=None, subject="file:a.tf", path=None, evidence={"content": "2"}
            ),
            (
                _decision(
                    policy="scan-incomplete", resource=None, subject="file:a.tf", path=None, evidence={"content": "1"}
                ),
            ),
            Change(),
            True,
            id="a broken file that changed",
        ),
    ],
)
def test_introduced(now: Decision, before: tuple[Decision, ...], change: Change, introduced: bool) -> None:
    (found,) = _judge(now, base=before, change=change)
    assert (found.introduced, found.blocking) == (introduced, introduced)
    (gated,) = _judge(now, base=before, change=change, settings=Settings(gate="all"))
    assert (gated.introduced, gated.blocking) == (introduced, True)


def test_a_finding_carries_where_and_why() -> None:
    (found,) = _judge(_decision())
    assert found.place == Place("main.tf", 4, 1, 4, 9)
    assert [step.text for step in found.provenance] == ["tags = {}"]
    assert (found.unit, found.environment, found.remediation) == ("infra", "prod", "Write the tag.")


def test_the_policy_may_say_what_would_pass() -> None:
    (found,) = _judge(_decision(remediation="At most 8."))
    assert found.remediation == "At most 8."


def test_findings_come_blocking_first_then_by_severity_and_subject() -> None:
    told = (
        _decision(policy="hint"),
        _decision(reason=Reason.DATA, path="/labels/a"),
        _decision(path="/labels/b"),
        _decision(path="/labels/a", key="k"),
    )
    found = _judge(*reversed(told))
    assert [(one.decision.policy, one.decision.path, one.blocking) for one in found] == [
        ("tags", "/labels/a", True),
        ("tags", "/labels/b", True),
        ("tags", "/labels/a", False),
        ("hint", "/labels/team", False),
    ]


ERROR = Diagnostic("error", "policy-failed", "it failed")


@pytest.mark.parametrize(
    ("decisions", "diagnostics", "result"),
    [
        pytest.param((), (), "pass", id="nothing to say"),
        pytest.param((_decision(),), (ERROR,), "block", id="what blocks wins over an error"),
        pytest.param((), (ERROR,), "error", id="an error of the run is no pass"),
        pytest.param((), (Diagnostic("warning", "w", "m"),), "pass", id="a warning is no error"),
        pytest.param(
            (), (Diagnostic("error", "hcl-syntax", "m", unread=True),), "pass", id="unread input is a finding, not this"
        ),
    ],
)
def test_verdict(decisions: tuple[Decision, ...], diagnostics: tuple[Diagnostic, ...], result: str) -> None:
    assert verdict(_judge(*decisions), diagnostics) == result
