"""
Every trap into which collected prices have led, planted into a small copy of real rows.

The copy is fixtures/prices: rows as they were collected, and nothing is wrong with them. Each case changes one row or
adds one, and names the refusals that follow, with the figures that they have to show.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import build_prices
import pytest
from book.read import COLUMNS

ROWS: Final = Path(__file__).parents[3] / "fixtures" / "prices"
TODAY: Final = "2026-11-24"


@dataclass
class Lists:
    """The collected files in a folder of the test, the book that is made of them, and what the tool said."""

    folder: Path
    into: Path
    capsys: pytest.CaptureFixture[str]

    def change(self, file: str, match: str, **fields: str) -> str:
        """Change the fields of the one row that has these words, and return where it is."""
        wanted = match.split()
        rows = self._read(file)
        found = [at for at, row in enumerate(rows) if set(wanted) <= set(row.values())]
        assert len(found) == 1, f"{len(found)} rows have {match}"
        rows[found[0]] |= fields
        self._write(file, rows)
        return f"{file}:{found[0] + 2}"

    def scale(self, file: str, match: str, change: Callable[[dict[str, str]], str]) -> None:
        """Change the price of all rows that have these words."""
        rows = self._read(file)
        for row in rows:
            if set(match.split()) <= set(row.values()):
                row["price_usd"] = change(row)
        self._write(file, rows)

    def add(self, file: str, match: str, **fields: str) -> str:
        """Add a row that differs in these fields from the one that has these words."""
        rows = self._read(file)
        found = [row for row in rows if set(match.split()) <= set(row.values())]
        assert found, f"no row has {match}"
        self._write(file, [*rows, {**found[0], **fields}])
        return f"{file}:{len(rows) + 2}"

    def drop(self, file: str, match: str) -> None:
        rows = self._read(file)
        kept = [row for row in rows if not set(match.split()) <= set(row.values())]
        assert len(kept) < len(rows)
        self._write(file, kept)

    def _read(self, file: str) -> list[dict[str, str]]:
        with (self.folder / file).open(encoding="utf-8", newline="") as text:
            return list(csv.DictReader(text))

    def _write(self, file: str, rows: Sequence[dict[str, str]]) -> None:
        with (self.folder / file).open("w", encoding="utf-8", newline="") as text:
            table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(rows)

    def build(self) -> tuple[int, list[str]]:
        """Build the book: the exit code, and what was printed of it."""
        arguments = ["--from", str(self.folder), "--into", str(self.into), "--today", TODAY]
        code = build_prices.main(arguments)
        told = self.capsys.readouterr()
        return code, [*told.out.splitlines(), *told.err.splitlines()]

    def refused(self) -> list[str]:
        """Build, expect that nothing is made, and return the refusals."""
        code, lines = self.build()
        assert code == 1
        assert not self.into.exists()
        return [line.removeprefix("refused: ") for line in lines if line.startswith(("refused: ", "error: "))]


@pytest.fixture
def lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Lists:
    shutil.copytree(ROWS, tmp_path / "lists")
    return Lists(tmp_path / "lists", tmp_path / "book", capsys)


def test_the_true_rows_pass(lists: Lists) -> None:
    code, lines = lists.build()
    assert code == 0
    assert lines[-1] == "289 rows, 277 prices, 21 files, 0 refused, version 2026.11.09"
    told = [line.split(": ")[1] for line in lines[:-1]]
    assert told == [
        *["jump"] * 4,
        "alone",
        "rounded",
        "left out",
        "not needed",
        "in no table of machines",
        *["no price"] * 3,
    ]


def test_what_has_no_price_says_why(lists: Lists) -> None:
    assert [line for line in lists.build()[1] if "no price:" in line] == [
        "note: no price: aws trn2.48xlarge: option: sold in capacity blocks only; it has no price on demand",
        (
            "note: no price: gcp ct5lp-hightpu-1t: machine: slices of TPU v5e with 1 chip are in no list "
            "that the book is made of"
        ),
        "note: no price: gcp tpu7x-standard-1t: machine: no list that the book is made of has TPU 7x",
    ]


def times(factor: str) -> Callable[[dict[str, str]], str]:
    from decimal import Decimal

    return lambda row: f"{Decimal(row['price_usd']) * Decimal(factor):f}"


def licensed(row: dict[str, str]) -> str:
    from decimal import Decimal

    return f"{Decimal(row['price_usd']) + Decimal(row['vcpu']) * Decimal('0.046'):f}"


P5: Final = "p5.48xlarge us-east-1 on-demand"
G5: Final = "g5.24xlarge us-east-1 on-demand"
DAS: Final = "Standard_D4as_v5 westeurope"
P4D: Final = "aws ec2 p4d.24xlarge eu-west-1 hour"
CONTROL_PLANE: Final = "control-plane-standard"
A3: Final = "a3-highgpu-8g us-central1 on-demand"


@pytest.mark.parametrize(
    ("fault", "refusals"),
    [
        # equal dates
        pytest.param(
            lambda lists: lists.add("aws_ec2.csv", P5, price_usd="55.05", source="somebody else"),
            {"equal-date": ["55.05", "= 55.04 "]},
            id="two rows of one date, a cent apart",
        ),
        pytest.param(
            lambda lists: lists.add("aws_ec2.csv", P5, source="somebody else"),
            {"equal-date": ["somebody else"]},
            id="two rows of one date and one figure: one of them is the other's copy",
        ),
        # newest wins
        pytest.param(
            lambda lists: lists.add(
                "aws_ec2.csv", P5, price_usd="98.32", as_of="2026-08-01", source="old list, new file"
            ),
            {"jump": ["= 98.32 ", "= 55.04 ", "79 %", "no second source"], "managed": ["= 98.32 "]},
            id="a file's date is not that of its figures: the rate of 2024 in a file of 2026",
        ),
        pytest.param(
            lambda lists: lists.add("aws_ec2.csv", P5, price_usd="60.6", as_of="2026-08-01"),
            {"jump": ["= 60.6 ", "= 55.04 ", "10 %"], "managed": []},
            id="up by a tenth and a little",
        ),
        pytest.param(
            lambda lists: [
                lists.add("aws_ec2.csv", P5, price_usd="98.32", as_of="2026-08-01"),
                lists.add(
                    "aws_ec2.csv", P5, price_usd="98.32", as_of="2026-08-02", source="aws/karpenter-provider-aws@1"
                ),
            ],
            {"jump": ["= 98.32 ", "= 55.04 "], "managed": []},
            id="a later revision of the same list is no second source",
        ),
        # spot
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", "p5.48xlarge us-east-2 spot", price_usd="58.11"),
            {"spot": ["= 58.11 ", "= 55.04 ", "never above"]},
            id="spot of before the price was cut",
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", "p4d.24xlarge us-west-2 spot", price_usd="20"),
            {"spot": ["= 20 ", "= 21.9576", "12 months", "90 %"]},
            id="old spot at 91 % of the price on demand",
        ),
        pytest.param(
            lambda lists: lists.change("azure_vm.csv", "Standard_NC24ads_A100_v4 eastus spot", price_usd="0.0918"),
            {"fraction": ["= 0.0918 ", "= 3.673 "]},
            id="spot of a part of the machine",
        ),
        # commitments
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", "g5.xlarge us-east-1 1yr", price_usd="1.2"),
            {"commitment": ["= 1.2 ", "= 1.006 "]},
            id="a year above the price on demand",
        ),
        pytest.param(
            lambda lists: lists.change("gcp_compute.csv", "a2-highgpu-1g us-central1 1yr", unit="hour"),
            {"commitment": ["= 1689.371139 ", "= 3.6"]},
            id="a month taken for an hour",
        ),
        pytest.param(
            lambda lists: lists.change("gcp_compute.csv", "a2-highgpu-1g us-central1 3yr", price_usd="1900"),
            {"commitment": ["divided by 730 hours", "three years never cost more"]},
            id="three years dearer than one",
        ),
        # Windows
        pytest.param(
            lambda lists: lists.change("azure_vm.csv", DAS, price_usd="0.392"),
            {"windows-meter": ["= 0.392 ", "0.046"]},
            id="the Windows meter of one size of a series",
        ),
        pytest.param(
            lambda lists: lists.scale("azure_vm.csv", "westeurope 2026-06-18 256", licensed),
            {"windows-meter": ["Standard_D64as_v5", "= 6.272 "]},
            id="the Windows meter of the size with most memory",
        ),
        pytest.param(
            lambda lists: lists.scale("azure_vm.csv", "Standard_NC48ads_A100_v4 eastus on-demand", licensed),
            {"windows-meter": ["= 9.554 "]},
            id="the Windows meter of a machine with accelerators",
        ),
        pytest.param(
            lambda lists: lists.add(
                "aws_ec2.csv", "g5.12xlarge us-east-1 on-demand", price_usd="7.88", as_of="2026-08-01"
            ),
            {
                "windows-meter": ["= 7.88 ", "= 5.672 ", "a licence, not a change of price"],
                "jump": ["39 %"],
                "managed": [],
            },
            id="a newer row that is the older with a licence",
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", "m5.4xlarge ap-south-1", price_usd="0.85"),
            {"series": ["= 0.85 ", "0.053125 per vCPU", "within 1 %"]},
            id="a size that is 5 % off its series",
        ),
        # per GPU
        pytest.param(
            lambda lists: lists.change("gcp_compute.csv", A3, price_usd="11.06125"),
            {
                "per-gpu": ["= 11.06125 ", "6.1 to 28", "1.3827 for each of 8 h100-80gb"],
                "regions": [],
                "commitment": [],
                "spot": [],
            },
            id="the price of one accelerator as that of eight",
        ),
        pytest.param(
            lambda lists: lists.change(
                "gcp_compute.csv",
                A3,
                price_usd="11.06125",
                accelerator_name="",
                accelerator_count="",
            ),
            {"per-gpu": ["8 h100-80gb"], "regions": [], "commitment": [], "spot": []},
            id="the same in a row that does not say what is in the machine",
        ),
        pytest.param(
            lambda lists: lists.change("gcp_compute.csv", A3, accelerator_count="1"),
            {"facts": ["8 × h100-80gb", "1 × h100-80gb"]},
            id="a row that takes the machine for one accelerator",
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", "g5.24xlarge us-east-1 on-demand", price_usd="4.05"),
            {"per-gpu": ["= 4.05 ", "= 4.096 ", "4 accelerators for no more than 1"], "commitment": [], "spot": []},
            id="four accelerators for less than one in a smaller machine",
        ),
        pytest.param(
            lambda lists: lists.add(
                "gcp_compute.csv", "a3-ultragpu-8g us-central1 on-demand", service="gce-machine", unit="hour"
            ),
            {"per-gpu": ["7.1 to 26", "for each of 8 h200-141gb"], "facts": []},
            id="the share of one accelerator among machines",
        ),
        pytest.param(
            lambda lists: lists.add(
                "gcp_accelerators.csv", "nvidia-tesla-a100 us-central1 on-demand", service="gce-gpu"
            ),
            {"added-on": ["k80, p100-16gb, p4, t4, v100-16gb", "count twice"]},
            id="an accelerator that is inside its machine among those that are added",
        ),
        pytest.param(
            lambda lists: lists.change("gcp_compute.csv", "a2-highgpu-8g europe-west4 on-demand", price_usd="3.7"),
            {"per-gpu": ["= 3.7 "], "regions": ["= 3.7 ", "three times"], "series": [], "commitment": [], "spot": []},
            id="one accelerator in one region, eight in the others",
        ),
        # managed services
        pytest.param(
            lambda lists: lists.change(
                "aws_sagemaker.csv", "sagemaker-training ml.g5.12xlarge us-east-1", price_usd="5.672"
            ),
            {"managed": ["= 5.672 ", "1.000 times the plain machine", "1.12 to 1.45"]},
            id="the price of EC2 under a name of SageMaker",
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", "m5.xlarge us-east-1", vcpu="8"),
            {"facts": ["4 vCPU", "has 8"], "series": []},
            id="a row that takes the machine for a larger one",
        ),
        # tiers
        pytest.param(
            lambda lists: lists.change("infra.csv", "standard-first-50tb", price_usd="0.021"),
            {"tier": ["= 0.021 ", "= 0.022 "]},
            id="the last tier's rate as the first",
        ),
        pytest.param(
            lambda lists: lists.change("infra.csv", "standard-rules-first-5", price_usd="0.01"),
            {"tier": ["= 0.01 ", "standard-rule-additional"]},
            id="one rule at the rate of the sixth",
        ),
        pytest.param(
            lambda lists: lists.drop("infra.csv", "standard-rules-first-5"),
            {"tier": ["standard-rule-additional"]},
            id="the sixth rule alone",
        ),
        pytest.param(
            lambda lists: lists.drop("infra.csv", "hot-lrs-first-50tb"),
            {"tier": ["hot-lrs-next-450tb"]},
            id="later tiers alone",
        ),
        pytest.param(
            lambda lists: lists.add("infra.csv", "standard-first-50tb", sku="standard", price_usd="0.021"),
            {"tier": ["= 0.021 ", "= 0.023 ", "does not say which one"]},
            id="a rate without its tier",
        ),
        pytest.param(
            lambda lists: lists.change("infra.csv", "internet-worldwide-first-1tb us-central1", price_usd="0.08"),
            {"tier": ["= 0.08 ", "= 0.11 "]},
            id="egress: the rate beyond 10 TB as that of the first",
        ),
        # regions
        pytest.param(
            lambda lists: lists.change("infra.csv", "private-endpoint endpoint", region="westeurope"),
            {"region": ["westeurope", "against westus", "record"]},
            id="a private endpoint of another region than its record",
        ),
        pytest.param(
            lambda lists: lists.change("infra.csv", "container-registry basic", region="eastus"),
            {"region": ["eastus", "against westeurope", "record"]},
            id="a registry of another region than its record",
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", P5, source="price list of us-west-2, somebody"),
            {"region": ["against us-west-2", "the source says"]},
            id="a source that says of which region it is",
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", P5, region="us-east-11"),
            {"region": ["us-east-11", "no region of this cloud"]},
            id="a region that is none",
        ),
        # words and figures
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", P5, price_usd="0"), {"not-a-price": ["= 0 "]}, id="nothing"
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", "m5.xlarge us-east-1", price_usd="140.16"),
            {"absurd": ["= 140.16 ", "35.040000 an hour and vCPU"], "series": [], "regions": []},
            id="a month of a machine as an hour",
        ),
        pytest.param(
            lambda lists: lists.change("infra.csv", "one-zone-ia", price_usd="25"),
            {"absurd": ["= 25 ", "0.0001 to 20"]},
            id="a gigabyte for the price of a terabyte",
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", P5, purchase_option="Spot"),
            {"option": ["Spot", "on-demand, spot, 1yr, 3yr"]},
            id="another word for an option",
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", P5, unit="hr"), {"unit": ["hr"]}, id="another word for a unit"
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", P5, as_of="2026-02-30"), {"date": ["2026-02-30"]}, id="no day"
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", P5, as_of="2027-01-01"),
            {"date": ["2027-01-01", TODAY, "to come"]},
            id="a date to come, which would win for ever",
        ),
    ],
)
def test_a_planted_fault_is_refused(lists: Lists, fault: Any, refusals: dict[str, list[str]]) -> None:
    fault(lists)
    told = lists.refused()
    assert {line.partition(":")[0] for line in told} == set(refusals)
    for check, words in refusals.items():
        lines = [line for line in told if line.startswith(f"{check}: ")]
        assert any(all(word in line for word in words) for line in lines), lines


@pytest.mark.parametrize(
    ("file", "match", "field", "text"),
    [
        pytest.param("aws_ec2.csv", P5, "price_usd", "-55.04", id="less than nothing"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "5.504e1", id="an exponent"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "55.039999999999999", id="what a binary float leaves behind"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "inf", id="no end"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "NaN", id="no number"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "55_04", id="a number of a programming language"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "55,04", id="a comma for a point"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "\uff15\uff15", id="digits of another script"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "$55.04", id="a sign of money"),
        pytest.param("aws_ec2.csv", P5, "price_usd", "12345678901", id="more than there is"),
        pytest.param("aws_ec2.csv", P5, "vcpu", "-8", id="vCPU below nothing"),
        pytest.param("aws_ec2.csv", P5, "vcpu", "0", id="no vCPU at all"),
        pytest.param("aws_ec2.csv", P5, "accelerator_count", "8e0", id="accelerators with an exponent"),
        pytest.param("aws_ec2.csv", P5, "memory_gib", "9999999", id="more memory than there is"),
        pytest.param("aws_ec2.csv", P5, "provider", "amazon", id="no such cloud"),
        pytest.param("aws_ec2.csv", P5, "sku", "", id="no name"),
        pytest.param("aws_ec2.csv", P5, "sku", " p5.48xlarge", id="a blank before the name"),
        pytest.param("aws_ec2.csv", P5, "source", " ", id="no source"),
        pytest.param("aws_ec2.csv", P5, "source", "two\nlines", id="a source of two lines"),
    ],
)
def test_a_field_that_cannot_be_is_refused(lists: Lists, file: str, match: str, field: str, text: str) -> None:
    place = lists.change(file, match, **{field: text})
    told = lists.refused()
    assert len(told) == 1
    assert told[0].startswith(f"error: {place.rpartition(':')[0]}:")
    assert field in told[0] or text in told[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "aws_ec2.csv: the columns are not those of this file (missing: provider,", id="empty"),
        pytest.param(b"a,b\n1,2\n", "(unknown: a, b; missing: provider,", id="other columns"),
        pytest.param(
            ",".join([*COLUMNS, "currency"]).encode(), "(unknown: currency)", id="a column that may change it all"
        ),
        pytest.param(",".join(COLUMNS[::-1]).encode(), "(another order)", id="another order"),
        pytest.param(
            ",".join(COLUMNS).encode() + b"\naws,ec2\n", "aws_ec2.csv:2: 2 fields, where the columns are 14", id="short"
        ),
        pytest.param(
            ",".join(COLUMNS).encode() + b"\n" + b"a," * 15 + b"a\n",
            "aws_ec2.csv:2: 16 fields, where the columns are 14",
            id="long",
        ),
        pytest.param(b"\xff\xfe", "aws_ec2.csv: not UTF-8", id="another encoding"),
        pytest.param(",".join(COLUMNS).encode() + b'\n"a', "aws_ec2.csv: not a table", id="a quote without an end"),
    ],
)
def test_a_file_that_is_no_list_of_prices_is_refused(lists: Lists, data: bytes, message: str) -> None:
    (lists.folder / "aws_ec2.csv").write_bytes(data)
    told = lists.refused()
    assert len(told) == 1
    assert message in told[0]


def test_a_folder_without_lists_makes_no_empty_book(lists: Lists) -> None:
    for path in lists.folder.glob("*.csv"):
        path.unlink()
    assert "no price files" in lists.refused()[0]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            lambda lists: [
                lists.add("aws_ec2.csv", G5, price_usd="11.5", as_of="2026-08-01", source="amorton45/tracker@1"),
                lists.add("aws_ec2.csv", G5, price_usd="11.5", as_of="2026-08-02", source="datareceipts/receipts@1"),
            ],
            id="a jump that two sources have",
        ),
        pytest.param(
            lambda lists: lists.add("aws_ec2.csv", P5, price_usd="50.04", as_of="2026-08-01"), id="a tenth cheaper"
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", P5, region="US East (N. Virginia)"), id="a region by its title"
        ),
        pytest.param(
            lambda lists: lists.change("aws_ec2.csv", "p5.48xlarge us-east-2 spot", price_usd="54", as_of="2026-08-01"),
            id="new spot just below the price on demand",
        ),
    ],
)
def test_what_may_be_is_not_refused(lists: Lists, fault: Any) -> None:
    fault(lists)
    code, lines = lists.build()
    assert (code, [line for line in lines if line.startswith("refused")]) == (0, [])


def test_a_jump_with_a_second_source_is_told(lists: Lists) -> None:
    for day, source in ((1, "amorton45/tracker@1"), (2, "datareceipts/receipts@1")):
        lists.add("aws_ec2.csv", G5, price_usd="11.5", as_of=f"2026-08-0{day}", source=source)
    told = [line for line in lists.build()[1] if line.startswith("note: jump: ") and "g5.24xlarge" in line]
    assert len(told) == 1
    assert told[0].endswith(": amorton45/tracker@1 says so too")


def test_a_figure_is_held_against_the_book_that_it_replaces(lists: Lists) -> None:
    assert lists.build()[0] == 0
    lists.change("aws_ec2.csv", P5, price_usd="98.32", as_of="2026-08-01")
    code, lines = lists.build()
    assert code == 1
    told = [line for line in lines if line.startswith("refused: jump")]
    assert len(told) == 1
    assert all(word in told[0] for word in ("= 98.32 (2026-08-01", "against book:aws/ec2.csv:", "= 55.04 (2026-07-20"))


def test_what_is_no_longer_there_is_told(lists: Lists) -> None:
    assert lists.build()[0] == 0
    lists.drop("aws_ec2.csv", "p4d.24xlarge eu-west-1 on-demand")
    lists.drop("aws_ec2.csv", "p4d.24xlarge eu-west-1 1yr")
    lists.drop("infra.csv", "aks")
    code, lines = lists.build()
    assert code == 0
    told = [line.removeprefix("note: ") for line in lines]
    assert [line for line in told if line.startswith(("no longer there", "not needed: alias"))] == [
        f"not needed: alias: control-plane-standard (uptime SLA) leads to {CONTROL_PLANE}, of which aks has no row",
        f"no longer there: 2 of aws ec2: {P4D} 1yr; {P4D} on-demand",
        f"no longer there: 1 of azure aks: azure aks {CONTROL_PLANE} eastus hour on-demand",
    ]
