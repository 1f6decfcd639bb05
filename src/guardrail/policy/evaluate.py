"""The evaluation of a run: the policies that are on, asked about one document, and what their answers come to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Decision, Diagnostic
from guardrail.model.place import Place
from guardrail.model.resource import Resource
from guardrail.policy import decisions as answers
from guardrail.policy.candidates import Trials, combine, triable
from guardrail.policy.document import Facts, Sections, assemble
from guardrail.policy.engine import Engine, Failed, Module, Outcome, Value
from guardrail.policy.judge import Judge, silence
from guardrail.policy.model import ANY, DENY, JOINED, Library, Loaded, Path, Policy, Reads
from guardrail.policy.parameters import Parameters
from guardrail.policy.plain import Wanted, see
from guardrail.policy.sums import gaps

NO_BASE = "there is no base to compare with"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """
    What the policies say.

    `judged` counts the resources and sums that each policy had a say about, `off` says why one was not asked. A
    policy that failed is in `diagnostics` (level error) and in neither; what it decided before it failed is kept.
    """

    decisions: tuple[Decision, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    judged: Mapping[str, int] = field(default_factory=dict)
    off: Mapping[str, str] = field(default_factory=dict)


def evaluate(engine: Engine, library: Library, params: Parameters, facts: Facts) -> Evaluation:
    """Ask every policy that is on. Never raises for what a policy does."""
    off = dict(params.off)
    for name, loaded in library.loaded.items():
        measure = loaded.policy.measure
        if name not in off and measure is not None and measure.of == "delta" and facts.costs.total.delta is None:
            off[name] = NO_BASE
    chosen = {name: loaded for name, loaded in library.loaded.items() if name not in off}
    if not chosen:
        return Evaluation(off=off)
    run = _Run(engine, library.modules, params, facts, chosen)
    run.ask()
    run.try_candidates()
    return Evaluation(
        decisions=tuple(sorted(run.finish(), key=answers.order)),
        diagnostics=tuple(run.diagnostics),
        judged=run.judged,
        off=off,
    )


class _Run:
    """The state of one evaluation."""

    def __init__(
        self,
        engine: Engine,
        modules: Sequence[Module],
        params: Parameters,
        facts: Facts,
        chosen: Mapping[str, Loaded],
    ) -> None:
        self.engine = engine
        self.modules = modules  # also of policies that are off: the engine has compiled them all
        self.params = params
        self.facts = facts
        self.chosen = chosen
        self.diagnostics: list[Diagnostic] = []
        self.judged: dict[str, int] = {}
        self._sections = sections(chosen.values())
        self._failed: set[str] = set()
        self._raw: dict[str, Sequence[Decision]] = {}
        self._applied: dict[str, frozenset[str]] = {}
        self._silent: list[Decision] = []
        self._replaced: dict[str, dict[str, Sequence[Decision]]] = {}
        self._trials = Trials()

    @cached_property
    def _judge(self) -> Judge:
        """What is known of all resources: made while the engine is busy with what needs none of it."""
        graph, wanted = self.facts.graph, self._sections.resource
        return Judge(
            graph, self.params, {address: see(one, wanted) for address, one in graph.resources.items()}, wanted
        )

    def ask(self) -> None:
        """
        Ask the engine about all resources as they are, and judge what each policy says.

        Policies that look at no resource come first: the engine is busy with them while the large document is made.
        """
        addresses = _sent(self.facts.graph.resources)
        by_query = {one.query: one for one in self.chosen.values()}
        for query, outcome in self.engine.answers(self.modules, self._questions()):
            loaded = by_query[query]
            self._raw[loaded.policy.id] = self._read(loaded, outcome, addresses)
            self.judge_resources(loaded)

    def _questions(self) -> Iterator[tuple[bytes, str]]:
        """Yield documents, each made when it is asked for, with the queries about them."""
        parts = {name: sections([one]) for name, one in self.chosen.items()}
        for with_resources in (False, True):
            asked = [one for name, one in self.chosen.items() if parts[name].has("resources") is with_resources]
            if asked:
                seen = self._judge.seen if with_resources else {}
                document = encode(assemble(self.facts, self.params, self.chosen, seen, sections(asked)))
                yield from ((document, one.query) for one in asked)

    def judge_resources(self, loaded: Loaded) -> None:
        """Find what a policy is silent about without knowing, and what can be tried."""
        policy = loaded.policy
        if policy.id in self._failed or policy.applies is None:
            return
        decisions: dict[str, list[Decision]] = {}
        for one in self._raw[policy.id]:
            decisions.setdefault(one.resource or "", []).append(one)
        reached: dict[tuple[str, str], Decision] = {}
        count, joins = 0, loaded.joins
        for resource in self._subject_to(loaded):
            count += 1
            if self._judge.seen[resource.address].causes:
                self._judge_one(loaded, resource, decisions.get(resource.address, []), alone=not joins)
            if joins:
                for address, path, cause in self._judge.reached(loaded, resource):
                    reached.setdefault((address, path), silence(loaded, address, path, cause))
        self._silent.extend(reached.values())
        self.judged[policy.id] = count

    def try_candidates(self) -> None:
        """Ask again about resources with each value that what is not known of them can take."""
        if not self._trials:
            return
        loaded = [self.chosen[name] for name in self._trials.policies]
        made = self._trials.document(self.facts, self.params, self._sections)
        outcomes = self.engine.evaluate(self.modules, encode(made), [one.query for one in loaded])
        addresses = _sent(self._trials.addresses)
        for one in loaded:
            told = self._read(one, outcomes[one.query], addresses)
            by_variant: dict[str, list[Decision]] = {}
            for decision in told:
                by_variant.setdefault(decision.resource or "", []).append(decision)
            if one.policy.id in self._failed:
                self._give_up(one)
                continue
            self._replaced[one.policy.id] = {
                address: combine(one, trial, by_variant, self._judge)
                for address, trial in self._trials.of(one.policy.id).items()
            }

    def finish(self) -> list[Decision]:
        """Return all decisions: settled, combined, raised by the engine, and those about sums."""
        found = list(self._silent)
        for name, loaded in self.chosen.items():
            replaced = self._replaced.get(name, {})
            kept = [one for one in self._raw[name] if one.resource not in replaced and self._speaks(name, one)]
            found.extend(self._judge.settle(one) if one.resource else one for one in kept)
            for several in replaced.values():
                found.extend(several)
            if name in self._failed:
                self.judged.pop(name, None)
                continue
            told = gaps(loaded.policy, self.params, self.facts.graph, self.facts.costs, kept)
            found.extend(told.decisions)
            self.judged[name] = self.judged.get(name, 0) + told.judged
        return found

    def _judge_one(self, loaded: Loaded, resource: Resource, decisions: Sequence[Decision], *, alone: bool) -> None:
        concerned = self._judge.concerned(loaded, resource)
        if not concerned:
            return
        name, address = loaded.policy.id, resource.address
        tried = triable(concerned) if alone else {}
        if tried and not self._trials.add(name, address, tried, self._judge.seen[address]):
            tried = {}
        for path, cause in concerned.items():
            if path not in tried and not self._judge.decided(resource, path, cause, decisions):
                self._silent.append(silence(loaded, address, path, cause))

    def _give_up(self, loaded: Loaded) -> None:
        """Tell of unknowns that could not be tried after all."""
        for address, trial in self._trials.of(loaded.policy.id).items():
            told = [one for one in self._raw[loaded.policy.id] if one.resource == address]
            resource = self.facts.graph.resources[address]
            for path, cause in trial.causes.items():
                if not self._judge.decided(resource, path, cause, told):
                    self._silent.append(silence(loaded, address, path, cause))

    def _subject_to(self, loaded: Loaded) -> Iterator[Resource]:
        """Yield the resources that a policy has a say about, and those of which that is not known."""
        policy, seen = loaded.policy, self._judge.seen
        if policy.applies is None:
            return
        silent = self.params.silent.get(policy.id, frozenset())
        applied = None if loaded.narrowed_by is None else self._applied[policy.id]
        for address, resource in self.facts.graph.resources.items():
            if resource.unit in silent or not policy.applies.to(resource):
                continue
            if (
                applied is None
                or address in applied
                or (seen[address].causes and self._judge.concerned(loaded, resource, narrowing=True))
            ):
                yield resource

    def _speaks(self, name: str, decision: Decision) -> bool:
        """Whether the policy is on where a decision is about; Rego is asked about all units at once."""
        if decision.resource is not None:
            return self.params.speaks(name, self.facts.graph.resources[decision.resource].unit)
        dimension, _, value = (decision.subject or "").partition(":")
        return self.params.speaks(name, value if dimension == "unit" else None)

    def _read(self, loaded: Loaded, outcome: Outcome, addresses: Mapping[str, str]) -> Sequence[Decision]:
        if isinstance(outcome, Failed):
            self._fail(loaded, outcome.message, outcome.place)
            return ()
        deny, *applies = outcome.json if isinstance(outcome, Value) else [None]
        told = answers.read(loaded.policy, deny, addresses)
        for wrong in told.wrong:
            self._fail(loaded, wrong)
        if loaded.narrowed_by is not None:
            self._applied.setdefault(loaded.policy.id, self._addresses(loaded, applies, addresses))
        return told.decisions

    def _addresses(self, loaded: Loaded, answer: Sequence[Any], addresses: Mapping[str, str]) -> frozenset[str]:
        given = answer[0] if answer else None
        if not isinstance(given, list) or not all(isinstance(one, str) and one in addresses for one in given):
            self._fail(loaded, "`applies` is no set of addresses; write `applies contains resource.address if …`")
            return frozenset()
        return frozenset(addresses[one] for one in given)

    def _fail(self, loaded: Loaded, message: str, place: Optional[Place] = None) -> None:
        policy = loaded.policy
        self._failed.add(policy.id)
        failed = Diagnostic("error", "policy-failed", f"policy {policy.id}: {message}", place or _rule(policy), _HINT)
        if failed not in self.diagnostics:
            self.diagnostics.append(failed)


def _rule(policy: Policy) -> Place:
    """Return where the decisions of a policy are made: at its first rule `deny`."""
    lines = policy.source.split("\n")
    at = next((number for number, text in enumerate(lines, 1) if text.startswith(DENY)), policy.place.line)
    return Place(policy.file, at, 1)


_HINT = "The other policies were judged. Correct this one, or set its level to off."


def encode(made: Mapping[str, Any]) -> bytes:
    """Return a document as JSON. File names that are not UTF-8 are kept as lone surrogates, which it cannot hold."""
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _sent(addresses: Iterable[str]) -> Mapping[str, str]:
    """Return addresses by how they are spelt in the document."""
    return {address.encode("utf-8", "replace").decode(): address for address in addresses}


def sections(chosen: Iterable[Loaded]) -> Sections:
    """Return the parts of the document that some policies read."""
    reads = Reads()
    for loaded in chosen:
        required = frozenset(("resources", ANY, *one.path) for one in loaded.rests_on)
        reads |= loaded.reads | Reads(required)
    fields, index = _below(reads, ("resources", ANY)), _below(reads, ("index",))
    return Sections(
        names=_below(reads, ()),
        cost=_below(reads, ("cost",)),
        dimensions=_below(reads, ("cost", "by")),
        bill=_below(reads, ("cost", "resources", ANY)),
        types=_below(reads, ("index", "type")),
        categories=_below(reads, ("index", "category")),
        linked=index is None or "linked_from" in index,
        resource=Wanted(fields, _below(reads, ("resources", ANY, "groups", ANY))),
        unknown=fields is None or "unknown" in fields,
    )


def _below(reads: Reads, prefix: Path) -> Optional[frozenset[str]]:
    """Return the keys that are read below a prefix; None if it may be all of them."""
    found: set[str] = set()
    for paths, deep in ((reads.deep, True), (reads.shallow, False)):
        for path in paths:
            if any(ANY not in (wanted, key) and wanted != key for wanted, key in zip(prefix, path, strict=False)):
                continue
            if len(path) > len(prefix):
                found.add(path[len(prefix)])
            elif deep:
                return None
    return None if found & {ANY, JOINED} else frozenset(found)
