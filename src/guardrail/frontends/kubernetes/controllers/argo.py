"""
Workflows of Argo: the pods that the steps from the entry point on start, wherever their templates are written.

A template that no step leads to runs nothing. Templates may be those of another object, defaults are laid under them,
and text that is laid over their pods is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final, Optional

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers import fanout
from guardrail.frontends.kubernetes.controllers.fanout import ONCE, Peaks, Task, Times
from guardrail.frontends.kubernetes.controllers.making import LIMIT, Making, Part, embedded
from guardrail.frontends.kubernetes.controllers.steps import BODIES, Settings, objects_of, pod_of
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model import value as values
from guardrail.model.dataclass import dataclass
from guardrail.model.value import ABSENT, UNBOUNDED, Reason, Text, Unknown, Value

_SPECS: Final = {
    "argoproj.io/CronWorkflow": "/spec/workflowSpec",
    "kubeflow.org/ScheduledWorkflow": "/spec/workflow/spec",
}
_OWN: Final = "argoproj.io/WorkflowTemplate"
_ALL: Final = "argoproj.io/ClusterWorkflowTemplate"
_MANY: Final = 2000
"""Templates of one workflow that are followed."""

_DEEP: Final = 40
"""Templates inside one another that are followed."""

_END: Final = {
    "deadline": ("/activeDeadlineSeconds",),
    "ttl": ("/ttlStrategy/secondsAfterCompletion", "/ttlSecondsAfterFinished"),
    "retries": ("/retryStrategy/limit",),
}
_SHARED: Final = ("/volumes", "/templateDefaults", "/podSpecPatch")
"""What a workflow says of each of its pods."""

_LIMITLESS: Final = 2**31 - 1
_EVERYTHING: Final = Unknown(Reason.REFUSED, note=f"more than {_MANY} templates, or {_DEEP} inside one another")


def workflow(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the pods (`pods`) and the objects (`objects`) that a workflow starts, with how many of each at once."""
    making = Making(reading, scope)
    spec = making.own(_SPECS.get(row.type, "/spec"))
    if isinstance(spec.value, str):  # a whole workflow as text
        spec = (embedded(spec) or [spec])[0]
    if isinstance(spec.value, Unknown):
        return making.finished({"pods": spec.value})
    run = _Run(making, around)
    parts = [spec, *run.named(spec.find("/workflowTemplateRef"))]
    home = _Home(parts)
    run.settings = Settings(parts)
    peaks = run.all(home) if row.template else run.entry(home)
    most = home.find("/parallelism").value
    return making.finished(run.made(fanout.limited(peaks, most if isinstance(most, (int, Unknown)) else None)))


@dataclass(slots=True)
class _Home:
    """Where names of templates are looked for: the specs of one object and of that which it takes its own from."""

    parts: Sequence[Part]
    _templates: dict[str, Part] = field(default_factory=dict)

    def find(self, pointer: str) -> Part:
        """Return what the first spec states that states it."""
        found = [part.find(pointer) for part in self.parts]
        return next((one for one in found if one.there), found[0])

    def hidden(self) -> Optional[Unknown]:
        """Return why a template may be there that is not seen."""
        for part in self.parts:
            listed = part.find("/templates")
            names = (one.find("/name").value for one in listed.elements())
            doubt = next((one for one in (listed.value, *names) if isinstance(one, Unknown)), None)
            if doubt is not None:
                return doubt
        return None

    def templates(self) -> Mapping[str, Part]:
        """Return the templates by name."""
        if not self._templates:
            for part in reversed(self.parts):
                self._templates.update(fanout.named(part.find("/templates").elements()))
        return self._templates


@dataclass(slots=True)
class _Run:
    """One workflow while its templates are followed: the leaves that were met, and what is not known of it."""

    making: Making
    around: Surroundings
    settings: Settings = field(default_factory=lambda: Settings(()))
    leaves: dict[str, Part] = field(default_factory=dict)
    doubts: dict[str, Unknown] = field(default_factory=dict)
    known: dict[str, Peaks] = field(default_factory=dict)
    homes: dict[str, _Home] = field(default_factory=dict)

    def all(self, home: _Home) -> Peaks:
        """Return every template that makes pods, none of which runs by itself."""
        for name, part in list(home.templates().items())[:_MANY]:
            if any(part.find(body).there for body in BODIES):
                self.leaves[name] = part
        doubt = home.hidden()
        if doubt is not None:
            self.doubts["?"] = doubt
        return dict.fromkeys(self.leaves, Times(0, 0, 0))

    def entry(self, home: _Home) -> Peaks:
        """Return what runs from the entry point on, and when all is over."""
        first, last = home.find("/entrypoint"), home.find("/onExit")
        found = [self._called(home, first, ())]
        hooks = home.find("/hooks")
        after = [last, *(hooks.below(name).find("/template") for name in hooks.mapping())]
        found += [self._called(home, one, ()) for one in after if one.there]
        return fanout.in_turn(found)

    def named(self, reference: Part) -> Iterator[Part]:
        """Yield the spec of a workflow template that is referred to; note what is not known where it is not here."""
        if not reference.there:
            return
        name = reference.find("/name")
        whole = reference.find("/clusterScope").value is True
        type_ = _ALL if whole else _OWN
        space: Text = None if whole else self.making.reading.object.namespace
        if isinstance(name.value, str) and name.owner is self.making.reading.object:
            self.making.reading.needs.append((name.at, type_, name.value))
        found = self.around.targets(type_, space, name.value) if isinstance(name.value, str) else ()
        if len(found) == 1 and not self.around.affords(self.making.reading, found[0]):
            self.doubts["?"] = LIMIT
            return
        if len(found) == 1:
            yield Part(found[0].value, found[0], "").find("/spec")
            return
        shown = str(name.value)[:60] if isinstance(name.value, str) else "?"
        known = name.value if isinstance(name.value, Unknown) else None
        why = Reason.REFUSED if found else Reason.ENVIRONMENT
        what = f"{len(found)} are called so" if found else "it is not here"
        self.doubts[shown] = known or Unknown(why, note=f"the workflow template {shown!r}: {what}")

    def _called(self, home: _Home, name: Part, inside: tuple[str, ...]) -> Peaks:
        """Return what a template runs that is called by its name."""
        if isinstance(name.value, Unknown):
            self.doubts.setdefault("?", name.value)
            return {}
        part = home.templates().get(name.value) if isinstance(name.value, str) else None
        if part is None:
            if not self.doubts:
                shown = str(name.value)[:60] if name.there else "the entry point"
                self.doubts[shown] = home.hidden() or _missing(self.making, name, f"no template is called {shown!r}")
            return {}
        return self._template(home, part, inside)

    def _template(self, home: _Home, part: Part, inside: tuple[str, ...]) -> Peaks:
        key = f"{id(part.owner)}{part.at}"
        if key in self.known:
            return self.known[key]
        if key in inside:
            return {}  # it calls itself, after it has done what it does
        if len(inside) >= _DEEP or len(self.known) >= _MANY:
            self.doubts.setdefault("?", _EVERYTHING)
            return {}
        deeper = (*inside, key)
        found = self._body(home, part, deeper)
        most = part.find("/parallelism").value
        self.known[key] = fanout.limited(found, most if isinstance(most, (int, Unknown)) else None)
        return self.known[key]

    def _body(self, home: _Home, part: Part, inside: tuple[str, ...]) -> Peaks:
        steps, tasks = part.find("/steps"), part.find("/dag/tasks")
        for one in (steps, tasks):
            if isinstance(one.value, Unknown):
                self.doubts.setdefault("?", one.value)
        if steps.there:
            groups = [one.elements() or [one] for one in steps.elements()]
            return fanout.in_turn(
                fanout.side_by_side(self._step(home, step, inside) for step in group) for group in groups
            )
        if tasks.there:
            return fanout.graph(
                [
                    Task(one.text("name") or "", fanout.waits_for(one), self._step(home, one, inside))
                    for one in tasks.elements()
                ]
            )
        if any(part.find(body).there for body in BODIES):
            return {self._leaf(part): ONCE}
        return {}

    def _leaf(self, part: Part) -> str:
        """Return the key of a template that makes pods: its name, told apart where several are called so."""
        own = part.owner is self.making.reading.object
        name = part.text("name") or part.at.rpartition("/")[2]
        wanted = name if own else f"{part.owner.name}.{name}"
        number = 2
        found = wanted
        while (taken := self.leaves.get(found)) is not None and (taken.owner is not part.owner or taken.at != part.at):
            found, number = f"{wanted}#{number}", number + 1
        self.leaves[found] = part
        return found

    def _step(self, home: _Home, step: Part, inside: tuple[str, ...]) -> Peaks:
        """Return what a step or a task runs, as often as it does at once."""
        often = fanout.fan(step)
        reference, inline = step.find("/templateRef"), step.find("/inline")
        if inline.there:
            peaks = self._template(home, inline, inside)
        elif reference.there:
            other = self._other(reference)
            peaks = {} if other is None else self._called(other, reference.find("/template"), inside)
        else:
            peaks = self._called(home, step.find("/template"), inside)
        hooks = step.find("/hooks")
        after = [self._called(home, hooks.below(one).find("/template"), inside) for one in hooks.mapping()]
        return fanout.in_turn([fanout.repeated(peaks, often), *after])

    def _other(self, reference: Part) -> Optional[_Home]:
        key = f"{reference.find('/clusterScope').value is True}/{reference.text('name')}"
        if key not in self.homes:
            found = list(self.named(reference))
            if not found:
                return None
            self.homes[key] = _Home(found)
        return self.homes[key]

    def made(self, peaks: Peaks) -> Value:
        """Return the pods and objects that were met, as values."""
        pods: list[Value] = []
        objects: list[Value] = []
        for name, part in self.leaves.items():
            if name not in peaks:
                continue
            numbers = {side: _plain(one) for side, one in peaks[name]._asdict().items()}
            for value, source in objects_of(part):
                at = f"/objects/{len(objects)}"
                self.making.put(f"{at}/object", source)
                objects.append({"name": name, "object": value, "times": numbers["high"]})
            at = f"/pods/{len(pods)}"
            template = self._pod(part, f"{at}/template")
            if template is not None:
                self.making.sources[at] = (part.owner, part.at)
                pods.append({"name": name, **numbers, "template": template})
        for name, doubt in self.doubts.items():
            sides = dict.fromkeys(Times._fields, doubt)
            pods.append({"name": name, **sides, "template": doubt})
        return {"pods": tuple(pods), "objects": tuple(objects), **self._end()}

    def _pod(self, part: Part, at: str) -> Optional[Value]:
        """Return the pod template of a leaf, with what the workflow says of all of them, as far as that may be read."""
        for key in _SHARED:
            shared = self.settings.find(key)
            if shared is not None and not self.around.spend(self.making.reading, shared.value):
                return LIMIT
        return pod_of(self.making, self.settings, part, at)

    def _end(self) -> dict[str, Value]:
        """Return when a workflow is over, and how long it stays then."""
        found: dict[str, Value] = {}
        for name, pointers in _END.items():
            part = next((one for at in pointers if (one := self.settings.find(at)) is not None), None)
            if part is not None:
                found[name] = self.making.put(f"/{name}", part)
        return found


def _missing(making: Making, name: Part, what: str) -> Unknown:
    """Say that a template is not there; of those of another object that is said where it is read itself."""
    if name.owner is making.reading.object:
        return making.reading.problem(name.at, what)
    return Unknown(Reason.ERROR, note=what)


def _plain(count: values.Count) -> Value:
    """Return a number as a manifest has it."""
    return _LIMITLESS if count is UNBOUNDED else count if count is not None else ABSENT
