"""
HCL text to tokens.

Tokens are three parallel lists, `kinds`, `values` and `starts`: an object each would cost more than all the rest. The
kind of an operator or a bracket is its text. Newlines that mean nothing (inside parentheses, brackets, calls, `for`
expressions and interpolations) are left out here, so that the parser need not know; several in a row, with the
comments between them, are one token. The last token is END, or BAD with the problem as its value.

A lexer reads one argument or block at a time: an error then costs that one, and the lists stay short.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, Final, Optional

from guardrail.frontends.terraform.syntax import spelling, strays
from guardrail.frontends.terraform.syntax.problems import SyntaxProblem

DEPTH: Final = 100
"""
How deep brackets, blocks, templates and conditionals may nest.

Also how many unary operators, conditionals and postfix steps may follow each other, since evaluating them nests.
"""

TOKENS: Final = 300_000
"""
How many tokens of a file, or of a template, are read: of each some 100 bytes of tree are made.

The largest file that was seen in public repositories has some 40,000.
"""

NAME: Final = "name"
NUMBER: Final = "number"
STRING: Final = "string"  # in quotes, ASCII, without escape or interpolation: most are
NEWLINE: Final = "newline"
QUOTE: Final = "quote"  # the beginning of any other quoted string
UNQUOTE: Final = "unquote"
HEREDOC: Final = "heredoc"  # value: whether indentation is removed
HEREDOC_END: Final = "heredoc end"  # value: where it ends
TEXT: Final = "text"  # literal text in a string or heredoc, of a heredoc no more than a line; value: (text, end)
INTERPOLATION: Final = "${"  # value: whether the white space before it is removed
DIRECTIVE: Final = "%{"
SEQUENCE_END: Final = "sequence end"  # the brace that closes one of the two; value: whether space after it is removed
END: Final = "end"
BAD: Final = "bad"

_FIRST: Final = r"[^\x00-@\[-^`{-\x7f]"
"""
What a name may begin with: A–Z, a–z, _ and whatever is not ASCII.

Sets are written by their part in ASCII: one that lists characters up to the last takes 2 ms to compile.
"""
_REST: Final = r"[^\x00-,./:-@\[-^`{-\x7f]"  # 0–9 and - too
_PLAIN: Final = r"[\x00-\t\v\f\x0e-!\#&-\[\]-\x7f]"  # ASCII but for a quote, \, $, % and the ends of lines
LINE_END: Final = r"(?:(?:\#|//)[^\n]*|\r)?\n"
"""The end of a line, a comment before it included."""

PLAIN_STRING: Final = rf"{_PLAIN}*(?:[$%](?!\{{){_PLAIN}*){{0,50}}"
"""What stands between quotes and means just what it says."""

_TOKEN: Final = re.compile(
    rf"""(?:
      ({_FIRST}{_REST}*)                                                                # 1 name
    | ({LINE_END}(?:[ \t]*{LINE_END}){{0,100}})                                         # 2 newlines and comment lines
    | (=(?![=>])|,|\.(?!\.\.))                                                          # 3 frequent punctuation
    | "({PLAIN_STRING})"                                                                # 4 simple string
    | ([0-9]+(?:(?:\.+|\.*[eE][+-]?)[0-9]+){{0,3}})                                     # 5 number
    | ([\[({{])                                                                         # 6 opening bracket
    | (~?\}}|[\])])                                                                     # 7 closing bracket
    | (")                                                                               # 8 any other string
    | (<<-?{_FIRST}{_REST}*\r?\n)                                                       # 9 heredoc
    | (/\*(?s:.*?)\*/|(?:\#|//)[^\n]*\Z)                                                # 10 comment
    | (==|=>|!=|<=|>=|&&|\|\||\.\.\.|::|[:?*%+\-!>]|/(?![/*])|<(?!<))                   # 11 operator
    )[ \t]*""",
    re.VERBOSE,
)
_NAME, _NEWLINE, _COMMON, _STRING, _NUMBER, _OPEN, _CLOSE, _QUOTE, _HEREDOC, _COMMENT, _OPERATOR = range(1, 12)
_LEAF: Final = {_NAME: NAME, _STRING: STRING, _NUMBER: NUMBER}
_BLANKS: Final = re.compile(r"[ \t]*")
_SIGNIFICANT: Final = ("body", "object")  # what encloses newlines that mean something
_DOLLAR: Final = re.compile(r"(?<![$%])[$%]")
"""After one of them a carriage return is text, where the end of the line follows; so does Terraform read it."""

_LONE_RETURN: Final = re.compile(r"\r(?!\r?\n)|(?<![$%])\r(?=\r\n)|(?<=[$%][$%])\r(?=\r\n)")
"""In a template that nothing encloses, all is text from such a carriage return on: so does Terraform read it."""

_SEQUENCES: Final = (INTERPOLATION, DIRECTIVE)
_CLOSES: Final = {"(": ")", "[": "]", "body": "}", "object": "}", "for": "}"}


class Lexer:
    """Reads a stretch of text; `position` is how far it is."""

    __slots__ = ("_ascii", "_end", "_free", "_line_end", "_most", "_open", "_single", "_templates", "_text", "kinds",
                 "left", "position", "starts", "values")  # fmt: skip

    def __init__(self, text: str, start: int = 0, end: Optional[int] = None, most: int = TOKENS) -> None:
        self._text = text
        self._end = len(text) if end is None else end
        self._ascii = text.isascii()
        self._most = self.left = most  # how many tokens are read, and how many of them are left
        self.position = start
        self._clear()

    def _clear(self) -> None:
        self.kinds: list[str] = []
        self.values: list[Any] = []
        self.starts: list[int] = []
        self._open: list[str] = []  # "body", "object", "for", "(", "[", "${": what encloses the current place
        self._free = False  # whether newlines mean nothing at the current place
        self._single = False
        self._line_end = (
            -1
        )  # of the line of a heredoc that was read last: one line may have thousands of interpolations
        self._templates: list[tuple[Optional[str], int]] = []  # heredoc's marker, None in quotes; where it begins

    def item(self) -> None:
        """Read one argument or block of a body, up to its newline; only END if there is none left."""
        self._clear()
        self._single = True
        self._run(self._code(self.position))

    def expression(self) -> None:
        """Read all of it as an expression, in which newlines mean nothing."""
        self._clear()
        self._free = True
        self._open.append("expression")
        self._run(self._code(self.position))

    def template(self) -> None:
        """Read all of it as the inside of a template, without escapes, as in a template file."""
        self._clear()
        self._templates.append(("", self.position))
        self._run(self.position)

    def _run(self, position: int) -> None:
        """Alternate between literal text and code, until one of them is at the end (-1)."""
        while position >= 0:
            marker = self._templates[-1][0]
            if marker is None:
                position = self._quoted(position)
            else:
                position = self._heredoc(position, marker) if marker else self._bare(position)

    def _add(self, kind: str, value: Any, start: int) -> None:
        self.kinds.append(kind)
        self.values.append(value)
        self.starts.append(start)

    def _finish(self, position: int, kind: str = END, value: Any = None) -> int:
        """Add the last token, a few times since the parser looks ahead."""
        self.position = position
        self.left -= len(self.kinds)
        self.kinds += [kind] * 3
        self.values += [value] * 3
        self.starts += [position] * 3
        return -1

    def _bad(self, message: str, start: int, end: int, hint: str = "") -> int:
        return self._finish(start, BAD, SyntaxProblem(message, start, end, hint))

    def _too_many(self, position: int) -> int:
        self.left = len(self.kinds)
        return self._finish(position, BAD, too_many(self._most, position))

    # Code

    def _code(self, position: int) -> int:
        """Read tokens until literal text begins, and return where that is."""
        kinds, values, starts = self.kinds, self.values, self.starts
        blanks = _BLANKS.match(self._text, position, self._end)
        position = blanks.end() if blanks else position
        scan = _TOKEN.scanner(self._text, position, self._end).match  # type: ignore[attr-defined]
        for match in islice(iter(scan, None), max(self.left - len(kinds), 0)):
            group = match.lastindex
            start, position = match.span()
            if group == _COMMON:
                kinds.append(match[_COMMON])
                values.append(None)
                starts.append(start)
            elif group == _NEWLINE:
                if not self._free and kinds and kinds[-1] is not NEWLINE:
                    kinds.append(NEWLINE)
                    values.append(None)
                    starts.append(start)
                    if self._single and not self._open:
                        return self._finish(position)
            elif group <= _NUMBER:
                value = match[group]
                if group == _NAME and (value == "for" or not self._ascii) and not self._name(value):
                    return self._bad_name(start, value)
                kinds.append(_LEAF[group])
                values.append(value)
                starts.append(start)
            elif group != _COMMENT:
                after = self._bracket(match, group)
                if after is not None:
                    return after
        return self._stopped(position)

    def _stopped(self, position: int) -> int:
        """End where no token begins, or none is read any more."""
        if position >= self._end and not self._templates:
            return self._finish(position)
        if _TOKEN.match(self._text, position, self._end):
            return self._too_many(position)
        return self._stray(position)

    def _bracket(self, match: re.Match[str], group: int) -> Optional[int]:
        """Read what opens or closes something, or an operator; return where literal text begins, if it does."""
        start, end = match.span(group)
        text = match[group]
        if group == _OPEN:
            self._add(text, not self._free, start)
            self._push(text)
            if len(self._open) > DEPTH + 1:  # one more than the parser reads: it says so
                return self._finish(end)
        elif group == _CLOSE:
            return self._close(text, start, end)
        elif group == _OPERATOR:
            self._add(text, None, start)
        elif group == _QUOTE:
            self._add(QUOTE, None, start)
            self._templates.append((None, start))
            return end
        else:
            flush = text[2] == "-"
            marker = text[3 if flush else 2 :].rstrip("\r\n")
            if not (self._ascii or spelling.is_name(marker)):
                return self._bad_name(start + 2 + flush, marker)
            self._add(HEREDOC, flush, start)
            self._templates.append((marker, start))
            return end
        return None

    def _push(self, bracket: str) -> None:
        if bracket == "{":
            before = self.kinds[-2] if len(self.kinds) > 1 else ""
            in_body = not self._open or self._open[-1] == "body"
            bracket = "body" if in_body and before in (NAME, STRING, UNQUOTE) else "object"
        self._open.append(bracket)
        self._free = bracket not in _SIGNIFICANT

    def _name(self, value: str) -> bool:
        """Note a `for` that stands first in braces, since its newlines mean nothing; whether it is a name at all."""
        kinds = self.kinds
        if value == "for" and self._open and self._open[-1] == "object":
            if kinds[-1] is NEWLINE and kinds[-2] == "{":
                del kinds[-1], self.values[-1], self.starts[-1]
            if kinds[-1] == "{":
                self._open[-1] = "for"
                self._free = True
        return self._ascii or spelling.is_name(value)

    def _close(self, text: str, start: int, end: int) -> Optional[int]:
        """Close a bracket; after an interpolation literal text goes on."""
        opened = self._open.pop() if self._open else ""
        if opened == "${" and text.endswith("}"):
            self._add(SEQUENCE_END, text == "~}", start)
            return end
        if text == "~}":
            return self._bad('expected an operator or a value, found "~"', start, start + 1)
        self._add(text, None, start)
        if _CLOSES.get(opened) != text:
            return self._finish(end)  # the parser gets no further than here
        self._free = bool(self._open) and self._open[-1] not in _SIGNIFICANT
        return None

    # Literal text

    def _quoted(self, position: int) -> int:
        """Read the inside of a quoted string up to its end or the next interpolation."""
        stop = self._literal(spelling.QUOTED_TEXT, position)
        if stop > position:
            value = spelling.unescape_quoted(self._text[position:stop])
            if value is None:
                return self._bad("this escape names a character that does not exist", position, stop)
            self._add(TEXT, (value, stop), position)
        following = self._text[stop : min(stop + 2, self._end)]
        if following.startswith('"'):
            self._add(UNQUOTE, None, stop)
            return self._leave(stop + 1)
        if following in _SEQUENCES:
            return self._enter(following, stop)
        return self._broken_quote(following, stop)

    def _heredoc(self, position: int, marker: str) -> int:
        """Read a heredoc, token by token a line, up to its end or the next interpolation."""
        text, end = self._text, self._end
        while True:
            line_end = self._end_of_line(position)
            if line_end < 0:
                return self._endless(marker)
            line_stop = line_end - (text[line_end - 1] == "\r")
            if text[position - 1] == "\n" and text[position:line_stop].strip(spelling.SPACE) == marker:
                lone = text.find("\r", position, line_stop)
                if lone >= 0:
                    return self._lone_return(lone)
                self._add(HEREDOC_END, position + len(text[position:line_stop].rstrip(spelling.SPACE)), position)
                return self._leave(line_stop)
            stop = self._literal(spelling.HEREDOC_TEXT, position)
            lone = text.find("\r", position, min(stop, line_stop))
            if lone >= 0 and not (lone == line_stop - 1 and _DOLLAR.match(text, max(position, lone - 1), lone)):
                return self._lone_return(lone)
            if stop == line_end:
                stop += 1
            if stop > position:
                self._add(TEXT, (spelling.unescape_heredoc(text[position:stop]), stop), position)
                position = stop
            if len(self.kinds) > self.left:
                return self._too_many(position)
            if text.startswith(_SEQUENCES, stop, end):
                return self._enter(text[stop : stop + 2], stop)

    def _end_of_line(self, position: int) -> int:
        if self._line_end < position:
            self._line_end = self._text.find("\n", position, self._end)
        return self._line_end

    def _endless(self, marker: str) -> int:
        start = self._templates[-1][1]
        message = f"the heredoc has no end: expected a line that holds only {marker}"
        hint = "Nothing else may stand on that line, not even a comma or a bracket."
        self._bad(message, start, start + 2 + len(marker), hint)
        self.position = self._end  # it was searched for up to there
        return -1

    def _bare(self, position: int) -> int:
        """Read the inside of a template that nothing encloses."""
        stop = self._literal(spelling.BARE_TEXT, position)
        if lone := _LONE_RETURN.search(self._text, position, stop):
            self._plain(position, lone.start())
            stop = self._end
        elif stop > position:
            self._add(TEXT, (spelling.unescape_heredoc(self._text[position:stop]), stop), position)
        return self._finish(stop) if stop >= self._end else self._enter(self._text[stop : stop + 2], stop)

    def _plain(self, position: int, lone: int) -> None:
        """Read text in which nothing is evaluated, from a carriage return at `lone` on."""
        value = spelling.unescape_heredoc(self._text[position:lone]) + spelling.unescape_pairs(
            self._text[lone : self._end]
        )
        self._add(TEXT, (value, self._end), position)

    def _literal(self, pattern: re.Pattern[str], position: int) -> int:
        """Return how far literal text goes."""
        while match := pattern.match(self._text, position, self._end):
            position = match.end()
        return position

    def _enter(self, introducer: str, position: int) -> int:
        """Begin an interpolation or directive."""
        after = position + 2
        trim = self._text.startswith("~", after, self._end)
        self._add(introducer, trim, position)
        self._open.append("${")
        self._free = True
        return self._code(after + trim) if len(self._open) <= DEPTH + 1 else self._finish(after)

    def _leave(self, position: int) -> int:
        """Go back to what the string stands in."""
        self._templates.pop()
        self._free = bool(self._open) and self._open[-1] not in _SIGNIFICANT
        return self._code(position)

    # What is wrong

    def _lone_return(self, position: int) -> int:
        hint = r"Between quotes it is written \r; a heredoc cannot hold one."
        return self._bad("a carriage return within a line", position, position + 1, hint)

    def _broken_quote(self, following: str, position: int) -> int:
        start = self._templates[-1][1]
        if following.startswith("\\"):
            hint = r"Escapes are \n \r \t \" \\ \uXXXX \UXXXXXXXX; a backslash itself is written twice."
            return self._bad(f"unknown escape {self._text[position : position + 2]!r}", position, position + 2, hint)
        hint = "Text of several lines is written as a heredoc, or with \\n."
        return self._bad("the string has no end on its line: expected '\"'", start, max(start + 1, position), hint)

    def _bad_name(self, start: int, name: str) -> int:
        return self._stray(start + (spelling.stray(name) or 0))

    def _stray(self, position: int) -> int:
        """Say why no token begins here."""
        text = self._text
        if position >= self._end:  # a string of the surroundings is not closed: its interpolation never ended
            start = self._templates[-1][1]
            return self._bad("this string has no end: an interpolation in it is not closed", start, start + 1)
        return self._finish(position, BAD, strays.problem(text, position, self._end))


def too_many(most: int, position: int) -> SyntaxProblem:
    """Return the problem of a text that has more tokens than are read."""
    return SyntaxProblem(f"a text of more than {most:,} words and signs", position, position + 1, "Split it.")
