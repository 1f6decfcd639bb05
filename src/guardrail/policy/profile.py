"""
What a policy may not do, told before it runs.

The text is looked at before the parser sees it (nesting makes the parser take for ever), the syntax tree after: the
engine notices an unknown function only when the line runs, and dies of recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place
from guardrail.policy.builtins import BUILTINS, IMPURE
from guardrail.policy.syntax import LITERALS, Name, Node, Program, Rule, chain, children, dotted, only, span_of

BYTES: Final = 1 << 20
COLUMNS: Final = 8192
BRACKETS: Final = 12
RESERVED: Final = "guardrail"

_TOKEN: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*|[\[{(]|[\]})]|\n')


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a policy is not loaded."""

    message: str
    place: Place
    hint: str = ""


def check_text(data: bytes, file: str) -> Optional[Problem]:
    """Return what speaks against handing this text to the parser."""
    if len(data) > BYTES:
        return Problem(f"is larger than {BYTES} bytes", Place(file))
    try:
        source = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem("is not UTF-8", Place(file, line, 1))
    for number, line_text in enumerate(source.split("\n"), 1):
        if len(line_text) > COLUMNS:
            return Problem(f"a line has more than {COLUMNS} columns", Place(file, number, COLUMNS + 1))
    return _too_deep(source, file)


def _too_deep(source: str, file: str) -> Optional[Problem]:
    depth, line, start = 0, 1, 0
    for token in _TOKEN.finditer(source):
        first = token[0][0]
        if first in "[{(":
            depth += 1
            if depth > BRACKETS:
                place = Place(file, line, token.start() - start + 1)
                return Problem(f"brackets are nested more than {BRACKETS} deep", place, "Give the inner part a name.")
        elif first in "]})":
            depth -= 1
        elif first in "\n`":
            line += token[0].count("\n")
            start = token.start() + token[0].rfind("\n") + 1 if "\n" in token[0] else start
    return None


def check_tree(program: Program, package: Name, *, user: bool) -> Optional[Problem]:
    """Return what speaks against evaluating the rules of a package."""
    own = [rule for rules in program.rules.values() for rule in rules if rule.name[:-1] == package]
    if user and package[0] == RESERVED:
        place = own[0].place if own else Place("")
        return Problem("the packages below `guardrail` are its own", place, "Choose another package.")
    for rule in own:
        for problem in _of_rule(rule, program):
            return problem
    return _recursion(program, own)


def _of_rule(rule: Rule, program: Program) -> Iterator[Problem]:
    for node in _nodes(rule):
        kind, body = only(node)
        if kind == "Call":
            problem = _call(rule, body, program)
        elif kind in ("Var", "RefDot", "RefBrack"):
            problem = _mentioned(rule, node, program)
        elif kind == "NotExpr":
            problem = _negated(rule, body["expr"])
        else:
            continue
        if problem:
            yield problem


def _call(rule: Rule, body: Mapping[str, Node], program: Program) -> Optional[Problem]:
    names = dotted(body["fcn"])
    place = rule.module.place(span_of(body["fcn"]))
    if names is None:
        return Problem("calls something without a name", place)
    name = ".".join(names)
    given = len(body["params"])
    full = _full(rule, names, program)
    if full is not None:
        wanted = {len(one.args) for one in program.rules.get(full, ()) if one.args is not None}
        if not wanted:
            return Problem(f"there is no function {name}", place)
    elif name in IMPURE:
        return Problem(f"{name} is not available: an answer depends on the input alone", place, _instead(name))
    elif name == "print":
        return None
    elif name not in BUILTINS:
        return Problem(f"there is no function {name}", place, "Not every built-in of OPA is in every engine.")
    else:
        wanted = {BUILTINS[name]}
    if given not in wanted:
        return Problem(f"{name} takes {' or '.join(map(str, sorted(wanted)))} arguments, not {given}", place)
    return None


def _instead(name: str) -> str:
    return "The time of the run is input.run.time_ns." if name == "time.now_ns" else ""


def _mentioned(rule: Rule, node: Node, program: Program) -> Optional[Problem]:
    """Refuse references that leave `input` and the rules: other data do not exist, and reach other policies."""
    start, _ = chain(node)
    kind, body = only(start)
    if kind != "Var" or body["value"] != "data":
        return None
    names = dotted(node)
    if names is None or program.resolve(names[1:]) is None:
        return Problem("reaches below `data` for what no rule is", rule.module.place(span_of(node)))
    return None


def _negated(rule: Rule, expression: Node) -> Optional[Problem]:
    """
    Refuse to negate a call with a reference among its operands.

    OPA looks the operand up before it negates: where that is undefined, the whole is undefined (nothing is denied),
    while this engine says true. Names, plain references and equality are alike in both.
    """
    kind, body = only(expression)
    if kind in ("Var", "RefDot", "RefBrack", *LITERALS) or (kind == "BoolExpr" and body["op"] == "Eq"):
        return None
    for node in _operands(expression):
        if only(node)[0] in ("RefDot", "RefBrack"):
            told = rule.module.told(only(node)[1]["span"])
            return Problem(
                f"negates a call of {told}, which engines answer differently where it is undefined",
                rule.module.place(span_of(node)),
                "Put it into a helper rule that holds if all is well, and negate that one with names as arguments.",
            )
    return None


def _operands(expression: Node) -> Iterator[Node]:
    """Yield what an expression is called with, calls inside it followed, comprehensions not."""
    kind, body = only(expression)
    if kind == "Call":
        for node in body["params"]:
            yield from _operands(node)
    elif kind in ("BoolExpr", "ArithExpr", "BinExpr"):
        yield from _operands(body["lhs"])
        yield from _operands(body["rhs"])
    elif kind == "Membership":
        yield from _operands(body["value"])
        yield from _operands(body["collection"])
    else:
        yield expression


def _full(rule: Rule, names: Sequence[str], program: Program) -> Optional[Name]:
    """Return the full name of a rule that names begin with, None for a built-in."""
    if names[0] == "data":
        return tuple(names[1:])
    alias = rule.module.imports.get(names[0])
    if alias is not None:
        return (*alias[1:], *names[1:])
    local = (*rule.module.package, names[0])
    return local if local in program.rules else None


def _recursion(program: Program, own: Sequence[Rule]) -> Optional[Problem]:
    """Find a rule that depends on itself. The engine ends by a crash where one does."""
    uses = {name: _used(rules, program) for name, rules in program.rules.items()}
    for start in dict.fromkeys(rule.name for rule in own):
        seen: set[Name] = set()
        stack = list(uses[start])
        while stack:
            name = stack.pop()
            if name == start:
                return Problem(
                    f"{start[-1]} depends on itself", program.rules[start][0].place, "Rego has no recursion."
                )
            if name not in seen:
                seen.add(name)
                stack.extend(uses[name])
    return None


def _used(rules: Sequence[Rule], program: Program) -> set[Name]:
    """Return the rules that a rule mentions."""
    found: set[Name] = set()
    for rule in rules:
        own = _variables(rule)
        for node in _nodes(rule):
            if only(node)[0] not in ("Var", "RefDot", "RefBrack"):
                continue
            names = _prefix(node)
            full = _full(rule, names, program) if names and names[0] not in own else None
            resolved = program.resolve(full) if full else None
            if resolved:
                found.add(resolved)
    return found


def _variables(rule: Rule) -> set[str]:
    """Return the names that a rule gives to values of its own: they hide rules of that name."""
    patterns: list[Node] = list(rule.args or ())
    spans: list[Mapping[str, int]] = []
    for node in _nodes(rule):
        kind, body = only(node)
        if kind == "AssignExpr" and body["op"] == "ColEq":
            patterns.append(body["lhs"])
        elif kind == "SomeVars":
            spans.extend(body["vars"])
        elif kind == "SomeIn":
            patterns.extend(part for part in (body["key"], body["value"]) if part)
        elif kind == "Every":
            spans.extend(part for part in (body["key"], body["value"]) if part)
    named = (only(node) for pattern in patterns for node in children(pattern))
    return {body["value"] for kind, body in named if kind == "Var"} | {rule.module.told(span) for span in spans}


def _prefix(node: Node) -> list[str]:
    start, parts = chain(node)
    kind, body = only(start)
    if kind != "Var":
        return []
    names = [body["value"]]
    for part in parts:
        part_kind, part_body = only(part)
        if part_kind != "String":
            break
        names.append(part_body["value"])
    return names


def _nodes(rule: Rule) -> Iterator[Node]:
    for node in (*(rule.args or ()), *rule.keys, *([rule.value] if rule.value else [])):
        yield from children(node)
    for body in rule.bodies:
        for statement in body.statements:
            yield from children(statement)
        if body.value:
            yield from children(body.value)
