"""
`pattern`, a regular expression that is compiled when it first matches.

The standard library compiles one where it is written, used or not: 0.1 ms each, 2 ms where it lists characters of all
of Unicode, some 15 ms for those of a check of which most meet nothing to match. What every check matches is compiled
at once, by `re.compile`; all else is a `pattern`. Its methods cost what they always do from the second call on.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Final, cast

_METHODS: Final = ("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split")


class Later:
    """Stands for a compiled pattern: the first look for one of its methods compiles it, and finds all of them here."""

    def __init__(self, text: Any, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # nobody calls those of a pattern, and tools look for many that it has not
            raise AttributeError(name)
        compiled = self.compiled()
        self.__dict__.update((method, getattr(compiled, method)) for method in _METHODS)
        return getattr(compiled, name)

    def compiled(self) -> re.Pattern[Any]:
        """Return what this stands for."""
        return re.compile(self._text, self._flags)


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what is used like the `re.compile` of the same. A mistake in it shows when it is first used."""
    return cast("re.Pattern[AnyStr]", Later(text, flags))
