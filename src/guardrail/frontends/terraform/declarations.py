"""What a module declares: blocks by kind and name, after override files were merged into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Final, Literal, Optional

from guardrail.frontends.terraform.syntax import File, nodes
from guardrail.frontends.terraform.syntax.nodes import Argument, Block, Body
from guardrail.model.dataclass import dataclass

ResourceMode = Literal["resource", "data", "ephemeral"]


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """
    A block and the file that it stands in.

    `overridden` has the file of each argument, and of each type of nested block, that an override file replaced.
    """

    block: Block
    file: File
    overridden: Mapping[str, File] = field(default_factory=dict)

    def argument(self, name: str) -> Optional[Argument]:
        """Return the argument of that name."""
        return self.block.body.arguments.get(name)

    def file_of(self, name: str) -> File:
        """Return the file in which an argument, or a type of nested block, is written."""
        return self.overridden.get(name, self.file) if self.overridden else self.file


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """One value of a `locals` block."""

    argument: Argument
    file: File


@dataclass(slots=True)
class Declarations:
    """
    Everything that the files of one directory declare.

    Resources, data sources and ephemeral resources are found by (type, name), provider configurations by
    `name` or `name.alias`. `complete` is false where a file could not be read in full: what is not declared here
    may have been in the lost part. `marks` says that something in a file may be marked as sensitive.
    """

    directory: str
    variables: dict[str, Declaration] = field(default_factory=dict)
    locals: dict[str, Local] = field(default_factory=dict)
    outputs: dict[str, Declaration] = field(default_factory=dict)
    resources: dict[tuple[str, str], Declaration] = field(default_factory=dict)
    data: dict[tuple[str, str], Declaration] = field(default_factory=dict)
    ephemeral: dict[tuple[str, str], Declaration] = field(default_factory=dict)
    modules: dict[str, Declaration] = field(default_factory=dict)
    providers: dict[str, Declaration] = field(default_factory=dict)
    provider_sources: dict[str, str] = field(default_factory=dict)
    moved: list[Declaration] = field(default_factory=list)
    complete: bool = True
    marks: bool = False

    def among(self, mode: ResourceMode) -> dict[tuple[str, str], Declaration]:
        """Return what is declared of a mode, by type and name."""
        return self.resources if mode == "resource" else self.data if mode == "data" else self.ephemeral


def provider_key(block: Block) -> Optional[str]:
    """Return `name` or `name.alias` of a provider block; None where the alias is no plain string."""
    alias = block.body.arguments.get("alias")
    if alias is None:
        return block.labels[0]
    if isinstance(alias.value, nodes.Literal) and isinstance(alias.value.value, str):
        return f"{block.labels[0]}.{alias.value.value}"
    return None


def nested_type(block: Block) -> str:
    """Return the type of block that a nested block, or a `dynamic` one, makes."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


_MERGED: Final = frozenset({"lifecycle"})
"""Nested blocks that merge setting by setting instead of being replaced."""


def overlaid(base: Declaration, override: Declaration) -> Declaration:
    """
    Return a declaration with another of the same name merged into it.

    Arguments replace one by one. Nested blocks of a type replace all of that type.
    """
    below, above = base.block.body, override.block.body
    replaced = {nested_type(block) for block in above.blocks} - _MERGED
    kept = [block for block in below.blocks if nested_type(block) not in replaced]
    added = list(above.blocks)
    for kind in _MERGED:
        kept, added = _merge_settings(kind, kept, added)
    body = Body({**below.arguments, **above.arguments}, (*kept, *added), below.start, below.end)
    block = base.block
    merged = Block(block.type, block.labels, body, block.header_end, block.start, block.end)
    files = dict.fromkeys([*above.arguments, *replaced], override.file)
    return replace(base, block=merged, overridden={**base.overridden, **files})


def _merge_settings(kind: str, below: list[Block], above: list[Block]) -> tuple[list[Block], list[Block]]:
    base = next((block for block in below if block.type == kind), None)
    over = next((block for block in above if block.type == kind), None)
    if base is None or over is None:
        return below, above
    arguments = {**base.body.arguments, **over.body.arguments}
    body = Body(arguments, (*base.body.blocks, *over.body.blocks), base.body.start, base.body.end)
    merged = Block(kind, base.labels, body, base.header_end, base.start, base.end)
    return [merged if block is base else block for block in below], [block for block in above if block is not over]
