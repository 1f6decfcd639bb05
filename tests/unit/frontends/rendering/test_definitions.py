"""Definitions are cut off where their schemas begin; nothing else of a file is lost, and no line of it moves."""

from __future__ import annotations

import pytest

from guardrail.frontends.rendering.definitions import cut

SCHEMA = "".join(f"  field{index}: the description of a field\n" for index in range(200))
HEAD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things\nspec:"
DEFINITION = f"{HEAD}\n{SCHEMA}"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: serve\n"
LOOKALIKE = f"{DEFINITION}{DEPLOYMENT}"
"""One document with each of its keys twice."""


@pytest.mark.parametrize(
    ("text", "short", "whole"),
    [
        pytest.param(DEFINITION, f"{HEAD}\n", f"{HEAD}\n", id="a definition is cut"),
        pytest.param(
            f"---\n{DEFINITION}---\n{DEFINITION}",
            f"---\n{HEAD}\n---\n{HEAD}\n",
            f"---\n{HEAD}\n---\n{HEAD}\n",
            id="so are several",
        ),
        pytest.param(
            f"{DEFINITION}---\n{DEPLOYMENT}",
            f"{HEAD}\n---\n{DEPLOYMENT}",
            f"{DEFINITION}---\n{DEPLOYMENT}",
            id="the lines of what stands behind one stay where they are",
        ),
        pytest.param(LOOKALIKE, LOOKALIKE, LOOKALIKE, id="a document that goes on is whole"),
        pytest.param(DEPLOYMENT, DEPLOYMENT, DEPLOYMENT, id="what is none is whole"),
    ],
)
def test_definitions_are_cut(text: str, short: str, whole: str) -> None:
    assert cut(text.encode()).decode() == short
    assert cut(text.encode(), whole=True).decode() == whole


def test_what_is_no_text_is_whole() -> None:
    data = b"kind: CustomResourceDefinition\xff"
    assert cut(data) == data
