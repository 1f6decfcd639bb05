"""The text of a template as Helm's language has it: what is copied, and the actions in between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Final, Optional

from guardrail.model.dataclass import dataclass

Path = tuple[str, ...]
"""Keys from the object that a template is rendered with: `Values`, then those of the values."""

EACH: Final = "*"
"""In a path, one of the elements of a list or a map."""

_ACTION: Final = re.compile(
    r"""\{\{ (?P<left>-(?=\s))? (?:
          (?P<comment>\s*/\*.*?\*/\s*)
        | (?P<body>(?: "(?:\\.|[^"\\])*" | `[^`]*` | '(?:\\.|[^'\\])*' | (?!\}\})[^"`'] )*)
      ) \}\}""",
    re.VERBOSE | re.DOTALL,
)
_TEXTS: Final = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\'\\])*\'', re.DOTALL)
_KEYWORD: Final = re.compile(r"\s*(if|else|end|range|with|define|block|template|break|continue)\b(\s+(?:if|with)\b)?")
_ASSIGNED: Final = re.compile(r"\s*(?:(\$\w*)\s*,\s*)?(\$\w*)\s*:?=(?!=)")
_OPERAND: Final = re.compile(r"(?P<variable>\$\w*)?(?P<fields>(?:\.[A-Za-z_]\w*)*)(?P<dot>(?<![\w)\]\"`$.])\.(?!\w))?")
_INDEX: Final = re.compile(r"\b(?:index|get)\s+(?P<of>[$.\w]+)(?P<keys>(?:\s+\"[^\"\\]*\")+)")
_OPENING: Final = frozenset({"if", "range", "with", "define", "block"})
_VALUES: Final = "Values"


@dataclass(frozen=True, slots=True)
class Action:
    """
    One action. `start` and `end` are where it stands, `trims` whether it takes the blanks after it.

    `keyword` is empty for what prints; `code` is the body without what is in quotes. `paths` are the values that it
    names. `depth` is how many blocks are open before it, `defined` the template that it stands in, if any.
    """

    start: int
    end: int
    body: str
    code: str
    keyword: str
    trims: bool
    assigns: tuple[str, ...]
    paths: tuple[Path, ...]
    depth: int
    defined: Optional[str]

    @property
    def prints(self) -> bool:
        """Whether it may print something by itself."""
        return self.keyword in ("", "template") and not self.assigns and bool(self.body)


@dataclass(slots=True)
class _Scope:
    """What the dot and variables mean in a block."""

    dot: Optional[Path] = ()
    variables: dict[str, Optional[Path]] = field(default_factory=dict)
    defined: Optional[str] = None
    keyword: str = ""


def actions(text: str) -> Iterator[Action]:
    """Yield the actions of a template in order, with what they name resolved as far as the text tells."""
    scopes = [_Scope()]
    for found in _ACTION.finditer(text):
        trimmed = text[found.end() - 3] == "-" and text[found.end() - 4].isspace()
        body = (found["body"] or "").strip()
        body = body[:-1].rstrip() if trimmed and body.endswith("-") else body
        code = _TEXTS.sub('""', body)
        matched = _KEYWORD.match(code)
        keyword = matched[1] if matched else ""
        scope = scopes[-1]
        depth, defined = len(scopes) - 1, scope.defined
        assigned = _ASSIGNED.match(code, matched.end() if matched else 0)
        assigns = tuple(name for name in assigned.groups() if name) if assigned else ()
        rest = body[matched.end() :] if matched else body
        paths = tuple(_paths(rest, scope))
        yield Action(found.start(), found.end(), body, code, keyword, trimmed, assigns, paths, depth, defined)
        if keyword == "end" or (keyword == "else" and len(scopes) > 1):
            if len(scopes) > 1:
                scopes.pop()
            if keyword == "else":
                scopes.append(_inner(scopes[-1], "if", matched[2] if matched else None, assigns, paths))
        elif keyword in _OPENING:
            scopes.append(
                _defined(rest) if keyword in ("define", "block") else _inner(scope, keyword, None, assigns, paths)
            )
        elif assigns:
            scope.variables[assigns[-1]] = paths[0] if len(paths) == 1 else None


def _defined(rest: str) -> _Scope:
    """Return the scope of a template of its own. What it is called with is mostly what the caller has."""
    name = _TEXTS.search(rest)
    return _Scope(defined=name.group()[1:-1] if name else "", keyword="define")


def _inner(
    outer: _Scope, keyword: str, more: Optional[str], assigns: tuple[str, ...], paths: tuple[Path, ...]
) -> _Scope:
    """Return the scope of a block: `with` and `range` move the dot."""
    inner = _Scope(outer.dot, dict(outer.variables), outer.defined, keyword)
    named = paths[0] if len(paths) == 1 else None
    if keyword == "range":
        inner.dot = (*named, EACH) if named is not None else None
        if assigns:
            inner.variables[assigns[-1]] = inner.dot
    elif keyword == "with" or (more or "").strip() == "with":
        inner.dot = named
        if assigns:
            inner.variables[assigns[-1]] = named
    return inner


def _paths(body: str, scope: _Scope) -> Iterator[Path]:
    """Yield the values that an action names."""
    for found in _INDEX.finditer(body):
        operand = _OPERAND.fullmatch(found["of"])
        of = _operand(operand, scope) if operand else None
        if of is not None and _VALUES in of:
            yield (*of[of.index(_VALUES) :], *re.findall(r'"([^"]*)"', found["keys"]))
    for found in _OPERAND.finditer(_TEXTS.sub('""', _INDEX.sub(" ", body))):
        if found.group():
            path = _operand(found, scope)
            if path is not None and _VALUES in path:
                yield path[path.index(_VALUES) :]


def _operand(found: re.Match[str], scope: _Scope) -> Optional[Path]:
    """Return what an operand means, None where that is not told."""
    fields = tuple(found["fields"].split(".")[1:])
    variable = found["variable"]
    if variable is None:
        return None if scope.dot is None else (*scope.dot, *fields)
    if variable == "$":
        return fields
    of = scope.variables.get(variable)
    return (*of, *fields) if of is not None else fields if _VALUES in fields else None
