"""Which units of single files a change touches through what they name."""

from __future__ import annotations

import pytest

from guardrail.frontends.known import Known
from guardrail.frontends.touched import Surroundings
from guardrail.frontends.unit import Unit
from guardrail.sources.listed import MemoryTree

PIPELINE = Unit(name="p.yml", format="azureml", directory=".", files=("p.yml",))


@pytest.mark.parametrize(
    ("text", "changed", "touches"),
    [
        pytest.param("jobs: {a: {component: ./c.yml}}\n", "c.yml", True, id="a file that it names"),
        pytest.param("jobs: {a: {component: ./d.txt}}\n", "d.txt", True, id="one of any ending"),
        pytest.param("jobs: {a: {component: ./c.yml}}\n", "e.txt", False, id="one that it does not name"),
        pytest.param("type: command\n", "c.yml", False, id="one that it cannot name"),
        pytest.param('jobs: {a: {component: "./d\\x2etxt"}}\n', "d.txt", True, id="one that it names in disguise"),
        pytest.param(
            "jobs: {a: {component: !!binary Li9kLnR4dA==}}\n", "d.txt", True, id="one that it names in base64"
        ),
        pytest.param(
            "!!binary am9icw==: {a: {!!binary Y29tcG9uZW50: ./c.yml}}\n", "c.yml", True, id="by keys in base64"
        ),
        pytest.param("\ufeffjobs: {a: {component: ./d.txt}}\n", "d.txt", True, id="one in characters of two bytes"),
    ],
)
def test_what_it_names(text: str, changed: str, touches: bool) -> None:
    data = text.encode("utf-16-le" if text.startswith("\ufeff") else "utf-8")
    files = {"p.yml": data, "c.yml": b"1", "d.txt": b"1", "e.txt": b"1"}
    around = Surroundings(MemoryTree({**files, changed: b"2"}), MemoryTree(files), Known(compares=True))
    assert around.touches(PIPELINE) is touches
