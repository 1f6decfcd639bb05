"""What ships as data: prices, machines, accelerators, regions, schemas, the built-in policies."""

from __future__ import annotations

from pathlib import Path
from typing import Final

DIRECTORY: Final = Path(__file__).parent
"""Where the files are: the wheel is always installed unpacked, so plain paths do."""
