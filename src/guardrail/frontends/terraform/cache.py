"""Files that were read, by their content: base and head share what did not change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Optional

from guardrail.frontends.budget import PARTS, TOKENS, Budget, weight
from guardrail.frontends.terraform.syntax import File, SyntaxProblem, parse, parse_json, parse_json_values
from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.sources.tree import Blob


class SyntaxCache:
    """
    Parse results by blob id and by how the text is read. What a text means depends on nothing else.

    Files cost tokens of the `budget` of the tree that is read. A file that was refused by one is by the next, too.
    """

    def __init__(self, budget: Optional[Budget] = None) -> None:
        self.budget = Budget() if budget is None else budget
        self._files: dict[tuple[str, str], File] = {}

    def file(self, blob: Blob, path: str) -> File:
        """Return the file at a path. Raises UnicodeDecodeError where it is not UTF-8."""
        syntax = "values" if path.endswith(".tfvars.json") else "json" if path.endswith(".json") else "native"
        known = self._files.get((blob.id, syntax))
        if known is None:
            known = self._files[blob.id, syntax] = self._parsed(blob.data.decode("utf-8"), path, syntax)
        return known if known.path == path else replace(known, path=path)

    def _parsed(self, text: str, path: str, syntax: str) -> File:
        tokens, size = self.budget.tokens, len(text)
        file = _PARSERS[syntax](text, path) if tokens.most(size) else None
        if file is None or not tokens.take(file.tokens + weight(text), size):
            message = f"the files that were read before have {TOKENS:,} words and signs, and no more are read"
            return File(path, text, Body({}, (), 0, 0), (SyntaxProblem(message, 0, 0, PARTS),), complete=False)
        return file


_PARSERS: Final[Mapping[str, Callable[[str, str], File]]] = {
    "native": parse,
    "json": parse_json,
    "values": parse_json_values,
}
