"""
Objects inside a plan, their shapes made sure of.

`configuration` and `change.after` hold what authors write, so nothing in them is taken for granted; where something
has a shape that Terraform never gives it, the plan is refused whole: half of a plan judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn, Optional

from guardrail.frontends.terraform.plan.text import SHOW, refuse
from guardrail.model.dataclass import dataclass

_HINT: Final = f"it is no plan as Terraform writes it; {SHOW}"


@dataclass(frozen=True, slots=True)
class Part:
    """An object of the plan, and where it stands in it."""

    members: Any
    where: str
    file: str

    def refuse(self, message: str) -> NoReturn:
        """Refuse the plan for the shape that this object has."""
        refuse(self.file, f"{self.where} {message}", _HINT)

    def get(self, key: str) -> Any:
        """Return a member, None where there is none."""
        if not isinstance(self.members, dict):
            self.refuse("is no object")
        return self.members.get(key)

    def text(self, key: str) -> Optional[str]:
        """Return a text, None where there is none or an empty one."""
        found = self.get(key)
        if found is not None and not isinstance(found, str):
            self.refuse(f"has a {key} that is no text")
        return found or None

    def must(self, key: str) -> str:
        """Return a text that has to be there."""
        found = self.text(key)
        if found is None:
            self.refuse(f"has no {key}")
        return found

    def part(self, key: str) -> Part:
        """Return an object inside; that it is one is made sure of when it is asked for something."""
        return Part(self.get(key), f"{self.where}.{key}", self.file)

    def parts(self, key: str) -> Iterator[Part]:
        """Yield the objects of a list, none where it is not there."""
        found = self.get(key)
        if found is not None and not isinstance(found, list):
            self.refuse(f"has {key} that are no list")
        for index, one in enumerate(found or ()):
            yield Part(one, f"{self.where}.{key}[{index}]", self.file)

    def side(self, key: str) -> Optional[Mapping[str, Any]]:
        """Return an object as it is, None where there is none."""
        found = self.get(key)
        if found is not None and not isinstance(found, dict):
            self.refuse(f"has {key} that is no object")
        return found


def object_at(found: Mapping[str, Any], key: str, file: str) -> Mapping[str, Any]:
    """Return an object of the plan, an empty one where there is none."""
    value = found.get(key)
    if value is not None and not isinstance(value, dict):
        refuse(file, f"{key} is no object", _HINT)
    return value or {}


def list_at(found: Mapping[str, Any], key: str, file: str) -> list[Any]:
    """Return a list of the plan, an empty one where there is none."""
    value = found.get(key)
    if value is not None and not isinstance(value, list):
        refuse(file, f"{key} is no list", _HINT)
    return value or []
