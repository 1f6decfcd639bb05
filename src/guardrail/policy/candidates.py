"""
Resources judged once for each value that what is not known of them can still take.

All combinations of all resources go to the engine in one document, each under an address of its own. All denied is
denied, none passes, some is undetermined and says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Decision
from guardrail.model.path import segments
from guardrail.model.value import CANDIDATES, strictest
from guardrail.policy import wording
from guardrail.policy.document import Facts, Sections, assemble, resource
from guardrail.policy.judge import Judge, because
from guardrail.policy.model import Loaded
from guardrail.policy.parameters import Parameters
from guardrail.policy.plain import Cause, Seen, candidate

MOST: Final = 20_000
"""Variants of all resources together; resources beyond are undetermined without being tried."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A resource with values in place of unknowns: those of `paths`, in that order."""

    address: str
    values: tuple[Any, ...]
    seen: Seen


@dataclass(frozen=True, slots=True)
class Trial:
    """The variants of one resource for some of its unknowns. Policies that rest on the same ones share it."""

    address: str
    causes: Mapping[str, Cause]
    variants: tuple[Variant, ...]


def triable(concerned: Mapping[str, Cause]) -> Mapping[str, Cause]:
    """Return the unknowns that can be tried: those with candidates, if there are not too many combinations."""
    chosen = {path: cause for path, cause in concerned.items() if cause.unknown.one_of and not cause.open}
    size = 1
    for cause in chosen.values():
        size *= len(cause.unknown.one_of or ())
    return chosen if size <= CANDIDATES else {}


class Trials:
    """The trials of a run, gathered while resources are judged."""

    def __init__(self) -> None:
        self._trials: dict[tuple[str, tuple[str, ...]], Trial] = {}
        self._asked: dict[str, dict[str, Trial]] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._asked)

    @property
    def policies(self) -> Sequence[str]:
        """The policies that wait for a trial."""
        return sorted(self._asked)

    def of(self, policy: str) -> Mapping[str, Trial]:
        """Return the trials of a policy by address."""
        return self._asked.get(policy, {})

    def add(self, policy: str, address: str, causes: Mapping[str, Cause], seen: Seen) -> bool:
        """Ask for a trial; false if there are too many already."""
        key = (address, tuple(sorted(causes)))
        if key not in self._trials:
            values = [causes[path].unknown.one_of or () for path in key[1]]
            combinations = list(product(*values))
            if self._count + len(combinations) > MOST:
                return False
            variants = []
            for combination in combinations:
                variants.append(Variant(f"{address}#{self._count}", combination, _with(seen, key[1], combination)))
                self._count += 1
            self._trials[key] = Trial(address, {path: causes[path] for path in key[1]}, tuple(variants))
        self._asked.setdefault(policy, {})[address] = self._trials[key]
        return True

    def document(self, facts: Facts, params: Parameters, sections: Sections) -> dict[str, Any]:
        """Return a document of variants in place of resources. What is known of the original holds for each."""
        made = assemble(facts, params, self.policies, {}, sections)
        variants = [variant for trial in self._trials.values() for variant in trial.variants]
        original = {variant.address: trial.address for trial in self._trials.values() for variant in trial.variants}
        made["resources"] = {one.address: {**resource(one.seen, sections), "address": one.address} for one in variants}
        types: dict[str, list[str]] = {}
        categories: dict[str, list[str]] = {}
        for address, of in original.items():
            types.setdefault(facts.graph.resources[of].type, []).append(address)
            categories.setdefault(facts.graph.resources[of].category, []).append(address)
        made["index"] = {"type": types, "category": categories, "linked_from": {}}
        made["edges"] = {}
        bills = made.get("cost", {}).get("resources")
        if bills is not None:
            made["cost"]["resources"] = {address: bills[of] for address, of in original.items() if of in bills}
        return made

    @property
    def addresses(self) -> Sequence[str]:
        """The addresses of all variants."""
        return [variant.address for trial in self._trials.values() for variant in trial.variants]


def _with(seen: Seen, paths: Sequence[str], values: Sequence[Any]) -> Seen:
    json: Any = seen.json
    for path, value in zip(paths, values, strict=True):
        json = _put(json, segments(path), candidate(value))
    return Seen(json, {path: cause for path, cause in seen.causes.items() if path not in paths})


def _put(value: Any, keys: Sequence[str], new: Any) -> Any:
    """Return a value with another one inside, sharing all the rest."""
    if not keys:
        return new
    if isinstance(value, list):
        index = int(keys[0])
        return [*value[:index], _put(value[index], keys[1:], new), *value[index + 1 :]]
    inside: Mapping[str, Any] = value if isinstance(value, dict) else {}
    return {**inside, keys[0]: _put(inside.get(keys[0]), keys[1:], new)}


_Identity = tuple[Optional[str], Optional[str]]


def combine(loaded: Loaded, trial: Trial, answers: Mapping[str, Sequence[Decision]], judge: Judge) -> list[Decision]:
    """Return what a policy says of a resource, from what it says of each variant of it."""
    by_variant: list[dict[_Identity, Decision]] = []
    for variant in trial.variants:
        settled: dict[_Identity, Decision] = {}
        for told in answers.get(variant.address, ()):
            one = _renamed(told, variant.address, trial.address)
            settled.setdefault((one.path, one.key), _settle(one, trial, variant, judge))
        by_variant.append(settled)
    if not any(by_variant):
        return []
    identities = sorted({one for settled in by_variant for one in settled}, key=str)
    found = [_of_identity(identity, trial, by_variant) for identity in identities]
    always = all(any(one.reason is None for one in settled.values()) for settled in by_variant)
    if always and all(one.reason is not None for one in found):  # denied either way, each time for another thing
        return [_either_way(loaded, trial, by_variant)]
    return found


def _settle(told: Decision, trial: Trial, variant: Variant, judge: Judge) -> Decision:
    """Settle a decision with the values of the variant taken as known."""
    known = Judge(judge.graph, judge.params, {trial.address: variant.seen}, judge.wanted)
    return known.settle(told)


def _renamed(told: Decision, variant: str, address: str) -> Decision:
    return replace(
        told,
        resource=address,
        message=told.message.replace(variant, address),
        remediation=told.remediation and told.remediation.replace(variant, address),
    )


def _of_identity(identity: _Identity, trial: Trial, by_variant: Sequence[Mapping[_Identity, Decision]]) -> Decision:
    told = [settled.get(identity) for settled in by_variant]
    given = [one for one in told if one is not None]
    first = given[0]
    if len(given) == len(told) and all(one.reason is None for one in given):
        messages = list(dict.fromkeys(one.message for one in given))
        return first if len(messages) == 1 else replace(first, message="; or: ".join(messages))
    causes = [cause.unknown.reason for cause in trial.causes.values()]
    reason = strictest([*causes, *(one.reason for one in given if one.reason is not None)])
    path = next(iter(trial.causes))
    return replace(
        first,
        message=f"{wording.not_known(path, trial.causes[path].unknown)}; {_cases(trial, told)}",
        reason=reason,
        evidence=_evidence(trial, first),
        remediation=first.remediation if first.reason is not None else wording.remedy(reason, first.remediation),
    )


def _either_way(loaded: Loaded, trial: Trial, by_variant: Sequence[Mapping[_Identity, Decision]]) -> Decision:
    firsts = [next(one for one in settled.values() if one.reason is None) for settled in by_variant]
    return Decision(
        policy=loaded.policy.id,
        message=f"denied whatever its value: {_cases(trial, firsts)}",
        resource=trial.address,
        path=next(iter(trial.causes)),
        evidence=_evidence(trial, firsts[0]),
        measure=firsts[0].measure,
        remediation=firsts[0].remediation,
    )


def _cases(trial: Trial, told: Sequence[Optional[Decision]]) -> str:
    """Return what holds for which value."""
    cases = []
    for variant, one in zip(trial.variants, told, strict=True):
        values = ", ".join(wording.value(value) for value in map(candidate, variant.values))
        cases.append(f"with {values} it {'passes' if one is None else f'is not allowed ({one.message})'}")
    return "; ".join(cases)


def _evidence(trial: Trial, told: Decision) -> dict[str, Any]:
    unknown: dict[str, Any] = {}
    for path, cause in trial.causes.items():
        unknown.update(because(path, cause)["unknown"])  # type: ignore[call-overload]
    return {**told.evidence, "unknown": unknown}
