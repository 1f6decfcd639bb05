"""`guardrail prices`: what the price book has."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Optional

import click

from guardrail.cli.output import colorful, columns, write

SHOW: Final = """\b
Examples:
  guardrail prices show g5.xlarge                                   one machine, in all regions
  guardrail prices show a2-highgpu-1g --region us-central1          in one
  guardrail prices show --region eastus --accelerator h100          all machines with an H100 there
  guardrail prices show --like p4d.24xlarge                         the cheapest equivalent of each cloud
  guardrail prices show --like g4dn.xlarge --format csv
"""


@click.group(short_help="Show what machines cost, where, and who says so.", epilog=SHOW)
def prices() -> None:
    """Show the price book that comes with guardrail: list prices with their sources and dates."""


@prices.command(epilog=SHOW)
@click.argument("machine", required=False)
@click.option("--like", metavar="MACHINE", help="The cheapest machine of each cloud that does what this one does.")
@click.option("--region", "regions", multiple=True, metavar="REGION", help="In this region only (repeatable).")
@click.option("--accelerator", metavar="MODEL", help="With --region: machines with these (a100, h100-80gb, tpu-v5e).")
@click.option(
    "--format", "style", type=click.Choice(["terminal", "csv", "json"]), default="terminal", show_default=True
)
@click.option("--output", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
@click.option("--color/--no-color", default=None, help="Colour. Default: when it is a terminal.")
def show(
    *,
    machine: Optional[str],
    like: Optional[str],
    regions: tuple[str, ...],
    accelerator: Optional[str],
    style: str,
    file: Optional[Path],
    color: Optional[bool],
) -> None:
    """
    Show prices per hour: on demand, as spot, committed for one and three years, each with its source and date.

    MACHINE is a machine type (g5.xlarge, ml.p5.48xlarge, Standard_NC24ads_A100_v4, ct6e-standard-8t) or anything else
    that has a price (gp3). With --region alone, all machines with accelerators there. USD, list price, before tax.
    """
    from guardrail.report.prices import render
    from guardrail.run.listed import equivalents, machine_prices, region_prices

    if (machine is not None) + (like is not None) > 1:
        raise click.UsageError("either MACHINE or --like, not both.")
    if accelerator is not None and (machine is not None or like is not None):
        raise click.UsageError("--accelerator goes with --region alone: a machine has the accelerators that it has.")
    if machine is not None:
        listed = machine_prices(machine, regions)
    elif like is not None:
        listed = equivalents(like, regions)
    elif regions:
        listed = region_prices(regions, accelerator)
    else:
        raise click.UsageError("name a MACHINE, a --region, or a machine to be --like.")
    write(render(listed, style, colorful(color, file), columns(file)), file)
