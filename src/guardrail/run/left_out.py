"""A unit that is asked for by its name, in a folder that is left out unless somebody names it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from guardrail.frontends.selection import select
from guardrail.run.request import Request
from guardrail.run.view import View, view
from guardrail.sources.locate import root_of


def brought_in(request: Request, unit: str) -> Request:
    """
    Return the request with the folder of a unit as its path, if that is left out of what the request looks at.

    A unit is named by its folder, and by more behind an `@`. Where it is not left out, or not there, nothing changes.
    """
    if request.plans:
        return request  # a plan brings its unit with it
    with view(request) as seen:
        folder = next((name for name in (unit, unit.rpartition("@")[0]) if _left_out(seen, name)), None)
    if folder is None:
        return request
    root = root_of([str(path) for path in request.paths], request.working.absolute())
    return replace(request, paths=(Path(root.directory) / folder,))


def _left_out(seen: View, folder: str) -> bool:
    """Whether there is such a folder, and a run over all of the tree does not look at it."""
    below = f"{folder}/"
    if not folder or not any(path.startswith(below) for path in seen.head.entries()):
        return False
    excluded = select(seen.head, seen.rules.settings, ("",)).excluded
    return any(one.file.endswith("/") and below.startswith(one.file) for one in excluded)
