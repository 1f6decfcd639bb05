"""`guardrail cost`, `guardrail graph`, `guardrail explain`: what guardrail knows, without judging it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import click

from guardrail import run
from guardrail.cli.options import inputs, request, sources
from guardrail.cli.output import colorful, columns, write
from guardrail.cli.progress import progress

_COLOR = click.option("--color/--no-color", default=None, help="Colour. Default: when it is a terminal.")
_OUTPUT = click.option(
    "--output", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead."
)


COST = """\b
Examples:
  guardrail cost                        the repository of the current folder
  guardrail cost --base origin/main     and what this branch does to it
  guardrail cost infra/prod --format json
"""

GRAPH = """\b
Examples:
  guardrail graph                                       the files here
  guardrail graph --base origin/main --head HEAD        with what changed
  guardrail graph infra/prod --output input.json        to try a policy on
"""

EXPLAIN = """\b
Examples:
  guardrail explain 'infra/prod//aws_instance.gpu[0]'
  guardrail explain 'infra/prod//aws_instance.gpu[0]' /groups/main/machine_types
  guardrail explain 'k8s//apps/Deployment/ml/serve' /groups/main/replicas/max --head origin/main
"""


@click.command(epilog=COST, short_help="Price it: at least, as expected, at the worst.")
@sources
@click.option("--format", "style", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@_OUTPUT
@_COLOR
def cost(*, style: str, file: Optional[Path], color: Optional[bool], **options: Any) -> None:
    """
    Price the infrastructure under PATHS: at least, as expected, and the most that autoscaling permits.

    USD per month of 730 hours, list price, before tax. What has no price is listed, never counted as zero.
    """
    from guardrail.report import cost_json, cost_terminal

    with progress() as told:
        report = run.price(request(**options, progress=told))
    text = cost_json(report) if style == "json" else cost_terminal(report, colorful(color, file), columns(file))
    write(text, file)


@click.command(epilog=GRAPH, short_help="Print the graph as policies see it.")
@sources
@click.option("--format", "style", type=click.Choice(["json"]), default="json", show_default=True)
@_OUTPUT
def graph(*, style: str, file: Optional[Path], **options: Any) -> None:
    """Print the graph of resources under PATHS, exactly as policies see it (`input` in Rego)."""
    del style
    from guardrail.report import graph_json

    with progress() as told:
        document = run.document(request(**options, progress=told))
    write(graph_json(document), file)


@click.command(epilog=EXPLAIN, short_help="Say where a value or a price comes from.")
@click.argument("address")
@click.argument("path", required=False)
@click.option("--head", metavar="REF", help="Explain this revision instead of the files on disk.")
@click.option("--repository", "root", type=click.Path(path_type=Path), default=Path(), help="Where the repository is.")
@inputs
@_COLOR
def explain(
    *, address: str, path: Optional[str], head: Optional[str], root: Path, color: Optional[bool], **options: Any
) -> None:
    """
    Say where the facts of a resource come from, line by line, and its prices with source and date.

    ADDRESS is as reports print it (`infra/prod//aws_instance.gpu[0]`); PATH is a JSON Pointer to one fact
    (`/groups/main/replicas/max`). A unit in a folder that is left out by default, such as `examples`, is read as if it
    had been named in PATHS of a check.
    """
    from guardrail.report import explanation

    unit = address.partition("//")[0] if "//" in address else None
    paths = () if root == Path() else (root,)
    with progress() as told:
        asked = request(paths=paths, head=head, root=unit, progress=told, **options)
        report, book = run.price_by_book(asked, unit)
    write(explanation(report, address, path, colorful(color), columns(), book=book), None)
