"""
Money: USD per month of 730 hours, list price, before tax, exact. Only reports round.

A missing price is a type of its own, never zero; a bill with one is a lower bound and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Final, Literal, Optional, Union

from guardrail.model.dataclass import dataclass
from guardrail.model.value import NoBound, Reason, Unknown

MONTH_HOURS: Final = Decimal(730)

Amount = Union[Decimal, NoBound, Unknown]
"""An exact amount, no limit (`max` only), or not known. The last two cannot be added."""

Role = Literal["billed", "allocated", "template"]
Basis = Literal["listed", "negotiated", "derived"]
BoundName = Literal["min", "expected", "max"]
BOUND_NAMES: Final[tuple[BoundName, ...]] = ("min", "expected", "max")


@dataclass(frozen=True, slots=True)
class Price:
    """One row of the book. `unit` is what is paid for (`hour`, `GB-month`); `as_of` is ISO, `2026` or `undated`."""

    provider: str
    service: str
    sku: str
    region: str
    unit: str
    usd: Decimal
    option: str
    source: str
    as_of: str
    basis: Basis = "listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """
    One line of a bill. `quantity` × `price.usd` = `monthly`, each for the expected bound.

    `bounds` are the monthly amounts of all three; `quantity` and `monthly` are None where the expected bound is
    not known.
    """

    name: str
    price: Price
    quantity: Optional[Decimal]
    monthly: Optional[Decimal]
    bounds: Mapping[BoundName, Amount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpriced:
    """A line without a price. Not zero: the bill becomes a lower bound and lists what it leaves out."""

    name: str
    why: str  # for people: "no price of p4d.24xlarge in eu-south-2"
    reason: Reason = Reason.UNPRICED


Line = Union[Priced, Unpriced]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one resource costs. Without all lines priced and all bounds known, `complete` is false."""

    address: str
    role: Role
    min: Amount
    expected: Amount
    max: Amount
    complete: bool
    lines: tuple[Line, ...] = ()
    per_run: Optional[tuple[Amount, Amount, Amount]] = None  # of work that ends, USD per run; None elsewhere
    allocated_to: tuple[str, ...] = ()  # the pools whose bill holds this one's cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """
    A total. Unknown addends count as what is known of them and make it incomplete.

    `unbounded`, `unpriced` and `unknown` list the addresses at fault, sorted.
    """

    min: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)
    max: Union[Decimal, NoBound] = Decimal(0)
    unbounded: tuple[str, ...] = ()
    unpriced: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is left out. An unbounded maximum is complete knowledge."""
        return not (self.unpriced or self.unknown)


NOTHING: Final = Sum()


@dataclass(frozen=True, slots=True)
class Compared:
    """A sum at head, at base, and what the change does to it. Without a base the last two are None."""

    head: Sum
    base: Optional[Sum] = None
    delta: Optional[Sum] = None

    @property
    def delta_percent(self) -> Optional[Decimal]:
        """Growth of the expected bound in percent, None without base or where that is 0."""
        if self.base is None or self.delta is None or not self.base.expected:
            return None
        return self.delta.expected / self.base.expected * 100


DIMENSIONS: Final = ("unit", "environment", "team", "model", "namespace", "cluster")

UNALLOCATED: Final = "unallocated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The bills of a run and their sums by dimension and value. Each dimension adds up to the total."""

    bills: Mapping[str, Bill]
    base_bills: Mapping[str, Bill] = field(default_factory=dict)
    total: Compared
    by: Mapping[str, Mapping[str, Compared]]
    accelerators: Mapping[str, Mapping[str, Mapping[str, AcceleratorSum]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AcceleratorSum:
    """
    Devices of one family; `count × fraction` is rounded up per group. `unknown` lists the addresses left out.

    `max_known` is what is known of `max`: beside something unbounded, the sum of all that has a bound.
    """

    min: int = 0
    desired: int = 0
    max: Union[int, NoBound] = 0
    unknown: tuple[str, ...] = ()
    max_known: int = 0
