"""`guardrail config`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from guardrail.cli.output import write
from guardrail.errors import Exit

VALIDATE = """\b
Examples:
  guardrail config validate                      guardrail.yaml in the current folder
  guardrail config validate ../infra/guardrail.yaml
"""


@click.group(epilog=VALIDATE)
def config() -> None:
    """Look after `guardrail.yaml`."""


@config.command(epilog=VALIDATE)
@click.argument("file", type=click.Path(path_type=Path), default=Path("guardrail.yaml"))
def validate(file: Path) -> None:
    """
    Check FILE (default: guardrail.yaml here), its policies' parameters included, and say what it turns on.

    Exit code 2 and the line, if something is wrong; 3, if a policy of one's own cannot be loaded.
    """
    from guardrail import run
    from guardrail.report.policies import configuration

    listed = run.configuration(file)
    write(configuration(str(file), listed.library, listed.settings, listed.params, listed.notes), None)
    if listed.library.diagnostics:
        sys.exit(Exit.ERROR)
