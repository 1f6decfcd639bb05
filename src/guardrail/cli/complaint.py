"""What guardrail says where something is wrong."""

from __future__ import annotations

import click

from guardrail.errors import GuardrailError


def complain(error: GuardrailError) -> None:
    """Print an error: what is wrong, where, and what to do next."""
    from guardrail.report.escape import escape

    told = "\n       ".join(escape(text) for text in str(error).split("\n"))
    click.echo(f"error: {told}", err=True)
    if error.hint:
        click.echo(f"  hint: {escape(error.hint)}", err=True)
