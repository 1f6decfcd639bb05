"""What expressions that select devices say for certain: never more than they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.kubernetes.cel import Stated, domains, stated

DRIVER = 'device.driver == "gpu.nvidia.com"'
MODEL = 'device.attributes["gpu.nvidia.com"].productName == "Tesla T4"'
T4 = Stated("productName", "gpu.nvidia.com", ("Tesla T4",))
NVIDIA = Stated("driver", "", ("gpu.nvidia.com",))


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        pytest.param(MODEL, [T4], id="a model"),
        pytest.param(MODEL.replace('"', "'"), [T4], id="with other quotes"),
        pytest.param(MODEL.replace(".productName", '["productName"]'), [T4], id="an attribute as a key"),
        pytest.param('"gpu.nvidia.com" == device.driver', [NVIDIA], id="turned round"),
        pytest.param(f"{DRIVER} && {MODEL}", [NVIDIA, T4], id="both"),
        pytest.param(f"({DRIVER}) && (x || y) && ({MODEL} && z)", [NVIDIA, T4], id="in brackets"),
        pytest.param(f"{DRIVER} && x.matches('(a|b) && \"c')", [NVIDIA], id="beside a call with signs in a text"),
        pytest.param(
            'device.attributes["gpu.nvidia.com"].productName in ["Tesla T4", "NVIDIA L4"]',
            [Stated("productName", "gpu.nvidia.com", ("Tesla T4", "NVIDIA L4"))],
            id="any of two",
        ),
        pytest.param(f"{DRIVER} || {MODEL}", [], id="either"),
        pytest.param(f"!({MODEL})", [], id="not"),
        pytest.param(f"!{MODEL}", [], id="not, without brackets"),
        pytest.param(f"({MODEL}) == (false)", [], id="that it is not so"),
        pytest.param(f"{MODEL} == false", [], id="that it is not so, without brackets"),
        pytest.param(f"x ? a && {MODEL} && b : c", [], id="in one case"),
        pytest.param(f"[1].all(x, {MODEL})", [], id="inside a call"),
        pytest.param(f"true // && {MODEL}", [], id="a comment"),
        pytest.param(f'"""a" && {MODEL} && "b"""', [], id="a text of three quotes"),
        pytest.param(f"r'\\' && {MODEL} && '", [], id="a text without escapes"),
        pytest.param(f"x) && {MODEL} && (y", [], id="brackets that do not match"),
        pytest.param(f"{MODEL} &&" + " " * 20_000 + "x", [], id="longer than Kubernetes takes"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_stated(expression: str, says: list[Stated]) -> None:
    assert list(stated(expression)) == says


def test_domains() -> None:
    assert domains("!('a.io' in device.attributes) || device.attributes['b.io'].x == 1") == ("b.io",)


NAMES = ("T4", "L4", "A100")


def _expression(model: str) -> str:
    return f'device.attributes["gpu.nvidia.com"].productName == "{model}"'


LEAVES: st.SearchStrategy[Mapping[str, Any]] = st.sampled_from(
    [{"is": name} for name in NAMES] + [{"in": list(NAMES[:2])}, {"value": True}, {"value": False}]
)
TREES: st.SearchStrategy[Mapping[str, Any]] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"and": st.tuples(inner, inner)}),
        st.fixed_dictionaries({"or": st.tuples(inner, inner)}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"case": st.tuples(inner, inner, inner)}),
        st.fixed_dictionaries({"same": st.tuples(inner, inner)}),
    ),
    max_leaves=8,
)


def _written(tree: Mapping[str, Any]) -> str:
    ((kind, value),) = tree.items()
    if kind == "is":
        return _expression(value)
    if kind == "in":
        return _expression("").replace('== ""', "in [" + ", ".join(f"'{one}'" for one in value) + "]")
    if kind == "value":
        return str(value).lower()
    if kind == "not":
        return f"!({_written(value)})"
    if kind == "case":
        return "(({}) ? ({}) : ({}))".format(*map(_written, value))
    sign = {"and": "&&", "or": "||", "same": "=="}[kind]
    return f" {sign} ".join(
        f"({_written(one)})" if set(one) & {"or", "same", "and"} else _written(one) for one in value
    )


def _holds(tree: Mapping[str, Any], model: str) -> bool:
    ((kind, value),) = tree.items()
    if kind == "is":
        return bool(value == model)
    if kind == "in":
        return model in value
    if kind == "value":
        return bool(value)
    if kind == "not":
        return not _holds(value, model)
    if kind == "case":
        return _holds(value[1] if _holds(value[0], model) else value[2], model)
    one, other = (_holds(each, model) for each in value)
    return {"and": one and other, "or": one or other, "same": one == other}[kind]


@given(TREES)
def test_a_device_that_is_selected_is_as_was_said(tree: Mapping[str, Any]) -> None:
    says = list(stated(_written(tree)))
    for model in NAMES:
        if _holds(tree, model):
            assert all(model in one.values for one in says), _written(tree)


@given(st.text("device.attributes[]()\"'&|?!= \\/T4", max_size=80))
def test_any_text_can_be_looked_at(text: str) -> None:
    list(stated(text))
    domains(text)
