"""What the tests of edits share: the layout that Terraform would give to a text."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

import pytest

Formatted = Callable[[str], str]


@pytest.fixture(scope="session")
def formatted() -> Formatted:
    """Return a text as `terraform fmt` lays it out; skipped where it is not installed."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not on PATH: the layout of edits is not compared with that of `terraform fmt`")

    def ask(text: str) -> str:
        environment = {"PATH": os.environ["PATH"], "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
        ran = subprocess.run(
            [program, "fmt", "-no-color", "-"], input=text.encode(), env=environment, capture_output=True, check=True
        )
        return ran.stdout.decode()

    return ask
