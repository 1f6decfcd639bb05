"""A text that is known but for some gaps is read, and only the gaps are unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guardrail.model.value import OpenMap, Reason, Unknown

VARIABLES = """
variable "text" { type = string }
variable "flag" { type = bool }
variable "tags" { type = map(string) }
resource "aws_vpc" "v" {}
"""


def _attribute(read_root: Callable[..., Any], expression: str, **files: str) -> Any:
    main = f'{VARIABLES}\nresource "aws_instance" "i" {{\n  x = {expression}\n}}\n'
    named = {f"{name}.tpl": text for name, text in files.items()}
    return read_root({"main.tf": main, **named}).resources["aws_instance.i"].attributes["x"]


def _plain(value: Any) -> Any:
    """Return a value with `(reason)` and what it begins with in place of each unknown."""
    if isinstance(value, Unknown):
        told = f"{value.prefix or ''}({value.reason})"
        return told if value.one_of is None else f"{told} of {value.one_of}"
    if isinstance(value, dict):
        rest = {"*": _plain(value.rest)} if isinstance(value, OpenMap) else {}
        return {key: _plain(member) for key, member in value.items()} | rest
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        pytest.param(
            'yamldecode("a: 1\\nb: ${var.text}\\nc: x-${aws_vpc.v.id}-y\\n")',
            {"a": 1, "b": "(variable)", "c": "x-(computed)"},
            id="YAML, a gap in place of a value and one inside of it",
        ),
        pytest.param(
            'yamldecode("${var.text}: 1\\nb: 2\\n")', {"b": 2, "*": "(variable)"}, id="a key that nobody knows"
        ),
        pytest.param('yamldecode("a: 1\\n${var.text}\\nb: 2\\n")', "(variable)", id="a gap that may hold lines"),
        pytest.param("yamldecode(var.text)", "(variable)", id="nothing but a gap"),
        pytest.param(
            'yamldecode(templatefile("a.tpl", { name = var.text, m = 3 }))',
            {"name": "(variable)", "m": 3, "list": [1, 2]},
            id="a template in a file",
        ),
        pytest.param(
            'yamldecode(yamlencode({ a = var.text, b = { c = [1, aws_vpc.v.id] }, d = "z" }))',
            {"a": "(variable)", "b": {"c": [1, "(computed)"]}, "d": "z"},
            id="YAML of a value with unknowns in it",
        ),
        pytest.param(
            'jsondecode(jsonencode({ a = var.text, b = merge(var.tags, { k = "v" }), n = 2 }))',
            {"a": "(variable)", "b": {"k": "v", "*": "(variable)"}, "n": 2},
            id="JSON of a map that may have other keys",
        ),
        pytest.param(
            'jsondecode("{\\"a\\": ${var.text}, \\"b\\": \\"x\\\\\\"${var.text}\\"}")',
            {"a": "(variable)", "b": 'x"(variable)'},
            id="JSON, a gap outside of quotes and one inside, after an escaped quote",
        ),
        pytest.param(
            'yamldecode("a: ${var.flag ? 1 : 2}\\nb: ${var.text}\\n")',
            {"a": "(variable) of ('1', '2')", "b": "(variable)"},
            id="what a gap can still be",
        ),
        pytest.param(
            'yamldecode("s: ${jsonencode({ a = var.text, b = 1 })}\\n")',
            {"s": {"a": "(variable)", "b": 1}},
            id="one text with gaps inside another",
        ),
        pytest.param(
            'provider::kubernetes::manifest_decode_multi("a: 1\\n---\\n---\\nb: ${var.text}\\n")',
            [{"a": 1}, {"b": "(variable)"}],
            id="several documents, by a function of a provider",
        ),
    ],
)
def test_read_around_the_gaps(read_root: Callable[..., Any], expression: str, read: Any) -> None:
    value = _attribute(read_root, expression, a="name: ${name}\nm: ${m}\nlist: [1, 2]\n")
    assert _plain(value) == read


def test_a_gap_may_still_make_it_an_error(read_root: Callable[..., Any]) -> None:
    value = _attribute(read_root, 'try(yamldecode("a: ${var.text}"), { a = "b" })')
    assert not isinstance(value, dict) or isinstance(value["a"], Unknown)
    assert _attribute(read_root, 'can(yamldecode("a: ${var.text}"))').reason is Reason.VARIABLE


def test_characters_of_stand_ins_in_the_text_itself_hide_it(read_root: Callable[..., Any]) -> None:
    value = _attribute(read_root, 'yamldecode("a: \\uf8ff\\ue001\\uf8ff\\nb: ${var.text}\\n")')
    assert isinstance(value, Unknown)
