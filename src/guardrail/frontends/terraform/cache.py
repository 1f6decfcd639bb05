"""Files that were read, by their content: base and head share what did not change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from guardrail.frontends.terraform.syntax import File, SyntaxProblem, parse, parse_json, parse_json_values
from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.sources.tree import Blob

TOKENS: Final = 2_000_000
"""
How many tokens of all files of one tree are read: some 200 MB of syntax trees, and four seconds. Text counts too.

The largest public repositories that were tried have less than a quarter of it.
"""


class SyntaxCache:
    """
    Parse results by blob id and by how the text is read. What a text means depends on nothing else.

    Once the files of a tree have `TOKENS`, no other file of that tree is parsed.
    """

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], File] = {}
        self._left = TOKENS

    def renew(self) -> None:
        """Let another tree have as many tokens. What the one before was refused, the same file is refused again."""
        self._left = TOKENS

    def file(self, blob: Blob, path: str) -> File:
        """Return the file at a path. Raises UnicodeDecodeError where it is not UTF-8."""
        syntax = "values" if path.endswith(".tfvars.json") else "json" if path.endswith(".json") else "native"
        known = self._files.get((blob.id, syntax))
        if known is None:
            known = self._files[blob.id, syntax] = self._parsed(blob.data.decode("utf-8"), path, syntax)
        return known if known.path == path else replace(known, path=path)

    def _parsed(self, text: str, path: str, syntax: str) -> File:
        file = _PARSERS[syntax](text, path) if self._left > 0 else None
        cost = 0 if file is None else file.tokens + len(text) // (64 if text.isascii() else 16)  # the text is kept too
        if file is None or cost > self._left:
            message = f"the files that were read before have {TOKENS:,} words and signs, and no more are read"
            problem = SyntaxProblem(message, 0, 0, "Judge the repository in parts: name some of its folders as PATHS.")
            return File(path, text, Body({}, (), 0, 0), (problem,), complete=False)
        self._left -= cost
        return file


_PARSERS: Final[Mapping[str, Callable[[str, str], File]]] = {
    "native": parse,
    "json": parse_json,
    "values": parse_json_values,
}
