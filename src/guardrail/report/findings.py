"""Findings as people read them: what is wrong, where, why the value is what it is, and what would pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from guardrail.model.finding import Finding
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.value import Unknown
from guardrail.report.page import BLANK, Line, Span, Style, cells, hanging, line, padded, shortened
from guardrail.report.writing import plain

IN_FULL: Final[Mapping[str, int]] = {"BLOCKS": 12}
"""Findings of one section that are told in full; of the others only how many there are."""

USUALLY: Final = 6
"""The same for any other section."""

ALIKE: Final = 4
"""Subjects that are named where one thing is wrong with many."""

MESSAGES: Final = 3
"""Ways of saying the same that are told of such subjects, the most frequent."""

STEPS: Final = 5
"""Lines of a provenance. The chain is shown from both ends: where the value is used and where it begins."""

LEAST: Final = 30
"""Columns that a line of source is given."""

EXISTING: Final = 5

_MARKS: Final[Mapping[str, Span]] = {
    "deny": ("✗", "bad"),
    "warn": ("!", "warn"),
    "undetermined": ("?", "doubt"),
}
_VALUE: Final = 40


def findings(found: Sequence[Finding], width: int) -> Iterator[Line]:
    """Yield all findings: what blocks, then warnings, what cannot be told, what was there before."""
    shown = [finding for finding in found if not finding.hidden]
    rest = [finding for finding in shown if not finding.blocking]
    introduced = [finding for finding in rest if finding.introduced]
    sections: tuple[tuple[str, Style, list[Finding]], ...] = (
        ("BLOCKS", "bad", [finding for finding in shown if finding.blocking]),
        ("DENIED, but does not block", "bad", [finding for finding in introduced if finding.status == "deny"]),
        ("WARNS", "warn", [finding for finding in introduced if finding.status == "warn"]),
        ("CANNOT BE TOLD", "doubt", [finding for finding in introduced if finding.status == "undetermined"]),
    )
    for title, style, several in sections:
        if several:
            yield line((f"{title}  {len(several)}", style))
            yield from _section(several, IN_FULL.get(title, USUALLY), width)
    existing = [finding for finding in rest if not finding.introduced]
    if existing:
        yield from _existing(existing, width)


def _section(several: Sequence[Finding], most: int, width: int) -> Iterator[Line]:
    """Yield the findings of a section. What is wrong with many in the same way is told once, with some of them."""
    groups = _alike(several, by_message=True)
    if len(groups) > most:
        groups = _alike(several, by_message=False)
    for group in groups[:most]:
        yield BLANK
        yield from _alone(group[0], width) if len(group) == 1 else _together(group, width)
    left = Counter(finding.decision.policy for group in groups[most:] for finding in group)
    if left:
        more = ", ".join(f"{policy} ({number})" if number > 1 else policy for policy, number in sorted(left.items()))
        yield BLANK
        yield from hanging((("  and ", "quiet"),), f"{more}; --format json lists them all", width, "quiet")
    yield BLANK


def _alike(several: Sequence[Finding], *, by_message: bool) -> list[list[Finding]]:
    """Return findings that have the same way out, and say the same where that is asked for; the order stays."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in several:
        told = finding.decision
        message = told.message if by_message else ""
        alike.setdefault((told.policy, finding.status, message, finding.remediation), []).append(finding)
    return list(alike.values())


def _alone(finding: Finding, width: int) -> Iterator[Line]:
    where = "" if finding.place is None else str(finding.place)
    yield _title(finding, (where, "place"))
    yield line(("    ", "plain"), (_subject(finding), "quiet"))
    yield from hanging((("    ", "plain"),), finding.decision.message, width)
    yield from because(finding.provenance, "    because  ", width)
    yield from hanging((("    to pass  ", "quiet"),), finding.remediation, width, "good")


def _together(group: Sequence[Finding], width: int) -> Iterator[Line]:
    first = group[0]
    yield _title(first, (f"{len(group)} times", "strong"))
    messages = Counter(finding.decision.message for finding in group)
    for message, number in messages.most_common(MESSAGES):
        times = f"  ({number} times)" if len(messages) > 1 else ""
        yield from hanging((("    ", "plain"),), f"{message}{times}", width)
    if len(messages) > MESSAGES:
        yield line((f"    and {len(messages) - MESSAGES} more like it", "quiet"))
    yield from hanging((("    to pass  ", "quiet"),), first.remediation, width, "good")
    yield from _named(group, ALIKE, width)


def _title(finding: Finding, *more: Span) -> Line:
    mark, style = _MARKS[finding.status]
    return line(
        "  ", (mark, style), " ", (finding.decision.policy, "strong"), (f"  {finding.severity}  ", "quiet"), *more
    )


def _named(several: Sequence[Finding], most: int, width: int, *, policy: bool = False) -> Iterator[Line]:
    """Yield one line for each of some findings: policy if asked for, subject, place."""
    rows = [
        (
            finding.decision.policy if policy else "",
            _subject(finding),
            "" if finding.place is None else where_of(finding.place),
        )
        for finding in several[:most]
    ]
    widths = [max(cells(row[at]) for row in rows) for at in range(3)]
    head = widths[0] + 6 if policy else 4
    beside = head + widths[1] + 2 + widths[2] <= width
    for name, subject, where in rows:
        start = f"    {padded(name, widths[0])}  " if policy else "    "
        if beside:
            yield line((start, "quiet"), (padded(subject, widths[1]), "quiet"), ("  ", "plain"), (where, "place"))
            continue
        yield line((start, "quiet"), (subject, "quiet"))
        if where:
            yield line((" " * (head + 2), "quiet"), (where, "place"))
    if len(several) > most:
        yield line((f"    and {len(several) - most} more; --format json lists them all", "quiet"))


def because(steps: Sequence[Step], head: str, width: int, *, most: int = STEPS) -> Iterator[Line]:
    """
    Yield the chain of lines that led to a value, its own first; each with what the value was there.

    Of more than there is room for, those are left out that only decide, then those in the middle.
    """
    if len(steps) > most:
        values = [step for step in steps if not step.decides]
        steps = steps[:most] if len(values) <= most else (*values[: most - 2], *values[-2:])
    places = [where_of(step.place) for step in steps]
    column = max((cells(place) for place in places), default=0)
    indent = cells(head)
    below = width - indent - column - 2 < LEAST
    for at, (step, place) in enumerate(zip(steps, places, strict=True)):
        first = (head, "quiet") if at == 0 else (" " * indent, "plain")
        told = value_text(step)
        room = width - indent - (2 if below else column + 2) - (cells(told) + 4 if told else 0)
        text = shortened(" ".join(step.text.split()), max(room, LEAST))
        shown: tuple[object, ...] = () if not told or told in text else (("  → ", "quiet"), (told, "strong"))
        if below:  # the place is so long that nothing fits beside it
            yield line(first, (place, "place"))
            yield line(" " * (indent + 2), text, *shown)
        else:
            yield line(first, (padded(place, column), "place"), "  ", text, *shown)


def value_text(step: Step) -> str:
    """Return what a value was at a step, as far as it is known and short; strings without their quotes."""
    if step.value is UNSAID or isinstance(step.value, Unknown):
        return ""
    return shortened(plain_text(step.value), _VALUE)


def plain_text(value: object) -> str:
    """Return a value as people write it: strings as they are, the rest as JSON."""
    if isinstance(value, str):
        return str(plain(value))
    import json

    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True)


def _existing(several: Sequence[Finding], width: int) -> Iterator[Line]:
    """Yield what base has as well: counted, and some of it named."""
    yield line((f"WAS THERE BEFORE  {len(several)}", "quiet"), ("  not brought by this change", "quiet"))
    yield from _named(several, EXISTING, width, policy=True)
    yield BLANK


def _subject(finding: Finding) -> str:
    told = finding.decision
    if told.resource is not None:
        return told.resource
    kind, _, value = (told.subject or "").partition(":")
    return f"{kind} {value}".strip()


def where_of(place: Place) -> str:
    """Return file and line: the column matters only where a finding is told in full."""
    return f"{place.file}:{place.line}" if place.line else place.file
