"""
Which machines a provisioner may make: those whose labels satisfy all requirements of a pool.

What is written is judged by the table of machines. The table knows all types of a family that it has, and not all
families: where requirements leave the family open, other machines may come, and nobody can say which.
https://karpenter.sh/docs/concepts/nodepools/#spectemplatespecrequirements
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, Optional, Union

from guardrail.catalog import machines
from guardrail.catalog.accelerators import accelerator
from guardrail.catalog.convert import ConversionError, text
from guardrail.catalog.facts import bare
from guardrail.catalog.kubernetes.pools import machine_labels as labels
from guardrail.model.value import CANDIDATES, Reason, Unknown, Value

Known = Optional[bool]
"""Whether a machine satisfies something; None where that cannot be told."""

OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte")

_MEANT: Final = frozenset(
    {
        labels.TYPE, labels.FAMILY, labels.CATEGORY, labels.GENERATION, labels.SIZE, labels.CPU, labels.MEMORY,
        labels.GPU_NAME, labels.GPU_COUNT, labels.GPU_MAKER, labels.OTHER_NAME, labels.OTHER_COUNT, labels.OTHER_MAKER,
        labels.ARCHITECTURE, labels.HYPERVISOR,
    }
)  # fmt: skip
"""What can be told of a machine. A machine that lacks the label of one of these does not have the thing."""

_MODELS: Final = frozenset({labels.GPU_NAME, labels.OTHER_NAME})
_CLOSES: Final[Mapping[str, frozenset[str]]] = {
    "aws": frozenset({labels.TYPE, labels.FAMILY, *_MODELS}),
    "gcp": frozenset({labels.TYPE, labels.FAMILY, *_MODELS}),
    "azure": frozenset({labels.TYPE, *_MODELS}),
}
"""What leaves no machine open that the table does not know, where the values are listed."""

_PLAIN: Final = frozenset(["a", "c", "d", "h", "hpc", "i", "im", "is", "m", "mac", "r", "t", "u", "x", "z"])
"""
Categories of EC2 none of whose machines has accelerators.

https://aws.amazon.com/ec2/instance-types/
"""

_SHOWN: Final = 40
"""How many of the known machines are named where others may come, too."""


class Requirement(NamedTuple):
    """What the label of a node must be. `values` are text, or unknown."""

    key: str
    operator: str
    values: tuple[Union[str, Unknown], ...] = ()


class Permitted(NamedTuple):
    """
    The machines that may come.

    They are `types` for certain, `doubtful` perhaps (`doubt` says why), and others, where `open` says why. `plain` says
    that none of all these has accelerators, `vendor` whose devices each of them has for certain.
    """

    types: tuple[str, ...]
    doubtful: tuple[str, ...]
    doubt: Unknown
    open: Optional[Unknown]
    plain: bool
    vendor: Optional[str] = None

    def only(self, these: Callable[[str], bool]) -> Permitted:
        """Return those that something is true of."""
        return self._replace(types=tuple(filter(these, self.types)), doubtful=tuple(filter(these, self.doubtful)))

    def machine_types(self) -> Value:
        """Return them as a fact of a group: names, and an unknown for what may come besides."""
        rest: list[Unknown] = []
        if self.doubtful:
            some = self.doubtful if 1 < len(self.doubtful) <= CANDIDATES else None
            rest.append(Unknown(self.doubt.reason, some, note=self.doubt.note))
        if self.open is not None:
            rest.append(self.open)
        named = self.types if not rest or len(self.types) <= _SHOWN else ()
        return (*named, *rest)


def requirements_of(listed: Any, template: Optional[Mapping[str, Value]] = None) -> tuple[Requirement, ...]:
    """
    Return the requirements that a list states, and the labels of a template, which count as some.

    An element that is not known is a requirement of every label. Raises `ConversionError` for what is none.
    """
    found: list[Requirement] = []
    for one in listed or ():
        if isinstance(one, Unknown):
            found.append(Requirement("", "In", (bare(one),)))
            continue
        if not isinstance(one, Mapping):
            raise ConversionError("not a requirement")
        key, operator, values = one.get("key"), one.get("operator"), one.get("values")
        hidden = next((bare(part) for part in (key, operator, values) if isinstance(part, Unknown)), None)
        if hidden is not None:
            found.append(Requirement(key if isinstance(key, str) else "", "In", (hidden,)))
            continue
        if not isinstance(key, str) or operator not in OPERATORS:
            raise ConversionError("not a requirement: a key, and an operator that there is")
        found.append(Requirement(key, operator, tuple(map(_value, values or ()))))
    for key, value in (template or {}).items():
        if value is not None:
            found.append(Requirement(key, "In", (_value(value),)))
    return tuple(found)


def _value(value: Value) -> Union[str, Unknown]:
    return bare(value) if isinstance(value, Unknown) else text(value)


@lru_cache(maxsize=512)
def permitted(provider: str, requirements: tuple[Requirement, ...]) -> Permitted:
    """Return the machines of a cloud that satisfy all requirements. Raises `ConversionError` where there is none."""
    about = [(meant, one) for one in requirements if (meant := labels.meaning(one.key)) is not None]
    lost = next((rule.values[0] for rule in requirements if not rule.key), None)
    hidden = lost if isinstance(lost, Unknown) else next(filter(None, (_hidden(rule) for _, rule in about)), None)
    listed = [one for meant, one in about if meant == labels.TYPE and one.operator == "In"]
    names: dict[str, None] = dict.fromkeys(
        name for rule in listed[:1] for name in rule.values if isinstance(name, str) and name
    )
    certain: list[str] = []
    doubtful: list[str] = []
    for name in names or machines.all_of(provider):
        answer = satisfies(provider, name, about)
        if answer is not False:
            (certain if answer and lost is None else doubtful).append(name)
    opened = _open(provider, about, hidden)
    if opened is None and not certain and not doubtful:
        raise ConversionError("no machine satisfies all requirements")
    plain, vendor = _is_plain(about), _vendor(about)
    return Permitted(tuple(certain), tuple(doubtful), hidden or _UNTOLD, opened, plain, vendor)


_UNTOLD: Final = Unknown(Reason.REFUSED, note="a requirement is about what no table says of machines")
_ANY: Final = Unknown(Reason.REFUSED, note="the requirements name no family of machines, so that others may come")


def _hidden(rule: Requirement) -> Optional[Unknown]:
    return next((value for value in rule.values if isinstance(value, Unknown)), None)


def _open(provider: str, about: Iterable[tuple[str, Requirement]], hidden: Optional[Unknown]) -> Optional[Unknown]:
    """Return why other machines than those of the table may come, None where none may."""
    closing = _CLOSES.get(provider, frozenset())
    why = hidden or _ANY
    for meant, rule in about:
        if rule.operator != "In" or meant not in closing or _hidden(rule) is not None:
            continue
        lost = [value for value in rule.values if isinstance(value, str) and not _is_known(provider, meant, value)]
        if not lost:
            return None
        why = Unknown(Reason.REFUSED, note=f"machines of {lost[0][:40]} are not in the table of machines")
    return why


def _is_known(provider: str, meant: str, value: str) -> bool:
    if meant == labels.TYPE:
        return True
    if meant in _MODELS:
        return accelerator(value) is not None
    return any(labels.labels_of(provider, name).get(labels.FAMILY) == value for name in machines.all_of(provider))


_VENDORS: Final[Mapping[str, Mapping[str, str]]] = {
    labels.GPU_MAKER: {"nvidia": "nvidia", "amd": "amd", "habana": "intel"},
    labels.OTHER_MAKER: {"aws": "aws"},
    labels.CATEGORY: {"p": "nvidia", "inf": "aws", "trn": "aws"},
}
"""Values of labels that only machines with devices of a vendor have."""


def _vendor(about: Iterable[tuple[str, Requirement]]) -> Optional[str]:
    """Return the vendor whose devices every machine has that is permitted, None where not all need have any."""
    for meant, rule in about:
        if meant in _VENDORS and rule.operator == "In" and rule.values:
            told = {_VENDORS[meant].get(value) if isinstance(value, str) else None for value in rule.values}
            if len(told) == 1 and None not in told:
                return told.pop()
    return None


def _is_plain(about: Iterable[tuple[str, Requirement]]) -> bool:
    return any(
        meant == labels.CATEGORY and rule.operator == "In" and rule.values and _PLAIN.issuperset(rule.values)
        for meant, rule in about
    )


def satisfies(provider: str, machine_type: str, about: Iterable[tuple[str, Requirement]]) -> Known:
    """Return whether a machine satisfies requirements that are about machines."""
    known = labels.labels_of(provider, machine_type)
    answer: Known = True
    for meant, rule in about:
        one = _holds(known.get(meant), rule, meant)
        if one is False:
            return False
        answer = answer and one
    return answer


def _holds(label: Optional[labels.Label], rule: Requirement, meant: str) -> Known:
    if meant not in _MEANT or isinstance(label, Unknown):
        return None
    if label is None:  # what a node does not have, it only satisfies where it must not have it
        return rule.operator in ("NotIn", "DoesNotExist")
    if rule.operator in ("Exists", "DoesNotExist"):
        return rule.operator == "Exists"
    if rule.operator in ("In", "NotIn"):
        among = _among(label, rule.values, meant)
        return among if rule.operator == "In" or among is None else not among
    return _compared(label, rule)


def _among(label: str, values: Iterable[Union[str, Unknown]], meant: str) -> Known:
    answer: Known = False
    for value in values:
        if isinstance(value, Unknown):
            answer = None
        elif value == label or (meant in _MODELS and _same_model(label, value)):
            return True
    return answer


def _same_model(label: str, value: str) -> bool:
    """Whether two names are of one accelerator; of some names the memory is not part."""
    one, other = accelerator(label), accelerator(value)
    if one is None or other is None:
        return False
    return one == other or (one.family == other.family and None in (one.memory_gib, other.memory_gib))


def _compared(label: str, rule: Requirement) -> Known:
    if len(rule.values) != 1:
        raise ConversionError("a requirement that compares has one value")
    (value,) = rule.values
    if isinstance(value, Unknown):
        return None
    if not (value.isascii() and value.isdigit() and len(value) < labels.DIGITS and label.isdigit()):
        raise ConversionError("a requirement that compares, and no whole number")
    ours, theirs = int(label), int(value)
    if rule.operator in ("Gt", "Gte"):
        return ours > theirs or (rule.operator == "Gte" and ours == theirs)
    return ours < theirs or (rule.operator == "Lte" and ours == theirs)
