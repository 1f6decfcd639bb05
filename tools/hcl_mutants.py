"""Changes HCL texts at random: words and signs taken out, put in, swapped, doubled, spliced from another text."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

PIECE: Final = 4_000
"""About how many characters a piece of a file has at most: a change far from an error adds nothing but time."""

_TOKEN: Final = re.compile(r"[^\W\d][\w-]*|[0-9]+|[^\S\n]+|\n|\$\{|%\{|.", re.DOTALL)
_ITEM: Final = re.compile(r"^(?=[^\W\d])", re.MULTILINE)
_INSERTED: Final = (
    *"{}()[]\"\n,=:?.*!-#\\$%1'`;&|@~^é²+/<>_\u00a0\ufeff\r\t \x00\x0b\x1c\x85\u2028\u0301\U0001f600",
    *("${", "%{", "~}", "${~", "...", "=>", "[*]", ".*", "==", "&&", "||", "::", "//", "/*", "*/", "$$", "$${", "%%{"),
    *("<<E\n", "<<-E\n", "<<E\r\n", "E\n", "\nE\n", "\r\n", "\n\n", "for ", "if ", "in ", "else", "endif", "null"),
    *("0.1", "1e5", "1e", "0x1", "1_000", "a.0.1", ".0", ".5", "1.", "\\n", "\\u00e9", "\\uD800", "\\U00110000", "\\x"),
    *("%{ if a }", "%{ endif }", "%{ for a in b }", "%{ endfor }", "%{ else }", "%{ else if a }", "%{~ if a ~}"),
    *('"a"', '"${a}"', "{for a in b: a => b}", "[for a, b in c : a if b]", "{ a = 1 }", "a {\n}\n", "a = 1\n", "a.b"),
    *("a::b(", "f(a...)", "(a)", "- -1", "!!a", "a ? b : c", "# c\n", "/**/", "// c\n", '"', '\\"', "\\\n"),
)


def pieces(text: str) -> list[str]:
    """Return a text's items at its top, together up to `PIECE` characters; one that is longer is left whole."""
    found: list[str] = []
    for item in _ITEM.split(text):
        if found and len(found[-1]) + len(item) <= PIECE:
            found[-1] += item
        elif item.strip():
            found.append(item)
    return found


def mutant(text: str, others: Sequence[str], chance: random.Random) -> str:
    """Return the text with one to four changes; what is spliced in comes from the others, or from the text itself."""
    tokens = _TOKEN.findall(text) or [""]
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        at, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        match chance.randrange(9):
            case 0:
                tokens[at : at + chance.randrange(1, 5)] = [""]
            case 1 | 2:
                tokens.insert(at, chance.choice(_INSERTED))
            case 3:
                tokens[at] = chance.choice(_INSERTED)
            case 4:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 5:
                tokens.insert(at, tokens[other])
            case 6:
                tokens[at:at] = tokens[other : other + chance.randrange(1, 12)]
            case 7:
                tokens[at:at] = _stretch(chance.choice(others) if others else text, chance)
            case _:
                del tokens[max(at, 1) :]  # the text ends in the middle
    return "".join(tokens)


def _stretch(text: str, chance: random.Random) -> list[str]:
    tokens = _TOKEN.findall(text)
    start = chance.randrange(len(tokens)) if tokens else 0
    return tokens[start : start + chance.randrange(1, 12)]
