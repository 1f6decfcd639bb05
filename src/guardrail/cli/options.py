"""Options that several commands take, and the request that they make."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final, Optional, TypeVar

import click

from guardrail.run import Request, silent

Command = TypeVar("Command", bound=Callable[..., Any])


INPUTS: Final = (
    click.option(
        "--modules",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help="Read modules from this folder, which `guardrail modules fetch` or `terraform init` wrote.",
    ),
    click.option(
        "--var-file",
        "var_files",
        multiple=True,
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Values for the variables of the one Terraform root (repeatable, the last wins).",
    ),
    click.option(
        "--plan",
        "plans",
        multiple=True,
        metavar="[ROOT=]FILE",
        help="Judge what `terraform show -json` prints of a plan in place of the files of a root (repeatable).",
    ),
)
"""What else says what Terraform makes of the files."""


def inputs(command: Command) -> Command:
    """Add what else says what Terraform makes of the files."""
    for option in reversed(INPUTS):
        command = option(command)
    return command


def sources(command: Command) -> Command:
    """Add what says which files are read: PATHS and revisions."""
    for option in reversed(
        (
            click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
            click.option("--base", metavar="REF", help="Compare with this revision (its merge-base with the head)."),
            click.option("--head", metavar="REF", help="Judge this revision instead of the files on disk."),
            click.option("--staged", is_flag=True, help="Judge what is staged for commit, against HEAD."),
            click.option("--trusted", metavar="REF", help="Take configuration and policies from this revision."),
            click.option(
                "--trusted-dir",
                metavar="DIR",
                type=click.Path(file_okay=False, path_type=Path),
                help="Take configuration and policies from this folder, outside the repository.",
            ),
            *INPUTS,
            click.option(
                "--now", metavar="TIME", callback=_time, help="Judge as of this time (RFC 3339), local runs only."
            ),
        )
    ):
        command = option(command)
    return command


def request(  # one parameter per option: click passes them by name
    *,
    paths: tuple[Path, ...],
    base: Optional[str] = None,
    head: Optional[str] = None,
    staged: bool = False,
    everything: bool = False,
    trusted: Optional[str] = None,
    trusted_dir: Optional[Path] = None,
    now: Optional[datetime] = None,
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    modules: Optional[Path] = None,
    var_files: tuple[Path, ...] = (),
    root: Optional[str] = None,
    plans: tuple[str, ...] = (),
    progress: Callable[[str, int, int], None] = silent,
) -> Request:
    """Check that the options fit together, and return what is asked for."""
    if head is not None and staged:
        raise click.UsageError("--head and --staged both say what to judge; give one of them.")
    if staged and base is not None:
        raise click.UsageError("--staged compares with HEAD; to compare with another revision commit first.")
    if trusted is not None and trusted_dir is not None:
        raise click.UsageError("--trusted and --trusted-dir both say what to trust; give one of them.")
    if now is not None and (trusted is not None or trusted_dir is not None):
        raise click.UsageError("--now is for local runs; a check against a trusted revision takes the real time.")
    return Request(
        paths=paths,
        base=base,
        head=head,
        staged=staged,
        everything=everything,
        trusted=trusted,
        trusted_dir=trusted_dir,
        now=now or datetime.now(timezone.utc).replace(microsecond=0),
        only=only,
        skip=skip,
        modules=modules,
        var_files=var_files,
        root=root,
        plans=tuple(map(_plan, plans)),
        progress=progress,
    )


def _plan(text: str) -> tuple[Optional[str], Path]:
    """Return the root that a plan is of, None where it is not named, and the file."""
    root, sign, file = text.partition("=")
    if not (file if sign else root) or (sign and not root):
        raise click.UsageError(f"--plan takes FILE or ROOT=FILE, and not {text!r}.")
    return (root, Path(file)) if sign else (None, Path(text))


def _time(ctx: click.Context, param: click.Parameter, value: Optional[str]) -> Optional[datetime]:
    """Return a time of day with its offset, RFC 3339."""
    if value is None:
        return None
    try:
        told = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a time such as 2026-11-24T09:30:00Z.", ctx, param) from None
    if told.tzinfo is None:
        raise click.BadParameter(f"{value!r} does not say its offset; write 2026-11-24T09:30:00Z.", ctx, param)
    return told.astimezone(timezone.utc)
