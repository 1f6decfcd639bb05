"""The real git, alone: with an identity and dates of its own, and nothing of the machine's configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_WHO = {"NAME": "Test", "EMAIL": "test@example.com", "DATE": "2026-11-20T09:00:00Z"}


def environment() -> dict[str, str]:
    """Return the environment in which git is alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()}
    return {**kept, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(folder: Path, *arguments: str, data: bytes = b"") -> str:
    """Run git in a folder; return what it prints."""
    told = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment(), input=data, capture_output=True, check=True
    )
    return told.stdout.decode().strip()
