"""
Tags of the machines that a group or a fleet launches, which are what its cost is allocated by.

They come from the group, where it hands them on, and from the launch template, where that tags instances. What is on
the group alone is on no machine.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Optional

from guardrail.catalog.convert import ConversionError, flag, text
from guardrail.catalog.facts import bare
from guardrail.catalog.kind import ALWAYS, Each, Fact, From, Of, Shape, at
from guardrail.model.resource import Link
from guardrail.model.value import OpenMap, Unknown, Value


def tags_of_launched(own: Fact, links: Iterable[Link], seen: Fact = ALWAYS) -> From:
    """
    Return the tags of machines: `own`, a mapping, and those that the launch templates at links all give.

    A template that is not in the graph gives none, nor do any where there are more than those at the links (`seen`).
    """
    blocks = Each(("tag_specifications",), Shape({"of": at("resource_type"), "tags": at("tags")}))
    templates = Shape({link.at: Of(link.at, Shape({"specifications": blocks})) for link in links})
    return From((own, templates, seen), _together)


def handed_on(blocks: Iterable[Any]) -> Value:
    """Return tags that are written as blocks, as far as they are handed on; an unknown one leaves the map open."""
    known: dict[str, Value] = {}
    rest: Optional[Unknown] = None
    for one in blocks:
        key = one if isinstance(one, Unknown) else one.get("key")
        if isinstance(key, Unknown):
            rest = bare(key)
            continue
        on = _is_on(one.get("on"))
        if key is not None and on:
            known[text(key)] = on if isinstance(on, Unknown) else one.get("value", "")
    return known if rest is None else OpenMap(known, rest)


def _is_on(stated: Value) -> Value:
    if stated is None:
        return False
    return bare(stated) if isinstance(stated, Unknown) else flag(stated)


def _together(own: Optional[Mapping[str, Value]], templates: Mapping[str, Value], seen: bool) -> Value:
    """Return all tags. Those of the group come first: it replaces what the template says of the same key."""
    shared = in_all([_given(template) for template in templates.values()] if seen else [])
    both = {**shared, **(own or {})}
    hidden = next((one.rest for one in (shared, own) if isinstance(one, OpenMap)), None)
    return both if hidden is None else OpenMap(both, hidden)


def in_all(given: Sequence[Mapping[str, Value]]) -> Mapping[str, Value]:
    """Return the tags that all of several give, with the values of the first; open where each may give more."""
    told = {key: _of_all(key, given) for one in given for key in one}
    known = {key: value for key, value in told.items() if value is not None}
    rests = [one.rest for one in given if isinstance(one, OpenMap)]
    return OpenMap(known, rests[0]) if rests and len(rests) == len(given) else known


def _of_all(key: str, given: Sequence[Mapping[str, Value]]) -> Value:
    """Return the value that a tag has in the first template, None where a template does not give it."""
    values = [one.get(key, one.rest if isinstance(one, OpenMap) else None) for one in given]
    hidden = next((value for value in values if isinstance(value, Unknown)), None)
    return None if None in values else hidden or values[0]


def _given(template: Value) -> Mapping[str, Value]:
    """Return the tags that a template gives to instances, an open map where there may be more."""
    known: dict[str, Value] = {}
    rest: Optional[Unknown] = None
    for tags in _of_instances(template):
        if isinstance(tags, Unknown):
            rest = rest or bare(tags)
        elif isinstance(tags, Mapping):
            known |= tags
            rest = rest or (tags.rest if isinstance(tags, OpenMap) else None)
        else:
            raise ConversionError("not a map of tags")
    return known if rest is None else OpenMap(known, rest)


def _of_instances(template: Value) -> Iterator[Value]:
    """Yield the tags that a template gives to instances. One that is not in the graph gives none that anybody sees."""
    specifications = () if isinstance(template, Unknown) else template.get("specifications", ())
    for one in (specifications,) if isinstance(specifications, Unknown) else specifications:
        if isinstance(one, Unknown):
            yield one
            continue
        kind = one.get("of")
        if isinstance(kind, Unknown):
            yield kind
        elif kind == "instance" and "tags" in one:
            yield one["tags"]
