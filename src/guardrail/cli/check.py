"""`guardrail check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Optional

import click

from guardrail.cli.options import request, sources
from guardrail.cli.output import Sink, emit
from guardrail.cli.progress import progress
from guardrail.run import check as run_check
from guardrail.verdict import EXIT

EPILOG = """\b
Examples:
  guardrail check                                    judge the files here
  guardrail check --staged                           judge what is about to be committed
  guardrail check --base origin/main infra/prod      judge what this branch changes in one root
  guardrail check --base $BASE --head $HEAD --trusted origin/main --format json --output report.json
"""


@click.command(epilog=EPILOG, short_help="Judge a change, or the files that are there.")
@sources
@click.option("--all", "everything", is_flag=True, help="Against a base, judge also what the change does not touch.")
@click.option("--only", multiple=True, metavar="POLICY", help="Ask this policy only (repeatable).")
@click.option("--skip", multiple=True, metavar="POLICY", help="Do not ask this policy (repeatable).")
@click.option(
    "--format",
    "styles",
    multiple=True,
    type=click.Choice(["terminal", "json"]),
    help="How to print; repeatable, each with its own --output. Default: terminal.",
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output; the n-th belongs to the n-th --format.",
)
@click.option("--color/--no-color", default=None, help="Colour in the terminal report. Default: when it is a terminal.")
@click.option("--soft-fail", is_flag=True, help="Print everything, but exit 0 even if the change is blocked.")
def check(
    *, styles: tuple[str, ...], outputs: tuple[Path, ...], color: Optional[bool], soft_fail: bool, **options: Any
) -> None:
    """
    Judge the infrastructure under PATHS (the repository of the current folder if none).

    With --base only what the change introduces can block; what was there before is counted.
    """
    sinks = Sink.pair(styles or ("terminal",), outputs)
    with progress() as told:
        report = run_check(request(**options, progress=told))
    emit(report, sinks, color)
    code = EXIT[report.verdict]
    sys.exit(0 if soft_fail and report.verdict == "block" else code)
