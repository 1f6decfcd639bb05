"""Real repositories, made by the real git, and the command as a user starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import which
from types import MappingProxyType
from typing import Any, Optional

from alone import git
from forked import Forks

GUARDRAIL = (sys.executable, "-m", "guardrail")


@dataclass(frozen=True)
class Told:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def blocking(self) -> set[str]:
        """The policies that block."""
        return {finding["policy"] for finding in self.report["findings"] if finding["blocking"]}

    def of(self, policy: str) -> list[dict[str, Any]]:
        """Return the findings of a policy."""
        return [finding for finding in self.report["findings"] if finding["policy"] == policy]


def _search() -> str:
    """Return the search path without Helm, if it can be left out: what is said of charts must not depend on that."""
    folders = os.environ["PATH"].split(os.pathsep)
    kept = os.pathsep.join(folder for folder in folders if which("helm", path=folder) is None)
    return kept if which("git", path=kept) else os.environ["PATH"]


def _scrubbed() -> dict[str, str]:
    """Return the environment of a command, but for its home."""
    return {
        "PATH": _search(),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "NO_COLOR": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }


@cache
def forks() -> Forks:
    """Return guardrail, loaded once; the tests end it."""
    return Forks(_scrubbed())


@dataclass(frozen=True)
class Repository:
    """A folder, a git repository once something is committed."""

    path: Path

    def write(self, files: Mapping[str, str]) -> None:
        """Write files; their folders are made."""
        for name, text in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def remove(self, *names: str) -> None:
        """Remove files."""
        for name in names:
            (self.path / name).unlink()

    def link(self, name: str, target: str) -> None:
        """Let a name be a link, whatever file it was."""
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    def git(self, *arguments: str) -> str:
        """Run git, alone with an identity and dates of its own."""
        return git(self.path, *arguments)

    def commit(self, files: Mapping[str, str] = {}, message: str = "change") -> str:
        """Write files, commit everything, return the commit's id."""
        if not (self.path / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def propose(self, files: Mapping[str, str]) -> None:
        """Commit a change to a branch of its own, `change`."""
        self.git("checkout", "--quiet", "-b", "change")
        self.commit(files)

    def run(
        self, *arguments: str, cwd: Optional[Path] = None, environment: Mapping[str, str] = MappingProxyType({})
    ) -> Told:
        """
        Run guardrail there, with a scrubbed environment.

        With variables of its own it is started as a user starts it: some are read by Python, before guardrail is.
        """
        folder = cwd or self.path
        home = {"HOME": str(self.path)}
        if environment:
            told = subprocess.run(
                [*GUARDRAIL, *arguments],
                cwd=folder,
                env={**_scrubbed(), **home, **environment},
                capture_output=True,
                check=False,
                timeout=120,
            )
        else:
            told = forks().run(arguments, folder, home)
        assert "Traceback" not in told.stderr.decode(), told.stderr.decode()
        return Told(told.returncode, told.stdout.decode(), told.stderr.decode())

    def document(self, *arguments: str) -> Any:
        """Return what policies see."""
        return json.loads(self.run("graph", *arguments).out)

    def check(self, *arguments: str, environment: Mapping[str, str] = MappingProxyType({})) -> Told:
        """Check with the report as JSON."""
        return self.run("check", *arguments, "--format", "json", environment=environment)

    def judge(self) -> Told:
        """Check `change` against `main`, by the rules of main."""
        return self.check("--base", "main", "--head", "change", "--trusted", "main")
