"""Every function of Terraform is known, has recorded facts, and stands on the page of functions."""

from __future__ import annotations

import build_functions_page as tool
import pytest

NAMES = tool.terraform_names()
FACTS = tool.facts_of(NAMES)


def test_the_page_is_that_of_the_functions() -> None:
    assert tool.page() == tool.PAGE.read_text(encoding="utf-8"), "run tools/build_functions_page.py --write"


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_known_and_has_facts(name: str) -> None:
    assert name in tool.own_names(), f"{name}() is in no theme of guardrail.frontends.terraform.functions"
    assert FACTS[name] > 0, f"add a call of {name}() to tests/facts/functions/calls.txt"


def test_what_is_only_in_other_versions_is_named() -> None:
    """No oracle is at hand for these: what they give is in tests/unit/frontends/terraform/functions."""
    core = {name for name in tool.own_names() if not name.startswith("provider::")}
    assert core - set(NAMES) == {"base64gunzip", "cidrcontains", "convert", "urldecode"}
