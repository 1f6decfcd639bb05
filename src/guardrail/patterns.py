"""
Patterns that come from input: RE2, whose matching time is linear whatever the pattern and the text.

The library is imported on first use. The Rego worker has its own way in: it stands alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import re2

LONGEST: Final = 10_000
"""The most characters of a pattern."""


class PatternError(ValueError):
    """A text is no pattern; the message says why."""


@lru_cache(maxsize=128)
def compiled(pattern: str) -> re2._Regexp[str]:
    """Return a pattern ready to match, or raise a `PatternError`."""
    import re2

    if len(pattern) > LONGEST:
        raise PatternError(f"a pattern of more than {LONGEST:,} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        raise PatternError(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)) from error
