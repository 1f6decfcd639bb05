"""
Arithmetic of numbers that are not whole, to the digit as Terraform does it.

Terraform computes with binary numbers of 512 bits, and prints the fewest digits that tell one from its neighbours. Here
a number is kept as those digits; to compute with it, the binary number is found again, so that `10 / 3 * 3` is 10 and
`floor` of it not 9.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final, Union

Number = Union[int, Decimal]

BITS: Final = 512
"""The bits of a number's mantissa."""

MACHINE: Final = 53
"""The bits of the numbers that the machine computes with, which `pow` and `log` give."""

EXACT: Final = 153
"""A decimal of so many digits is the shortest one of its binary number: no two share one."""

_PLAIN: Final = Context(prec=9999, Emin=-999999, Emax=999999)
"""For numbers whose digits are counted already: it rounds nothing."""

_WHOLE: Final = 1 << 63

Binary = tuple[int, int]
"""A number as mantissa and exponent: `mantissa * 2 ** exponent`."""


def add(left: Number, right: Number) -> Number:
    """Return the sum."""
    (one, of_one), (other, of_other) = _binary(left), _binary(right)
    least = min(of_one, of_other)
    return _decimal((one << (of_one - least)) + (other << (of_other - least)), least)


def subtract(left: Number, right: Number) -> Number:
    """Return the difference."""
    (one, of_one), (other, of_other) = _binary(left), _binary(right)
    least = min(of_one, of_other)
    return _decimal((one << (of_one - least)) - (other << (of_other - least)), least)


def multiply(left: Number, right: Number) -> Number:
    """Return the product."""
    (one, of_one), (other, of_other) = _binary(left), _binary(right)
    return _decimal(one * other, of_one + of_other)


def divide(left: Number, right: Number) -> Number:
    """Return the quotient; the divisor is not zero."""
    (one, of_one), (other, of_other) = _binary(left), _binary(right)
    mantissa, exponent = _quotient(one, other, BITS)
    return _decimal(mantissa, exponent + of_one - of_other)


def remainder(left: Number, right: Number) -> Number:
    """Return what is left of a division without fraction, with the sign of the left side; not by zero."""
    whole = int(divide(left, right))  # towards zero
    return subtract(left, multiply(whole, right))


def canonical(value: Number) -> Number:
    """Return the shortest digits of the binary number that these digits stand for."""
    if isinstance(value, int):
        return value if value.bit_length() <= BITS else _decimal(value, 0)
    if len(value.as_tuple().digits) <= EXACT:
        return value
    return _decimal(*_binary(value))


def of_machine(value: float) -> Number:
    """
    Return the shortest digits of a finite number of the machine; all digits of a whole one that fits into 64 bits.

    Terraform has the one when it prints the number and the other when it computes with it.
    """
    numerator, denominator = value.as_integer_ratio()
    if denominator == 1 and abs(numerator) < _WHOLE:
        return numerator
    return _decimal(numerator, 1 - denominator.bit_length(), MACHINE)


def _binary(value: Number) -> Binary:
    if isinstance(value, int):
        return _rounded(value, 0, BITS)
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise TypeError(value)  # infinity: no value is
    whole = int("".join(map(str, digits)))
    whole = -whole if sign else whole
    return _rounded(whole * 10**exponent, 0, BITS) if exponent >= 0 else _quotient(whole, 10**-exponent, BITS)


def _quotient(numerator: int, denominator: int, bits: int) -> Binary:
    """Return the binary number nearest to a fraction."""
    if not numerator:
        return 0, 0
    sign = -1 if (numerator < 0) is not (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    shift = bits + 2 + max(denominator.bit_length() - numerator.bit_length(), 0)
    mantissa, rest = divmod(numerator << shift, denominator)
    # A bit that stands for all that follows: it decides only what would be halfway without it.
    return _rounded(sign * (mantissa << 1 | bool(rest)), -shift - 1, bits)


def _rounded(mantissa: int, exponent: int, bits: int) -> Binary:
    """Return the number with a mantissa of so many bits at most: to the nearest, halfway to the even one."""
    sign, size = (-1, -mantissa) if mantissa < 0 else (1, mantissa)
    excess = size.bit_length() - bits
    if excess <= 0:
        return mantissa, exponent
    kept, rest = size >> excess, size & ((1 << excess) - 1)
    half = 1 << (excess - 1)
    if rest > half or (rest == half and kept & 1):
        kept += 1
    if kept.bit_length() > bits:  # all ones, rounded up
        kept, excess = kept >> 1, excess + 1
    return sign * kept, exponent + excess


def _decimal(mantissa: int, exponent: int, bits: int = BITS) -> Number:
    """Return the fewest digits of a binary number, rounded to its bits first."""
    mantissa, exponent = _rounded(mantissa, exponent, bits)
    if not mantissa:
        return 0
    sign, size = (-1, -mantissa) if mantissa < 0 else (1, mantissa)
    missing = bits - size.bit_length()
    size, exponent = size << missing, exponent - missing
    if exponent >= 0 and (size << exponent).bit_length() <= bits:
        return sign * (size << exponent)
    trailing = -exponent
    if 0 <= trailing <= bits and not size & ((1 << trailing) - 1):
        return sign * (size >> trailing)
    digits, power = _shortest(size, exponent)
    return sign * digits * 10**power if power >= 0 else _PLAIN.scaleb(Decimal(sign * digits), power)


def _shortest(size: int, exponent: int) -> tuple[int, int]:
    """
    Return digits and power of ten: the fewest that lie nearer to this number than to its neighbours.

    All three are counted in halves of the last bit, and so that they are whole numbers of some power of ten.
    """
    scale = max(1 - exponent, 0)
    unit = 5**scale if exponent <= 1 else 1 << (exponent - 1)
    value, lower, upper = 2 * size * unit, (2 * size - 1) * unit, (2 * size + 1) * unit
    digits, low, high = str(value), str(lower), str(upper)
    width = len(high)
    digits, low = digits.rjust(width, "0"), low.rjust(width, "0")
    alike = next(index for index in range(width) if low[index] != high[index])
    closed = not size & 1
    for length in range(min(alike + 1, len(low.rstrip("0"))), width + 1):
        step = 10 ** (width - length)
        down = int(digits[:length]) * step
        fits_down = down > lower or (closed and down == lower)
        fits_up = down + step < upper or (closed and down + step == upper)
        if fits_down or fits_up:
            up = fits_up and (not fits_down or _nearer_up(digits, length))
            return down // step + up, width - length - scale
    raise AssertionError(value)


def _nearer_up(digits: str, length: int) -> bool:
    """Whether digits cut to a length are rounded up: halfway to the even one."""
    rest = digits[length:].rstrip("0")
    if rest == "5":
        return int(digits[length - 1]) % 2 == 1
    return rest[:1] >= "5"
