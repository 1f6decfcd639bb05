"""Roots given as texts, and what an edit makes of one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Union

from guardrail.frontends.terraform.edits import Edit, Refusal, Root, applied
from guardrail.frontends.unit import Unit
from guardrail.sources.listed import MemoryTree

Files = Mapping[str, Union[str, bytes]]


def root_of(files: Files, *, links: Mapping[str, str] = MappingProxyType({}), **unit: Any) -> Root:
    """Return files as a root."""
    data = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    tree = MemoryTree(data, links=links)
    return Root(tree, Unit(**{"name": ".", "format": "terraform", "directory": ".", "files": (), **unit}))


def edited(root: Root, edit: Union[Edit, Refusal]) -> str:
    """Return the file that an edit changes, after it."""
    assert isinstance(edit, Edit), edit
    return applied(root.tree.read(edit.file).data, [edit]).decode()
