"""The same in files of JSON syntax."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Union

import pytest
from edited import edited, root_of

from guardrail.frontends.terraform.edits import Edit, Refusal, Root, add, assign, remove

A = ".//aws_instance.a"

MAIN = """\
{
  "variable": {"size": {"default": 1}, "given": {}},
  "resource": {
    "aws_instance": {
      "a": {
        "//": "a comment",
        "type": "x",
        "size": "${var.size}",
        "given": "${var.given}",
        "text": "a-${var.size}",
        "inner": "${true ? \\"b\\" : \\"c\\"}",
        "twice": {"n": 1},
        "twice": {"n": 2},
        "disk": [{"size": 10}, {"size": 20}],
        "tags": {
          "a": "1",
          "b": "2"
        },
        "row": {"a" : "1"},
        "none": {}
      }
    }
  }
}
"""
FILES = {"main.tf.json": MAIN, "terraform.tfvars.json": '{"given": "g", "undeclared": 1}'}

Operation = Callable[[Root], Union[Edit, Refusal]]


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        pytest.param(lambda root: assign(root, A, "/type", "y"), '"type": "x"', '"type": "y"', id="a text"),
        pytest.param(lambda root: assign(root, A, "/size", 5), '"default": 1', '"default": 5', id="a default"),
        pytest.param(
            lambda root: assign(root, A, "/given", "${g}"), '"g"', '"${g}"', id="a value of a variable is no template"
        ),
        pytest.param(
            lambda root: assign(root, A, "/type", '${a} %{b} "\\\n\u2028'),
            '"type": "x"',
            '"type": "$${a} %%{b} \\"\\\\\\n\\u2028"',
            id="any other text is one",
        ),
        pytest.param(lambda root: assign(root, A, "/disk/1/size", 9), '"size": 20', '"size": 9', id="a nested block"),
        pytest.param(
            lambda root: assign(root, A, "/tags", {"c": [1, None]}),
            '{\n          "a": "1",\n          "b": "2"\n        }',
            '{\n          "c": [\n            1,\n            null\n          ]\n        }',
            id="a map keeps its lines",
        ),
        pytest.param(
            lambda root: add(root, A, "/tags/c~1d", "3"),
            '"b": "2"',
            '"b": "2",\n          "c/d": "3"',
            id="an entry on a line of its own",
        ),
        pytest.param(lambda root: add(root, A, "/row/b", 2), '{"a" : "1"}', '{"a" : "1", "b" : 2}', id="an entry"),
        pytest.param(lambda root: add(root, A, "/none/b", 2), '"none": {}', '"none": {"b": 2}', id="the first entry"),
        pytest.param(
            lambda root: add(root, A, "/new/b", {"c": 2}),
            '"none": {}',
            '"none": {},\n        "new": {\n          "b": {\n            "c": 2\n          }\n        }',
            id="an argument",
        ),
        pytest.param(lambda root: remove(root, A, "/type"), '"type": "x",\n        ', "", id="without an argument"),
        pytest.param(lambda root: remove(root, A, "/none"), ',\n        "none": {}', "", id="without the last one"),
        pytest.param(lambda root: remove(root, A, "/row/a"), '{"a" : "1"}', "{}", id="without the only entry"),
        pytest.param(lambda root: remove(root, A, "/tags/b"), ',\n          "b": "2"', "", id="without the last entry"),
    ],
)
def test_where_it_is_written(operation: Operation, old: str, new: str) -> None:
    root = root_of(FILES)
    found = operation(root)
    assert isinstance(found, Edit), found
    before = root.tree.read(found.file).data.decode()
    assert before.count(old) == 1
    assert edited(root, found) == before.replace(old, new)
    json.loads(edited(root, found))


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        pytest.param("/text", "x", "template", id="a text with another in it"),
        pytest.param("/inner", "x", "template", id="a value within an expression within a text"),
        pytest.param("/type", "\r${", "value", id="what Terraform reads in another way after a carriage return"),
        pytest.param("/type", "\ufeffx", "value", id="a byte order mark, which Terraform leaves out"),
        pytest.param("/twice", 1, "several", id="a property that is there twice"),
    ],
)
def test_refused(path: str, value: Any, code: str) -> None:
    found = assign(root_of(FILES), A, path, value)
    assert isinstance(found, Refusal)
    assert found.code == code, found
