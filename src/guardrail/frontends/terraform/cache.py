"""Files that were read, by their content: base and head share what did not change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Optional, Union

from guardrail.errors import SourceError
from guardrail.frontends.budget import PARTS, SMALL, TEXTS, TOKENS, Budget, weight
from guardrail.frontends.terraform.syntax import File, SyntaxProblem, parse, parse_json, parse_json_values
from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.sources.tree import LIMIT, Blob, Tree


class SyntaxCache:
    """
    Parse results by blob id and by how the text is read. What a text means depends on nothing else.

    Files cost bytes and tokens of the `budget` of the tree that is read; what another tree had costs nothing more. A
    file that this budget is not enough for is not remembered as such: a change that uses it up would else hide what
    base has.
    """

    def __init__(self, budget: Optional[Budget] = None) -> None:
        self.budget = Budget() if budget is None else budget
        self._files: dict[tuple[str, str], File] = {}
        self._counted: set[str] = set()

    @property
    def most(self) -> int:
        """How many bytes the next file may have."""
        texts = self.budget.texts
        return LIMIT if texts.left > 0 else SMALL if texts.reserve > 0 else 0

    def read(self, tree: Tree, path: str) -> Blob:
        """Return the bytes of a Terraform file, unless those before had too many: then it is not even opened."""
        limit = self.most
        if limit < LIMIT and self._is_counted(tree, path):
            limit = LIMIT
        try:
            blob = tree.read(path, limit=limit)
        except SourceError as error:
            if error.code != "too-large" or limit == LIMIT:
                raise
            message = f"the Terraform files that were read before have {TEXTS >> 20} MiB, and no more are read"
            raise SourceError(message, code="limit-run", content=error.content, hint=PARTS) from error
        self.count(blob)
        return blob

    def read_some(self, tree: Tree, paths: Sequence[str]) -> list[tuple[str, Union[Blob, SourceError]]]:
        """
        Return some of these paths, each with what reading it gives. Of thousands, each takes a third of the time.

        Those that are left are more than there is room for; smaller ones may still be read.
        """
        limit, texts = self.most, self.budget.texts
        room = texts.left if limit == LIMIT else texts.reserve
        read = []
        fresh: dict[str, int] = {}
        for path, blob in tree.read_each(paths, limit=limit):
            read.append((path, blob))
            if isinstance(blob, Blob) and blob.id not in self._counted:
                fresh[blob.id] = size = len(blob.data)
                room -= size
                if room < 0:
                    break
        self._counted.update(fresh)
        for size in fresh.values() if room < 0 or limit < LIMIT else [sum(fresh.values())]:
            texts.take(size, size)
        return read

    def count(self, blob: Blob) -> None:
        """Take what a file has that was read."""
        if blob.id not in self._counted:
            self._counted.add(blob.id)
            self.budget.texts.take(len(blob.data), len(blob.data))

    def _is_counted(self, tree: Tree, path: str) -> bool:
        try:
            entry = tree.entries().get(tree.resolve(path))
        except SourceError:
            return False
        return entry is not None and entry.id in self._counted

    def file(self, blob: Blob, path: str) -> File:
        """Return the file at a path. Raises UnicodeDecodeError where it is not UTF-8."""
        syntax = "values" if path.endswith(".tfvars.json") else "json" if path.endswith(".json") else "native"
        known = self._files.get((blob.id, syntax))
        if known is None:
            known, fits = self._parsed(blob.data.decode("utf-8"), path, syntax)
            if fits:
                self._files[blob.id, syntax] = known
        return known if known.path == path else replace(known, path=path)

    def _parsed(self, text: str, path: str, syntax: str) -> tuple[File, bool]:
        """Return the file, and whether there was room for it."""
        tokens, size = self.budget.tokens, len(text)
        file = _PARSERS[syntax](text, path) if tokens.most(size) else None
        if file is None or not tokens.take(file.tokens + weight(text), size):
            message = f"the files that were read before have {TOKENS:,} words and signs, and no more are read"
            problem = SyntaxProblem(message, 0, 0, PARTS)
            return File(path, text, Body({}, (), 0, 0), (problem,), complete=False), False
        return file, True


_PARSERS: Final[Mapping[str, Callable[[str, str], File]]] = {
    "native": parse,
    "json": parse_json,
    "values": parse_json_values,
}
