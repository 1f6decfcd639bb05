from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.catalog import convert
from guardrail.model.value import OpenMap, Reason, Unknown

HIDDEN = Unknown(Reason.VARIABLE)


@pytest.mark.parametrize(
    ("function", "value", "result"),
    [
        pytest.param(convert.whole, "12", 12, id="a number that is written as text"),
        pytest.param(convert.signed, "-1", -1, id="a negative one where it means something"),
        pytest.param(convert.whole, Decimal("3.0"), 3, id="an integral decimal"),
        pytest.param(convert.flag, "true", True, id="a flag that is written as text"),
        pytest.param(convert.flag, False, False, id="a flag"),
        pytest.param(convert.flag, 1, True, id="a flag that is a number"),
        pytest.param(convert.text, True, "true", id="a boolean as Terraform writes it"),
        pytest.param(convert.text, Decimal("1.50"), "1.50", id="a decimal without exponent"),
        pytest.param(convert.texts, ["a", 1, None, HIDDEN], ("a", "1", HIDDEN), id="a list, without null"),
        pytest.param(convert.seconds, "3600s", 3600, id="seconds of Google"),
        pytest.param(convert.seconds, "3.500s", 4, id="a part of a second counts as one"),
        pytest.param(convert.seconds, "3.000s", 3, id="no part is none"),
        pytest.param(convert.seconds, "PT1H30M", 5400, id="seconds of ISO 8601"),
        pytest.param(convert.seconds, "P1DT10S", 86410, id="days and seconds of ISO 8601"),
        pytest.param(convert.seconds, "90", 90, id="plain seconds"),
        pytest.param(convert.minutes, "5", 300, id="minutes"),
        pytest.param(convert.days, 30, 2592000, id="days"),
        pytest.param(convert.aws_region, "us-east-1a", "us-east-1", id="a zone of AWS"),
        pytest.param(convert.aws_region, "us-west-2-lax-1a", "us-west-2", id="a local zone"),
        pytest.param(convert.aws_region, "us-gov-west-1b", "us-gov-west-1", id="a government zone"),
        pytest.param(convert.google_region, "us-central1-a", "us-central1", id="a zone of Google"),
        pytest.param(convert.google_region, "projects/p/zones/europe-west4-b", "europe-west4", id="a self link"),
        pytest.param(convert.google_region, "europe-west4", "europe-west4", id="a region stays"),
        pytest.param(convert.google_region, "US", "us", id="a multi-region stays"),
        pytest.param(convert.azure_region, "West Europe", "westeurope", id="the display name of Azure"),
        pytest.param(convert.last, "projects/p/zones/z/disks/d", "d", id="the last part of a self link"),
    ],
)
def test_conversion(function: Callable[[Any], Any], value: object, result: object) -> None:
    found = function(value)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (convert.whole, True),
        (convert.whole, Decimal("1.5")),
        (convert.whole, Decimal("1E+400")),
        (convert.whole, Decimal("NaN")),
        (convert.whole, Decimal("-Infinity")),
        (convert.whole, 10**400),
        (convert.whole, -80),
        (convert.whole, "-80"),
        (convert.whole, Decimal(-1)),
        (convert.whole, "9" * 5000),
        (convert.whole, "1.5"),
        (convert.whole, ["1"]),
        (convert.flag, "yes"),
        (convert.flag, 2),
        (convert.text, {}),
        (convert.texts, "secret"),
        (convert.seconds, "PT"),
        (convert.seconds, "one hour"),
        (convert.aws_region, "secret"),
        (convert.tags, ["secret"]),
    ],
)
def test_refusal_does_not_repeat_the_value(function: Callable[[Any], Any], value: object) -> None:
    with pytest.raises(convert.ConversionError) as caught:
        function(value)
    assert str(value)[:40] not in str(caught.value)


@pytest.mark.parametrize(
    ("provider", "written", "name"),
    [
        ("azure", "East US", "eastus"),
        ("azure", "EastUS", "eastus"),
        ("azure", "1", "1"),
        ("gcp", "EUROPE-WEST4", "europe-west4"),
        ("gcp", "US", "us"),
        ("aws", "eu-west-1", "eu-west-1"),
        ("aws", "us-east-1-bos-1a", "us-east-1-bos-1a"),
        ("aws", "EU-WEST-1", None),
        ("aws", "eu-west-1 ", None),
        ("aws", ["eu-west-1"], None),
        ("gcp", "europe-west4\n", None),
        ("kubernetes", "Rack 7", "Rack 7"),
        (None, "anywhere", "anywhere"),
    ],
)
def test_a_place_has_one_name(provider: Optional[str], written: object, name: Optional[str]) -> None:
    if name is not None:
        assert convert.located(provider, written) == name
        return
    with pytest.raises(convert.ConversionError):
        convert.located(provider, written)


def test_tags_become_text() -> None:
    given_tags = {"a": 1, "b": True, "c": None, "d": HIDDEN, "e": "x", "f": " \t", "g": ""}
    assert convert.tags(given_tags) == {"a": "1", "b": "true", "d": HIDDEN, "e": "x", "f": "", "g": ""}


def test_tags_that_may_hold_more_still_may() -> None:
    found = convert.tags(OpenMap({"a": 1}, HIDDEN))
    assert isinstance(found, OpenMap)
    assert (dict(found), found.rest) == ({"a": "1"}, HIDDEN)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), st.lists, max_leaves=4))
def test_converters_raise_nothing_else(value: object) -> None:
    for function in (convert.whole, convert.flag, convert.text, convert.texts, convert.seconds, convert.tags):
        with suppress(convert.ConversionError):
            function(value)
