"""Definitions of custom resources: most of the text of many charts and overlays, and nothing that runs."""

from __future__ import annotations

from guardrail.frontends.documents import chunks
from guardrail.frontends.kubernetes.shorten import shorten


def cut(data: bytes, *, whole: bool = False) -> bytes:
    """
    Return a file with its definitions cut off where their schemas begin, which take a tool most of its time.

    With `whole`, only a file that has nothing but definitions is cut: the lines of what else there is stay where
    they are.
    """
    if b"CustomResourceDefinition" not in data:
        return data
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    cuts = [(chunk, shorten(chunk)) for chunk, _ in chunks(text)]
    if whole and any(short is None for _, short in cuts):
        return data
    return "".join(chunk if short is None else f"{short}\n" for chunk, short in cuts).encode()
