"""
What is said of an expression holds, whatever its unknowns turn out to be.

Random expressions are evaluated twice: with variables that have no value, and with values for them. What was known
before must be the same after; what was unknown must have become one of its candidates, of its type, with its prefix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.convert import convert, to_text
from guardrail.frontends.terraform.inputs import root_inputs
from guardrail.frontends.terraform.meter import deep
from guardrail.frontends.terraform.module import Module
from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    Mapped,
    OpenMap,
    SetValue,
    Unknown,
    Value,
    same,
)
from guardrail.sources.listed import MemoryTree

DECLARED = """
variable "text" { type = string }
variable "other" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "set" { type = set(string) }
variable "map" { type = map(string) }
variable "object" { type = object({ a = string, b = optional(number, 3) }) }
variable "any" {}
locals {
  choice = var.flag ? "a" : "b"
  merged = merge({ a = "1" }, var.map, { c = "3" })
  keyed  = { a = "x", (var.text) = "y", b = "z" }
  picked = { a = 1, b = "q" }[local.choice]
}
resource "a_b" "counted" {
  count = var.flag ? 2 : 1
  x     = "x${count.index}"
  y     = "same"
}
resource "a_b" "any" {
  count = length(var.list)
  x     = var.list[count.index]
}
resource "a_b" "each" {
  for_each = var.set
  x        = each.key
}
resource "a_b" "open" {
  for_each = merge(var.map, { z = "z" })
  x        = each.value
}
module "m" {
  source = "./m"
  count  = var.flag ? 1 : 0
  input  = var.text
}
"""

MODULE = """
variable "input" {
  type    = string
  default = "d"
}
output "input" { value = var.input }
output "fixed" { value = "fixed" }
"""

TEXTS = st.sampled_from(['"a"', '"b"', '"c"', '"a-b"', '""', '"1"', "null"])
NUMBERS = st.sampled_from(["0", "1", "2", "-1", "1.5"])

VALUES = st.fixed_dictionaries(
    {
        "text": TEXTS,
        "other": TEXTS,
        "number": NUMBERS,
        "flag": st.sampled_from(["true", "false"]),
        "list": st.sampled_from(["[]", '["a"]', '["a", "b"]', '["a", null]']),
        "set": st.sampled_from(["[]", '["a"]', '["b", "a"]']),
        "map": st.sampled_from(["{}", '{ a = "a" }', '{ b = "x", c = "y" }']),
        "object": st.sampled_from(['{ a = "a" }', '{ a = "z", b = 1 }']),
        "any": st.sampled_from(['"a"', "1", "[]", '["a"]', '{ a = "a" }', "true", "null", "[1, 2]"]),
    }
)

LEAVES = st.one_of(
    TEXTS,
    NUMBERS,
    st.sampled_from(["true", "false", "null", "[]", "{}"]),
    st.sampled_from(
        [f"var.{name}" for name in ("text", "other", "number", "flag", "list", "set", "map", "object", "any")]
    ),
    st.sampled_from(["local.choice", "local.merged", "local.keyed", "local.picked"]),
    st.sampled_from(["var.object.a", "var.object.b", "var.map.a", "var.list[0]", "local.merged.a", "local.keyed.b"]),
)

REFERENCES = st.sampled_from(
    [
        "a_b.counted[0].x", "a_b.counted[1].x", "a_b.counted[1].y", "a_b.counted[*].x", "a_b.counted[var.number].x",
        "a_b.any[0].x", "a_b.any[*].x", 'a_b.each["a"].x', "a_b.each[var.text].x", 'a_b.open["z"].x',
        'a_b.open["b"].x', "module.m[0].fixed", "module.m[0].input", "module.m[*].fixed", "length(a_b.any)",
        "length(a_b.counted)", "keys(a_b.open)", "{ for k, r in a_b.open : k => r.x }", "one(module.m[*].fixed)",
        "[for r in a_b.counted : r.x]", "values(a_b.each)[*].x", "length(module.m)", "a_b.counted",
    ]
)  # fmt: skip
"""Of instances that there may be more or fewer of."""


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def form(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.tuples(*parts).map(lambda chosen: template.format(*chosen))

    operators = st.sampled_from(["==", "!=", "&&", "||", "+", "-", "*", "/", "%", "<", ">="])
    one = st.sampled_from(
        [
            "length", "upper", "keys", "values", "tolist", "toset", "tomap", "tostring", "tonumber", "tobool",
            "flatten", "distinct", "reverse", "compact", "sort", "sum", "alltrue", "anytrue", "one", "can",
            "jsonencode", "max", "trimspace", "abs",
        ]
    )  # fmt: skip
    two = st.sampled_from(
        [
            "merge", "concat", "coalesce", "try", "contains", "lookup", "element", "join", "split", "startswith",
            "zipmap", "setunion", "setintersection", "setsubtract", "coalescelist", "format", "max", "index",
            "chunklist", "trimprefix",
        ]
    )  # fmt: skip
    return st.one_of(
        form("({} {} {})", inner, operators, inner),
        form("(!{})", inner),
        form("(-{})", inner),
        form("({} ? {} : {})", inner, inner, inner),
        form("[{}, {}]", inner, inner),
        form("{{ a = {}, b = {} }}", inner, inner),
        form('{{ a = {}, ({}) = {}, "c" = 1 }}', inner, inner, inner),
        form('"x-${{{}}}-${{{}}}"', inner, inner),
        form('"%{{ if {} }}yes%{{ endif }}"', inner),
        form('"%{{ for x in {} }}${{x}},%{{ endfor }}"', inner),
        form("{}[{}]", inner, inner),
        form("{}.a", inner),
        form("{}[*]", inner),
        form("{}[*].a", inner),
        form("[for x in {} : x]", inner),
        form("[for k, x in {} : k if x == {}]", inner, inner),
        form("{{ for k, x in {} : k => x }}", inner),
        form("{{ for x in {} : x => {} }}", inner, inner),
        form("{{ for x in {} : x => {}... if x != {} }}", inner, inner, inner),
        form("{}({})", one, inner),
        form("{}({}, {})", two, inner, inner),
        form("try({}, {}, {})", inner, inner, inner),
        form("lookup({}, {}, {})", inner, inner, inner),
        form("merge({}, {}, {})", inner, inner, inner),
    )


EXPRESSIONS = st.recursive(LEAVES | REFERENCES, _grown, max_leaves=6)


def _evaluated(expression: str, values: Mapping[str, str]) -> Value:
    files = {
        "main.tf": DECLARED.encode(),
        "m/main.tf": MODULE.encode(),
        "it.tf": f'output "it" {{\n  value = {expression}\n}}\n'.encode(),
        "terraform.tfvars": "".join(f"{name} = {value}\n" for name, value in values.items()).encode(),
    }
    program = Program(MemoryTree(files), SyntaxCache(), "", modules={}, functions=functions.call)
    module = Module(program, program.declarations(""), inputs=root_inputs(program, ()))
    assert module.declarations.complete, expression
    asked = module.declarations.outputs["it"].argument("value")
    assert asked is not None
    with deep():
        value = program.cells.demand(lambda: module.scope.evaluate(asked.value))
    if program.diagnostics:  # something that it refers to is in error
        raise EvaluationError(program.diagnostics[0].message)
    return value


def _holds(said: Value, found: Value) -> bool:
    """Whether what was said of a value holds for what it turned out to be."""
    if isinstance(said, Unknown):
        return isinstance(found, Unknown) or _unknown_holds(said, found)
    if isinstance(said, OpenMap):
        return isinstance(found, Mapped) and all(
            key in found and _holds(each, found[key]) for key, each in said.items()
        )
    if isinstance(said, Mapped):
        return (
            isinstance(found, type(said))
            and said.keys() == found.keys()
            and all(_holds(said[k], found[k]) for k in said)
        )
    if isinstance(said, SetValue):
        known = [each for each in said if not isinstance(each, Unknown)]
        return isinstance(found, SetValue) and all(any(_holds(each, other) for other in found) for each in known)
    if isinstance(said, Listed):
        return type(said) is type(found) and len(said) == len(found) and all(map(_holds, said, found))
    return same(said, found) or _is_its_text(said, found)


def _is_its_text(said: Value, found: Value) -> bool:
    """
    Whether a number or bool has become text.

    Terraform converts the arm of a conditional to the type of the other one, and that may not be known.
    """
    return isinstance(found, str) and not isinstance(said, (*Mapped, *Listed)) and to_text(said) == found


def _unknown_holds(said: Unknown, found: Value) -> bool:
    if said.one_of is not None:
        return any(_holds(each, found) for each in said.one_of)
    if found is None:
        return not said.not_null
    if said.prefix is not None and not (isinstance(found, str) and found.startswith(said.prefix)):
        return False
    as_said = convert(found, said.type)  # raises where it is of another type
    return _holds(as_said, found) or (isinstance(as_said, Listed) and tuple(as_said) == tuple(found))


@settings(max_examples=400)
@given(expression=EXPRESSIONS, values=VALUES)
def test_what_is_known_holds(expression: str, values: Mapping[str, str]) -> None:
    said: Any
    try:
        said = _evaluated(expression, {})
    except EvaluationError as error:
        said = error
    try:
        found = _evaluated(expression, values)
    except EvaluationError:
        return  # then there is no plan, and nothing that could differ from what was said
    assert not isinstance(said, EvaluationError), f"said to be an error: {said}, and it is {found!r}"
    assert _holds(said, found), f"said {said!r}, found {found!r}"
