"""`guardrail policy`: what can be asked."""

from __future__ import annotations

from pathlib import Path

import click

from guardrail.cli.output import write

_ROOT = click.option(
    "--repository", "root", type=click.Path(path_type=Path), default=Path(), help="Where the repository is."
)
_STYLE = click.option("--format", "style", type=click.Choice(["terminal", "json"]), default="terminal")

LIST = """\b
Examples:
  guardrail policy list                          the repository of the current folder
  guardrail policy list --repository ../infra --format json
"""

SHOW = """\b
Examples:
  guardrail policy show required-tags            what it demands, and its parameters for guardrail.yaml
  guardrail policy show cost-increase --format json
"""


@click.group(short_help="List the policies, show one.", epilog=LIST + SHOW.partition("Examples:\n")[2])
def policy() -> None:
    """List the policies of this repository, built-in and its own, and show one."""


@policy.command("list", epilog=LIST)
@_ROOT
@_STYLE
def list_policies(*, root: Path, style: str) -> None:
    """List id, level, severity, title and source of every policy, and which parameter turns on those that are off."""
    from guardrail import run
    from guardrail.report.policies import policy_list

    listed = run.policies(root)
    write(policy_list(listed.library, listed.settings, listed.params, style), None)


@policy.command(epilog=SHOW)
@click.argument("id")
@_ROOT
@_STYLE
def show(*, id: str, root: Path, style: str) -> None:  # noqa: A002 - click names the parameter as people read it
    """Show one policy: what it demands, its parameters with their defaults, what it reads, and where it stands."""
    from guardrail import run
    from guardrail.report.policies import policy_page

    listed = run.policies(root)
    write(policy_page(listed.library, listed.settings, listed.params, id, style), None)
