"""Versions and constraints, as Terraform takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.versions import allows, constraint, newest, version


@pytest.mark.parametrize(
    ("stated", "allowed", "refused"),
    [
        pytest.param("1.2.0", ["1.2.0", "1.2"], ["1.2.1", "1.1.9"], id="a plain version is that version"),
        pytest.param("= 1.2", ["1.2.0"], ["1.2.1"], id="missing numbers are zero"),
        pytest.param("~> 5.1", ["5.1.0", "5.9.9"], ["5.0.9", "6.0.0"], id="the last number that is stated may rise"),
        pytest.param("~> 5.1.2", ["5.1.2", "5.1.10"], ["5.1.1", "5.2.0"], id="of three only the third may"),
        pytest.param("~> 5", ["5.0.0", "7.1.0"], ["4.9.9"], id="of one the first may"),
        pytest.param(">= 1.0, < 2.0", ["1.0.0", "1.9.0"], ["2.0.0", "0.9.0"], id="all terms hold"),
        pytest.param("> 1.0, != 1.2.0", ["1.1.0", "1.3.0"], ["1.0.0", "1.2.0"], id="one may be left out"),
        pytest.param("<= 2", ["2.0.0"], ["2.0.1"], id="up to a version, that included"),
        pytest.param(">= 1.0.0", [], ["2.0.0-rc1"], id="a prerelease is in no range"),
        pytest.param("2.0.0-rc1", ["2.0.0-rc1"], ["2.0.0", "2.0.0-rc2"], id="a prerelease is named exactly"),
        pytest.param("", ["0.0.1", "9"], ["1.0.0-beta"], id="nothing is any release"),
        pytest.param("v1.0", ["1.0.0"], ["1.0.1"], id="a v in front means nothing"),
    ],
)
def test_what_a_constraint_allows(stated: str, allowed: list[str], refused: list[str]) -> None:
    terms = constraint(stated)
    assert terms is not None
    for text in allowed + refused:
        one = version(text)
        assert one is not None
        assert allows(terms, one) == (text in allowed), text


@pytest.mark.parametrize("text", ["latest", "~>", "1.2.3.4.5", "1.x", ">= 1,", "1" * 300, "=> 1.0", "1.0\n2"])
def test_what_is_no_constraint(text: str) -> None:
    assert constraint(text) is None


def test_the_newest_is_chosen_as_numbers_are_ordered() -> None:
    terms = constraint("~> 1.0")
    assert terms is not None
    assert newest(["1.9.0", "1.10.0", "1.2", "2.0.0", "1.11.0-rc1", "nonsense"], terms) == "1.10.0"
    assert newest(["2.0.0"], terms) is None


def test_prereleases_are_ordered_before_their_release() -> None:
    texts = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0"]
    found = [version(text) for text in texts]
    assert None not in found
    assert sorted(found, key=lambda one: one) == found  # type: ignore[arg-type, return-value]


@given(st.text(max_size=40))
def test_any_text_is_a_constraint_or_none(text: str) -> None:
    terms = constraint(text)
    one = version(text)
    if terms and one is not None and len(terms) == 1 and terms[0].operator == "":
        assert allows(terms, one)
