"""How pods have to lie to each other: the shape of the slice of TPUs that they run on."""

from __future__ import annotations

from collections.abc import Sequence

from guardrail.frontends.kubernetes.pods import Found
from guardrail.frontends.kubernetes.reading import Reading
from guardrail.model.value import CANDIDATES, Reason, Unknown, Value


def placement(reading: Reading, found: Sequence[Found]) -> dict[str, Value]:
    """Return the fact `placement` with its `topology`, nothing where no group states one."""
    stated = [(one, one.where.topology) for one in found if one.where.topology is not None]
    if not stated:
        return {}
    pointers = dict.fromkeys(one.template.find(one.pods.pod)[1] for one, _ in stated)
    reading.came("/placement/topology", *(f"{at}/nodeSelector" for at in pointers))
    shapes = tuple(dict.fromkeys(shape for _, shape in stated))
    if len(shapes) == 1:
        return {"placement": {"topology": shapes[0]}}
    known = all(isinstance(shape, str) for shape in shapes) and len(shapes) <= CANDIDATES
    note = "its groups run on slices of several shapes"
    return {"placement": {"topology": Unknown(Reason.REFUSED, shapes if known else None, note=note)}}
