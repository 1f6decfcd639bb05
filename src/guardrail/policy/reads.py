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
    NOTHING,
    Abstract,
    TooWide,
    collection,
    elements,
    keys,
    member,
    text,
    union,
)
from guardrail.policy.model import ANY, KEYS, Path, Reads
from guardrail.policy.syntax import COMPREHENSIONS, LITERALS, Name, Node, Program, Rule, chain, dotted, only, span_of

LIBRARY: Final = ("guardrail", "lib")
STEPS: Final = 200_000
"""How many expressions are followed before a policy is too complex."""

_SHALLOW: Final = frozenset(
    {"is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set", "is_string", "type_name"}
)
"""Built-ins that look at the kind of a value only."""

_PICKED: Final = frozenset({"max", "min"})
_HANDED_ON: Final = frozenset(
    {
        "array.concat",
        "array.reverse",
        "array.slice",
        "intersection",
        "json.filter",
        "json.remove",
        "object.filter",
        "object.remove",
        "object.union",
        "object.union_n",
        "sort",
        "union",
    }
)
"""Built-ins whose result holds members of their arguments, so that what is read further on still has a path."""

_Scope = dict[str, Optional[Abstract]]
"""Variables in sight; None for one that is declared and has no value yet."""


class ReadsError(GuardrailError):
    """It cannot be told what a policy reads."""


def reads(program: Program, rule: Name) -> Reads:
    """Return what a rule reads. Raises `ReadsError` with the place where it cannot be followed."""
    reader = _Reader(program)
    definitions = program.rules[rule]
    try:
        reader.use(reader.value_of(rule))
    except TooWide:
        raise ReadsError("reads more than can be followed", place=definitions[0].place) from None
    return Reads(frozenset(reader.deep), frozenset(reader.shallow - reader.deep))


class _Reader:
    """Evaluates rules over `Abstract` values and notes what is read."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.deep: set[Path] = set()
        self.shallow: set[Path] = set()
        self._known: dict[tuple[Name, Optional[tuple[Abstract, ...]]], Abstract] = {}
        self._steps = 0
        self._rule: Optional[Rule] = None

    # what is noted

    def use(self, value: Abstract) -> None:
        """Note that all of a value matters."""
        for path in value.paths:
            if path[-1:] == (KEYS,):
                self.shallow.add((*path[:-1], ANY))
            else:
                self.deep.add(path)
        if value.items is not None:
            self.use(value.items)

    def touch(self, value: Abstract) -> Abstract:
        """Note that it matters whether a value is there."""
        self.shallow.update(path for path in value.paths if path[-1:] != (KEYS,))
        return value

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
            self.use(name)
        return collection([self._of(value, scope)])

    # statements

    def _statements(self, statements: Sequence[Node], scope: _Scope) -> None:
        for statement in statements:
            for replaced in statement.get("with_mods", ()):
                self.use(self._of(replaced["as"], scope))
            kind, body = only(statement["literal"])
            _STATEMENTS[kind](self, body, scope)

    def _declare(self, body: Any, scope: _Scope) -> None:
        for span in body["vars"]:
            scope[self._told(span)] = None

    def _each(self, body: Any, scope: _Scope) -> None:
        values = self._of(body["collection"], scope)
        self._bind(body["value"], self.touch(elements(values)), scope)
        if body["key"]:
            self._bind(body["key"], keys(values), scope)

    def _every(self, body: Any, scope: _Scope) -> None:
        values = self._of(body["domain"], scope)
        inner = dict(scope)
        inner[self._told(body["value"])] = self.touch(elements(values))
        if body["key"]:
            inner[self._told(body["key"])] = keys(values)
        self._statements(body["query"]["stmts"], inner)

    def _expression(self, body: Any, scope: _Scope) -> None:
        self._of(body["expr"], scope)

    def _negation(self, body: Any, scope: _Scope) -> None:
        self._of(body["expr"], dict(scope))

    def _bind(self, pattern: Node, value: Abstract, scope: _Scope) -> None:
        """Give names to a value, or to parts of it."""
        kind, body = only(pattern)
        if kind == "Var":
            if body["value"] != "_":
                scope[body["value"]] = value
        elif kind == "Array":
            for index, part in enumerate(body["items"]):
                self._bind(part, self.touch(member(value, text(str(index)))), scope)
        elif kind == "Object":
            for _, key, part in body["fields"]:
                self._bind(part, self.touch(member(value, self._of(key, scope))), scope)
        else:
            self.use(value)
            self.use(self._of(pattern, scope))

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
                raise ReadsError(f"{name} is used before it has a value", place=self._place(node))
            return self._below(value, parts, scope) if parts else value
        path = self._path(name)
        if path is None:
            if name == "_":
                return COMPUTED
            raise ReadsError(f"{name} is used before it has a value", place=self._place(node))
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
                value = self.touch(elements(value))
                continue
            key = text(str(body["value"])) if kind in ("String", "RawString", "Number") else self._of(part, scope)
            self.use(key)
            value = member(value, key)
        return self.touch(value)

    def _is_free(self, name: str, scope: _Scope) -> bool:
        return scope.get(name) is None and (name in scope or self._path(name) is None)

    def _call(self, body: Any, scope: _Scope) -> Abstract:
        names = dotted(body["fcn"])
        if names is None:
            raise ReadsError("calls something without a name", place=self._place(body["fcn"]))
        path = self._path(names[0])
        function = (*path[1:], *names[1:]) if path and path[0] == "data" else None
        args = tuple(self._of(node, scope) for node in body["params"])
        if function in INTRINSICS:
            return INTRINSICS[function](self, args)
        if function in self.program.rules:
            return self.value_of(function, args)
        return self._builtin(".".join(names), args)

    def _builtin(self, name: str, args: tuple[Abstract, ...]) -> Abstract:
        if name in _SHALLOW:
            return COMPUTED
        if name == "count":
            for arg in args:
                self.touch(elements(arg))
            return COMPUTED
        if name == "object.get" and len(args) == 3:  # noqa: PLR2004 - its arity
            return self.get(args[0], args[1], args[2])
        if name == "object.keys" and len(args) == 1:
            self.touch(elements(args[0]))
            return collection([keys(args[0])])
        for arg in args:
            self.use(arg)
        members = [elements(arg) for arg in args] if name in _HANDED_ON or name in _PICKED else []
        return union(COMPUTED, *members) if name in _PICKED else union(COMPUTED, collection(members))

    def get(self, value: Abstract, key: Abstract, otherwise: Abstract) -> Abstract:
        """`object.get`: one key, or several in a list."""
        self.use(key)
        if key.sequence is not None:
            for part in key.sequence:
                value = member(value, part)
        elif key.items is not None or any(path[-1:] != (KEYS,) and key.other for path in key.paths):
            self.use(value)  # a list of keys whose order is not known may lead anywhere below
        else:
            value = member(value, key)
        return union(self.touch(value), otherwise)

    def _collection(self, body: Any, scope: _Scope) -> Abstract:
        return collection((self._of(item, scope) for item in body["items"]), ordered=True)

    def _object(self, body: Any, scope: _Scope) -> Abstract:
        for _, key, _ in body["fields"]:
            self.use(self._of(key, scope))
        return collection(self._of(value, scope) for _, _, value in body["fields"])

    def _comprehension(self, body: Any, scope: _Scope) -> Abstract:
        inner = dict(scope)
        self._statements(body["query"]["stmts"], inner)
        if "key" in body:
            self.use(self._of(body["key"], inner))
        return collection([self._of(body["value"] if "key" in body else body["term"], inner)])

    def _operands(self, body: Any, scope: _Scope) -> Abstract:
        sides = [self._of(body[side], scope) for side in ("lhs", "rhs")]
        for side in sides:
            self.use(side)
        return union(COMPUTED, collection(elements(side) for side in sides))

    def _comparison(self, body: Any, scope: _Scope) -> Abstract:
        """With a constant only a scalar can be equal, and a scalar has nothing below."""
        constant = any(only(body[side])[0] in LITERALS for side in ("lhs", "rhs"))
        for side in ("lhs", "rhs"):
            value = self._of(body[side], scope)
            if not constant:
                self.use(value)
        return COMPUTED

    def _assignment(self, body: Any, scope: _Scope) -> Abstract:
        left, right = body["lhs"], body["rhs"]
        if body["op"] != "ColEq" and not self._is_new(left, scope):
            if not self._is_new(right, scope):
                return self._comparison(body, scope)
            left, right = right, left
        self._bind(left, self._of(right, scope), scope)
        return COMPUTED

    def _is_new(self, node: Node, scope: _Scope) -> bool:
        kind, body = only(node)
        return kind in ("Array", "Object") or (kind == "Var" and self._is_free(body["value"], scope))

    def _membership(self, body: Any, scope: _Scope) -> Abstract:
        self.use(self._of(body["value"], scope))
        values = self._of(body["collection"], scope)
        self.use(self.touch(elements(values)))
        if body["key"]:
            self.use(self._of(body["key"], scope))
        return COMPUTED

    def _unary(self, body: Any, scope: _Scope) -> Abstract:
        self.use(self._of(body["expr"], scope))
        return COMPUTED

    def _told(self, span: Mapping[str, int]) -> str:
        return self._definitely().module.told(span)

    def _place(self, node: Node) -> Place:
        return self._definitely().module.place(span_of(node))

    def _definitely(self) -> Rule:
        if self._rule is None:
            raise AssertionError("a rule is being followed")
        return self._rule


def _name(name: str) -> Node:
    return {"String": {"value": name}}


_STATEMENTS: Final[Mapping[str, Callable[[_Reader, Any, _Scope], None]]] = {
    "SomeVars": _Reader._declare,
    "SomeIn": _Reader._each,
    "Every": _Reader._every,
    "Expr": _Reader._expression,
    "NotExpr": _Reader._negation,
}
_EXPRESSIONS: Final[Mapping[str, Callable[[_Reader, Any, _Scope], Abstract]]] = {
    "Call": _Reader._call,
    "Array": _Reader._collection,
    "Set": _Reader._collection,
    "Object": _Reader._object,
    **dict.fromkeys(COMPREHENSIONS, _Reader._comprehension),
    "BinExpr": _Reader._operands,
    "ArithExpr": _Reader._operands,
    "BoolExpr": _Reader._comparison,
    "AssignExpr": _Reader._assignment,
    "Membership": _Reader._membership,
    "UnaryExpr": _Reader._unary,
}


def _known(reader: _Reader, args: tuple[Abstract, ...]) -> Abstract:
    reader.touch(member(args[0], text("unknown")))
    reader.get(args[0], args[1], NOTHING)
    return COMPUTED


def _get(reader: _Reader, args: tuple[Abstract, ...]) -> Abstract:
    reader.touch(member(args[0], text("unknown")))
    return reader.get(args[0], args[1], args[2])


def _label(reader: _Reader, args: tuple[Abstract, ...]) -> Abstract:
    """`lib.label(resource, key, fold)` reads one label, in another spelling where `fold` says so."""
    found = member(member(args[0], text("labels")), args[1])
    folded = frozenset((*path[:-1], f"{path[-1][:-1]}:i}}") if path[-1][:1] == "{" else path for path in found.paths)
    return reader.touch(Abstract(paths=folded, other=True))


def _label_key(reader: _Reader, args: tuple[Abstract, ...]) -> Abstract:
    reader.touch(member(args[0], text("unknown")))
    _label(reader, args)
    reader.use(args[1])
    return COMPUTED


INTRINSICS: Final[Mapping[Optional[Name], Callable[[_Reader, tuple[Abstract, ...]], Abstract]]] = {
    (*LIBRARY, "unknown"): _known,
    (*LIBRARY, "known"): _known,
    (*LIBRARY, "get"): _get,
    (*LIBRARY, "label"): _label,
    (*LIBRARY, "label_key"): _label_key,
}
"""Functions of the library that go through pointers as texts, which the text of the library does not show."""
