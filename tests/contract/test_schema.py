"""
What examples come to is in the published schema of the document.

Policies are held to that schema: a fact that it does not have could not be read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import build_kind_examples
import build_object_examples
import pytest
from jsonschema import Draft202012Validator

from guardrail.data import DIRECTORY
from guardrail.model.resource import Resource
from guardrail.policy import document, plain

SCHEMA: Final = json.loads((DIRECTORY / "schemas" / "input.schema.json").read_text(encoding="utf-8"))
VALIDATOR: Final = Draft202012Validator({**SCHEMA["$defs"]["resource"], "$defs": SCHEMA["$defs"]})


def _folders() -> Iterator[Any]:
    for tool in (build_kind_examples, build_object_examples):
        for folder in sorted(tool.EXAMPLES.iterdir()):
            yield pytest.param(tool, folder, id=f"{folder.parent.name}/{folder.name}")


@pytest.mark.parametrize(("tool", "folder"), list(_folders()))
def test_what_policies_see_of_an_example_is_as_published(tool: Any, folder: Path) -> None:
    resources: dict[str, Resource] = tool.resources(folder)[0]
    assert resources
    for resource in resources.values():
        seen = document.resource(plain.see(resource))
        assert [error.message for error in VALIDATOR.iter_errors(seen)] == [], resource.address
