"""
Build the demo pull request as a git repository, judge it, and compare the answer with `expected.json`.

Run by `make demo`. Exits 0 when verdict, findings and cost are what the fixture says, however guardrail itself ends.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STORY = ROOT / "fixtures" / "repos" / "demo"
WORK = ROOT / ".demo"
GUARDRAIL = Path(sys.executable).with_name("guardrail")


def main() -> int:
    """Show the demo; return the exit code."""
    repository = build(STORY, WORK / "repository")
    command = [str(GUARDRAIL), "check", "--base", "main", "--head", "gpu-pool", "--trusted", "main"]
    print("A pull request adds a GPU pool. What guardrail says of it:\n")
    print(f"  $ cd {repository.relative_to(ROOT)} && guardrail {' '.join(command[1:])}\n", flush=True)
    report = WORK / "report.json"
    told = subprocess.run(  # noqa: S603 - our own command line
        [*command, "--format", "json", "--output", str(report), "--format", "terminal"],
        cwd=repository,
        check=False,
    )
    expected = json.loads((STORY / "expected.json").read_text(encoding="utf-8"))
    found = summary(json.loads(report.read_text(encoding="utf-8")), told.returncode)
    if found != expected:
        print("\nThis is not what fixtures/repos/demo/expected.json says. Found:", file=sys.stderr)
        print(json.dumps(found, indent=2), file=sys.stderr)
        return 1
    print("\nThis is the expected answer: verdict, findings and cost agree with fixtures/repos/demo/expected.json.")
    return 0


def summary(report: dict[str, Any], exit_code: int) -> dict[str, Any]:
    """Return what the fixture pins down: exit code, verdict, (policy, subject, status) and the delta to the cent."""
    delta = report["cost"]["delta"]
    return {
        "exit_code": exit_code,
        "verdict": report["verdict"],
        "findings": sorted(
            [finding["policy"], finding["resource"] or finding["subject"], finding["status"]]
            for finding in report["findings"]
        ),
        "delta": {name: delta[name] for name in ("min", "expected", "max", "complete")},
    }


def build(story: Path, repository: Path) -> Path:
    """Make a git repository with the story's base on `main` and its head on `gpu-pool`."""
    shutil.rmtree(repository, ignore_errors=True)
    repository.mkdir(parents=True)
    git(repository, "init", "--quiet", "--initial-branch=main")
    commit(repository, story / "base", "Serving in Ireland")
    git(repository, "checkout", "--quiet", "-b", "gpu-pool")
    commit(repository, story / "head", "Add GPUs for the chat model")
    return repository


def commit(repository: Path, tree: Path, message: str) -> None:
    """
    Make the tree the content of the repository, and commit it.

    Files are as old as their copies: git takes one of the same size and age for the same.
    """
    shutil.copytree(tree, repository, dirs_exist_ok=True, copy_function=shutil.copy)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", f"--message={message}")


def git(repository: Path, *arguments: str) -> None:
    """Run git with an identity and dates of its own: the same commits on every machine."""
    who = {"NAME": "Demo", "EMAIL": "demo@example.com", "DATE": "2026-11-20T09:00:00Z"}
    scrubbed = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    identity = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(  # noqa: S603 - fixed arguments
        ["git", *arguments],  # noqa: S607 - the git of whoever runs this
        cwd=repository,
        check=True,
        env={**scrubbed, **identity, **alone},
    )


if __name__ == "__main__":
    sys.exit(main())
