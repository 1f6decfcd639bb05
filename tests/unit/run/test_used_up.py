"""
A change may use up what a tree may take in all, so that a file which it leaves alone is not read any more.

That is told of head alone. Were it told of both sides, it would look as if it had been so before, and whatever the
change does to what that file declares would be seen by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

import comparison
import pytest

from guardrail.config.settings import Settings
from guardrail.frontends import budget
from guardrail.frontends.budget import SMALL
from guardrail.run.scan import Scan
from guardrail.sources.listed import MemoryTree

LARGE = "# large\n" * (SMALL // 8 + 1)
MACHINE = 'resource "aws_instance" "x" {\n  ami           = "ami-1"\n  instance_type = local.size\n}\n'
SIZE = 'locals {\n  size = "t3.micro"\n}\n'
JUNK = "locals {\n" + "".join(f"  a{number} = 1\n" for number in range(110)) + "}\n"


@pytest.mark.parametrize("whole", [True, False])
def test_what_a_change_leaves_no_room_for_is_told_of_head_alone(monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    monkeypatch.setattr(budget, "TOKENS", 800)
    base = {"app/main.tf": MACHINE + LARGE, "app/size.tf": SIZE}
    head = {**base, "app/size.tf": SIZE.replace("t3.micro", "p5.48xlarge"), "0/main.tf": JUNK + LARGE}
    _, (ours, theirs) = comparison.answer(_tree(base), _tree(head), Settings(), whole=whole)
    assert _unread(ours) == [("hcl-syntax", "app/main.tf")]
    assert _unread(theirs) == []


def _tree(files: Mapping[str, str]) -> MemoryTree:
    return MemoryTree({path: text.encode() for path, text in files.items()})


def _unread(scan: Scan) -> list[tuple[str, str]]:
    told = (*scan.discovery.diagnostics, *scan.graph.diagnostics)
    return [(one.code, one.place.file) for one in told if one.level == "error" and one.place]
