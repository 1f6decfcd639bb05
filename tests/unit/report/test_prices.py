"""Prices of the book as text, as rows and as a document."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from guardrail.data import DIRECTORY
from guardrail.model.cost import Price
from guardrail.pricing.book import Book
from guardrail.pricing.listed import Listed
from guardrail.pricing.listings import Item, Listing
from guardrail.report.price_rows import CSV_COLUMNS
from guardrail.report.prices import render
from guardrail.run.listed import equivalents, machine_prices, region_prices

ANSWERS = {
    "a machine": lambda: machine_prices("g5.xlarge"),
    "of several rows": lambda: machine_prices("n1-custom-4-16384"),
    "no machine": lambda: machine_prices("gp3"),
    "a region": lambda: region_prices(("us-central1", "eastus"), "a100"),
    "equivalents": lambda: equivalents("g4dn.xlarge"),
    "equivalents of what has no price": lambda: equivalents("trn2.48xlarge"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_the_document_is_as_published(answer: Any) -> None:
    schema = json.loads((DIRECTORY / "schemas" / "price-list.schema.json").read_text(encoding="utf-8"))
    document = json.loads(render(answer(), "json", False, 100))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []
    for price in document.get("prices", []):
        parts = sum(Decimal(part["usd"]) * Decimal(part["quantity"]) for part in price["parts"])
        assert parts == Decimal(price["usd"])


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_rows_are_a_table(answer: Any) -> None:
    rows = list(csv.reader(StringIO(render(answer(), "csv", False, 100))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert {len(row) for row in rows} == {len(CSV_COLUMNS)}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_the_same_is_told_twice(answer: Any) -> None:
    for style in ("terminal", "csv", "json"):
        assert render(answer(), style, False, 100) == render(answer(), style, False, 100)


def test_rows_are_exact_and_lead_to_the_book() -> None:
    rows = list(csv.DictReader(StringIO(render(machine_prices("a2-highgpu-8g", ("us-central1",)), "csv", False, 100))))
    committed = next(row for row in rows if row["option"] == "1yr")
    assert (committed["usd"], committed["usd_per_accelerator"]) == ("18.5136563205", "2.3142070401")
    assert committed["source"].endswith("(per month, divided by 730 hours)")
    file, _, line = committed["file"].partition(":")
    told = (DIRECTORY / "prices" / file).read_text("utf-8").splitlines()[int(line) - 1]
    assert told.startswith("a2-highgpu-8g,us-central1,hour,1yr,18.5136563205,")


def test_people_read_the_source_of_every_figure() -> None:
    assert render(machine_prices("g5.xlarge", ("us-east-1",)), "terminal", False, 100).splitlines() == [
        "g5.xlarge  aws, ec2: 1 × a10g, 4 vCPU, 16 GiB, USD per hour",
        "             on-demand       spot         1yr",
        "  us-east-1      1.006  a  0.4937  b  0.63378  c",
        "",
        "  a  aws/karpenter-provider-aws@6fc13b5, 2026-07-20",
        "  b  asaiacai/skypilot-catalog@9da9775, 2024-05-01",
        "  c  tsaol/aws-gpu@77fcd9f, 2026-01-21",
        "",
        "  List prices, before tax and before discounts that depend on use; price book 2026.11.24",
    ]


def test_what_is_added_on_is_said_to_be() -> None:
    text = render(region_prices(("us-central1",), "t4"), "terminal", False, 100)
    assert "nvidia-tesla-t4 (added on)  1 × t4" in text


def test_where_there_is_nothing_alike_it_is_said() -> None:
    text = render(equivalents("trn1.32xlarge"), "terminal", False, 100)
    assert "  on-demand: nothing like it has a price in azure and gcp\n" in text
    assert "  3yr: nothing like it has a price in aws, azure and gcp\n" in text


def test_more_sources_than_letters_have_two() -> None:
    prices = tuple(
        Listing(
            provider="aws",
            service="ec2",
            name="m",
            region=f"region-{number:02}",
            option="on-demand",
            unit="hour",
            usd=Decimal(1),
            items=(
                Item(
                    Price("aws", "ec2", "m", "r", "hour", Decimal(1), "on-demand", f"list {number}", "2026"), Decimal(1)
                ),
            ),
        )
        for number in range(28)
    )
    lines = render(Listed(book=Book(), machine="m", prices=prices), "terminal", False, 100).splitlines()
    assert [line.split()[-1] for line in lines[2:30]][24:] == ["y", "z", "aa", "ab"]
    assert "  ab list 27, 2026" in lines
