"""Trees of overlays that are judged in-process, with the real tool where this machine has one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

import pytest

from guardrail.config.settings import Settings
from guardrail.frontends.rendering.tool import Tools
from guardrail.run.beside import NOTHING
from guardrail.run.scan import Scan, scan
from guardrail.sources.listed import MemoryTree

TOOLS = Tools(os.environ.get("PATH", ""))

with_kustomize = pytest.mark.skipif(TOOLS.kustomize() is None, reason="neither kustomize nor kubectl is here")


def overlaid(
    files: Mapping[str, str],
    *,
    links: Mapping[str, str] | None = None,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    tools: Tools = TOOLS,
) -> Scan:
    """Return what a tree holds, read with some tools."""
    tree = MemoryTree({path: text.encode("utf-8", "surrogateescape") for path, text in files.items()}, links=links)
    return scan(tree, settings, (), progress=lambda _done, _total: None, beside=replace(NOTHING, tools=tools))
