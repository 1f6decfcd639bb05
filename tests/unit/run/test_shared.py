"""Base and head share what they have in common: a text that is the same on both sides is parsed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from guardrail.config.settings import Settings
from guardrail.frontends.terraform import cache
from guardrail.frontends.terraform.syntax import File
from guardrail.run.scan import scan_change
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import Tree

AWS = 'provider "aws" {\n  region = "us-east-1"\n}\n'
CALL = 'module "pool" {\n  source = "../modules/pool"\n  type   = "%s"\n}\n'
POOL = 'resource "aws_instance" "a" {\n  ami           = "ami-1"\n  instance_type = var.type\n}\n'
VARIABLE = 'variable "type" {\n  type = string\n}\n'
JSON = '{"locals": {"a": 1}}'
VALUES = 'unused = "a"\n'

BASE = {
    "prod/provider.tf": AWS,
    "prod/main.tf": CALL % "t3.micro",
    "prod/more.tf.json": JSON,
    "prod/terraform.tfvars": VALUES,
    "staging/provider.tf": AWS,
    "staging/main.tf": CALL % "t3.small",
    "modules/pool/main.tf": POOL,
    "modules/pool/variables.tf": VARIABLE,
}
HEAD = {**BASE, "prod/main.tf": CALL % "g5.xlarge", "moved/main.tf": AWS + CALL % "m5.large"}
PARSED: set[str] = {
    AWS,
    CALL % "t3.micro",
    CALL % "t3.small",
    CALL % "g5.xlarge",
    AWS + CALL % "m5.large",
    POOL,
    VARIABLE,
    JSON,
    VALUES,
}


class Counted:
    """Counts how often each text is parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: Counter[str] = Counter()
        for syntax, parser in dict(cache._PARSERS).items():

            def counting(text: str, path: str, parser: Callable[[str, str], File] = parser) -> File:
                self.texts[text] += 1
                return parser(text, path)

            monkeypatch.setitem(cache._PARSERS, syntax, counting)


@pytest.mark.parametrize(
    ("head", "whole", "expected"),
    [
        pytest.param(HEAD, True, PARSED, id="every text of both sides is parsed once, wherever it stands"),
        pytest.param(
            HEAD, False, PARSED - {CALL % "t3.small"}, id="of what a change does not touch nothing is parsed at all"
        ),
        pytest.param(
            BASE, True, PARSED - {CALL % "g5.xlarge", AWS + CALL % "m5.large"}, id="no change, no second time"
        ),
        pytest.param(BASE, False, set(), id="no change, and nothing is parsed"),
    ],
)
def test_a_text_is_parsed_once(
    head: Mapping[str, str], whole: bool, expected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(monkeypatch)
    after, before = scan_change(_tree(head), _tree(BASE), Settings(), (), whole=whole, progress=(_silent, _silent))
    assert counted.texts == Counter(expected)
    if whole:
        assert "prod//module.pool.aws_instance.a" in before.graph.resources
        assert "staging//module.pool.aws_instance.a" in after.graph.resources


def _tree(files: Mapping[str, str]) -> Tree:
    return MemoryTree({path: text.encode() for path, text in files.items()})


def _silent(done: int, total: int) -> None:
    del done, total
