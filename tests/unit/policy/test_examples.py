"""The examples beside each policy, judged as a user's files would be."""

from __future__ import annotations

import shutil
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml
from alone import git

from guardrail.model.report import Report
from guardrail.policy.index import BUILTIN
from guardrail.run import Request, check

NOW = datetime(2026, 1, 10, tzinfo=timezone.utc)
POLICIES = sorted(path.name for path in BUILTIN.iterdir() if path.is_dir() and path.name != "lib")


def judged(example: Path, root: Path) -> Report:
    """Judge an example that a change adds to an empty repository, with the parameters that its first line states."""
    first = example.read_text().partition("\n")[0]
    params = yaml.safe_load(first.removeprefix("# params:")) if first.startswith("# params:") else {}
    (root / "guardrail.yaml").write_text(
        yaml.safe_dump({"version": 1, "policies": {example.parent.name: {"params": params}}})
    )
    git(root, "init", "--quiet")
    _commit(root)
    (root / "unit").mkdir()
    shutil.copy(example, root / "unit")
    _commit(root)
    return check(Request(now=NOW, working=root, base="HEAD~1", head="HEAD"))


def _commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "change")


@pytest.mark.parametrize("policy", POLICIES)
def test_the_bad_example_is_found_and_the_good_one_is_not(
    policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {}
    for kind in ("bad", "good"):
        (example,) = (BUILTIN / policy).glob(f"{kind}.*")
        root = tmp_path / kind
        root.mkdir()
        monkeypatch.chdir(root)
        report = judged(example, root)
        assert [one for one in report.diagnostics if one.level == "error"] == []
        assert any(state.id == policy and state.judged for state in report.policies)
        said[kind] = [one.status for one in report.findings if one.decision.policy == policy]
    assert said["good"] == []
    assert said["bad"]
    assert set(said["bad"]) <= {"deny", "warn"}
