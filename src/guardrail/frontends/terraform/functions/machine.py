"""
Logarithm and whole powers to the last bit as Terraform has them; other powers but for that bit.

They are not rounded correctly, and the C library of this machine differs in the last bit. That bit decides whether
`ceil(log(9, 3))`, a number of subnets or of replicas, is 2 or 3; Terraform says 3. What is left of an exponent beyond
a whole number it puts through an exponential function that differs from processor to processor.
"""

from __future__ import annotations

import math
from typing import Final

_LN2_HIGH: Final = float.fromhex("0x1.62e42fee00000p-1")
_LN2_LOW: Final = float.fromhex("0x1.a39ef35793c76p-33")
_ODD: Final = (
    6.666666666666735130e-01,
    2.857142874366239149e-01,
    1.818357216161805012e-01,
    1.479819860511658591e-01,
)
_EVEN: Final = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)
"""
Coefficients of the polynomial that is nearest to what a logarithm leaves after its first terms: those of fdlibm,
https://www.netlib.org/fdlibm/e_log.c
"""


def logarithm(value: float) -> float:
    """Return the natural logarithm. Raises a `ValueError` where there is none."""
    if value <= 0:
        raise ValueError(value)
    fraction, power = math.frexp(value)
    if fraction < math.sqrt(2) / 2:
        fraction, power = fraction * 2, power - 1
    part = fraction - 1
    ratio = part / (2 + part)
    square = ratio * ratio
    fourth = square * square
    rest = square * _polynomial(_ODD, fourth) + fourth * _polynomial(_EVEN, fourth)
    half = 0.5 * part * part
    return power * _LN2_HIGH - ((half - (ratio * (half + rest) + power * _LN2_LOW)) - part)


def _polynomial(coefficients: tuple[float, ...], variable: float) -> float:
    total = 0.0
    for coefficient in reversed(coefficients):
        total = coefficient + variable * total
    return total


def power(base: float, exponent: float) -> float:
    """
    Return a power by squaring: what is left of the exponent beyond a whole number goes through the logarithm.

    Raises a `ValueError` or `OverflowError` where there is no finite one.
    """
    if exponent == 0 or base == 1:
        return 1.0
    if base == 0:
        if exponent < 0:
            raise OverflowError(exponent)
        return 0.0
    if abs(exponent) == 0.5:  # noqa: PLR2004 - the square root
        return math.sqrt(base) if exponent > 0 else 1 / math.sqrt(base)
    fraction, whole = math.modf(abs(exponent))
    if fraction and base < 0:
        raise ValueError(exponent)
    if fraction > 0.5:  # noqa: PLR2004 - the nearest whole number
        fraction, whole = fraction - 1, whole + 1
    rest = math.exp(fraction * logarithm(base)) if fraction else 1.0
    result, power_of_two = _squarings(base, int(whole), rest)
    return math.ldexp(result, power_of_two) if exponent > 0 else math.ldexp(1 / result, -power_of_two)


_LARGEST: Final = 1 << 12
"""An exponent of two beyond this has no number of the machine."""


def _squarings(base: float, times: int, result: float) -> tuple[float, int]:
    """Return a number times a whole power, as a number and the power of two that it is multiplied by."""
    of_result = 0
    part, of_part = math.frexp(base)
    while times:
        if abs(of_part) > _LARGEST:
            return result, of_result + of_part
        if times & 1:
            result, of_result = result * part, of_result + of_part
        part, of_part = part * part, of_part * 2
        if part < 0.5:  # noqa: PLR2004 - kept between a half and one
            part, of_part = part * 2, of_part - 1
        times >>= 1
    return result, of_result
