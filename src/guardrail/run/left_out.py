"""A unit that is asked for by its name, in a folder that is left out unless somebody names it."""

from __future__ import annotations

from dataclasses import replace

from guardrail.frontends.selection import select
from guardrail.run.view import View


def brought_in(seen: View, unit: str) -> View:
    """
    Return the view of the folder of a unit alone, if that is left out of what a run looks at.

    A unit is named by its folder, and by more behind an `@`. Where it is not left out, or not there, nothing changes.
    """
    if seen.beside.plans.given:
        return seen  # a plan brings its unit with it
    folder = next((name for name in (unit, unit.rpartition("@")[0]) if _left_out(seen, name)), None)
    return seen if folder is None else replace(seen, paths=(folder,))


def _left_out(seen: View, folder: str) -> bool:
    """Whether there is such a folder, and a run over all of the tree does not look at it."""
    below = f"{folder}/"
    if not folder or not any(path.startswith(below) for path in seen.head.entries()):
        return False
    excluded = select(seen.head, seen.rules.settings, ("",)).excluded
    return any(one.file.endswith("/") and below.startswith(one.file) for one in excluded)
