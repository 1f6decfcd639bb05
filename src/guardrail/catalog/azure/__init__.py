"""Types of Microsoft Azure."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kind import Kind

KINDS: Final[tuple[Kind, ...]] = ()
"""Every type of the provider that is understood."""
