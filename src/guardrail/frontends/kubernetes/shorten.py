"""Documents that are read in part: definitions of custom resources, whose schemas fill megabytes that say nothing."""

from __future__ import annotations

import re
from typing import Final, Optional

from guardrail.model.pattern import pattern

_WORTHWHILE: Final = 4096
"""Characters from which on cutting is faster than reading."""

_NAMED: Final = "CustomResourceDefinition"
_KIND: Final = pattern(r"^kind: *CustomResourceDefinition[ \r]*$", re.MULTILINE)
_GROUP: Final = pattern(r"^apiVersion: *['\"]?apiextensions\.k8s\.io/", re.MULTILINE)
_BODY: Final = pattern(r"^spec:[ \r]*$", re.MULTILINE)
_NEXT_KEY: Final = re.compile(r"\n[^\s#]")
_STATUS: Final = pattern(r"status:[ \r]*$", re.MULTILINE)


def shorten(text: str) -> Optional[str]:
    """
    Return a definition up to its spec, None for anything else.

    Only the plainest form is cut: a `spec:` at the start of a line, and below it nothing but lines further in (and a
    status). What is left is read as any document: a text that only looks like a definition, because these lines
    stand inside quotes or braces, does not parse and is refused; keys that it has besides are seen.
    """
    if len(text) < _WORTHWHILE or _NAMED not in text or _KIND.search(text) is None or _GROUP.search(text) is None:
        return None
    body = _BODY.search(text)
    if body is None:
        return None
    following = _NEXT_KEY.search(text, body.end())
    while following is not None and _STATUS.match(text, following.start() + 1):
        following = _NEXT_KEY.search(text, following.end())
    return text[: body.end()] if following is None else None
