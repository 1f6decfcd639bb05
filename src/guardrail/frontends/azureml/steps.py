"""
What a job of Azure ML consists of: the steps of a pipeline, the job that a schedule starts, the trials of a sweep.

A step is described by what it states itself and by its component, which another file may hold; what it does not say
about its compute, the pipeline does. Each is an object of its own, at the place in the pipeline where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Final, Optional

from guardrail.frontends.azureml.files import Files, Object, is_path, texts
from guardrail.frontends.azureml.kinds import native_type
from guardrail.frontends.azureml.loops import LOOPS, loops
from guardrail.frontends.azureml.parts import Parts
from guardrail.frontends.azureml.started import started
from guardrail.frontends.azureml.values import compute, inputs, resolved
from guardrail.frontends.specs.native import Elsewhere
from guardrail.frontends.specs.spec import Spec, text_of
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.path import pointer
from guardrail.model.value import OpenMap, Reason, Unknown, Value

DEPTH: Final = 16
"""How many pipelines may be inside one another."""

MOST: Final = 2_000
"""Steps of one file. Pipelines that use pipelines can have as many as anybody likes."""

_TYPES: Final[Mapping[str, str]] = {
    "command": "CommandJob",
    "sweep": "SweepJob",
    "parallel": "ParallelJob",
    "spark": "SparkJob",
    "automl": "AutoMLJob",
    "pipeline": "PipelineJob",
    "import": "ImportJob",
    "data_transfer": "DataTransferJob",
    "finetuning": "FineTuningJob",
    "distillation": "DistillationJob",
}
PIPELINES: Final = frozenset({"azureml/PipelineJob", "azureml/PipelineComponent", "azureml/PipelineDeployment"})
"""What has steps below `jobs`."""

_SPARK: Final = "azureml/SparkJob"
_TRIGGER: Final = "trigger"
_SCHEDULE: Final = "azureml/Schedule"
_COMPONENT: Final = "Component"
_OF_JOBS: Final = "Job"


@dataclass(frozen=True, slots=True)
class Above:
    """
    What is around a step: the compute where it names none, inputs by name, and how deep it is.

    `trigger` is what starts the whole, where a schedule does.
    """

    compute: Value = None
    compute_at: Optional[Elsewhere] = None
    trigger: Value = None
    trigger_at: Optional[Elsewhere] = None
    inputs: Mapping[str, Value] = field(default_factory=dict)
    template: bool = False
    depth: int = 0


@dataclass(slots=True)
class Steps:
    """The objects of one file. `specs` are in the order in which they are written, whoever contains others first."""

    files: Files
    specs: list[Spec] = field(default_factory=list)
    full: bool = False

    def add(self, found: Object, native: str, above: Above, more: Optional[Parts] = None) -> None:
        """Enter an object, and what it consists of."""
        if len(self.specs) >= MOST:
            self._limit(found)
            return
        parts = more or Parts(found.value)
        if above.trigger is not None and above.trigger_at is not None:
            parts.put(_TRIGGER, above.trigger, above.trigger_at)
        self._with_component(found, parts)
        type_ = found.type or "azureml/CommandJob"
        value = _resolved(parts.value, above.inputs)
        _place(type_, value, parts, above)
        meant: dict[str, tuple[str, ...]] = {}
        spec = Spec(
            file=found.file,
            document=found.document,
            base=found.base,
            value=value if parts.rest is None else OpenMap(value, parts.rest),
            type=_template(type_) if above.template else type_,
            name=text_of(value.get("name"), _last(native)),
            native=native,
            provider="azure",
            meant=meant,
            elsewhere=parts.elsewhere,
        )
        self.specs.append(spec)
        if type_ in PIPELINES:
            self._steps(found, spec, above, meant)
        elif type_ == _SCHEDULE and "create_job" in found.value:
            one, made = started(self.files, found)
            meant["/create_job"] = (f"{native}/create_job",)
            self.add(one, f"{native}/create_job", Above(), made)

    def _limit(self, found: Object) -> None:
        if not self.full:
            self.full = True
            message = f"more than {MOST:,} steps in one file; the others are not judged"
            place = found.document.place(found.file, found.base)
            self.files.told.append(Diagnostic("error", "limit-steps", message, place, "split the pipeline"))

    def _with_component(self, found: Object, parts: Parts) -> None:
        """Take over what the component of a step says, or the job that a sweep tries."""
        for key in ("component", "trial"):
            stated = parts.value.get(key)
            component = self.component(found, key, stated)
            if component is None and isinstance(stated, (str, Unknown)):
                parts.open(key, _why(stated))
            elif component is not None and key == "trial":
                parts.put(key, component.value, component.at(""))
                parts.pass_inputs(component)
            elif component is not None:
                parts.take(component)

    def component(self, found: Object, key: str, stated: Value) -> Optional[Object]:
        """Return the component that a step names or holds, None where it is not at hand."""
        if isinstance(stated, Mapping):
            return Object(found.file, found.document, f"{found.base}/{key}", stated, native_type(texts(stated)))
        if not isinstance(stated, str) or not is_path(stated):
            return None
        return self.files.named(stated, found, found.document.place(found.file, f"{found.base}/{key}"))

    def _steps(self, found: Object, pipeline: Spec, above: Above, meant: dict[str, tuple[str, ...]]) -> None:
        """Enter the steps of a pipeline."""
        jobs = pipeline.value.get("jobs")
        if not isinstance(jobs, Mapping):
            return
        if above.depth >= DEPTH:
            self._limit(found)
            return
        inside = replace(
            _around(found, pipeline, above),
            trigger=pipeline.value.get(_TRIGGER),
            trigger_at=pipeline.elsewhere.get(f"/{_TRIGGER}"),
            inputs=inputs(pipeline.value.get("inputs")),
            template=above.template or pipeline.type == "azureml/PipelineComponent",
            depth=above.depth + 1,
        )
        at = pipeline.elsewhere.get("/jobs") or found.at("/jobs")
        around = loops(jobs)
        for name, step in jobs.items():
            if not isinstance(step, Mapping) or str(step.get("type")).lower() in LOOPS:
                continue
            native = f"{pipeline.native}/{name}"
            meant[pointer(("jobs", name))] = (native,)
            one = Object(at.file, at.document, at.pointer + pointer((name,)), step)
            parts = Parts({**step, **around.get(name, {})})
            self.add(replace(one, type=self._type(one)), native, inside, parts)

    def _type(self, step: Object) -> str:
        """Return what a step is: by its type, else by its component."""
        word = step.value.get("type")
        if isinstance(word, str) and word.lower() in _TYPES:
            return f"azureml/{_TYPES[word.lower()]}"
        if "trial" in step.value:
            return "azureml/SweepJob"
        component = self.component(step, "component", step.value.get("component"))
        if component is not None and component.type is not None:
            return component.type.replace(_COMPONENT, _OF_JOBS)
        return "azureml/CommandJob"


def _resolved(value: Mapping[str, Value], parent: Mapping[str, Value]) -> dict[str, Value]:
    """Return attributes with the inputs in them; those of the steps of a pipeline are looked for in each step."""
    passed = resolved(value.get("inputs"), {}, parent)
    own = inputs(passed)
    found = {key: one if key == "jobs" else resolved(one, own, parent) for key, one in value.items()}
    return {**found, "inputs": passed} if passed is not None else found


def _place(type_: str, value: dict[str, Value], parts: Parts, above: Above) -> None:
    """Say where an object runs: what it states, else what is around it."""
    stated = value.get("compute")
    if isinstance(stated, Mapping):
        return  # a monitor states a machine there
    own = type_ == _SPARK and value.get("resources") is not None
    if stated is None and above.compute is not None and not own and type_ not in PIPELINES:
        value["compute"] = stated = above.compute
        if above.compute_at is not None:
            parts.elsewhere["/compute"] = above.compute_at
    if stated is not None:
        value["compute"] = compute(stated)
    parts.close(value, pipeline=type_ in PIPELINES)


def _around(found: Object, pipeline: Spec, above: Above) -> Above:
    """Return the compute of the steps of a pipeline that name none."""
    settings = pipeline.value.get("settings")
    default = settings.get("default_compute") if isinstance(settings, Mapping) else None
    for stated, at in ((default, "/settings/default_compute"), (pipeline.value.get("compute"), "/compute")):
        if stated is not None:
            return Above(compute(stated), pipeline.elsewhere.get(at) or found.at(at))
    return Above(above.compute, above.compute_at)


def _why(reference: Value) -> Unknown:
    if isinstance(reference, Unknown):
        return Unknown(reference.reason, note=reference.note)
    return Unknown(Reason.MODULE, note=f"{reference.strip()[:80]} is not at hand")


def _template(type_: str) -> str:
    """Return what a step of a definition is: it runs where the definition is used."""
    return type_.replace(_OF_JOBS, _COMPONENT) if type_.removeprefix("azureml/") in _DEFINED else type_


_DEFINED: Final = frozenset(
    {"CommandJob", "PipelineJob", "ParallelJob", "SparkJob", "ImportJob", "DataTransferJob", "AutoMLJob", "SweepJob"}
)


def _last(native: str) -> str:
    return native.rpartition("/")[2]
