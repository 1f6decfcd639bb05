"""Where machines stand to each other: in which group they are placed, in which shape they are wired."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.kind import NOTHING, Fact, From

PLACEMENT: Final = "placement"
"""The name of the fact."""


def placed(group: Fact = NOTHING, topology: Fact = NOTHING) -> dict[str, Fact]:
    """Return the fact of a group by name, and of a topology (`2x4`); it is absent where neither is stated."""
    return {PLACEMENT: From((group, topology), _placed)}


def _placed(group: Optional[Any], topology: Optional[Any]) -> Optional[dict[str, Any]]:
    return {key: value for key, value in (("group", group), ("topology", topology)) if value} or None
