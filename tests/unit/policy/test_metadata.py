"""The METADATA block is text of whoever wrote the policy: it is read within bounds."""

from __future__ import annotations

from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.model.place import Place
from guardrail.policy.metadata import MetadataError, read

BLOCK = """# METADATA
# title: {title}
# description: A description
# custom:
#   id: own
#   severity: low
#   remediation: Do it.
#   applies_to: {{all: true}}
package policies.own
"""


@pytest.mark.parametrize(
    ("title", "message"),
    [
        pytest.param("[" * 32_000 + "]" * 32_000, "METADATA: nested more than 40 deep", id="a pile of brackets"),
        pytest.param("{a: " * 9_000 + "}" * 9_000, "METADATA: nested more than 40 deep", id="a pile of braces"),
        pytest.param("[" * 32_000, "METADATA: nested more than 40 deep", id="brackets that are never closed"),
        pytest.param("a" * 70_000, "METADATA is larger than 65536 characters", id="a long text"),
    ],
)
def test_a_block_is_refused_before_it_costs_anything(title: str, message: str) -> None:
    with pytest.raises(MetadataError) as caught:
        read(BLOCK.format(title=title), "own.rego", "user")
    assert caught.value.message == message
    assert caught.value.place is not None
    assert caught.value.place.file == "own.rego"


def test_a_title_is_any_text() -> None:
    policy = read(BLOCK.format(title='"[[[ ~1/ {{"'), "own.rego", "user")
    assert (policy.title, policy.id, policy.severity) == ("[[[ ~1/ {{", "own", "low")


@given(st.text("[]{}:,-&*!|>'\"% \n#ab0~/.", max_size=60))
def test_whatever_is_said_has_a_place(title: str) -> None:
    place: Optional[Place]
    try:
        place = read(BLOCK.format(title=title), "own.rego", "user").place
    except MetadataError as error:
        place = error.place
    assert place is not None
    assert (place.file, place.line > 0) == ("own.rego", True)
