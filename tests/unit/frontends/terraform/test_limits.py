"""Whatever the input: bounded work, no exception, and a word on what was not done."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.budget import Budget, Pool
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.terraform import program
from guardrail.frontends.terraform import read as reading
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.called import Calls
from guardrail.frontends.terraform.configuration import Reader
from guardrail.frontends.terraform.meter import Meter
from guardrail.frontends.terraform.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.value import Reason, Unknown, unknowns
from guardrail.sources.listed import MemoryTree

RESOURCE = 'resource "aws_instance" "i" {{\n  x = {}\n}}\n'


def _value(found: Any) -> Any:
    return found.resources["aws_instance.i"].attributes["x"]


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_a_chain_of_locals_may_be_as_long_as_it_likes(read_root: Callable[..., Any]) -> None:
    chain = [f"l{n} = local.l{n + 1} + 1" for n in range(3000)]
    limit = sys.getrecursionlimit()
    found = read_root({"main.tf": _lines("locals {", *chain, "l3000 = 0", "}") + RESOURCE.format("local.l0")})
    assert _value(found) == 3000
    assert found.problems == []
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("length", [1, 2, 40, 1000])
def test_what_depends_on_itself_is_in_error_and_the_rest_is_not(read_root: Callable[..., Any], length: int) -> None:
    chain = [f"l{n} = local.l{(n + 1) % length}" for n in range(length)]
    text = _lines("locals {", *chain, 'fine = "fine"', "}") + RESOURCE.format("[local.l0, local.fine]")
    found = read_root({"main.tf": text})
    first, second = _value(found)
    assert first.reason is Reason.ERROR
    assert second == "fine"
    assert [code for code, _ in found.problems] == ["hcl-cycle"]


def _local_steps(monkeypatch: pytest.MonkeyPatch, read_root: Callable[..., Any], lines: list[str]) -> tuple[int, Any]:
    """Read locals; return also how many steps that took."""
    meters: list[Meter] = []

    def made(*args: Any, **named: Any) -> Meter:
        meters.append(Meter(*args, **named))
        return meters[0]

    monkeypatch.setattr(program, "Meter", made)
    found = read_root({"main.tf": _lines("locals {", *lines, "}")})
    return meters[0].steps, found


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param([f"l{n} = local.l{(n + 1) % 5000}" for n in range(5000)], 1, id="one large circle"),
        pytest.param(
            [f"l{n} = [local.l{(n + 1) % 3000}, local.l{(n + 1499) % 3000}]" for n in range(3000)],
            1, id="circles within a circle",
        ),
        pytest.param(
            [*(f"l{n} = local.l{n + 1}" for n in range(3000)),
             f"l3000 = [{', '.join(f'local.l{2999 - n}' for n in range(3000))}]"],
            1, id="a way back to each of a long chain",
        ),
        pytest.param(
            [f"l{n} = local.l{n // 500 * 500 + (n + 1) % 500}" for n in range(3000)], 6, id="several large circles",
        ),
    ],
)  # fmt: skip
def test_circles_take_steps_in_proportion_to_their_text(
    monkeypatch: pytest.MonkeyPatch, read_root: Callable[..., Any], lines: list[str], told: int
) -> None:
    steps, found = _local_steps(monkeypatch, read_root, lines)
    assert [code for code, _ in found.problems] == ["hcl-cycle"] * told
    assert steps < 10 * sum(line.count(".") for line in lines)


def test_a_cycle_is_told_the_same_wherever_it_is_entered(read_root: Callable[..., Any]) -> None:
    files = {"main.tf": _lines("locals {", "a = local.b", "b = local.c", "c = local.a", "}")}
    told = {
        read_root(files | {"use.tf": RESOURCE.format(f"local.{name}")}).parsed.diagnostics[0].message for name in "abc"
    }
    assert told == {"these depend on each other: local.a → local.b → local.c → local.a"}


def test_resources_may_refer_to_other_attributes_of_each_other(read_root: Callable[..., Any]) -> None:
    text = _lines(
        'resource "aws_instance" "a" {', '  x = "a"', "  y = aws_instance.b.x", "}",
        'resource "aws_instance" "b" {', '  x = "b"', "  y = aws_instance.a.x", "}",
    )  # fmt: skip
    found = read_root({"main.tf": text})
    assert found.resources["aws_instance.a"].attributes["y"] == "b"
    assert found.problems == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            _lines("locals {", "l0 = {}", *[f"l{n + 1} = {{ a = local.l{n}, b = local.l{n} }}" for n in range(40)], "}")
            + RESOURCE.format("jsonencode(local.l40)"),
            id="objects that double",
        ),
        pytest.param(
            _lines("locals {", 'l0 = "xx"', *[f'l{n + 1} = "${{local.l{n}}}${{local.l{n}}}"' for n in range(60)], "}")
            + RESOURCE.format("local.l60"),
            id="texts that double",
        ),
        pytest.param(
            _lines("locals {", "l0 = [1, 2]", *[f"l{n + 1} = concat(local.l{n}, local.l{n})" for n in range(60)], "}")
            + RESOURCE.format("local.l60"),
            id="lists that double",
        ),
        pytest.param(
            _lines("locals {", "l0 = [1]", *[f"l{n + 1} = [local.l{n}]" for n in range(2000)], "}")
            + RESOURCE.format("local.l2000"),
            id="lists that nest",
        ),
        pytest.param(
            _lines("locals {", "l0 = 10", *[f"l{n + 1} = local.l{n} * local.l{n}" for n in range(60)], "}")
            + RESOURCE.format("local.l60"),
            id="numbers that square",
        ),
        pytest.param(
            RESOURCE.format("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]"),
            id="loops within loops",
        ),
        pytest.param(RESOURCE.format("setproduct(range(1000), range(1000), range(1000))"), id="products"),
        pytest.param(RESOURCE.format("[for x in range(100000000) : x]"), id="a long range"),
        pytest.param(RESOURCE.format("1e100 * 1e100 * 1e100"), id="a large number"),
        pytest.param(RESOURCE.format('format("%1000000000d", 1)'), id="a wide format"),
    ],
)  # fmt: skip
def test_bombs_are_refused(read_root: Callable[..., Any], text: str) -> None:
    found = read_root({"main.tf": text})
    reasons = {unknown.reason for _, unknown, _ in unknowns(_value(found))}
    assert reasons in ({Reason.REFUSED}, {Reason.ERROR})
    assert found.problems


def test_steps_are_counted(read_root: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STEPS", 1000)
    text = RESOURCE.format("[for x in range(1000) : x + 1]") + 'resource "aws_vpc" "v" {\n  name = "n"\n}\n'
    found = read_root({"main.tf": text})
    assert _value(found).reason is Reason.REFUSED
    assert found.resources["aws_vpc.v"].attributes["name"] == "n"
    assert [code for code, _ in found.problems] == ["limit-steps"]


def test_bodies_are_counted(read_root: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STEPS", 1000)
    nested = 'dynamic "x" {\nfor_each = [1, 2, 3]\ncontent {\n' * 4 + "}\n}\n" * 4
    found = read_root({"main.tf": f'resource "aws_instance" "i" {{\n{nested}}}\n'})
    assert _value(found).reason is Reason.REFUSED
    assert [code for code, _ in found.problems] == ["limit-steps"]


TEXT = "locals {\n  y = jsonencode([for i in range(1000) : {}])\n}\n"
COUNTED = 'resource "aws_vpc" "a" {\n  count = 8\n  x = [for i in range(30) : i + count.index]\n}\n'


def _comments(number: int) -> str:
    return f"# {number}\n" * 5_000


@pytest.mark.parametrize(
    ("texts", "unread"),
    [
        pytest.param(Pool(200_000, 0), [], id="enough for all"),
        pytest.param(Pool(50_000, 100), ["3/a.tf"], id="for large ones, up to the one that is too much"),
        pytest.param(Pool(50_000, 0), ["3/a.tf", "4/a.tf"], id="for none after that"),
    ],
)
def test_what_has_no_words_costs_its_bytes(texts: Pool, unread: list[str]) -> None:
    files = {**{f"{number}/a.tf": _comments(number) for number in range(4)}, "4/a.tf": "# small\n"}
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    cache = SyntaxCache(Budget(texts=texts))
    calls = Calls(cache)
    calls.look(tree, [str(number) for number in range(5)])
    told: list[Diagnostic] = []
    for number in range(5):
        Reader(tree, cache, told.append).declarations(str(number))
    assert [(one.code, one.place, one.unread) for one in told] == [("limit-run", Place(path), True) for path in unread]


def _read_two(budget: Budget) -> list[Parsed]:
    tree = MemoryTree({"a/main.tf": COUNTED.encode(), "b/main.tf": COUNTED.encode() + b"# other\n"})
    return [
        read(tree, Unit(name=name, format="terraform", directory=name, files=(f"{name}/main.tf",)), cache, {}, budget)
        for cache in [SyntaxCache()]
        for name in "ab"
    ]


@pytest.mark.parametrize(
    ("budget", "made", "codes"),
    [
        pytest.param(Budget(), (8, 8), ([], []), id="enough for all"),
        pytest.param(
            Budget(resources=10, spare=0), (8, 1), ([], ["limit-instances"]), id="resources for one root and a bit"
        ),
        pytest.param(Budget(resources=8, spare=0), (8, 0), ([], ["limit-run"]), id="resources for one root"),
        pytest.param(Budget(steps=3_500, reserve=0), (8, 0), ([], ["limit-run"]), id="steps for one root"),
        pytest.param(
            Budget(steps=2_000, reserve=0), (5, 0), (["limit-steps"], ["limit-run"]), id="steps for most of one root"
        ),
        pytest.param(Budget(steps=1_000, reserve=0), (0, 0), (["limit-run"], ["limit-run"]), id="steps for none"),
    ],
)
def test_roots_share_what_a_tree_may_take(
    budget: Budget, made: tuple[int, int], codes: tuple[list[str], list[str]]
) -> None:
    parsed = _read_two(budget)
    assert tuple(len(each.resources) for each in parsed) == made
    assert tuple([told.code for told in each.diagnostics] for each in parsed) == codes
    for told in (told for each in parsed for told in each.diagnostics):
        assert (told.level, told.unread) == ("error", False)
        assert told.place is not None
        assert told.hint


def test_hungry_roots_leave_something_for_the_others() -> None:
    hungry = b"locals {\n  a = [for i in range(1000) : [for j in range(1000) : i + j]]\n}\n"
    files = {f"a{n:02}/main.tf": hungry + b"#" * n for n in range(30)} | {"z/main.tf": COUNTED.encode()}
    tree, cache, budget = MemoryTree(files), SyntaxCache(), Budget(steps=30_000, reserve=80_000)
    parsed = [
        read(tree, Unit(name=name[:-8], format="terraform", directory=name[:-8], files=(name,)), cache, {}, budget)
        for name in sorted(files)
    ]
    assert [told.code for told in parsed[0].diagnostics] == ["limit-steps"]
    assert (len(parsed[-1].resources), parsed[-1].diagnostics) == (8, ())


def test_resources_beyond_what_a_tree_may_have_are_told() -> None:
    tree = MemoryTree({"main.tf": "".join(f'resource "aws_vpc" "v{n}" {{\n}}\n' for n in range(9)).encode()})
    unit = Unit(name=".", format="terraform", directory=".", files=("main.tf",))
    parsed = read(tree, unit, SyntaxCache(), {}, Budget(resources=5, spare=0))
    assert len(parsed.resources) == 5
    assert [(told.code, str(told.place)) for told in parsed.diagnostics] == [("limit-resources", "main.tf:11:1")]


def test_of_very_many_diagnostics_some_are_told(monkeypatch: pytest.MonkeyPatch, read_root: Callable[..., Any]) -> None:
    monkeypatch.setattr(program, "DIAGNOSTICS", 3)
    wrong = [f"l{n} = nobody.x" for n in range(9)]
    found = read_root({"main.tf": _lines("locals {", *wrong, "}"), "z.tf": 'resource "a" {\n}\n'})
    told = Counter(code for code, _ in found.problems)
    assert told == {"hcl-declaration": 1, "hcl-reference": 2, "limit-diagnostics": 1}
    (more,) = [one for one in found.parsed.diagnostics if one.code == "limit-diagnostics"]
    assert (more.level, more.message[:13]) == ("warning", "7 more things")


def test_an_error_of_the_run_is_told_among_any_number_of_others(
    monkeypatch: pytest.MonkeyPatch, read_root: Callable[..., Any]
) -> None:
    monkeypatch.setattr(program, "DIAGNOSTICS", 3)
    monkeypatch.setattr(program, "INSTANCES", 3)
    wrong = "".join(f'resource "aws_vpc" "a{n}" {{\n  x = nobody.x\n}}\n' for n in range(9))
    found = read_root({"main.tf": wrong + 'resource "aws_vpc" "b" {\n  count = 8\n}\n'})
    assert "error" in {one.level for one in found.parsed.diagnostics}


def test_a_body_of_many_kinds_of_blocks_is_read_in_one_go(read_root: Callable[..., Any]) -> None:
    blocks = "".join(f"b{n} {{\n}}\n" for n in range(20_000))
    found = read_root({"main.tf": f'resource "aws_vpc" "v" {{\n{blocks}}}\n'})
    assert len(found.only.attributes) == 20_000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("x = {" + ", ".join(f"k{n} = {n}" for n in range(1_000)) + "}", id="an object of literals"),
        pytest.param("".join(f"x{n} = {n}\n" for n in range(1_000)), id="arguments that are literals"),
        pytest.param("".join("b {\n}\n" for _ in range(1_000)), id="blocks"),
        pytest.param("x = jsondecode(local.y)", id="a value that a function makes"),
    ],
)
def test_what_instances_hold_is_counted(
    monkeypatch: pytest.MonkeyPatch, read_root: Callable[..., Any], body: str
) -> None:
    monkeypatch.setattr(reading, "STEPS", 20_000)
    found = read_root({"main.tf": f'resource "aws_vpc" "v" {{\n  count = 1000\n{body}\n}}\n' + TEXT})
    assert [code for code, _ in found.problems] == ["limit-steps"]
    assert len(found.resources) <= 40


def test_instances_are_counted(read_root: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "INSTANCES", 10)
    text = 'resource "aws_vpc" "a" {\n  count = 8\n}\nresource "aws_vpc" "b" {\n  count = 8\n}\n'
    found = read_root({"main.tf": text})
    assert "aws_vpc.a[7]" in found.resources
    multiplicity = found.resources["aws_vpc.b[?]"].multiplicity
    assert (multiplicity.min, multiplicity.max) == (8, 8)
    assert [code for code, _ in found.problems] == ["limit-instances"]


def test_what_is_written_in_the_root_is_not_counted(
    read_root: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "INSTANCES", 10)
    blocks = "".join(f'resource "aws_vpc" "v{number}" {{\n}}\n' for number in range(20))
    found = read_root({"main.tf": blocks})
    assert len(found.resources) == 20
    assert found.problems == []


def test_instances_of_modules_are_counted(read_root: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MODULES", 10)
    files = {"main.tf": 'module "m" {\n  source = "./m0"\n}\n'}
    for n in range(25):  # 2 ** 25 instances of the last one
        calls = "".join(f'module "{name}" {{\n  source = "../m{n + 1}"\n}}\n' for name in "ab")
        files[f"m{n}/main.tf"] = calls + 'resource "aws_vpc" "v" {\n}\n'
    found = read_root(files)
    categories = Counter(each.category for each in found.resources.values())
    assert categories == {"other": 10, "module.call": 11}
    assert [code for code, _ in found.problems] == ["limit-modules"]


def test_modules_nest_to_a_limit(read_root: Callable[..., Any]) -> None:
    files = {"main.tf": 'module "m" {\n  source = "./m1"\n}\n'}
    for n in range(1, 40):
        files[f"m{n}/main.tf"] = f'module "m" {{\n  source = "../m{n + 1}"\n}}\n'
    found = read_root(files)
    assert [code for code, _ in found.problems] == ["hcl-module"]
    assert found.only.category == "module.call"
    found = read_root({**files, "m30/main.tf": RESOURCE.format(1)})
    assert (found.problems, found.only.type) == ([], "aws_instance"), "thirty are no more than thirty"


def test_a_module_that_contains_itself(read_root: Callable[..., Any]) -> None:
    found = read_root(
        {
            "main.tf": 'module "m" {\n  source = "./m"\n}\n',
            "m/main.tf": 'module "again" {\n  source = "../m"\n}\nresource "aws_vpc" "v" {\n}\n',
        }
    )
    assert "module.m.aws_vpc.v" in found.resources
    assert found.resources["module.m.module.again"].category == "module.call"
    assert found.problems == [("hcl-module", "m/main.tf:2:3")]


WORDS = st.sampled_from(
    [
        "resource", '"aws_instance"', '"i"', "{", "}", "\n", "=", "var.a", "local.b", "count", "for_each", "dynamic",
        "content", "module", "source", '"./"', '"./m"', "each.value", "[", "]", "(", ")", ",", "1", "null", "true",
        '"${var.a}"', "variable", '"a"', "type", "string", "default", "locals", "b", "for", "x", "in", ":", "=>",
        "provider", "moved", "from", "to", "merge", "toset", "try", "lifecycle", "aws_instance.i", "...", "?", "data",
    ]
)  # fmt: skip


@given(st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS, max_size=30).map(" ".join))
def test_no_text_raises(text: str, module: str) -> None:
    tree = MemoryTree({"main.tf": text.encode(), "m/main.tf": module.encode(), "terraform.tfvars": module.encode()})
    unit = Unit(name=".", format="terraform", directory=".", files=("main.tf",))
    parsed = read(tree, unit, SyntaxCache(), {})
    assert all(not isinstance(resource.address, Unknown) for resource in parsed.resources)
