"""Real repositories, made by the real git, with nothing of the machine's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Workspace:
    """A working tree (or a bare repository) that a test fills."""

    path: Path

    def git(self, *arguments: str, data: bytes = b"", **variables: str) -> str:
        """Run git here; an error fails the test with what git said."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            input=data,
            capture_output=True,
            check=False,
            env={**scrubbed(self.path), **variables},
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, path: str, data: bytes = b"") -> Path:
        place = self.path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return place

    def link(self, path: str, target: str) -> Path:
        place = self.path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
        return place

    def commit(self, message: str = "change", *, force: bool = False) -> str:
        """Commit everything that git does not ignore (or that too, with `force`) and return the commit's id."""
        self.git("add", "--all", *(["--force"] if force else []))
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def scrubbed(home: Path) -> dict[str, str]:
    """Return the environment in which git knows nothing of this machine."""
    stamp = "2026-01-01T00:00:00+0000"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_AUTHOR_DATE": stamp,
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        "GIT_COMMITTER_DATE": stamp,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "protocol.file.allow",
        "GIT_CONFIG_VALUE_0": "always",
    }


@pytest.fixture(autouse=True)
def no_inherited_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook that runs the tests sets GIT_DIR and GIT_INDEX_FILE; they are not the tests' business."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Workspace]:
    """Return a maker of repositories: `make("name", *options of git init)`."""

    def made(name: str = "repository", *options: str) -> Workspace:
        path = tmp_path / name
        path.mkdir()
        workspace = Workspace(path)
        workspace.git("init", "--quiet", "--initial-branch", "main", *options)
        return workspace

    return made


@pytest.fixture
def repository(make: Callable[..., Workspace]) -> Workspace:
    return make()
