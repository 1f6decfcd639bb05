"""The confined engine: what policies may do to it, and what they cannot."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from guardrail.policy import child
from guardrail.policy.engine import Failed, Limits, Module, Outcome, Undefined, Value
from guardrail.policy.library import shared_module
from guardrail.policy.regorus import Regorus, failure, start_worker

GOOD = Module("good.rego", "package good\n\ndeny contains x if some x in input.xs\n")


@pytest.fixture
def hurried() -> Iterator[Regorus]:
    with start_worker(shared_module(), Limits(run=4.0, rule=0.6)) as started:
        yield started


def ask(engine: Regorus, *modules: Module, document: bytes = b'{"xs": [1]}') -> Mapping[str, Outcome]:
    return engine.evaluate(modules, document, [f"data.{module.file.removesuffix('.rego')}.deny" for module in modules])


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param("deny contains x if { some x in numbers.range(1, 1000000000) }", id="a huge range"),
        pytest.param(
            "deny contains x if {\n\txs := numbers.range(1, 20000)\n\tsome x in xs\n"
            "\tsome y in xs\n\tsome z in xs\n\tx + y + z < 0\n}",
            id="a join without end",
        ),
        pytest.param("f(x) := f(x + 1)\n\ndeny contains f(1)", id="endless recursion"),
        pytest.param(
            'deny contains x if {\n\ts := concat("", ["a" | some _ in numbers.range(1, 100000)])\n'
            "\tx := count([t | some i in numbers.range(1, 100000); t := concat(s, [s, s, s, s, s, s, s, s])])\n}",
            id="more memory than there may be",
        ),
    ],
)
def test_a_policy_that_does_not_end_is_stopped_and_spares_the_others(rules: str, hurried: Regorus) -> None:
    started = time.monotonic()
    answers = ask(hurried, Module("bad.rego", f"package bad\n\n{rules}\n"), GOOD)
    assert time.monotonic() - started < 60  # without the clock it would never end
    failed = answers["data.bad.deny"]
    assert isinstance(failed, Failed)
    assert failed.message.startswith("cannot be evaluated: ")
    assert answers["data.good.deny"] == Value([1])


def test_an_answer_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "ANSWER", 1 << 20)
    large = Module("large.rego", "package large\n\ndeny contains x if some x in numbers.range(1, 100000)\n")
    with start_worker(shared_module(), Limits(run=60, rule=30)) as patient:
        answers = ask(patient, large, GOOD)
    assert answers["data.large.deny"] == Failed("cannot be evaluated: it answers with more than 1 MiB")
    assert answers["data.good.deny"] == Value([1])


def test_the_run_as_a_whole_has_a_limit() -> None:
    endless = "deny contains x if {\n\txs := numbers.range(1, 20000)\n\tsome x in xs\n\tsome y in xs\n\tx + y < 0\n}"
    modules = [Module(f"p{number}.rego", f"package p{number}\n\n{endless}\n") for number in range(8)]
    started = time.monotonic()
    with start_worker(shared_module(), Limits(run=0.8, rule=0.5)) as engine:
        answers = ask(engine, *modules)
    assert time.monotonic() - started < 60
    assert all(isinstance(answer, Failed) for answer in answers.values())
    assert answers["data.p7.deny"] == Failed("not evaluated: the others took all of 0.8 s")


def test_an_error_names_the_line(engine: Regorus) -> None:
    bad = Module("bad.rego", "package bad\n\ndeny contains x if {\n\tx := count(input.n)\n}\n")
    answers = ask(engine, bad, GOOD, document=b'{"n": 1, "xs": [2]}')
    failed = answers["data.bad.deny"]
    assert isinstance(failed, Failed)
    assert str(failed.place) == "bad.rego:4:18"
    assert failed.message == "`count` requires array/object/set/string argument. Got `1`."
    assert answers["data.good.deny"] == Value([2])


def test_a_query_without_an_answer_is_undefined(engine: Regorus) -> None:
    assert engine.evaluate([GOOD], b"{}", ["data.good.absent"]) == {"data.good.absent": Undefined()}


def test_a_document_that_is_no_json_fails_each_query(engine: Regorus) -> None:
    (answer,) = ask(engine, GOOD, document=b"{").values()
    assert isinstance(answer, Failed)
    assert ask(engine, GOOD) == {"data.good.deny": Value([1])}


def test_documents_take_turns_and_a_bad_one_costs_its_own_queries_only(engine: Regorus) -> None:
    query = "data.good.deny"
    asked = [(b'{"xs": [1]}', query), (b"{", query), (b'{"xs": [2]}', query)]
    (_, first), (_, second), (_, third) = engine.answers([GOOD], asked)
    assert (first, third) == (Value([1]), Value([2]))
    assert isinstance(second, Failed)


def test_the_engine_is_busy_with_the_next_query_while_an_answer_is_looked_at(engine: Regorus) -> None:
    made: list[int] = []

    def asked() -> Iterator[tuple[bytes, str]]:
        for number in range(3):
            made.append(number)
            yield b'{"xs": [%d]}' % number, "data.good.deny"

    answers = engine.answers([GOOD], asked())
    assert next(answers) == ("data.good.deny", Value([0]))
    assert made == [0, 1]
    del answers  # what is asked and never looked at is in nobody's way
    assert ask(engine, GOOD) == {"data.good.deny": Value([1])}


@pytest.mark.parametrize(
    "call",
    [
        'http.send({"method": "get", "url": "http://127.0.0.1:9"})',
        "opa.runtime()",
        'rand.intn("a", 9)',
        "time.now_ns()",
        'uuid.rfc4122("a")',
    ],
)
def test_what_reaches_outside_raises(call: str, engine: Regorus) -> None:
    (answer,) = ask(engine, Module("bad.rego", f"package bad\n\ndeny contains x if {{ x := {call} }}\n")).values()
    assert isinstance(answer, Failed)
    assert "is not available to policies" in answer.message


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        pytest.param('sprintf("%s is %d of %v", ["a", 3, 4])', "a is 3 of 4", id="the plain verbs"),
        pytest.param('sprintf("%d", [-7])', "-7", id="a negative number has one sign"),
        pytest.param('sprintf("%02d:%d%%", [5, 6])', "05:6%", id="two digits and a percent sign"),
        pytest.param('sprintf("%v", [{"b": [true, null], "a": "x"}])', '{"a": "x", "b": [true, null]}', id="an object"),
        pytest.param('sprintf("%v", [{2, 1}])', "{1, 2}", id="a set"),
        pytest.param('sprintf("none", [])', "none", id="nothing to fill in"),
        pytest.param('sprintf("%.2f", [1])', None, id="a verb that engines tell differently"),
        pytest.param('sprintf("%v", [1.5])', None, id="a fraction"),
        pytest.param('sprintf("%s", [1])', None, id="a number as text"),
        pytest.param('sprintf("%d", ["1"])', None, id="text as a number"),
        pytest.param('sprintf("%s", [])', None, id="too few values"),
        pytest.param('sprintf("%s", ["a", "b"])', None, id="too many values"),
        pytest.param('regex.match("^\\\\w{1,20}$", "abc_1")', True, id="a pattern that the engine's own refuses"),
        pytest.param('regex.match("^\\\\d+$", "٣")', False, id="digits are ASCII"),
        pytest.param('regex.match("(?<=a)b", "ab")', None, id="look-around is no RE2"),
        pytest.param('regex.is_valid("a(")', False, id="no pattern"),
        pytest.param('regex.find_n("[0-9]+", "a1b22c333", 2)', ["1", "22"], id="the first finds"),
        pytest.param('regex.split(",+", "a,,b")', ["a", "b"], id="split"),
    ],
)
def test_built_ins_answer_as_in_opa(expression: str, wanted: object, engine: Regorus) -> None:
    (answer,) = ask(engine, Module("a.rego", f"package a\n\ndeny contains x if {{ x := {expression} }}\n")).values()
    if wanted is None:
        assert isinstance(answer, Failed)
    else:
        assert answer == Value([wanted])


def test_the_child_has_no_environment(engine: Regorus) -> None:
    if not Path("/proc/self/environ").exists():
        pytest.skip("there is no /proc here")
    child = engine._child._process
    assert Path(f"/proc/{child.pid}/environ").read_bytes() == b""


def test_it_says_which_engine_it_is(engine: Regorus) -> None:
    assert engine.name.startswith("regorus 0.13.")


def test_a_module_that_does_not_compile_spares_the_others(engine: Regorus) -> None:
    answers = ask(engine, Module("bad.rego", "package bad\n\ndeny contains\n"), GOOD)
    assert answers["data.good.deny"] == Value([1])
    assert not isinstance(answers["data.bad.deny"], Value)


def test_a_child_that_dies_while_it_gets_ready_is_replaced() -> None:
    with start_worker(shared_module()) as engine:
        engine._child._process.kill()
        engine._child._process.wait()
        engine.prepare([GOOD] * 50)
        assert ask(engine, GOOD) == {"data.good.deny": Value([1])}


def test_a_child_that_is_gone_is_replaced() -> None:
    with start_worker(shared_module()) as engine:
        engine._child._process.kill()
        engine._child._process.wait()
        first = ask(engine, GOOD)
        assert isinstance(first["data.good.deny"], Failed)
        assert ask(engine, GOOD) == {"data.good.deny": Value([1])}


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        pytest.param(
            "\n--> a.rego:2:7\n  |\n2 | x\n  | ^\nerror: no good\n\nStack backtrace:\n 0: x",
            "no good",
            "a.rego:2:4",
            id="as the engine writes it",
        ),
        pytest.param("memory allocation failed", "memory allocation failed", "None", id="a bare line"),
        pytest.param("", "the engine gave no reason", "None", id="nothing"),
    ],
)
def test_failure(text: str, message: str, place: str) -> None:
    failed = failure(text, {"a.rego": "package a\n\tx := 1\n"})
    assert (failed.message, str(failed.place)) == (message, place)
