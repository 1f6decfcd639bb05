"""Functions of points in time, written as RFC 3339 has it. None of them asks a clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from guardrail.frontends.terraform.functions.signature import Function
from guardrail.frontends.terraform.types import NUMBER, STRING
from guardrail.frontends.terraform.values import EvaluationError
from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern

_MOMENT: Final = pattern(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,30}))?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
)
_DURATION: Final = pattern(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS: Final[Mapping[str, int]] = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
_SECOND: Final = 10**9
_DAY: Final = 86_400
_LONGEST: Final = 2**63  # nanoseconds, as Go keeps durations

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, as the wall clock of its zone shows it. `offset` is that of the zone, in seconds."""

    day: date
    seconds: int
    nanoseconds: int
    offset: int

    @property
    def instant(self) -> int:
        """Nanoseconds since the beginning of the first year, in universal time."""
        return (self.day.toordinal() * _DAY + self.seconds - self.offset) * _SECOND + self.nanoseconds


def moment(text: str) -> Moment:
    """Read a timestamp. Raises an `EvaluationError` for anything else."""
    match = _MOMENT.match(text)
    if match is None:
        raise EvaluationError(f'"{text[:40]}" is no timestamp such as 2024-01-31T12:00:00Z')
    year, month, day, hour, minute, second = map(int, match.group(1, 2, 3, 4, 5, 6))
    fraction, zone = match.group(7, 8)
    offset = 0 if zone == "Z" else int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise EvaluationError(f'"{text[:40]}" is no date of the calendar') from error
    if hour > 23 or minute > 59 or second > 59 or int(zone[1:3] or 0) > 23 or int(zone[4:6] or 0) > 59:  # noqa: PLR2004
        raise EvaluationError(f'"{text[:40]}" is no time of day')
    nanoseconds = int((fraction or "0").ljust(9, "0")[:9])
    return Moment(found, (hour * 60 + minute) * 60 + second, nanoseconds, -offset if zone[0] == "-" else offset)


def duration(text: str) -> int:
    """Return the nanoseconds of a duration such as `-1h30m`."""
    body = text[1:] if text.startswith(("-", "+")) else text
    total, position = Decimal(0), 0
    while match := _DURATION.match(body, position):
        total += Decimal(match[1]) * _UNITS[match[2]]
        position = match.end()
    if body != "0" and (not body or position < len(body) or len(body) > 200):  # noqa: PLR2004
        raise EvaluationError(f'"{text[:40]}" is no duration such as 1h30m')
    if total >= _LONGEST:
        raise EvaluationError(f'"{text[:40]}" is too long a duration')
    return int(-total if text.startswith("-") else total)


def rfc3339(at: Moment) -> str:
    """Return the timestamp, without fractions of a second."""
    return f"{at.day.isoformat()}T{_clock(at.seconds)}{_zone(at.offset, colon=True, zulu='Z')}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _zone(offset: int, *, colon: bool, zulu: str = "") -> str:
    if not offset and zulu:
        return zulu
    minutes = abs(offset) // 60
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02d}{':' if colon else ''}{minutes % 60:02d}"


def _timeadd(text: str, added: str) -> str:
    at = moment(text)
    seconds = (at.instant + duration(added)) // _SECOND + at.offset
    day, rest = divmod(seconds, _DAY)
    try:
        return rfc3339(Moment(date.fromordinal(day), rest, 0, at.offset))
    except (ValueError, OverflowError) as error:
        raise EvaluationError("the result is outside of the years 1 to 9999") from error


def _timecmp(one: str, other: str) -> int:
    left, right = moment(one).instant, moment(other).instant
    return (left > right) - (left < right)


_FIELDS: Final[Mapping[str, Callable[[Moment], str]]] = {
    "YYYY": lambda at: f"{at.day.year:04d}",
    "YY": lambda at: f"{at.day.year % 100:02d}",
    "MMMM": lambda at: _MONTHS[at.day.month - 1],
    "MMM": lambda at: _MONTHS[at.day.month - 1][:3],
    "MM": lambda at: f"{at.day.month:02d}",
    "M": lambda at: str(at.day.month),
    "DD": lambda at: f"{at.day.day:02d}",
    "D": lambda at: str(at.day.day),
    "EEEE": lambda at: _DAYS[at.day.weekday()],
    "EEE": lambda at: _DAYS[at.day.weekday()][:3],
    "hh": lambda at: f"{at.seconds // 3600:02d}",
    "h": lambda at: str(at.seconds // 3600),
    "HH": lambda at: f"{_twelve(at):02d}",
    "H": lambda at: str(_twelve(at)),
    "AA": lambda at: "PM" if at.seconds >= _DAY // 2 else "AM",
    "aa": lambda at: "pm" if at.seconds >= _DAY // 2 else "am",
    "mm": lambda at: f"{at.seconds // 60 % 60:02d}",
    "m": lambda at: str(at.seconds // 60 % 60),
    "ss": lambda at: f"{at.seconds % 60:02d}",
    "s": lambda at: str(at.seconds % 60),
    "ZZZZZ": lambda at: _zone(at.offset, colon=True),
    "ZZZZ": lambda at: _zone(at.offset, colon=False),
    "ZZZ": lambda at: _zone(at.offset, colon=False, zulu="UTC"),
    "Z": lambda at: _zone(at.offset, colon=True, zulu="Z"),
}

_PIECE: Final = pattern(r"'((?:[^']|''){0,1000})'|(([A-Za-z])\3{0,100})|([^A-Za-z']+)|(')")


def _twelve(at: Moment) -> int:
    return at.seconds // 3600 % 12 or 12


def _formatdate(spec: str, text: str) -> str:
    """Return the moment in the form of the specification: repeated letters are fields, quoted text stays."""
    at = moment(text)
    shown: list[str] = []
    for match in _PIECE.finditer(spec):
        quoted, field, _, plain, _ = match.groups()
        if field is not None:
            if field not in _FIELDS:
                raise EvaluationError(f'there is no "{field}" in a date; put text between single quotes')
            shown.append(_FIELDS[field](at))
        elif quoted is None and plain is None:
            raise EvaluationError("a quote is not closed")
        else:
            shown.append(quoted.replace("''", "'") if plain is None else plain)
    return "".join(shown)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "formatdate": Function(_formatdate, (STRING, STRING), STRING),
    "timeadd": Function(_timeadd, (STRING, STRING), STRING),
    "timecmp": Function(_timecmp, (STRING, STRING), NUMBER),
}
