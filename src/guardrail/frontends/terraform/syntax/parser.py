"""Tokens to expressions: a recursive descent that never goes deeper than `DEPTH`."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.frontends.terraform.syntax import spelling, templates
from guardrail.frontends.terraform.syntax.lexer import (
    DEPTH,
    DIRECTIVE,
    END,
    HEREDOC,
    HEREDOC_END,
    INTERPOLATION,
    NAME,
    NUMBER,
    QUOTE,
    SEQUENCE_END,
    STRING,
    TEXT,
    TOKENS,
    UNQUOTE,
    Lexer,
)
from guardrail.frontends.terraform.syntax.nodes import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Literal,
    Malformed,
    Name,
    Object,
    ObjectItem,
    Parenthesized,
    Tuple,
    Unary,
)
from guardrail.frontends.terraform.syntax.steps import POSTFIX, Steps, numeral

_RANK: Final = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, ">": 4, ">=": 4, "<": 4, "<=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
WORDS: Final = {"true": True, "false": False, "null": None}


class Parser(Steps):
    """Reads the tokens of one stretch: an expression, a template or an item of a body."""

    # Expressions

    def expression(self) -> Expression:
        """Read an expression."""
        left = self._operand()
        kind = self.kinds[self.at]
        if kind in _RANK:
            left = self._operations(left)
            kind = self.kinds[self.at]
        return self._conditional(left) if kind == "?" else left

    def _operations(self, left: Expression) -> Expression:
        """Read a chain of operators by precedence; without recursion, since flat chains may have thousands."""
        operands = [left]
        operators: list[str] = []
        while True:
            operator = self.kinds[self.at]
            rank = _RANK.get(operator, 0)
            while operators and _RANK[operators[-1]] >= rank:
                right, first = operands.pop(), operands.pop()
                operands.append(Binary(operators.pop(), first, right, first.start, right.end))
            if not rank:
                return operands[0]
            operators.append(operator)
            self.at += 1
            operands.append(self._operand())

    def _conditional(self, test: Expression) -> Expression:
        """Read `? then : otherwise`, and what is chained to it: `a ? b : c ? d : e`."""
        arms: list[tuple[Expression, Expression]] = []
        self.enter()
        while self.kinds[self.at] == "?":
            if len(arms) >= DEPTH:
                self.too_deep()
            self.at += 1
            then = self.expression()
            self.expect(":", 'a ":" and the other value of the conditional')
            arms.append((test, then))
            test = self._operand()
            if self.kinds[self.at] in _RANK:
                test = self._operations(test)
        result = test
        for condition, then in reversed(arms):
            result = Conditional(condition, then, result, condition.start, result.end)
        self.depth -= 1
        return result

    def _operand(self) -> Expression:
        """Read a value with what precedes (`!`, `-`) and follows it (`.name`, `[key]`)."""
        at = self.at
        kind = self.kinds[at]
        node: Expression
        if kind == NAME:
            name, start = self.values[at], self.starts[at]
            following = self.kinds[at + 1]
            if following in ("(", "::"):
                node = self._call()
            else:
                self.at = at + 1
                end = start + len(name)
                node = Literal(WORDS[name], start, end) if name in WORDS else Name(name, start, end)
        elif kind == STRING:
            value, start = self.values[at], self.starts[at]
            self.at = at + 1
            node = Literal(value, start, start + len(value) + 2)
        else:
            node = self._other_operand(kind)
        return self.postfix(node) if self.kinds[self.at] in POSTFIX else node

    def _other_operand(self, kind: str) -> Expression:
        if kind in (QUOTE, HEREDOC):
            return self._template()
        if kind == "{":
            return self._object()
        if kind == "[":
            return self._tuple()
        if kind == NUMBER:
            return self._number()
        if kind == "(":
            return self._parenthesized()
        if kind not in ("-", "!"):
            self.fail("a value")
        return self._unary()

    def _number(self) -> Expression:
        spelt, start = self.values[self.at], self.starts[self.at]
        node = numeral(spelt, start)
        if isinstance(node, Malformed) and not spelling.is_number(spelt):
            self.fail("a number")
        self.at += 1
        return node

    def _unary(self) -> Expression:
        signs = []
        while (sign := self.kinds[self.at]) in ("-", "!"):
            signs.append((sign, self.starts[self.at]))
            self.at += 1
            if len(signs) > DEPTH:
                self.too_deep()
        node = self._operand()
        for sign, start in reversed(signs):
            node = Unary(sign, node, start, node.end)
        return node

    def _parenthesized(self) -> Expression:
        start = self.open()
        inner = self.expression()
        return Parenthesized(inner, start, self.close(")"))

    def _call(self) -> Expression:
        """Read a function call; its name may have a namespace: `provider::aws::arn_parse`."""
        names, start = [self.values[self.at]], self.starts[self.at]
        self.at += 1
        while self.kinds[self.at] == "::":
            self.at += 1
            names.append(self.word("the name of a function"))
        if self.kinds[self.at] != "(":
            self.fail('a "(" and the arguments of the function')
        self.open()
        arguments: list[Expression] = []
        expand = False
        while self.kinds[self.at] != ")" and not expand:
            arguments.append(self.expression())
            if self.kinds[self.at] == "...":
                expand = True
                self.at += 1
            elif not self.comma():
                break
        return Call("::".join(names), tuple(arguments), expand, start, self.close(")", "" if expand else '"," or '))

    # Collections

    def _tuple(self) -> Expression:
        start = self.open()
        if self.kinds[self.at] == NAME and self.values[self.at] == "for":
            return self._for(start, "]")
        items: list[Expression] = []
        while self.kinds[self.at] != "]":
            items.append(self.expression())
            if not self.comma():
                break
        return Tuple(tuple(items), start, self.close("]", '"," or '))

    def _object(self) -> Expression:
        start = self.open()
        if self.kinds[self.at] == NAME and self.values[self.at] == "for":
            return self._for(start, "}")
        items: list[ObjectItem] = []
        while True:
            self.newline()
            if self.kinds[self.at] == "}":
                break
            items.append(self._item())
            if not (self.newline() or self.comma()):
                break
        return Object(tuple(items), start, self.close("}", 'a new line, "," or '))

    def _item(self) -> ObjectItem:
        """Read `key = value` or `key : value` of an object."""
        at = self.at
        key: Expression
        if self.kinds[at] == NAME and self.kinds[at + 1] in ("=", ":"):
            name, start = self.values[at], self.starts[at]
            key = Literal(spelling.normal(name), start, start + len(name))
            self.at = at + 2
        else:
            key = self.expression()
            if self.kinds[self.at] not in ("=", ":"):
                self.fail('"=" or ":" and the value of this key')
            self.at += 1
            if isinstance(key, Name):
                key = Literal(key.name, key.start, key.end)
            elif isinstance(key, Literal) and (key.value is None or isinstance(key.value, bool)):
                key = Literal(self.text[key.start : key.end], key.start, key.end)
        value = self.expression()
        return ObjectItem(key, value, key.start, value.end)

    def _for(self, start: int, close: str) -> Expression:
        """Read the rest of a `for` expression, from its first word on."""
        self.at += 1
        key, value = self.loop_names()
        collection = self.expression()
        self.expect(":", 'a ":" and what each element becomes')
        result_key, grouped = None, False
        result = self.expression()
        if close == "}":
            self.expect("=>", '"=>" and the value for the key')
            result_key, result = result, self.expression()
            if self.kinds[self.at] == "...":
                grouped = True
                self.at += 1
        test = None
        if self.kinds[self.at] == NAME and self.values[self.at] == "if":
            self.at += 1
            test = self.expression()
        end = self.close(close)
        return For(key, value, collection, result_key, result, test, grouped, start, end)

    def loop_names(self) -> tuple[Optional[str], str]:
        """Read `value in` or `key, value in`."""
        first = self.word("the name of a variable")
        second = None
        if self.kinds[self.at] == ",":
            self.at += 1
            second = self.word("the name of a variable")
        if self.kinds[self.at] != NAME or self.values[self.at] != "in":
            self.fail('"in" and the collection')
        self.at += 1
        return (first, second) if second is not None else (None, first)

    # Strings

    def _template(self) -> Expression:
        """Read a quoted string or heredoc."""
        kind, start, flush = self.kinds[self.at], self.starts[self.at], bool(self.values[self.at])
        self.at += 1
        self.enter()
        closing = UNQUOTE if kind == QUOTE else HEREDOC_END
        parts = self.template_parts(closing)
        end = self.starts[self.at] + 1 if kind == QUOTE else self.values[self.at]
        self.at += 1
        self.depth -= 1
        return templates.assemble(parts, start, end, flush=flush)

    def template_parts(self, closing: str) -> list[templates.Part]:
        """Read literal texts, interpolations and directives in order, up to the token that ends the template."""
        parts: list[templates.Part] = []
        while (kind := self.kinds[self.at]) != closing:
            start, value = self.starts[self.at], self.values[self.at]
            self.at += 1
            if kind == TEXT:
                parts.append(templates.Text(value[0], start, value[1]))
            elif kind == INTERPOLATION:
                node = self.expression()
                end, trim = self._sequence_end()
                parts.append(templates.Interpolation(node, start, end, value, trim))
            elif kind == DIRECTIVE:
                parts.append(self._directive(start, value))
            else:
                self.at -= 1
                self.fail("the end of the string")
        return parts

    def _directive(self, start: int, trim_before: bool) -> templates.Part:
        word_at = self.at
        word = self.word("one of if, else, endif, for, endfor")
        key, value, subject = None, None, None
        if word == "if":
            subject = self.expression()
        elif word == "for":
            key, value = self.loop_names()
            subject = self.expression()
        elif word not in ("else", "endif", "endfor"):
            self.at = word_at
            self.fail("one of if, else, endif, for, endfor")
        end, trim_after = self._sequence_end()
        return templates.Directive(word, key, value, subject, start, end, trim_before, trim_after)

    def _sequence_end(self) -> tuple[int, bool]:
        if self.kinds[self.at] != SEQUENCE_END:
            self.fail('a "}" that ends the interpolation')
        start, trim = self.starts[self.at], self.values[self.at]
        self.at += 1
        return start + 1 + trim, trim


def parse_expression(text: str) -> Expression:
    """Read an expression that stands alone; raises `HclSyntaxError`."""
    lexer = Lexer(text)
    lexer.expression()
    parser = Parser(lexer, text)
    node = parser.expression()
    if parser.kinds[parser.at] != END:
        parser.fail("an operator or the end of the expression")
    return node


def parse_template(text: str, most: int = TOKENS) -> Expression:
    """
    Read the inside of a template as in a template file, without quotes or escapes; raises `HclSyntaxError`.

    `most` is how many tokens it may have.
    """
    return template_within(text, 0, len(text), most)[0]


def template_within(text: str, start: int, end: int, most: int) -> tuple[Expression, int]:
    """Read a stretch of a text as a template. Return also how many tokens it has."""
    lexer = Lexer(text, start, end, most)
    lexer.template()
    node = templates.assemble(Parser(lexer, text).template_parts(END), start, end, bare=True)
    return node, most - lexer.left
