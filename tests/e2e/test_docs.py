"""Every example of the documentation runs, and prints what the page shows."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import demo
import docs
import pytest

from guardrail.catalog.kubernetes.declare import RECORDS
from guardrail.catalog.kubernetes.workload import Count

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in docs.pages()])
def test_examples_print_what_the_page_shows(page: Path) -> None:
    assert docs.rerun(page) == page.read_text(encoding="utf-8"), "run tools/docs.py --write and read what changed"


def test_there_are_examples_to_run() -> None:
    assert sum(len(docs.EXAMPLE.findall(page.read_text(encoding="utf-8"))) for page in docs.pages()) >= 5


@pytest.mark.parametrize("page", [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in docs.pages()])
def test_files_that_a_page_shows_are_those_of_the_project(page: Path) -> None:
    for text, file, whole in docs.quotations(page):
        content = file.read_text(encoding="utf-8")
        assert text == content if whole else text in content, f"{page.name} shows another {file.relative_to(ROOT)}"


def test_there_are_files_to_compare() -> None:
    assert [file.name for _, file, _ in docs.quotations(ROOT / "docs" / "add-a-kind.md")] == [
        "guardrail.yaml",
        "serving.py",
        "input.yaml",
    ]


@pytest.mark.parametrize("record", [*RECORDS.values(), Count], ids=lambda one: one.__name__)
def test_every_key_of_a_row_is_explained(record: type) -> None:
    page = (ROOT / "docs" / "add-a-kind.md").read_text(encoding="utf-8")
    keys = {one.name for one in fields(record) if one.name != "controller"}
    assert {key for key in keys if f"`{key}`" not in page} == set()


SCRIPT = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ELSEWHERE = ("make ", "pip install ")
"""What is run where it belongs: `make` by CI, the wheel in test_package."""


def _scripts() -> list[Any]:
    return [
        pytest.param(script, id=f"{page.relative_to(ROOT).as_posix()}, script {number}")
        for page in docs.pages()
        for number, script in enumerate(SCRIPT.findall(page.read_text(encoding="utf-8")), 1)
    ]


@pytest.mark.parametrize("script", _scripts())
def test_scripts_run_in_a_clone(script: str, tmp_path: Path) -> None:
    origin = demo.build(demo.STORY, tmp_path / "origin")
    clone = tmp_path / "clone"
    demo.git(tmp_path, "clone", "--quiet", "--branch=gpu-pool", str(origin), str(clone))
    lines = [line for line in script.splitlines() if not line.startswith(ELSEWHERE)]
    told = docs.output("\n".join(["export GITHUB_SHA=$(git rev-parse HEAD)", *lines]), clone)
    assert "Traceback" not in told
    assert "error:" not in told
    if any("check" in line for line in lines):
        assert told.endswith("[exit code 1]\n")  # the demo is blocked


def test_every_block_of_a_shell_is_run() -> None:
    for page in docs.pages():
        text = page.read_text(encoding="utf-8")
        assert text.count("```console\n") == len(docs.EXAMPLE.findall(text)), f"{page}: an example that nobody runs"
