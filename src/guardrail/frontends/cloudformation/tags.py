"""Short tags of YAML as the functions that they stand for: `!Ref X` is `{"Ref": "X"}`."""

from __future__ import annotations

from typing import Final

from guardrail.model.value import Reason, Unknown, Value

_PLAIN: Final = frozenset({"Ref", "Condition"})
_FUNCTIONS: Final = frozenset(
    {
        "Base64", "Cidr", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Select", "Split", "Sub",
        "Transform", "And", "Equals", "Not", "Or", "Length", "ToJsonString", "ForEach", "Contains", "EachMemberEquals",
        "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll",
    }
)  # fmt: skip


def long_form(tag: str, value: Value) -> Value:
    """Return what a short tag stands for; a value that is not known for a tag that nobody declared."""
    name = tag.removeprefix("!")
    if name in _PLAIN:
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        return {"Fn::GetAtt": tuple(value.split(".", 1))}
    if name in _FUNCTIONS:
        return {f"Fn::{name}": value}
    return Unknown(Reason.TEMPLATE, note=f"the tag {tag[:40]} is none of CloudFormation's")
