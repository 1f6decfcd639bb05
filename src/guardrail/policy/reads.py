"""
What a policy reads of the document, derived from its text: helpers are followed, the library is known.

What is found is an upper bound: every path that a run can depend on is among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.errors import GuardrailError
from guardrail.model.place import Place
from guardrail.policy.abstract import (
    COMPUTED,
    INPUT,
    Abstract,
    TooWide,
    collection,
    elements,
    keys,
    member,
    text,
    union,
)
from guardrail.policy.calls import INTRINSICS, LIBRARY, Notes, builtin
from guardrail.policy.model import Reads
from guardrail.policy.shape import Shape
from guardrail.policy.syntax import COMPREHENSIONS, LITERALS, Name, Node, Program, Rule, chain, dotted, only, span_of

STEPS: Final = 50_000
"""How many expressions are followed before a policy is too complex."""

_Scope = dict[str, Optional[Abstract]]
"""Variables in sight; None for one that is declared and has no value yet."""


class ReadsError(GuardrailError):
    """It cannot be told what a policy reads."""


def reads(program: Program, rule: Name, shape: Shape) -> Reads:
    """Return what a rule reads. Raises `ReadsError` with the place where it cannot be followed."""
    reader = _Reader(program, shape)
    definitions = program.rules[rule]
    try:
        reader.notes.use(reader.value_of(rule))
    except TooWide:
        raise ReadsError("reads more than can be followed", place=definitions[0].place) from None
    notes = reader.notes
    return Reads(frozenset(notes.deep), frozenset(notes.shallow - notes.deep))


def follow(program: Program, package: Name, shape: Shape) -> None:
    """Follow every rule of a package, whoever uses it. Raises `ReadsError` for what has no meaning anywhere in it."""
    reader = _Reader(program, shape)
    try:
        for name, rules in program.rules.items():
            if name[:-1] == package:
                args = rules[0].args
                reader.value_of(name, None if args is None else (COMPUTED,) * len(args))
    except TooWide:
        pass  # what matters of it is told where it is used


class _Reader:
    """Evaluates rules over `Abstract` values and notes what is read."""

    def __init__(self, program: Program, shape: Shape) -> None:
        self.program = program
        self.shape = shape
        self.notes = Notes()
        self._known: dict[tuple[Name, Optional[tuple[Abstract, ...]]], Abstract] = {}
        self._steps = 0
        self._rule: Optional[Rule] = None

    # rules and functions

    def value_of(self, name: Name, args: Optional[tuple[Abstract, ...]] = None) -> Abstract:
        """Return what a rule, or a function of these arguments, may be."""
        key = (name, args)
        if key not in self._known:
            self._known[key] = COMPUTED  # for a name that depends on itself, which `profile` refuses
            around = self._rule
            self._known[key] = union(*(self._definition(rule, args) for rule in self.program.rules[name]))
            self._rule = around
        return self._known[key]

    def _definition(self, rule: Rule, args: Optional[tuple[Abstract, ...]]) -> Abstract:
        self._rule = rule
        scope: _Scope = {}
        for pattern, value in zip(rule.args or (), args or (), strict=False):
            self._bind(pattern, value, scope)
        if not rule.bodies:
            return self._head(rule, rule.value, scope)
        values = []
        for body in rule.bodies:
            inner = dict(scope)
            self._rule = rule
            self._statements(body.statements, inner)
            values.append(self._head(rule, body.value or rule.value, inner))
        return union(*values)

    def _head(self, rule: Rule, value: Optional[Node], scope: _Scope) -> Abstract:
        if not rule.keys:
            return self._of(value, scope) if value else COMPUTED
        names = [self._of(key, scope) for key in rule.keys]
        if value is None:  # `contains`
            return collection([names[-1]])
        for name in names:
            self.notes.use(name)
        return collection([self._of(value, scope)])

    # statements

    def _statements(self, statements: Sequence[Node], scope: _Scope) -> None:
        for statement in statements:
            for replaced in statement.get("with_mods", ()):
                self.notes.use(self._of(replaced["as"], scope))
            kind, body = only(statement["literal"])
            _STATEMENTS[kind](self, body, scope)

    def declare(self, body: Any, scope: _Scope) -> None:
        for span in body["vars"]:
            scope[self._told(span)] = None

    def each(self, body: Any, scope: _Scope) -> None:
        values = self._of(body["collection"], scope)
        self._bind(body["value"], self.notes.touch(elements(values)), scope)
        if body["key"]:
            self._bind(body["key"], keys(values), scope)

    def every(self, body: Any, scope: _Scope) -> None:
        values = self._of(body["domain"], scope)
        inner = dict(scope)
        inner[self._told(body["value"])] = self.notes.touch(elements(values))
        if body["key"]:
            inner[self._told(body["key"])] = keys(values)
        self._statements(body["query"]["stmts"], inner)

    def expression(self, body: Any, scope: _Scope) -> None:
        self._of(body["expr"], scope)

    def negation(self, body: Any, scope: _Scope) -> None:
        self._of(body["expr"], dict(scope))

    def _bind(self, pattern: Node, value: Abstract, scope: _Scope) -> None:
        """Give names to a value, or to parts of it."""
        kind, body = only(pattern)
        if kind == "Var":
            if body["value"] != "_":
                scope[body["value"]] = value
        elif kind == "Array":
            for index, part in enumerate(body["items"]):
                self._bind(part, self.notes.touch(member(value, text(str(index)))), scope)
        elif kind == "Object":
            for _, key, part in body["fields"]:
                self._bind(part, self.notes.touch(member(value, self._of(key, scope))), scope)
        else:
            self.notes.use(value)
            self.notes.use(self._of(pattern, scope))

    # expressions

    def _of(self, node: Node, scope: _Scope) -> Abstract:
        self._steps += 1
        if self._steps > STEPS:
            raise TooWide
        kind, body = only(node)
        if kind in LITERALS:
            return text(str(body["value"])) if kind in ("String", "RawString") else COMPUTED
        if kind in ("Var", "RefDot", "RefBrack"):
            return self._reference(node, scope)
        return _EXPRESSIONS[kind](self, body, scope)

    def _reference(self, node: Node, scope: _Scope) -> Abstract:
        start, parts = chain(node)
        kind, body = only(start)
        if kind != "Var":
            return self._below(self._of(start, scope), parts, scope)
        name = body["value"]
        if name in scope:
            value = scope[name]
            if value is None:
                raise ReadsError(f"{name} is unsafe: nothing gives it a value", place=self._place(node))
            return self._below(value, parts, scope) if parts else value
        path = self._path(name)
        if path is None:
            if name == "_":
                return COMPUTED
            raise ReadsError(f"{name} is unsafe: nothing gives it a value", place=self._place(node))
        if path[0] == "input":
            return self._below(INPUT, [*(_name(part) for part in path[1:]), *parts], scope)
        return self._data(path[1:], parts, scope, node)

    def _path(self, name: str) -> Optional[Name]:
        """Return what a name means outside of any scope, from the root (`input`, `data`) down."""
        rule = self._definitely()
        if name in ("input", "data"):
            return (name,)
        if name in rule.module.imports:
            return rule.module.imports[name]
        local = (*rule.module.package, name)
        return ("data", *local) if local in self.program.rules else None

    def _data(self, path: Name, parts: Sequence[Node], scope: _Scope, node: Node) -> Abstract:
        names = list(path)
        rest = list(parts)
        while rest and only(rest[0])[0] == "String" and self.program.resolve(names) is None:
            names.append(only(rest.pop(0))[1]["value"])
        rule = self.program.resolve(names)
        if rule is None:
            raise ReadsError("there is no such rule, and there are no other data", place=self._place(node))
        below = [_name(name) for name in names[len(rule) :]]
        return self._below(self.value_of(rule), [*below, *rest], scope)

    def _below(self, value: Abstract, parts: Sequence[Node], scope: _Scope) -> Abstract:
        for part in parts:
            kind, body = only(part)
            name = body["value"] if kind == "Var" else None
            if name == "_" or (name is not None and self._is_free(name, scope)):
                if name != "_":
                    scope[name] = keys(value)
                value = self.notes.touch(elements(value))
                continue
            key = text(str(body["value"])) if kind in ("String", "RawString", "Number") else self._of(part, scope)
            self.notes.use(key)
            value = member(value, key)
            self._refuse(self.shape.nothing(value), part)
        return self.notes.touch(value)

    def _refuse(self, why: Optional[str], node: Node) -> None:
        if why and self._checked():
            raise ReadsError(why, place=self._place(node), hint="`guardrail graph` prints what policies see.")

    def _checked(self) -> bool:
        """Whether what is never there is a mistake: not in the library, nor in one of several ways to hold."""
        rule = self._definitely()
        several = len(rule.bodies) > 1 or len(self.program.rules[rule.name]) > 1
        return rule.module.package != LIBRARY and not (rule.args is not None and several)

    def _is_free(self, name: str, scope: _Scope) -> bool:
        return scope.get(name) is None and (name in scope or self._path(name) is None)

    def call(self, body: Any, scope: _Scope) -> Abstract:
        names = dotted(body["fcn"])
        if names is None:
            raise ReadsError("calls something without a name", place=self._place(body["fcn"]))
        path = self._path(names[0])
        args = tuple(self._of(node, scope) for node in body["params"])
        if path is None or path[0] != "data":
            return builtin(self.notes, ".".join(names), args)
        function = (*path[1:], *names[1:])
        self._refuse(self.shape.odd_argument(function, args), body["fcn"])
        if function in INTRINSICS:
            return INTRINSICS[function](self.notes, args)
        if function not in self.program.rules:
            raise ReadsError(f"there is no function {'.'.join(names)}", place=self._place(body["fcn"]))
        return self.value_of(function, args)

    def collection(self, body: Any, scope: _Scope) -> Abstract:
        return collection((self._of(item, scope) for item in body["items"]), ordered=True)

    def object(self, body: Any, scope: _Scope) -> Abstract:
        for _, key, _ in body["fields"]:
            self.notes.use(self._of(key, scope))
        return collection(self._of(value, scope) for _, _, value in body["fields"])

    def comprehension(self, body: Any, scope: _Scope) -> Abstract:
        inner = dict(scope)
        self._statements(body["query"]["stmts"], inner)
        if "key" in body:
            self.notes.use(self._of(body["key"], inner))
        return collection([self._of(body["value"] if "key" in body else body["term"], inner)])

    def operands(self, body: Any, scope: _Scope) -> Abstract:
        sides = [self._of(body[side], scope) for side in ("lhs", "rhs")]
        for side in sides:
            self.notes.use(side)
        return union(COMPUTED, collection(elements(side) for side in sides))

    def comparison(self, body: Any, scope: _Scope) -> Abstract:
        """With a constant only a scalar can be equal, and a scalar has nothing below."""
        constant = any(only(body[side])[0] in LITERALS for side in ("lhs", "rhs"))
        sides = [self._of(body[side], scope) for side in ("lhs", "rhs")]
        for value in sides if not constant else ():
            self.notes.use(value)
        if constant and body["op"] in ("Eq", "Ne"):
            self._refuse(self.shape.odd_word(*sides) or self.shape.odd_word(*sides[::-1]), body["lhs"])
        return COMPUTED

    def assignment(self, body: Any, scope: _Scope) -> Abstract:
        left, right = body["lhs"], body["rhs"]
        if body["op"] != "ColEq" and not self._is_new(left, scope):
            if not self._is_new(right, scope):
                return self.comparison(body, scope)
            left, right = right, left
        self._bind(left, self._of(right, scope), scope)
        return COMPUTED

    def _is_new(self, node: Node, scope: _Scope) -> bool:
        kind, body = only(node)
        return kind in ("Array", "Object") or (kind == "Var" and self._is_free(body["value"], scope))

    def membership(self, body: Any, scope: _Scope) -> Abstract:
        self.notes.use(self._of(body["value"], scope))
        values = self._of(body["collection"], scope)
        self.notes.use(self.notes.touch(elements(values)))
        if body["key"]:
            self.notes.use(self._of(body["key"], scope))
        return COMPUTED

    def unary(self, body: Any, scope: _Scope) -> Abstract:
        self.notes.use(self._of(body["expr"], scope))
        return COMPUTED

    def _told(self, span: Mapping[str, int]) -> str:
        return self._definitely().module.told(span)

    def _place(self, node: Node) -> Place:
        rule = self._definitely()
        return (
            rule.module.place(span_of(node))
            if "span" in only(node)[1] or only(node)[0] in ("RefDot", "RefBrack")
            else rule.place
        )

    def _definitely(self) -> Rule:
        if self._rule is None:
            raise AssertionError("a rule is being followed")
        return self._rule


def _name(name: str) -> Node:
    return {"String": {"value": name}}


_STATEMENTS: Final[Mapping[str, Callable[[_Reader, Any, _Scope], None]]] = {
    "SomeVars": _Reader.declare,
    "SomeIn": _Reader.each,
    "Every": _Reader.every,
    "Expr": _Reader.expression,
    "NotExpr": _Reader.negation,
}
_EXPRESSIONS: Final[Mapping[str, Callable[[_Reader, Any, _Scope], Abstract]]] = {
    "Call": _Reader.call,
    "Array": _Reader.collection,
    "Set": _Reader.collection,
    "Object": _Reader.object,
    **dict.fromkeys(COMPREHENSIONS, _Reader.comprehension),
    "BinExpr": _Reader.operands,
    "ArithExpr": _Reader.operands,
    "BoolExpr": _Reader.comparison,
    "AssignExpr": _Reader.assignment,
    "Membership": _Reader.membership,
    "UnaryExpr": _Reader.unary,
}
