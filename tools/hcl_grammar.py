"""
Texts in HCL's native syntax, made at random from its grammar: all of them are valid.

The source of chance is handed in, so that a seed gives the same text on every machine, and hypothesis can shrink one.
"""

from __future__ import annotations

import random
from typing import Final

_NAMES: Final[tuple[str, ...]] = (
    *"abkxy_",
    "var",
    "local",
    "each",
    "größe",
    "a-b",
    "null",
    "true",
    "in",
    "if",
    "else",
    "endif",
)
_LETTERS: Final[tuple[str, ...]] = (
    *"aé 0.,:;~!#/*'`&|@^{}()[]=",
    "$",
    "%",
    "$$",
    "$${",
    "%%{",
    "\u00a0",
    "\u2028",
    "日",
    "//",
    "/*",
)
_ESCAPES: Final = (r"\n", r"\t", r"\r", r"\"", r"\\", r"\u00e9", r"\U0001F600")
_NUMBERS: Final = ("0", "1", "007", "1.5", "1e5", "2E-3", "12345678901234567890", "0.10e+2")
_OPERATORS: Final = ("||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%")
_BLANKS: Final = ("", " ", "  ", "\t", " /* c */ ", "/**/", "/* two\nlines */")


def file(chance: random.Random) -> str:
    """Return a file of up to six arguments and blocks."""
    end = chance.choice(("\n", "\n", "\n", "\r\n"))
    text = _Writer(chance, end).body(depth=3, most=6)
    return chance.choice(("", "", "", "\ufeff")) + text


class _Writer:
    """Writes one file; `depth` is how much deeper what is written may nest."""

    def __init__(self, chance: random.Random, end: str) -> None:
        self._chance = chance
        self._end = end

    # Bodies

    def body(self, depth: int, most: int) -> str:
        """Return arguments and blocks, each on lines of its own; no argument is set twice."""
        text = ""
        for number in range(self._chance.randrange(most + 1)):
            text += self._between_items()
            text += self._block(depth - 1) if depth and self._one_in(3) else self._argument(number, depth)
        return text + self._between_items()

    def _argument(self, number: int, depth: int) -> str:
        value = self._expression(depth, newlines=False)
        return f"{self._name()}{number}{self._blank()}={self._blank()}{value}{self._line_end()}"

    def _block(self, depth: int) -> str:
        labels = "".join(f" {self._label()}" for _ in range(self._chance.randrange(3)))
        head = f"{self._name()}{labels} {{"
        if self._one_in(4):
            argument = f" {self._name()} = {self._expression(depth, newlines=False)} "
            inner = argument if self._one_in(2) else self._blank()
            return f"{head}{inner}}}{self._line_end()}"
        return f"{head}{self._line_end()}{self.body(depth, 3)}{self._chance.choice(('', '  '))}}}{self._line_end()}"

    def _label(self) -> str:
        return self._chance.choice(('"a"', '"a b"', "a", "ü", '"\\n"', '"$"', '"a$${"', '""'))

    def _between_items(self) -> str:
        return self._chance.choice(("", "", "", *(each + self._end for each in ("", "# c", "  // d", "/* e */"))))

    def _line_end(self) -> str:
        return self._chance.choice(("", "", "", " ", ' # { "', " // ]", " /* ) */")) + self._end

    # Expressions

    def _expression(self, depth: int, *, newlines: bool) -> str:
        """Return an expression; `newlines` says whether it may be broken between its tokens."""
        if depth <= 0:
            return self._simple()
        kind = self._chance.randrange(12)
        gap = self._gap(newlines)

        def inner() -> str:
            return self._expression(depth - 1, newlines=newlines)

        match kind:
            case 0:
                return f"{inner()}{gap}{self._chance.choice(_OPERATORS)} {inner()}"
            case 1:
                return f"{self._simple()}{gap}? {inner()}{gap}:{gap}{inner()}"
            case 2:
                return f"{self._chance.choice('!-')}{self._chance.choice(('', ' '))}{self._primary(depth - 1)}"
            case 3 | 4:
                return self._primary(depth - 1) + self._steps(depth - 1)
            case _:
                return self._primary(depth - 1)

    def _primary(self, depth: int) -> str:
        """Return what stands as one: a value, or something in brackets."""

        def free() -> str:
            return self._expression(depth, newlines=True)

        gap = self._gap(newlines=True)
        match self._chance.randrange(10):
            case 0:
                return f"({gap}{free()}{gap})"
            case 1:
                items = f"{gap},".join(f"{gap}{free()}" for _ in range(self._chance.randrange(4)))
                return f"[{items}{self._trailing_comma(items)}{gap}]"
            case 2:
                return self._object(depth)
            case 3:
                return self._call(depth)
            case 4:
                test = f" if {free()}" if self._one_in(2) else ""
                return f"[{gap}for {self._loop()}{gap}in {free()}{gap}: {free()}{test}{gap}]"
            case 5:
                grouped = self._chance.choice(("", "..."))
                test = f" if {free()}" if self._one_in(2) else ""
                return f"{{{gap}for {self._loop()} in {free()} : {free()}{gap}=>{gap}{free()}{grouped}{test}{gap}}}"
            case 6:
                return self._quoted(depth)
            case 7:
                return self._heredoc(depth)
            case _:
                return self._simple()

    def _object(self, depth: int) -> str:
        text = "{" + self._chance.choice(("", self._end, f" # c{self._end}"))
        for _ in range(self._chance.randrange(4)):
            name = self._name()
            key = self._chance.choice((name, f'"{name}"', f"({self._simple()})", self._quoted(0), "1", "a.b"))
            sign = self._chance.choice((" = ", ":", "=\t"))
            separator = self._chance.choice((",", self._end, f",{self._end}", f" // d{self._end}"))
            text += key + sign + self._expression(depth, newlines=False) + separator
        return text + "}"

    def _call(self, depth: int) -> str:
        name = self._chance.choice(("f", "g_2", "core::max", "provider::a::b"))
        gap = self._gap(newlines=True)
        given = f"{gap}, ".join(self._expression(depth, newlines=True) for _ in range(self._chance.randrange(4)))
        return f"{name}({gap}{given}{self._chance.choice(('', '...')) if given else ''}{gap})"

    def _steps(self, depth: int) -> str:
        steps = (".a", ".a.0", "[0]", "[*]", ".*", f"[{self._expression(depth, newlines=True)}]", ".b-c")
        taken = self._chance.choices(steps, k=self._chance.randrange(1, 4))
        return "".join(taken) if taken.count(".*") <= 1 else ".a"  # a second one cannot follow

    def _simple(self) -> str:
        return self._chance.choice((self._name(), self._name(), self._chance.choice(_NUMBERS), '"s"', "true", "var.x"))

    # Strings

    def _quoted(self, depth: int) -> str:
        return f'"{self._template(depth, (*_LETTERS, *_ESCAPES))}"'

    def _heredoc(self, depth: int) -> str:
        """Return a heredoc in parentheses, since its own end must be a line."""
        lines = ""
        for _ in range(self._chance.randrange(4)):
            lines += self._chance.choice(("", "  ", "\t")) + self._template(depth, (*_LETTERS, '"', "\\")) + self._end
        dash = self._chance.choice(("", "-"))
        return f"(<<{dash}EOT{self._end}{lines}{self._chance.choice(('', '  '))}EOT{self._end})"

    def _template(self, depth: int, letters: tuple[str, ...]) -> str:
        text = ""
        for _ in range(self._chance.randrange(4)):
            match self._chance.randrange(4):
                case 0:
                    text = _ended(text) + self._sequence("$", self._expression(depth, newlines=True))
                case 1 if depth > 0:
                    text = _ended(text) + self._directive(depth - 1, letters)
                case _:
                    letter = self._chance.choice(letters)
                    text = (_ended(text) if letter == "{" else text) + letter
        return _ended(text)

    def _directive(self, depth: int, letters: tuple[str, ...]) -> str:
        inner = self._template(depth, letters)
        if self._one_in(2):
            opening = self._sequence("%", f"for {self._loop()} in {self._expression(depth, newlines=True)}")
            return opening + inner + self._sequence("%", "endfor")
        opening = self._sequence("%", f"if {self._expression(depth, newlines=True)}")
        other = self._sequence("%", "else") + self._template(depth, letters) if self._one_in(2) else ""
        return opening + inner + other + self._sequence("%", "endif")

    def _sequence(self, sign: str, inner: str) -> str:
        return f"{sign}{{{self._chance.choice(('', '', '~'))} {inner} {self._chance.choice(('', '', '~'))}}}"

    # Words and blanks

    def _name(self) -> str:
        return self._chance.choice(_NAMES)

    def _loop(self) -> str:
        return self._chance.choice(("x", "k, v", "_, a-b"))

    def _blank(self) -> str:
        return self._chance.choice(_BLANKS)

    def _gap(self, newlines: bool) -> str:
        return self._chance.choice((" ", " ", self._end, f"# c{self._end}") if newlines else (" ", " /* c */ "))

    def _trailing_comma(self, items: str) -> str:
        return self._chance.choice(("", ",")) if items else ""

    def _one_in(self, number: int) -> bool:
        return self._chance.randrange(number) == 0


def _ended(text: str) -> str:
    """Return literal text to which a sequence or a quote may be added: not one that ends in a sign that changes it."""
    return text if text[-1:] not in ("$", "%", "\\") else text + "."
