"""Addresses: `<unit>//<native address>`, unique in a run."""

from __future__ import annotations

from typing import Optional

ROOT = "."
"""The unit of the repository root."""


def address(unit: str, native: str) -> str:
    """Join a unit and an address that the format itself uses."""
    return f"{unit}//{native}"


def split(full: str) -> tuple[str, str]:
    """Return (unit, native address)."""
    unit, _, native = full.partition("//")
    return unit, native


def kubernetes(group: str, kind: str, namespace: Optional[str], name: str) -> str:
    """
    Return `<group or core>/<Kind>/<namespace>/<name>`.

    `namespace` is "-" for what is cluster-scoped, None where it is not stated (then `?`).
    """
    return f"{group or 'core'}/{kind}/{namespace or '?'}/{name}"
