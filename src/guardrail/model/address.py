"""Addresses: `<unit>//<native address>`, unique in a run."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.model.value import Text, Unknown

ROOT = "."
"""The unit of the repository root."""

CLUSTER_SCOPED: Final = "-"
"""In place of a namespace: an object of Kubernetes that is in none."""

UNSTATED: Final = "?"
"""In place of a namespace: it depends on who applies."""


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
    return f"{group or 'core'}/{kind}/{namespace or UNSTATED}/{name}"


def scope_of(namespace: Text) -> str:
    """Return the namespace that names in Kubernetes count in: `-` for none, `?` where it depends on who applies."""
    if namespace is None:
        return CLUSTER_SCOPED
    return UNSTATED if isinstance(namespace, Unknown) else namespace


def without_key(native: str) -> str:
    """Return an address without the instance key at its end: `x.y` of `x.y["a[b]"]` and of `x.y[0]`."""
    if not native.endswith("]"):
        return native
    return native[: native.rfind('["' if native.endswith('"]') else "[")]
