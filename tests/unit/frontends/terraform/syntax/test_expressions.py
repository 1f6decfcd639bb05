"""Expressions: what they parse to, where each part stands, and what is said about those that do not parse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.syntax import HclSyntaxError, SyntaxProblem, nodes, parse_expression, parse_template


def shape(value: Any) -> Any:
    """A tree as plain data, without positions."""
    if isinstance(value, nodes.Literal):
        return value.value
    if isinstance(value, nodes.Name):
        return f"${value.name}"
    if isinstance(value, nodes.Node):
        return (type(value).__name__, *(shape(getattr(value, slot)) for slot in sorted(type(value).__slots__)))
    return [shape(part) for part in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("null", None, id="null"),
        pytest.param("1.50", Decimal("1.5"), id="a fraction is a decimal"),
        pytest.param("1e3", 1000, id="a whole number is an int, however it is written"),
        pytest.param("25e-1", Decimal("2.5"), id="an exponent may be negative"),
        pytest.param('"a$b%c"', "a$b%c", id="a dollar alone is a dollar"),
        pytest.param('"\\u00e9\\n\\"\\\\"', 'é\n"\\', id="escapes"),
        pytest.param('"e\\u0301"', "é", id="strings are normalised"),
        pytest.param('"$${a}%%{b}$$$${c}"', "${a}%{b}$$${c}", id="doubled introducers are literal"),
        pytest.param('""', "", id="an empty string"),
        pytest.param("a-b", "$a-b", id="a dash is part of a name"),
        pytest.param("größe", "$größe", id="names may have any letters"),
        pytest.param("ﷺ゛", "$ﷺ゛", id="names may have letters that Python takes for none"),
        pytest.param("कि", "$कि", id="and combining marks"),
        pytest.param("a - b", ("Binary", "$a", "-", "$b"), id="subtraction needs a blank"),
        pytest.param("a+b*c", ("Binary", "$a", "+", ("Binary", "$b", "*", "$c")), id="times binds closer than plus"),
        pytest.param("a-b -c", ("Binary", "$a-b", "-", "$c"), id="a name goes as far as it can"),
        pytest.param("a/b/c", ("Binary", ("Binary", "$a", "/", "$b"), "/", "$c"), id="operators associate to the left"),
        pytest.param(
            "a || b && c == d < e",
            ("Binary", "$a", "||", ("Binary", "$b", "&&", ("Binary", "$c", "==", ("Binary", "$d", "<", "$e")))),
            id="from or over and and equality to order",
        ),
        pytest.param("!!a", ("Unary", ("Unary", "$a", "!"), "!"), id="unary operators repeat"),
        pytest.param("- -1", ("Unary", ("Unary", 1, "-"), "-"), id="also the minus"),
        pytest.param("-a.b", ("Unary", ("Attribute", "$a", "b"), "-"), id="a sign applies to the whole reference"),
        pytest.param(
            "a ? b : c ? d : e",
            ("Conditional", ("Conditional", "$e", "$c", "$d"), "$a", "$b"),
            id="a chained conditional associates to the right",
        ),
        pytest.param("a.0", ("Index", "$a", 0), id="an old index"),
        pytest.param("a[b.c]", ("Index", "$a", ("Attribute", "$b", "c")), id="an index is any expression"),
        pytest.param(
            "a[*].b[0]",
            ("Splat", "$a", ("Index", ("Attribute", ("Element",), "b"), 0)),
            id="a full splat takes all that follows",
        ),
        pytest.param(
            "a.*.b[0]",
            ("Index", ("Splat", "$a", ("Attribute", ("Element",), "b")), 0),
            id="an old splat takes names only",
        ),
        pytest.param(
            "a[*].b[*].c",
            ("Splat", "$a", ("Splat", ("Attribute", ("Element",), "b"), ("Attribute", ("Element",), "c"))),
            id="splats nest",
        ),
        pytest.param("f(a, [b]...)", ("Call", ["$a", ("Tuple", ["$b"])], True, "f"), id="a call may expand its last"),
        pytest.param("f(\na,\n)", ("Call", ["$a"], False, "f"), id="a call may span lines and end with a comma"),
        pytest.param("core::max()", ("Call", [], False, "core::max"), id="functions have namespaces"),
        pytest.param("provider :: a :: b(1)", ("Call", [1], False, "provider::a::b"), id="with blanks in them, too"),
        pytest.param(
            '{a = 1, "b" : 2\n (c) = 3\n true = 4}',
            (
                "Object",
                [
                    ("ObjectItem", "a", 1),
                    ("ObjectItem", "b", 2),
                    ("ObjectItem", ("Parenthesized", "$c"), 3),
                    ("ObjectItem", "true", 4),
                ],
            ),
            id="keys are names, strings or expressions in parentheses",
        ),
        pytest.param(
            "{a.b = c.d}",
            ("Object", [("ObjectItem", ("Attribute", "$a", "b"), ("Attribute", "$c", "d"))]),
            id="a dotted key is kept for maps of providers",
        ),
        pytest.param(
            "[\nfor x in y :\nx\nif x > 1\n]",
            ("For", "$y", False, None, "$x", None, ("Binary", "$x", ">", 1), "x"),
            id="a for expression ignores newlines",
        ),
        pytest.param(
            "{\nfor k, v in y\n: k => v...}",
            ("For", "$y", True, "k", "$v", "$k", None, "v"),
            id="also in braces",
        ),
        pytest.param('"${a}"', ("Wrapped", "$a"), id="a lone interpolation is the value itself"),
        pytest.param('"${a} "', ("Template", ["$a", " "]), id="with text around it is a template"),
        pytest.param('"${a ~} "', ("Template", ["$a"]), id="even when that text is trimmed away"),
        pytest.param('"a ${~ b ~} \\t c"', ("Template", ["a", "$b", "c"]), id="tildes trim both sides"),
        pytest.param(
            '"%{ if a }b%{ else }c%{ endif }"',
            ("Template", [("TemplateIf", ["c"], "$a", ["b"])]),
            id="a conditional directive",
        ),
        pytest.param(
            '"%{ for k, v in m ~} ${k}%{ endfor }"',
            ("Template", [("TemplateFor", ["$k"], "$m", "k", "v")]),
            id="a loop directive",
        ),
        pytest.param('"${"${a}b"}"', ("Wrapped", ("Template", ["$a", "b"])), id="templates nest"),
        pytest.param(
            '"${ {a = "}"}.a }"',
            ("Wrapped", ("Attribute", ("Object", [("ObjectItem", "a", "}")]), "a")),
            id="braces within an interpolation",
        ),
        pytest.param("<<E\na\n b\nE\n", "a\n b\n", id="a heredoc keeps its newlines"),
        pytest.param("<<E\nE\n", "", id="an empty heredoc"),
        pytest.param("<<E\r\na\r\nE\r\n", "a\r\n", id="and its carriage returns"),
        pytest.param("<<-E\n   a\n\n  b\n    E\n", " a\n\nb\n", id="an indented one loses what all its lines share"),
        pytest.param(
            "<<-E\n  ${a}\n   b\n E\n", ("Template", ["$a", "\n b\n"]), id="interpolations keep their indentation"
        ),
        pytest.param("<<-E\n${a}\n  b\nE\n", ("Template", ["$a", "\n  b\n"]), id="unless a line begins with one"),
        pytest.param("<<E\n\\n$${a}\nE\n", "\\n${a}\n", id="a heredoc has no escapes but the doubled ones"),
        pytest.param(
            "<<E\n${a ~}\n  b\nE\n", ("Template", ["$a", "  b\n"]), id="a tilde trims up to the end of the line"
        ),
        pytest.param("<<E\n Ex\nE y\n\tE \n", " Ex\nE y\n", id="only the marker alone ends a heredoc"),
        pytest.param("[<<E\na\nE\n, 1]", ("Tuple", ["a\n", 1]), id="a heredoc within brackets"),
        pytest.param("a /* b\n */ + # c\n d", ("Binary", "$a", "+", "$d"), id="comments are blanks"),
    ],
)
def test_shapes(text: str, expected: Any) -> None:
    assert shape(parse_expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "start", "message"),
    [
        pytest.param("", 0, "expected a value, found the end", id="nothing"),
        pytest.param("a b", 2, 'expected an operator or the end of the expression, found "b"', id="two values"),
        pytest.param("[1 2]", 3, 'expected "," or "]", found "2"', id="a missing comma"),
        pytest.param("[1,,2]", 3, 'expected a value, found ","', id="a comma too many"),
        pytest.param("f(a..., b)", 6, 'expected ")", found ","', id="an expansion that is not the last"),
        pytest.param("{a = 1 b = 2}", 7, 'expected a new line, "," or "}", found "b"', id="a missing separator"),
        pytest.param("{a}", 2, 'expected "=" or ":" and the value of this key, found "}"', id="a key without value"),
        pytest.param("a ? b", 5, 'expected a ":" and the other value', id="half a conditional"),
        pytest.param("a.", 2, "expected the name of an attribute", id="a dot at the end"),
        pytest.param("a.0.1", 2, "expected one index", id="two old indexes"),
        pytest.param("a.*.b.*", 6, "expected the name of an attribute", id="two old splats"),
        pytest.param("a::b", 4, 'expected a "(" and the arguments', id="a function that is not called"),
        pytest.param("[for in x : y]", 8, 'expected "in" and the collection', id="a for without variable"),
        pytest.param("[for x of y : x]", 7, 'expected "in" and the collection', id="another word for in"),
        pytest.param("{for x in y : x}", 15, 'expected "=>" and the value', id="an object without values"),
        pytest.param('"${a b}"', 5, 'expected a "}" that ends the interpolation, found "b"', id="two in one"),
        pytest.param('"${}"', 3, "expected a value", id="an empty interpolation"),
        pytest.param('"%{ if a }b"', 1, 'expected "%{ endif }"', id="a directive that is not ended"),
        pytest.param('"%{ endif }"', 1, 'no directive is open for "endif"', id="one that was not begun"),
        pytest.param('"%{ while a }"', 4, "expected one of if, else, endif", id="one that does not exist"),
        pytest.param('"a\\qb"', 2, "unknown escape", id="an unknown escape"),
        pytest.param('"\\ud83d"', 1, "names a character that does not exist", id="half a pair of surrogates"),
        pytest.param('"a\n"', 0, "the string has no end on its line", id="a string over two lines"),
        pytest.param("<<E\na\nE", 0, "the heredoc has no end", id="a heredoc's marker needs a newline"),
        pytest.param("'a'", 0, "single quotes", id="single quotes"),
        pytest.param("a & b", 2, 'unknown operator "&"', id="half an operator"),
        pytest.param("1.5.0", 0, 'expected a number, found "1.5.0"', id="an index after a fraction"),
        pytest.param("1e5e3", 0, 'expected a number, found "1e5e3"', id="two exponents"),
        pytest.param("a.1.e5", 2, "expected one index", id="an index with an exponent after its point"),
        pytest.param("1e2147483647", 0, "expected a number", id="an exponent that Terraform does not take"),
        pytest.param("<<E\na\rb\nE\n", 5, "a carriage return within a line", id="a lone carriage return in a heredoc"),
        pytest.param("<<E\u2028\nE\n", 3, "invalid character", id="a blank after the marker of a heredoc"),
        pytest.param("<<E\n\rE\n", 4, "a carriage return within a line", id="one before the end of a heredoc"),
        pytest.param("a²", 1, "invalid character '²'", id="a sign that is no letter"),
        pytest.param("\u00a0a", 0, "invalid character", id="a blank that is none"),
        pytest.param("aⱟ", 1, "invalid character", id="a letter that came after Unicode 9"),
        pytest.param("é\u0301\u1cf7", 2, "invalid character", id="a mark that did"),
        pytest.param("\u0301a", 0, "invalid character", id="a mark at the beginning"),
        pytest.param("é" * 100_000 + "²", 100_000, "invalid character", id="a sign at the end of a long name"),
        pytest.param("/* a", 0, "this comment has no end", id="an open comment"),
        pytest.param("(a", 2, 'expected ")", found the end', id="an open parenthesis"),
        pytest.param("(a]", 2, 'expected ")", found "]"', id="brackets that do not match"),
    ],
)
def test_problems(text: str, start: int, message: str) -> None:
    with pytest.raises(HclSyntaxError) as caught:
        parse_expression(text)
    assert caught.value.problem.start == start
    assert message in caught.value.problem.message


def test_a_number_beyond_measure_has_no_value() -> None:
    for text in ("1e999999999", "1" * 201, "0." + "1" * 201, "1e300"):
        node = parse_expression(text)
        assert isinstance(node, nodes.Malformed)
        assert "digits" in node.message
    index = parse_expression("a." + "1" * 201)
    assert isinstance(index, nodes.Index)
    assert isinstance(index.key, nodes.Malformed)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 101 + "a" + ")" * 101, id="parentheses"),
        pytest.param("[" * 101 + "]" * 101, id="brackets"),
        pytest.param("{a=" * 101 + "1" + "}" * 101, id="braces"),
        pytest.param("f(" * 101 + ")" * 101, id="calls"),
        pytest.param('"${' * 101 + "a" + '}"' * 101, id="templates"),
        pytest.param("!" * 101 + "a", id="signs"),
        pytest.param("a" + ".b" * 101, id="names"),
        pytest.param("a" + "[0]" * 101, id="indexes"),
        pytest.param("a" + "[*]" * 101, id="splats"),
        pytest.param("a" + " ? b : c" * 101, id="chained conditionals"),
        pytest.param("a ? " * 101 + "b" + " : c" * 101, id="nested conditionals"),
        pytest.param('"' + "%{if a}" * 101 + "%{endif}" * 101 + '"', id="directives"),
    ],
)
def test_what_nests_too_deep_is_refused(text: str) -> None:
    with pytest.raises(HclSyntaxError, match="nested deeper"):
        parse_expression(text)


@pytest.mark.parametrize(
    ("opening", "closing"), [("(", ")"), ("[", "]"), ("{a=", "}"), ("f(", ")"), ('"${', '}"'), ("a[", "]"), ("!(", ")")]
)
def test_what_nests_just_so_is_read(opening: str, closing: str) -> None:
    parse_expression(opening * 50 + "1 || 2 && 3 == 4 < 5 + 6 * 7" + closing * 50)


def test_flat_chains_may_be_long() -> None:
    node = parse_expression("a" + " + b" * 5000)
    depth = 0
    while isinstance(node, nodes.Binary):
        node, depth = node.left, depth + 1
    assert depth == 5000


# For all inputs

_ATOMS = st.sampled_from(
    [
        "1",
        "1.5",
        "true",
        "null",
        "a",
        "var.x",
        '"s"',
        '"ü"',
        '"x${a}y"',
        '"${a}"',
        "(<<E\nt\nE\n)",
        "(<<-E\n  ${a}\n  E\n)",
        "[]",
        "{}",
    ]
)
_FORMS = [
    "({0})",
    "[{0}, {1}]",
    "{{ k = {0}, (a) = {1} }}",
    "{{\n  k : {0}\n  l = {1}\n}}",
    "f({0}, {1})",
    "f({0}...)",
    "!a.b",
    "-{0}",
    "{0} + {1}",
    "{0} == {1}",
    "{0} && {1} || {0}",
    "({0}) ? {1} : {0}",
    "({0})[{1}]",
    "({0})[*].b[{1}]",
    "({0}).*.c.0",
    "({0}).d",
    "[for x in {0} : {1} if x]",
    "{{for k, v in {0} : k => {1}...}}",
    '"p${{ {0} }}q"',
    '"${{~ {0} ~}} r"',
    '"%{{ if {0} }}s%{{ else }}${{ {1} }}%{{ endif }}"',
    "ns::g({0})",
]


def _compose(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda form, one, other: form.format(one, other), st.sampled_from(_FORMS), children, children)


EXPRESSIONS = st.recursive(_ATOMS, _compose, max_leaves=12)


def _standing_alone(node: nodes.Node) -> Iterator[nodes.Node]:
    """The node and all below it whose text means the same by itself."""
    yield node
    for slot in type(node).__slots__:
        value = getattr(node, slot)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, (nodes.TemplateIf, nodes.TemplateFor)) or slot == "each":
                continue  # they mean something within their template or splat only
            if isinstance(node, nodes.Template) and isinstance(part, nodes.Literal) and isinstance(part.value, str):
                continue  # text without quotes, unless it is an interpolated string
            if isinstance(part, nodes.ObjectItem):
                yield from _standing_alone(part.value)
            elif isinstance(part, nodes.Node):
                yield from _standing_alone(part)


@given(EXPRESSIONS)
def test_the_text_of_every_node_parses_to_that_node(text: str) -> None:
    for node in _standing_alone(parse_expression(text)):
        own = text[node.start : node.end]
        assert shape(parse_expression(own + "\n")) == shape(node)


_SIGNS = st.sampled_from("{}()[]\"\n\r\t ,=:?.*/%+-<>!~$&|;'`#\\é²\u00a0\ufeff0aE")
_WORDS = ["${", "%{", "~}", "...", "=>", "[*]", ".*", "<<E\n", "<<-E\n", "\nE\n", "//", "/*", "*/", "1e9", "::", "a.b"]
_TOKENS = _SIGNS | st.sampled_from([*_WORDS, "for ", " in ", " if ", "%{if a}", "%{endif}"])


@given(st.text() | st.lists(_TOKENS).map("".join) | EXPRESSIONS.map(lambda text: text[: len(text) // 2]))
def test_bad_input_raises_nothing_else(text: str) -> None:
    for parse in (parse_expression, parse_template):
        problem = _problem(parse, text)
        if problem is not None:
            assert 0 <= problem.start <= problem.end <= len(text) + 1
            assert problem.message


def _problem(parse: Callable[[str], nodes.Expression], text: str) -> Optional[SyntaxProblem]:
    try:
        parse(text)
    except HclSyntaxError as error:
        return error.problem
    return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param('a\n"\\n"', 'a\n"\\n"', id="text without escapes"),
        pytest.param("${a}", ("Wrapped", "$a"), id="a lone interpolation"),
        pytest.param(
            "a\n${b ~}\n\n  c",
            ("Template", ["a\n", "$b", "\n  c"]),
            id="a tilde trims to the end of the line, with its newline",
        ),
        pytest.param(
            "a \r\n \r\n ${~ b ~} \r\n \r\n c",
            ("Template", ["a \r\n \r\n", "$b", " \r\n c"]),
            id="a tilde trims lines that end as on Windows",
        ),
        pytest.param(
            "a\n\n${~ b}", ("Template", ["a\n", "$b"]), id="a tilde at the start of a line trims the line before"
        ),
        pytest.param("${a}\r\n${b}", ("Template", ["$a", "\r\n", "$b"]), id="lines that end as on Windows"),
        pytest.param("${a}b\r${c}$${d}", ("Template", ["$a", "b\r${c}${d}"]), id="all is text after a lone return"),
        pytest.param("$\r\r\n${a}", ("Template", ["$\r\r\n", "$a"]), id="unless it follows one dollar at a line's end"),
        pytest.param("\r$$${a}$$$${b", "\r$$${a}$$${b", id="in which escapes are told pair by pair"),
        pytest.param(
            "%{ for x in y }${x}\n%{ endfor }",
            ("Template", [("TemplateFor", ["$x", "\n"], "$y", None, "x")]),
            id="a loop",
        ),
    ],
)
def test_templates_without_quotes(text: str, expected: Any) -> None:
    assert shape(parse_template(text)) == expected
