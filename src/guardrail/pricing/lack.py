"""What a missing price lacks: one of a closed list, with a sentence for people."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Lack(Enum):
    """Why there is no price."""

    REGION = "region"  # others have one
    MACHINE = "machine"  # or whatever else it is: no region has one
    OPTION = "option"  # paid in another way it has one, or by another unit
    USAGE = "usage unknown"
    NOT_SOLD = "not sold there"


class Why(NamedTuple):
    """The reason, and a sentence about it."""

    lack: Lack
    text: str
