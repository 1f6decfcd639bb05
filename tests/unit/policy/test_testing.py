from __future__ import annotations

import pytest

from guardrail.policy.engine import Module
from guardrail.policy.regorus import Regorus
from guardrail.policy.testing import run_tests

SUBJECT = Module("p.rego", "package p\n\ndeny contains input.x if input.x > 1\n")


@pytest.mark.parametrize(
    ("rule", "failure"),
    [
        pytest.param("test_a if data.p.deny == {2} with input.x as 2", None, id="true passes"),
        pytest.param("test_a if data.p.deny == {2} with input.x as 1", "is undefined", id="undefined fails"),
        pytest.param("test_a := data.p.deny == {2}", "is False", id="false fails"),
        pytest.param('test_a := {"one": true, "two": true}', None, id="a table that holds"),
        pytest.param('test_a := {"one": true, "two": 1 == 2}', "does not hold for two", id="a case that does not"),
        pytest.param("test_a := {}", "is {}", id="an empty table holds nothing"),
        pytest.param("test_a if count(1) == 1", "t.rego:3:17: `count` requires", id="an error fails"),
        pytest.param("test_a := 1", "is 1", id="anything else fails"),
    ],
)
def test_one_test(rule: str, failure: str | None, engine: Regorus) -> None:
    (tested,) = run_tests(engine, [SUBJECT], Module("t.rego", f"package t\n\n{rule}\n"))
    assert (tested.file, tested.name, tested.line) == ("t.rego", "test_a", 3)
    if failure is None:
        assert tested.failure is None
    else:
        assert tested.failure is not None
        assert tested.failure.startswith(failure)


def test_a_module_without_tests_fails(engine: Regorus) -> None:
    (tested,) = run_tests(engine, [SUBJECT], Module("t.rego", "package t\n\nx := 1\n"))
    assert tested.failure == "has no rule whose name begins with test_"


def test_a_module_that_does_not_compile_fails_with_its_line(engine: Regorus) -> None:
    (tested,) = run_tests(engine, [SUBJECT], Module("t.rego", "package t\n\ntest_a if {\n"))
    assert (tested.line, tested.failure) == (4, "expecting expression")
