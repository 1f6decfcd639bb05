"""What goes wrong with one module. Texts of servers and of git are shown without what may be a secret in them."""

from __future__ import annotations

from guardrail.errors import GuardrailError
from guardrail.frontends.terraform.addresses import shown_address

_MOST = 300
"""How many characters of what somebody else says are shown."""


class FetchError(GuardrailError):
    """A module cannot be fetched."""


def told(text: str) -> str:
    """Return what a server or a program says, as one short line without secrets."""
    line = " ".join(shown_address(text).split())
    line = "".join(character if character.isprintable() else "?" for character in line)
    return line if len(line) <= _MOST else f"{line[:_MOST]}…"
