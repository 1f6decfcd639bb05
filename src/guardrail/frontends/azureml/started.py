"""The job that a schedule starts: written in it, in a file that it names, or known to the workspace alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.frontends.azureml.files import Files, Object, is_path, texts
from guardrail.frontends.azureml.kinds import native_type
from guardrail.frontends.azureml.parts import Parts
from guardrail.model.path import pointer
from guardrail.model.value import Reason, Unknown, Value

_JOB: Final = "create_job"
_TRIGGER: Final = "trigger"
_ANY: Final = "azureml/CommandJob"


def started(files: Files, schedule: Object) -> tuple[Object, Parts]:
    """Return the job that a schedule starts, with the trigger in it, and what the schedule sets otherwise."""
    stated = schedule.value.get(_JOB)
    own: Mapping[str, Value] = stated if isinstance(stated, Mapping) else {}
    reference = own.get("job") if isinstance(stated, Mapping) else stated
    at = f"/{_JOB}" if reference is stated else f"/{_JOB}/job"
    if reference is None and own:
        found = Object(schedule.file, schedule.document, f"{schedule.base}/{_JOB}", own, native_type(texts(own)))
        parts = Parts(own)
    else:
        named = None
        if isinstance(reference, str) and is_path(reference):
            named = files.named(reference, schedule, schedule.document.place(schedule.file, schedule.base + at))
        if named is None:
            found = Object(schedule.file, schedule.document, f"{schedule.base}/{_JOB}", own, _ANY)
            parts = Parts(own, _why(reference))
        else:
            found, parts = named, Parts(named.value)
            _override(parts, own, schedule)
    parts.put(_TRIGGER, schedule.value.get(_TRIGGER), schedule.at(f"/{_TRIGGER}"))
    return found, parts


def _override(parts: Parts, own: Mapping[str, Value], schedule: Object) -> None:
    """Set what a schedule states of the job in a file; settings and inputs one by one."""
    for key, value in own.items():
        if key in ("job", "type") or value is None:
            continue
        theirs = parts.value.get(key)
        if isinstance(theirs, Mapping) and isinstance(value, Mapping):
            parts.value[key] = {**theirs, **value}
            for name in value:
                parts.elsewhere[pointer((key, name))] = schedule.at(pointer((_JOB, key, name)))
        else:
            parts.put(key, value, schedule.at(pointer((_JOB, key))))


def _why(reference: Value) -> Unknown:
    if isinstance(reference, Unknown):
        return Unknown(reference.reason, note=reference.note)
    return Unknown(Reason.ENVIRONMENT, note=f"{str(reference).strip()[:80]} is known to the workspace only")
