from __future__ import annotations

from dataclasses import replace

import pytest

from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.rendering.rendered import rendered
from guardrail.frontends.unit import Unit

UNIT = Unit(name="k8s/prod", format="kubernetes", directory="k8s/prod", files=("k8s/prod/kustomization.yaml",))
MAIN = "k8s/prod/kustomization.yaml"
PODS = b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n"


def read(printed: bytes, budget: Budget | None = None) -> Parsed:
    def source(document: Document) -> tuple[str, Document]:
        return f"k8s/base/{document.number}.yaml", replace(document, lines=100)

    return rendered(printed, MAIN, UNIT, (), budget or Budget(), source)


def test_what_was_printed_is_judged_with_the_lines_of_what_was_written() -> None:
    found = read(PODS).resources
    assert [one.address for one in found] == ["k8s/prod//core/Pod/?/a", "k8s/prod//core/Pod/?/b"]
    assert [str(one.native.place("/metadata/name")) for one in found] == [
        "k8s/base/1.yaml:103:12",
        "k8s/base/2.yaml:104:12",
    ]


@pytest.mark.parametrize(
    ("printed", "code"),
    [(b"a: [", "yaml-syntax"), (b"\xff", "encoding"), (b"kind: A\nkind: B\n", "duplicate-key")],
)
def test_what_is_wrong_with_it_is_said_of_the_file_that_it_stands_for(printed: bytes, code: str) -> None:
    told = next(one for one in read(printed).diagnostics if one.code == code)
    assert str(told.place) == MAIN


def test_what_is_too_much_is_told() -> None:
    budget = Budget(resources=1, spare=0)
    found = read(b"---\n".join((PODS, PODS)), budget)
    assert [one.name for one in found.resources] == ["a"]
    assert [(told.code, told.level) for told in found.diagnostics][:1] == [("limit-resources", "error")]
    assert [told.code for told in found.diagnostics].count("limit-resources") == 1
    assert budget.room() == 0
