"""
YAML as events, the only way in which it is read: no node objects, no recursion, no depth that overflows a stack.

The parser is libyaml's where PyYAML was built with it. It is asked for events and never for nodes: composing nested
nodes happens on the C stack, which a few kilobytes of brackets overflow. The library is imported on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Optional, Union

from guardrail.model.dataclass import dataclass

if TYPE_CHECKING:
    import yaml

_TOO_DEEP: Final = "exceeded maximum nesting depth"
"""What libyaml says since 0.2.6 where it gives up (1,000 levels): it looks ahead, so no event tells of them before."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a text is no YAML. `line` and `column` count from 1, 0 where no place is known; `index` in code points."""

    message: str
    line: int
    column: int
    index: int
    too_deep: bool


def parser(text: Union[str, bytes]) -> Callable[[], Any]:
    """
    Return the function that yields one event of the text after the other, None at the end.

    It raises PyYAML's `YAMLError` where the text breaks, which `broken` reads.
    """
    import yaml

    loader: Callable[[Union[str, bytes]], Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    following: Callable[[], Any] = loader(text).get_event
    return following


def broken(error: yaml.YAMLError) -> Broken:
    """Return what an error of the parser says."""
    mark: Optional[Any] = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "context", None) or getattr(error, "reason", None)
    message = said or next(iter(str(error).splitlines()), "")
    if mark is None:
        return Broken(message, 0, 0, getattr(error, "position", 0), too_deep=False)
    return Broken(message, mark.line + 1, mark.column + 1, mark.index, too_deep=said == _TOO_DEEP)
