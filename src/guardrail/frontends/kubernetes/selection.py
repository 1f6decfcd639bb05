"""Which nodes a pod may run on: the labels that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Union

from guardrail.frontends.kubernetes.reading import Reading, opened
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, Value

Selector = Union[Mapping[str, Value], Unknown]
"""Labels of the node by key: text, a tuple of texts of which any will do, or unknown."""

_NODE: Final = "kubernetes.io/hostname"
"""The label of a node that is its name, but for clouds that name them otherwise; `nodeName` is this one node."""

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_TERMS: Final = "nodeSelectorTerms"
"""Terms of the required affinity; the operator of vLLM takes them beside what it makes pods of."""

_AFFINITY: Final = ("affinity", "nodeAffinity", _REQUIRED, _TERMS)


def selector(reading: Reading, pod: Mapping[str, Value], at: str) -> Selector:
    """
    Return the labels that a pod asks of its node, by selector and by required affinity.

    Of several terms, of which any will do, only what all of them ask for is asked for. What is asked for twice has to
    hold twice; where no node can be both, either may be meant.
    """
    stated = reading.texts(pod.get("nodeSelector"), f"{at}/nodeSelector")
    node = reading.text(pod.get("nodeName"), f"{at}/nodeName")
    if node is not None and node != "" and not isinstance(stated, Unknown):
        together = both(stated, {_NODE: node})
        stated = opened(together, stated.rest) if isinstance(stated, OpenMap) else together
    asked = _affinity(reading, pod, at)
    if pod.get(_TERMS) is not None and not isinstance(asked, Unknown):
        more = _terms(reading, pod[_TERMS], f"{at}/{_TERMS}")
        asked = more if isinstance(more, Unknown) else both(asked, more)
    if isinstance(stated, Unknown):
        return stated
    if isinstance(asked, Unknown):
        return opened(stated, asked)
    if not asked:
        return stated
    wanted = both(asked, stated)
    return opened(wanted, stated.rest) if isinstance(stated, OpenMap) else wanted


def _affinity(reading: Reading, pod: Mapping[str, Value], at: str) -> Selector:
    value: Value = pod
    for depth, key in enumerate(_AFFINITY):
        if not isinstance(value, dict):
            break
        value = value.get(key)
        if value is None:
            return {}
        if isinstance(value, Unknown):
            return value
        at = f"{at}/{key}"
        if depth < len(_AFFINITY) - 1 and not isinstance(value, dict):
            return reading.problem(at, "not a mapping")
    return _terms(reading, value, at)


def _terms(reading: Reading, value: Value, at: str) -> Selector:
    """Return what all of several terms ask for."""
    terms = reading.sequence(value, at)
    if isinstance(terms, Unknown):
        return terms
    read = [_term(reading, term, f"{at}/{index}") for index, term in enumerate(terms)]
    doubt = next((term for term in read if isinstance(term, Unknown)), None)
    if doubt is not None:
        return doubt
    known = [term for term in read if isinstance(term, dict)]
    if len(known) == 1:
        return known[0]
    common = [key for key in (known[0] if known else ()) if all(key in term for term in known)]
    return {key: _any_of([term[key] for term in known]) for key in common}


def _term(reading: Reading, term: Value, at: str) -> Selector:
    found = reading.mapping(term, at)
    if isinstance(found, Unknown):
        return found
    expressions = reading.sequence(found.get("matchExpressions"), f"{at}/matchExpressions")
    if isinstance(expressions, Unknown):
        return expressions
    asked: dict[str, Value] = _fields(reading, found, at)
    for index, expression in enumerate(expressions):
        below = f"{at}/matchExpressions/{index}"
        one = reading.mapping(expression, below)
        if isinstance(one, Unknown):
            return one
        key, operator = one.get("key"), one.get("operator")
        for word in (key, operator):
            if isinstance(word, Unknown):
                return word
        if not isinstance(key, str):
            return reading.problem(below, "an expression without a key")
        if operator == "Exists":
            asked = both(asked, {key: Unknown(Reason.ENVIRONMENT, note=f"any value of the label {key} will do")})
        elif operator == "In":
            values = reading.sequence(one.get("values"), f"{below}/values")
            value = values if isinstance(values, Unknown) else _values(reading, values, f"{below}/values")
            asked = both(asked, {key: value})
    return asked


def _fields(reading: Reading, term: Mapping[str, Value], at: str) -> dict[str, Value]:
    """Return the node that a term names by its field, the only one that there is."""
    fields = reading.sequence(term.get("matchFields"), f"{at}/matchFields")
    for index, one in enumerate(() if isinstance(fields, Unknown) else fields):
        values = one.get("values") if isinstance(one, dict) else None
        if isinstance(values, tuple) and one.get("key") == "metadata.name" and one.get("operator") == "In":
            return {_NODE: _values(reading, values, f"{at}/matchFields/{index}/values")}
    return {}


def both(one: Mapping[str, Value], other: Mapping[str, Value]) -> dict[str, Value]:
    """Return the labels that have to hold together."""
    return {**one, **other, **{key: _common(one[key], other[key]) for key in one.keys() & other.keys()}}


def _common(one: Value, other: Value) -> Value:
    """Return the values that a label can have when both hold. Without any in common nobody can say which is meant."""
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return one if isinstance(other, Unknown) else other
    first, second = (value if isinstance(value, tuple) else (value,) for value in (one, other))
    return _any_of([value for value in first if value in second] or [*first, *second])


def _values(reading: Reading, values: Sequence[Value], at: str) -> Value:
    texts = [reading.text(value, f"{at}/{index}") for index, value in enumerate(values)]
    return _any_of(texts)


def _any_of(values: Iterable[Value]) -> Value:
    flat: list[str] = []
    for value in values:
        if isinstance(value, Unknown):
            return value
        flat.extend(value if isinstance(value, tuple) else [value] if isinstance(value, str) else [])
    distinct = tuple(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else distinct


def chosen(asked: Selector, keys: Iterable[str]) -> Union[tuple[str, ...], Unknown, None]:
    """Return the values of the first of the keys that a node is chosen by, None if it is chosen by none of them."""
    if isinstance(asked, Unknown):
        return asked
    for key in keys:
        value = asked.get(key, ABSENT)
        if isinstance(value, Unknown):
            return value
        if value is not ABSENT:
            return value if isinstance(value, tuple) else (str(value),)
    return asked.rest if isinstance(asked, OpenMap) else None
