"""Files of arguments and blocks; what is wrong costs one block, not the file."""

from __future__ import annotations

import re
from typing import Final, NoReturn, Optional

from guardrail.frontends.terraform.syntax import mistakes, spelling
from guardrail.frontends.terraform.syntax.lexer import (
    BAD,
    END,
    NAME,
    NEWLINE,
    QUOTE,
    STRING,
    TEXT,
    TOKENS,
    UNQUOTE,
    Lexer,
    too_many,
)
from guardrail.frontends.terraform.syntax.lines import Lines
from guardrail.frontends.terraform.syntax.nodes import Argument, Block, Body
from guardrail.frontends.terraform.syntax.parser import Parser
from guardrail.frontends.terraform.syntax.problems import HclSyntaxError, SyntaxProblem
from guardrail.frontends.terraform.syntax.source import File
from guardrail.model.pattern import pattern

SIZE: Final = 4 * 1024 * 1024
"""The most characters of a file."""

PROBLEMS: Final = 20
"""After so many a file is given up: each may have made the lexer read far ahead in vain."""

_ITEM: Final = re.compile(r"^[^\W\d]", re.MULTILINE)
_BLOCK: Final = pattern(r'^[^\W\d][\w-]*(?:[ \t]+(?:"[^"\n]*"|[\w-]+)){0,9}[ \t]*\{', re.MULTILINE)


def parse(text: str, path: str) -> File:
    """
    Read a file in native syntax. Never raises: what is wrong is among the file's `errors`.

    After an error, reading goes on at the next line that begins with a name in its first column.
    """
    if len(text) > SIZE:
        return File(path, text, Body({}, (), 0, 0), (too_large(),), complete=False)
    return _FileParser(text).file(path)


def too_large() -> SyntaxProblem:
    """Return the problem of a file that is not read at all."""
    return SyntaxProblem(f"a file of more than {SIZE:,} characters", 0, 0, "Split it.")


class _FileParser(Parser):
    """Reads bodies: the file's own, and those of blocks."""

    def __init__(self, text: str) -> None:
        super().__init__(Lexer(text, 1 if text.startswith("\ufeff") else 0), text)
        self.problems: list[SyntaxProblem] = []
        self._lines = Lines(text, self._item_at)

    def file(self, path: str) -> File:
        text = self.text
        arguments: dict[str, Argument] = {}
        blocks: list[Block] = []
        allowance = 4 * len(text)  # how much may be read again
        while len(self.problems) < PROBLEMS and allowance >= 0 and self.lexer.left > 0:
            begin = self.lexer.position
            block = self._plain_block(begin)
            if block is not None:
                blocks.append(block)
                continue
            self.lexer.item()
            self.load()
            if self.kinds[0] is END:
                break
            try:
                self._body_item(arguments, blocks)
            except HclSyntaxError as failure:
                self.problems.append(failure.problem)
                allowance -= self.lexer.position - begin
                self.lexer.position = self._resume(self.starts[0], failure.problem)
        if self.lexer.left <= 0 and not self.problems:
            self.problems.append(too_many(TOKENS, self.lexer.position))
        errors, tokens = tuple(self.problems), TOKENS - self.lexer.left
        return File(path, text, Body(arguments, tuple(blocks), 0, len(text)), errors, not errors, tokens)

    def _plain_block(self, begin: int) -> Optional[Block]:
        """Read the next block by its lines. None, and nothing read, where something is wrong with it."""
        lexer, lines, left, problems = self.lexer, self._lines, self.lexer.left, len(self.problems)
        try:
            block = lines.block(begin, left)
        except HclSyntaxError:
            block = None
        lexer.left -= lines.tokens
        if block is not None and lexer.left > 0 and len(self.problems) == problems:
            lexer.position = lines.position
            return block
        del self.problems[problems:]
        lexer.left, lexer.position = left, begin
        return None

    def _item_at(self, position: int, depth: int, arguments: dict[str, Argument], blocks: list[Block]) -> int:
        """Read one argument or block, within so many blocks, and return where it ends."""
        self.lexer.position = position
        self.lexer.item()
        self.load()
        self.depth = depth
        self._body_item(arguments, blocks)
        return self.lexer.position

    def _resume(self, begin: int, problem: SyntaxProblem) -> int:
        """
        Return where to go on after a problem in the item that begins at `begin`.

        A bracket or heredoc that was never closed swallowed all that follows, and the lines of a heredoc that does not
        begin right are text: then it is the next block after that beginning.
        """
        kind = self.kinds[self.at]
        swallowed = kind == BAD and (self.lexer.position >= len(self.text) or self.text.startswith("<<", problem.start))
        if kind == END or swallowed:
            found = _BLOCK.search(self.text, begin + 1)
        else:
            line = self.text.rfind("\n", begin, problem.start) + 1
            found = _ITEM.search(self.text, max(begin + 1, line))
        return found.start() if found else len(self.text)

    def _body_item(self, arguments: dict[str, Argument], blocks: list[Block]) -> None:
        """Read one argument or block, and the newline after it."""
        at = self.at
        if self.kinds[at] != NAME:
            self._no_item()
        if self.kinds[at + 1] == "=":
            name = self._argument(arguments)
            after = f'a new line after the argument "{name}"'
        else:
            block = self._block()
            blocks.append(block)
            after = f'a new line after the block "{block.type}"'
        kind = self.kinds[self.at]
        if kind == NEWLINE:
            self.at += 1
        elif kind != END:
            self.fail(after)

    def _argument(self, arguments: dict[str, Argument]) -> str:
        name, start = str(self.values[self.at]), self.starts[self.at]
        self.at += 2
        value = self.expression()
        if name in arguments:
            message = f'the argument "{name}" is set twice in the same body'
            if len(self.problems) < PROBLEMS:
                self.problems.append(SyntaxProblem(message, start, start + len(name), "Remove one of the two."))
        else:
            arguments[name] = Argument(name, start + len(name), value, start, value.end)
        return name

    def _block(self) -> Block:
        at = self.at
        kind, start = str(self.values[at]), self.starts[at]
        self.at += 1
        labels = []
        while self.kinds[self.at] != "{":
            labels.append(self._label())
        header_end = self.starts[self.at]
        self.open()
        body = self._body(header_end) if self.kinds[self.at] == NEWLINE else self._line_body(header_end)
        return Block(kind, tuple(labels), body, header_end, start, self.close("}"))

    def _label(self) -> str:
        at = self.at
        kind = self.kinds[at]
        if kind in (NAME, STRING):
            self.at += 1
            return str(self.values[at])
        if kind != QUOTE:
            self.fail('a label or "{"' if kind == "=" else '"=", a label or "{"')
        self.at += 1
        text = ""
        if self.kinds[self.at] == TEXT:
            text = self.values[self.at][0]
            self.at += 1
        self.expect(UNQUOTE, "a label without interpolation")
        return spelling.normal(text)

    def _body(self, opened: int) -> Body:
        """Read what stands between braces on several lines."""
        arguments: dict[str, Argument] = {}
        blocks: list[Block] = []
        while True:
            kind = self.kinds[self.at]
            if kind == NEWLINE:
                self.at += 1
            elif kind == "}":
                return Body(arguments, tuple(blocks), opened + 1, self.starts[self.at])
            elif kind == END:
                self._unclosed(opened)
            else:
                self._body_item(arguments, blocks)

    def _line_body(self, opened: int) -> Body:
        """Read what stands between braces on one line: nothing, or one argument."""
        arguments: dict[str, Argument] = {}
        if self.kinds[self.at] == NAME and self.kinds[self.at + 1] == "=":
            self._argument(arguments)
        elif self.kinds[self.at] == NAME:
            self.fail('one argument or "}"', hint="A block within a block needs lines of its own.")
        elif self.kinds[self.at] == END:
            self._unclosed(opened)
        if self.kinds[self.at] != "}":
            self.fail('"}"', hint="A block on one line may hold one argument; write several on lines of their own.")
        return Body(arguments, (), opened + 1, self.starts[self.at])

    def _unclosed(self, opened: int) -> NoReturn:
        hint = mistakes.unclosed(self.text, self.kinds, self.starts, self.at)
        raise HclSyntaxError(SyntaxProblem('this block is not closed: expected "}"', opened, opened + 1, hint))

    def _no_item(self) -> NoReturn:
        self.fail("an argument or a block")
