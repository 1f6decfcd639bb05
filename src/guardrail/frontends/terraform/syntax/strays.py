"""Signs that mean nothing in HCL, where they come from, and what to write in their place."""

from __future__ import annotations

from typing import Final

from guardrail.frontends.terraform.syntax.problems import SyntaxProblem


def problem(text: str, position: int, end: int) -> SyntaxProblem:
    """Return what is wrong at a position where no token begins."""
    for introducer, (message, hint) in _STRAY.items():
        if text.startswith(introducer, position, end):
            return SyntaxProblem(message, position, position + len(introducer), hint)
    character = text[position]
    return SyntaxProblem(f"invalid character {character!r}", position, position + 1, _blank(character))


def _blank(character: str) -> str:
    if character == "\r":
        return "A line ends with a line feed; a carriage return may stand before it."
    return "It looks like a blank and is none: use a plain one." if character.isspace() else ""


_STRAY: Final = {
    "<<<<<<<": ("these are the marks of a merge conflict", "Choose one of its sides."),
    "/*": ("this comment has no end", "Close it with */."),
    "<<": ("not the beginning of a heredoc", "Write <<NAME or <<-NAME, and the text from the next line on."),
    "'": ("single quotes do not make a string", "Use double quotes."),
    "$": ("invalid character '$'", "Outside of strings a value stands by itself: write name, not ${name} or $name."),
    **dict.fromkeys("\u2018\u2019", ("typographic quotes do not make a string", 'Use plain double quotes: ".')),
    **dict.fromkeys("\u201c\u201d\u201e", ("typographic quotes do not make a string", 'Use plain double quotes: ".')),
    ";": ("semicolons do not separate anything", "Write every argument on its own line."),
    "&": ('unknown operator "&"', "The logical operator is &&."),
    "|": ('unknown operator "|"', "The logical operator is ||."),
    "`": ("backquotes do not make a string", "Use double quotes, or a heredoc."),
    "\ufeff": ("a byte order mark may only stand at the very beginning", ""),
}
