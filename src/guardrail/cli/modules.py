"""`guardrail modules`: what Terraform would download, so that a check can look into it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Optional

import click

from guardrail.cli.complaint import complain
from guardrail.errors import Exit
from guardrail.frontends.terraform.addresses import REGISTRY

FETCH: Final = """\b
Examples:
  guardrail modules fetch                           what the roots of this repository call
  guardrail modules fetch --base origin/main        and what those of the base call
  guardrail modules fetch infra/prod --modules ../modules
  guardrail modules fetch --upgrade                 the newest versions that the calls allow

\b
Then:
  guardrail check --modules .guardrail/modules --base origin/main
"""

_TOKEN: Final = "TF_TOKEN_"  # noqa: S105 - the beginning of a name


@click.group(short_help="Fetch the modules that Terraform would download.", epilog=FETCH)
def modules() -> None:
    """Fetch modules from registries, git and the web, so that a check can read them with `--modules`."""


@modules.command(epilog=FETCH)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--modules",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write them here.  [default: .guardrail/modules in the repository]",
)
@click.option("--base", metavar="REF", help="Fetch also what the files of this revision call (its merge-base).")
@click.option("--upgrade", is_flag=True, help="Do not keep to the versions and contents of the lock.")
@click.option(
    "--registry",
    default=REGISTRY,
    show_default=True,
    metavar="HOST",
    help="The registry of sources that name none; OpenTofu's is registry.opentofu.org.",
)
@click.option(
    "--insecure-host",
    "insecure",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Let this host be asked without encryption (repeatable).",
)
def fetch(
    *,
    paths: tuple[Path, ...],
    folder: Optional[Path],
    base: Optional[str],
    upgrade: bool,
    registry: str,
    insecure: tuple[str, ...],
) -> None:
    """
    Fetch the modules that the Terraform roots under PATHS call, and those that they call in turn.

    This is the only command that uses the network. It writes a folder for `--modules`, and guardrail.modules.lock,
    which belongs into a commit: from then on the same versions are fetched, and files that differ are refused.
    """
    from guardrail.fetch.fetching import Wanted
    from guardrail.fetch.fetching import fetch as fetch_modules
    from guardrail.report.escape import escape

    def told(package: str) -> None:
        click.echo(f"fetching {escape(package)}", err=True)

    done = fetch_modules(
        Wanted(
            paths=paths,
            base=base,
            folder=folder,
            upgrade=upgrade,
            registry=registry.lower(),
            insecure=frozenset(host.lower() for host in insecure),
            tokens=tokens(os.environ),
            environ=os.environ,
            told=told,
        )
    )
    for failure in done.found.failures.values():
        complain(failure)
    place = Path(os.path.relpath(done.folder))
    calls, packages = len(done.found.modules), len(done.found.packages)
    click.echo(
        f"{_number(packages, 'package')} for {_number(calls, 'call')} of {_number(done.roots, 'root')} "
        f"in {escape(str(done.folder if '..' in place.parts else place))}"
    )
    sys.exit(Exit.ERROR if done.found.failures else Exit.PASS)


def tokens(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the tokens for registries by host, from variables as Terraform has them: `TF_TOKEN_app_terraform_io`."""
    return {
        name[len(_TOKEN) :].replace("__", "-").replace("_", ".").lower(): value
        for name, value in environ.items()
        if name.startswith(_TOKEN) and value
    }


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
