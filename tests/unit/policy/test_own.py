from __future__ import annotations

from guardrail.config.settings import Settings
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.policy.own import NAMES, config_changed, own_rules, scan_incomplete


def test_a_file_that_cannot_be_read_is_one_decision_at_its_first_error() -> None:
    def problem(file: str, line: int, message: str, *, unread: bool = True) -> Diagnostic:
        return Diagnostic("error", "hcl-syntax", message, Place(file, line, 2), "Close it.", unread, "b10b")

    found = scan_incomplete(
        [
            problem("b.tf", 9, "second"),
            problem("b.tf", 3, "first"),
            problem("a.tf", 1, "other"),
            problem("c.tf", 1, "read all the same", unread=False),
            Diagnostic("error", "x", "nowhere", unread=True),
        ]
    )
    assert [(one.policy, one.subject, one.message) for one in found] == [
        ("scan-incomplete", "file:a.tf", "cannot be read: other"),
        ("scan-incomplete", "file:b.tf", "cannot be read: first (and 1 more)"),
    ]
    assert found[1].evidence == {"content": "b10b", "line": 3, "column": 2, "code": "hcl-syntax"}
    assert found[1].remediation == "Close it."


def test_a_change_of_the_configuration_is_one_decision_per_file() -> None:
    found = config_changed(["guardrail.yaml", ".guardrail/x.yaml", "guardrail.yaml"])
    assert [one.subject for one in found] == ["file:.guardrail/x.yaml", "file:guardrail.yaml"]
    assert {one.policy for one in found} == {"guardrail-config-changed"}


def test_levels_stand_in_one_place() -> None:
    rules = own_rules(Settings())
    assert set(rules) == NAMES
    assert rules["scan-incomplete"].level == "deny"
    assert rules["guardrail-config-changed"].level == "warn"
    assert own_rules(Settings(config_changes="signed"))["guardrail-config-changed"].level == "deny"
    assert all(rule.docs == f"docs/policies/{name}.md" for name, rule in rules.items())
