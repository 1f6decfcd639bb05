"""The command `guardrail`: one file per group of commands, loaded when asked for."""

from __future__ import annotations

import importlib
from typing import Any, Final, Optional

import click

from guardrail import __version__
from guardrail.cli.complaint import complain
from guardrail.errors import Exit, GuardrailError, did_you_mean

COMMANDS: Final = {
    "check": "guardrail.cli.check:check",
    "cost": "guardrail.cli.inspect:cost",
    "explain": "guardrail.cli.inspect:explain",
    "graph": "guardrail.cli.inspect:graph",
    "policy": "guardrail.cli.policy:policy",
    "prices": "guardrail.cli.prices:prices",
    "modules": "guardrail.cli.modules:modules",
    "config": "guardrail.cli.config:config",
}


class Commands(click.Group):
    """A group whose commands are imported when they are named: `guardrail --version` needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which a newcomer needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> Optional[click.Command]:
        """Import the command of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[Optional[str], Optional[click.Command], list[str]]:
        """Find the command; of one that is not there say which was meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message.rstrip('.')}{did_you_mean(args[0], COMMANDS)}", ctx) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what guardrail itself says of its input ends with exit code 2, nothing judged."""
        try:
            return super().invoke(ctx)
        except GuardrailError as error:
            complain(error)
            ctx.exit(Exit.UNJUDGED)


EPILOG = """\b
Examples:
  guardrail check                              judge the files here
  guardrail check --base origin/main           judge what this branch changes
  guardrail cost infra/prod                    what it costs: at least, as expected, at the worst
  guardrail explain 'infra/prod//aws_instance.gpu' /groups/main/machine_types

\b
Exit codes:
  0 pass   1 blocked   2 nothing was judged   3 not all could be judged   70 a bug in guardrail
"""


@click.command(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="guardrail")
def main() -> None:
    """
    Policy and cost guardrails for AI infrastructure.

    Reads Terraform and Kubernetes as one graph of resources, prices it, compares it with a base revision, asks
    policies written in Rego about it, and says whether the change may merge: why not, where, and what would pass.
    Nothing leaves this machine; only `guardrail modules fetch` uses the network, to download.
    """
