"""The parts of a template, as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final, Optional

from guardrail.frontends.documents import Document
from guardrail.frontends.secrecy import is_secret
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Text, Unknown, Value

_NOTHING: Final[Mapping[str, Value]] = {}


@dataclass(frozen=True, slots=True)
class Template:
    """
    One template. `region` is where it is deployed, None where nobody states it.

    `given` are parameters that a file beside it gives, and `giver` is that file. `sections` are those with loops
    unrolled; `places` says where what a loop makes is written, and `open` why it may be there any number of times.
    """

    document: Document
    region: Text = None
    given: Mapping[str, Value] = field(default_factory=dict)
    giver: Optional[tuple[str, Document]] = None
    sections: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    open: Mapping[str, Unknown] = field(default_factory=dict)

    def section(self, name: str) -> Mapping[str, Value]:
        """Return a section; an empty one where there is none, or nothing that could be one."""
        if name in self.sections:
            return self.sections[name]
        value = self.document.value
        found = value.get(name) if isinstance(value, Mapping) else None
        return found if isinstance(found, Mapping) else _NOTHING


def names_in(value: Value) -> Iterator[str]:
    """Yield the names that functions inside a value refer to, the attribute left off (`A` of `!GetAtt A.Arn`)."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            yield from _referred(one)
            waiting.extend(one.values())
        elif isinstance(one, tuple):
            waiting.extend(one)


def _referred(value: Mapping[str, Value]) -> Iterator[str]:
    for function in ("Ref", "Condition"):
        name = value.get(function)
        if isinstance(name, str):
            yield name
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, tuple) and attribute and isinstance(attribute[0], str):
        yield attribute[0]
    elif isinstance(attribute, str):
        yield attribute.partition(".")[0]
    mapped = value.get("Fn::FindInMap")
    if isinstance(mapped, tuple) and mapped and isinstance(mapped[0], str):
        yield mapped[0]
    chosen = value.get("Fn::If")
    if isinstance(chosen, tuple) and chosen and isinstance(chosen[0], str):
        yield chosen[0]
    text = value.get("Fn::Sub")
    text = text[0] if isinstance(text, tuple) and text else text
    if isinstance(text, str):
        for part in text.split("${")[1:]:
            name = part.partition("}")[0].strip()
            if not name.startswith("!"):
                yield name.partition(".")[0]


def hidden(parameter: Value, name: str = "") -> bool:
    """Whether the value of a parameter must not be shown: it says so, or is called like a secret."""
    if is_secret(name):
        return True
    no_echo = parameter.get("NoEcho") if isinstance(parameter, Mapping) else None
    return isinstance(no_echo, Unknown) or str(no_echo).lower() == "true"
