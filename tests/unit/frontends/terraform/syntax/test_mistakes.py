"""The mistakes that people make: where they are told, and what is said to do about them."""

from __future__ import annotations

import pytest

from guardrail.frontends.terraform.syntax import parse

ITEM = 'An argument is written name = value, a block name "label" { on one line.'
ONE_LINE = "A block on one line may hold one argument; write several on lines of their own."
COMMA = "A comma is missing before it, or the bracket above is not closed."
OWN_LINE = "Every argument stands on a line of its own; text stands in double quotes."
ON = "A value goes on in the next line only within parentheses or other brackets."
NUMBER = "A number has decimal digits only; with a unit it is text, in double quotes."
HEREDOC = "Write <<NAME or <<-NAME, and the text from the next line on."
DOLLAR = "Outside of strings a value stands by itself: write name, not ${name} or $name."
PLAIN = 'Use plain double quotes: ".'


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        pytest.param('a "b" {\n  c = 1\n\nd "e" {\n}\n', "1:7", "It should end before line 4.",
                     id="a brace is missing"),
        pytest.param("a {\n  b {\n    c = 1\n  d = 2\n}\n", "1:3",
                     "The brace in line 5 stands left of line 2, which it closes: one is lost.",
                     id="an inner brace is"),
        pytest.param('a {\n  b = "c\n}\n', "2:7", "Text of several lines is written as a heredoc, or with \\n.",
                     id="the quote at the end is missing"),
        pytest.param('a {\n  b = c"\n}\n', "2:8", "A string begins with a double quote, too.", id="the first quote is"),
        pytest.param("a = t3.micro large\n", "1:14", OWN_LINE, id="both quotes are"),
        pytest.param('a = "say "hi""\n', "1:11", 'A quote within a string is written \\".', id="quotes within quotes"),
        pytest.param('a = "x" "y"\n', "1:9", 'Text with values in it is one string: "a ${b} c".', id="two strings"),
        pytest.param("a {\n  b 1\n}\n", "2:5", ITEM, id="the equals sign is missing"),
        pytest.param('a {\n  b "c"\n}\n', "2:8", ITEM, id="the equals sign before a string is"),
        pytest.param("a: 1\n", "1:2", "An argument is written name = value, with an equals sign.", id="a colon"),
        pytest.param("a == 1\n", "1:3", "An argument is written name = value, with one equals sign.", id="two of them"),
        pytest.param("a = b === c\n", "1:9", "Values are compared with ==, and an argument is set with one =.",
                     id="three of them"),
        pytest.param('a "b" = {\n}\n', "1:7", 'A block has no equals sign before its "{".', id="one after labels"),
        pytest.param('resource = "a" "b" {\n}\n', "1:16",
                     'A block is written resource "label" {, without an equals sign.',
                     id="one before labels"),
        pytest.param('a = [\n  "b"\n  "c"\n]\n', "3:3", COMMA, id="a comma is missing in a list"),
        pytest.param("a = max(1 2)\n", "1:11", COMMA, id="in a call"),
        pytest.param("a {\n  b = [1, 2\n  c = 3\n}\n", "3:3", COMMA, id="or the bracket is"),
        pytest.param("a = [\n", "2:1", 'The "[" in line 1 is not closed.', id="a bracket at the end of the file"),
        pytest.param("a {\n  b = f(1, {\n    c = 2\n  }\n}\n", "5:1", 'The "(" in line 2 is not closed.',
                     id="a parenthesis at the end of its block"),
        pytest.param('a = "${f(1}"\n', "1:11", 'The "(" in line 1 is not closed.', id="one in a string"),
        pytest.param("a = 1 b = 2\n", "1:7", OWN_LINE, id="two arguments on a line"),
        pytest.param("a = 1,\nb = 2\n", "1:6", "Arguments of a block are not separated by commas.", id="a comma"),
        pytest.param("a = 1;\n", "1:6", "Write every argument on its own line.", id="a semicolon"),
        pytest.param("a { b = 1, c = 2 }\n", "1:10", ONE_LINE, id="two arguments in a block on one line"),
        pytest.param("a { b = 1\n}\n", "1:10", ONE_LINE, id="one that goes on in the next"),
        pytest.param("a {\n  b = 1 }\n", "2:9",
                     "The brace that closes a block of several lines stands on a line of its own.",
                     id="the brace at the end of a line"),
        pytest.param('a "b"\n{\n}\n', "1:6", 'The "{" of a block stands on the same line as its name.',
                     id="the brace on the next line"),
        pytest.param("a { b {} }\n", "1:5", "A block within a block needs lines of its own.", id="blocks on one line"),
        pytest.param("a = 'b'\n", "1:5", "Use double quotes.", id="single quotes"),
        pytest.param("a = “b”\n", "1:5", PLAIN, id="typographic quotes"),
        pytest.param('a = "C:\\dir"\n', "1:8",
                     r"Escapes are \n \r \t \" \\ \uXXXX \UXXXXXXXX; a backslash itself is written twice.",
                     id="an unknown escape"),
        pytest.param("a {\n}\n}\n", "3:1", "No brace before it is open: it, or one above, is too many.",
                     id="a stray brace"),
        pytest.param("a = [1]]\n", "1:8", "No bracket before it is open: there is one too many.", id="a stray bracket"),
        pytest.param("a = f(1))\n", "1:9", "No parenthesis before it is open: there is one too many.",
                     id="a stray parenthesis"),
        pytest.param('a = "${b"\n', "1:9", "The brace is missing before this quote.", id="an open interpolation"),
        pytest.param('a = "${b c}"\n', "1:10", "An interpolation holds one expression.", id="two values in one"),
        pytest.param("a = ${b}\n", "1:5", DOLLAR, id="an interpolation outside of a string"),
        pytest.param("a = $b\n", "1:5", DOLLAR, id="a variable of a shell"),
        pytest.param("a =\n", "1:4", "Write the value on the same line, or null for none.", id="no value"),
        pytest.param("a = b +\n  c\n", "1:8", ON, id="an operator at the end of a line"),
        pytest.param("a = b\n  + c\n", "2:3", ON, id="one at the beginning"),
        pytest.param("a = b ?\n  c : d\n", "1:8", ON, id="a conditional over two lines"),
        pytest.param("1a = 2\n", "1:1", "A name begins with a letter or an underscore.", id="a name with a digit"),
        pytest.param("a.b = 1\n", "1:2", "A name has no dots: what belongs together stands in a block or in a map.",
                     id="a name with a dot"),
        pytest.param('"a" = 1\n', "1:1", "The name of an argument or block stands without quotes.", id="one in quotes"),
        pytest.param('a "${b}" {\n}\n', "1:4", "Labels are fixed: nothing in them is evaluated.",
                     id="a label with a value"),
        pytest.param("a {\n  b = 1\n  b = 2\n}\n", "3:3", "Remove one of the two.", id="an argument twice"),
        pytest.param("a = f(<<E\nb\nE)\n", "1:7", "Nothing else may stand on that line, not even a comma or a bracket.",
                     id="a bracket after a heredoc"),
        pytest.param('a = <<"E"\nb\nE\n', "1:5", HEREDOC, id="a heredoc in quotes"),
        pytest.param("a = << E\nb\nE\n", "1:5", HEREDOC, id="a blank in its beginning"),
        pytest.param("a = b and c\n", "1:7", "The logical operators are && and ||.", id="and"),
        pytest.param("a = not b\n", "1:9", "Negation is written !value.", id="not"),
        pytest.param("a = if b then c\n", "1:8", "A choice is written condition ? one : other.", id="if"),
        pytest.param("a = for b in c : b\n", "1:9",
                     "A for expression stands in brackets: [for x in y : x], or in braces.",
                     id="for"),
        pytest.param("a = b & c\n", "1:7", "The logical operator is &&.", id="one ampersand"),
        pytest.param("a = 0x1F\n", "1:6", NUMBER, id="a hexadecimal number"),
        pytest.param("a = 5GB\n", "1:6", NUMBER, id="a unit"),
        pytest.param("a = .5\n", "1:5", "A number begins with a digit: 0.5.", id="no zero"),
        pytest.param("a = 2 ** 3\n", "1:8", "Powers are written pow(base, exponent).", id="a power"),
        pytest.param("a = { b -> 1 }\n", "1:10", "A key and its value are written key = value.", id="an arrow"),
        pytest.param("a = b[1:2]\n", "1:8", "An index is one value; slice(list, from, to) takes several.",
                     id="a slice"),
        pytest.param('a = "%{ if b }c%{ else if d }e%{ endif }"\n', "1:24",
                     "A directive holds one expression; there is no else-if, but an if within the else.", id="else if"),
        pytest.param("a =\u00a01\n", "1:4", "It looks like a blank and is none: use a plain one.", id="another blank"),
        pytest.param("a = 1\rb = 2\r", "1:6", "A line ends with a line feed; a carriage return may stand before it.",
                     id="lines of an old Macintosh"),
        pytest.param("<<<<<<< HEAD\na = 1\n", "1:1", "Choose one of its sides.",
                     id="the beginning of a merge conflict"),
        pytest.param("=======\na = 1\n", "1:1", "These are the marks of a merge conflict: choose one of its sides.",
                     id="its middle"),
        pytest.param("/* a\n", "1:1", "Close it with */.", id="an open comment"),
        pytest.param("-- a\n", "1:1", "A comment begins with #.", id="a comment of another language"),
        pytest.param('{\n  "a": 1\n}\n', "1:1",
                     "A block begins with its type. A file in JSON syntax has a name that ends in .tf.json.",
                     id="JSON"),
    ],
)  # fmt: skip
def test_mistakes(text: str, place: str, hint: str) -> None:
    file = parse(text, "a.tf")
    problem = file.errors[0]
    assert (str(file.place(problem.start)), problem.hint) == (f"a.tf:{place}", hint)
    assert problem.message


def test_the_lines_of_a_heredoc_that_does_not_begin_right_are_not_read() -> None:
    file = parse('a = <<"E"\nb\nE\nc {\n}\n', "a.tf")
    assert (len(file.errors), [block.type for block in file.body.blocks]) == (1, ["c"])
