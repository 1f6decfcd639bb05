"""Files that were read, by their content: base and head share what did not change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from guardrail.frontends.terraform.syntax import File, parse, parse_json, parse_json_values
from guardrail.sources.tree import Blob


class SyntaxCache:
    """Parse results by blob id and by how the text is read. What a text means depends on nothing else."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], File] = {}

    def file(self, blob: Blob, path: str) -> File:
        """Return the file at a path. Raises UnicodeDecodeError where it is not UTF-8."""
        syntax = "values" if path.endswith(".tfvars.json") else "json" if path.endswith(".json") else "native"
        known = self._files.get((blob.id, syntax))
        if known is None:
            known = self._files[blob.id, syntax] = _PARSERS[syntax](blob.data.decode("utf-8"), path)
        return known if known.path == path else replace(known, path=path)


_PARSERS: Final[Mapping[str, Callable[[str, str], File]]] = {
    "native": parse,
    "json": parse_json,
    "values": parse_json_values,
}
