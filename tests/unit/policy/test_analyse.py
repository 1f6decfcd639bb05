"""What is wrong with a policy is told with its place, before it runs."""

from __future__ import annotations

import pytest

from guardrail.model.finding import Diagnostic
from guardrail.policy.analyse import analyse
from guardrail.policy.model import Applies, Loaded, MeasureSpec
from guardrail.policy.regorus import Regorus

HEAD = """# METADATA
# title: A title
# description: A description
# custom:
#   id: own
#   severity: low
#   remediation: Do it.
#   applies_to: {all: true}
"""
RULE = "deny contains d if {\n\tsome r in input.resources\n\tr.taggable\n\td := {}\n}\n"


def refused(engine: Regorus, source: str | bytes) -> Diagnostic:
    data = source if isinstance(source, bytes) else source.encode()
    answer = analyse(engine, data, "p/own.rego", "user")
    assert isinstance(answer, Diagnostic)
    assert answer.level == "error"
    return answer


@pytest.mark.parametrize(
    ("block", "message", "place"),
    [
        pytest.param("", "has no METADATA block before `package`", "1:1", id="no block"),
        pytest.param("# METADATA\n# - a\n", "METADATA is not a mapping", "1:1", id="a list"),
        pytest.param(
            "# METADATA\n# title: [a\n",
            "METADATA: not YAML: did not find expected ',' or ']'",
            "3:1",
            id="broken YAML",
        ),
        pytest.param(
            "# METADATA\n# title: a\n# title: b\n",
            'METADATA: the key "title" stands in line 2 already',
            "3:3",
            id="a key twice",
        ),
        pytest.param(
            "# METADATA\n# title: x\n# description: *a\n",
            "METADATA: *a has no anchor before it",
            "3:16",
            id="an alias of nothing",
        ),
        pytest.param(
            HEAD.replace("title: A title", "titel: A title"),
            "unknown key 'titel', did you mean \"title\"?",
            "2:3",
            id="a misspelt key",
        ),
        pytest.param(
            HEAD.replace("id: own", "id: Own Policy"),
            "id 'Own Policy' is not lower-case words joined by dashes",
            "5:9",
            id="a strange id",
        ),
        pytest.param(HEAD.replace("#   id: own\n", ""), "METADATA lacks id", "4:3", id="no id"),
        pytest.param(
            HEAD.replace("low", "severe"),
            "severity is 'severe'; it is one of critical, high, medium, low",
            "6:15",
            id="a severity of its own",
        ),
        pytest.param(
            HEAD + "#   revision: one\n", "revision is a whole number from 1", "9:15", id="a revision in words"
        ),
        pytest.param(
            HEAD.replace("{all: true}", "{category: [compute.pol]}"),
            "there is no category 'compute.pol', did you mean \"compute.pool\"?",
            "8:29",
            id="a misspelt category",
        ),
        pytest.param(HEAD.replace("{all: true}", "{all: false}"), "applies to nothing", "8:17", id="nothing to judge"),
        pytest.param(
            HEAD.replace("#   applies_to: {all: true}\n", ""),
            "says neither which resources it judges nor which sums",
            "4:3",
            id="no subject",
        ),
        pytest.param(
            HEAD + "#   requires: [labels]\n",
            "'labels' is no path into a resource, like /labels/team",
            "9:16",
            id="a path without slash",
        ),
        pytest.param(
            HEAD + "#   requires: [/lables/team]\n",
            'requires /lables/team: there is no input.resources[_].lables, did you mean "labels"?',
            "1:1",
            id="a path that no resource has",
        ),
        pytest.param(
            HEAD + "#   measure: {name: m, by: [world]}\n",
            "there is no dimension 'world'",
            "9:29",
            id="a dimension of its own",
        ),
        pytest.param(
            HEAD + "#   params: {type: object, properties: {n: {type: number}}}\n",
            "params: n has no default",
            "9:44",
            id="a gap in the defaults",
        ),
        pytest.param(
            HEAD + "#   params: {type: object, properties: {n: {type: int}}}\n",
            "params: type is int; it is one of object, array, string, integer, number, boolean",
            "9:44",
            id="no such type",
        ),
        pytest.param(
            HEAD + "# scope: rule\n", "the block before `package` has the scope `package`", "9:10", id="another scope"
        ),
    ],
)
def test_metadata_errors(block: str, message: str, place: str, engine: Regorus) -> None:
    answer = refused(engine, f"{block}package policies.own\n\n{RULE}")
    assert (answer.message, str(answer.place)) == (message, f"p/own.rego:{place}")


@pytest.mark.parametrize(
    ("rules", "message", "place"),
    [
        pytest.param(
            "deny contains x if {\n\tx := y\n}",
            "y is unsafe: nothing gives it a value",
            "12:7",
            id="an unsafe variable",
        ),
        pytest.param("deny contains if", "unexpected keyword `if`", "11:15", id="broken Rego"),
        pytest.param(
            "deny contains x if {\n\tx := http.send({})\n}",
            "http.send is not available: an answer depends on the input alone",
            "12:7",
            id="the network",
        ),
        pytest.param(
            "deny contains x if x := time.now_ns()",
            "time.now_ns is not available: an answer depends on the input alone",
            "11:25",
            id="the clock",
        ),
        pytest.param(
            'deny contains x if x := rand.intn("a", 3)',
            "rand.intn is not available: an answer depends on the input alone",
            "11:25",
            id="chance",
        ),
        pytest.param(
            'deny contains x if x := uuid.rfc4122("a")',
            "uuid.rfc4122 is not available: an answer depends on the input alone",
            "11:25",
            id="new names",
        ),
        pytest.param(
            "deny contains x if x := opa.runtime()",
            "opa.runtime is not available: an answer depends on the input alone",
            "11:25",
            id="the surroundings",
        ),
        pytest.param(
            "deny contains x if x := missing(1)", "there is no function missing", "11:25", id="an unknown function"
        ),
        pytest.param(
            "deny contains x if x := data.guardrail.lib.missing(1)",
            "there is no function data.guardrail.lib.missing",
            "11:25",
            id="an unknown function of the library",
        ),
        pytest.param(
            "deny contains x if x := count(1, 2)",
            "count takes 1 arguments, not 2",
            "11:25",
            id="too many arguments of a built-in",
        ),
        pytest.param(
            "f(a) := a\n\ndeny contains x if x := f(1, 2)",
            "f takes 1 arguments, not 2",
            "13:25",
            id="too many arguments of a helper",
        ),
        pytest.param(
            "f(a) := f(a)\n\ndeny contains x if x := f(1)", "f depends on itself", "11:1", id="recursion of a function"
        ),
        pytest.param(
            "a if b\n\nb if a\n\ndeny contains 1 if a", "a depends on itself", "11:1", id="recursion of rules"
        ),
        pytest.param(
            "deny contains x if x := data.secrets.key",
            "reaches below `data` for what no rule is",
            "11:25",
            id="other data",
        ),
        pytest.param(
            "deny contains x if x := data.guardrail[_]",
            "reaches below `data` for what no rule is",
            "11:25",
            id="other policies",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tnot is_number(r.lifetime.ttl_seconds)\n}",
            "negates a call of r.lifetime.ttl_seconds, which engines answer differently where it is undefined",
            "13:16",
            id="a negated call of what may be undefined",
        ),
        pytest.param(
            'deny contains 1 if {\n\tsome r in input.resources\n\tnot r.region in {"a"}\n}',
            "negates a call of r.region, which engines answer differently where it is undefined",
            "13:6",
            id="a negated membership",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tcount(json.marshal(r)) > 9\n}",
            "reads resources as a whole, so nobody can tell what its answers rest on",
            "1:1",
            id="a whole resource",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tsome value in r\n\tvalue == 1\n}",
            "reads resources as a whole, so nobody can tell what its answers rest on",
            "1:1",
            id="every field of a resource",
        ),
        pytest.param("other contains 1", "has no rule `deny`", "1:1", id="no deny"),
        pytest.param(
            "deny contains 1 if {\n\tcount(x) > 0\n\tx := input.resources\n}",
            "var `x` used before definition below.",
            "12:8",
            id="a name used before it has a value",
        ),
        pytest.param(
            "deny contains 1\n\nother if x == 1",
            "use of undefined variable `x` is unsafe",
            "13:10",
            id="a comparison with nothing in a rule that nobody uses",
        ),
        pytest.param(
            "deny contains 1\n\nother(a) if {\n\tb := c\n\ta == b\n}",
            "c is unsafe: nothing gives it a value",
            "14:7",
            id="a name without value in a helper that nobody uses",
        ),
        pytest.param(
            "package again\n\ndeny contains 1", "unexpected keyword `package`", "11:1", id="two packages in a file"
        ),
    ],
)
def test_rule_errors(rules: str, message: str, place: str, engine: Regorus) -> None:
    answer = refused(engine, f"{HEAD}package policies.own\n\n{rules}\n")
    assert (answer.message, str(answer.place)) == (message, f"p/own.rego:{place}")


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        pytest.param(b"\xff", "is not UTF-8", "p/own.rego:1:1", id="no text"),
        pytest.param(b"#" * 9000, "a line has more than 8192 columns", "p/own.rego:1:8193", id="a long line"),
        pytest.param(b"# a\n" * 300_000, "is larger than 1048576 bytes", "p/own.rego", id="a large file"),
        pytest.param(
            b'package a\n\nx := "[[[[[[[[[[[[[[" # [[[[[[[[[[[[[\ny := ' + b"[" * 40 + b"]" * 40,
            "brackets are nested more than 12 deep",
            "p/own.rego:4:18",
            id="nesting that takes the parser for ever",
        ),
        pytest.param(b"", "has no `package`", "p/own.rego:1:1", id="an empty file"),
    ],
)
def test_text_errors(data: bytes, message: str, place: str, engine: Regorus) -> None:
    answer = refused(engine, data)
    assert (answer.message, str(answer.place)) == (message, place)


def test_the_packages_of_guardrail_are_its_own(engine: Regorus) -> None:
    answer = refused(engine, f"{HEAD}package guardrail.policies.own\n\n{RULE}")
    assert (answer.message, str(answer.place)) == ("the packages below `guardrail` are its own", "p/own.rego:11:1")


def test_what_a_file_declares(engine: Regorus) -> None:
    block = """# Copyright somebody
# METADATA
# title: Expensive things
# description: >-
#   In two
#   lines.
# custom:
#   id: expensive-things
#   revision: 3
#   severity: critical
#   level: off
#   remediation: Buy less.
#   applies_to: {category: [compute.pool], type: [aws_instance], taggable: true}
#   requires: [/groups/*/replicas/max]
#   params: {type: object, properties: {limit: {type: number, format: usd, default: 2}}}
#   measure: {name: monthly, by: [team, total], of: head, bound: max}
package policies.expensive

"""
    answer = analyse(engine, (block + RULE).encode(), "p/own.rego", "user")
    assert isinstance(answer, Loaded)
    policy = answer.policy
    assert (policy.id, policy.revision, policy.severity, policy.level) == ("expensive-things", 3, "critical", "off")
    assert (policy.title, policy.description) == ("Expensive things", "In two lines.")
    assert policy.applies == Applies(
        categories=frozenset({"compute.pool"}), types=frozenset({"aws_instance"}), taggable=True
    )
    assert policy.measure == MeasureSpec(name="monthly", by=("team", "total"), of="head", bound="max")
    assert policy.package == "policies.expensive"
    assert str(policy.place) == "p/own.rego:2:1"
    assert policy.docs == "p/own.rego"
    assert "/groups/*/replicas/max" in map(str, answer.rests_on)


def test_an_analysis_has_an_end(engine: Regorus) -> None:
    helpers = "\n\n".join(f"f{n}(x) := [f{n + 1}(x.a{n}), f{n + 1}(x.b{n})]" for n in range(30))
    answer = refused(
        engine,
        f"{HEAD}package policies.own\n\n{helpers}\n\nf30(x) := x\n\n"
        "deny contains f0(r.attributes) if some r in input.resources\n",
    )
    assert answer.message == "reads more than can be followed"


def test_a_long_expression_is_an_error_not_a_crash(engine: Regorus) -> None:
    for length in (500, 2_000, 15_000):
        lines = " +\n".join(["1"] * length)
        answer = refused(engine, f"{HEAD}package policies.own\n\ndeny contains x if x := {lines}\n")
        assert answer.place is not None
        assert answer.place.file == "p/own.rego"
