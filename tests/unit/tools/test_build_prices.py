"""The tool that builds the price book, called as a developer calls it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import build_prices
import pytest
from book.decided import decided

from guardrail.errors import GuardrailError
from guardrail.pricing import written
from guardrail.pricing.book import Book

COLUMNS: Final = (
    "provider,service,sku,region,unit,price_usd,purchase_option,vcpu,memory_gib,"
    "accelerator_name,accelerator_count,accelerator_memory_gib,source,as_of"
)
ROWS: Final = (
    "aws,ec2,g5.xlarge,us-east-1,hour,1.006,on-demand,4,16,a10g,1,24,one,2026-07-20",
    "aws,ec2,g5.xlarge,us-east-1,hour,1.05,on-demand,4,16,a10g,1,24,two,2026-01-20",
    "aws,ec2,g5.xlarge,us-east-1,hour,0.5,spot,4,16,a10g,1,24,one,2026-07-20",
    'gcp,gce-machine,n1-standard-1,us-central1,month,73,1yr,1,3.75,,,,"three, four",2026',
    "azure,aks,control-plane-standard (uptime SLA),eastus,hour,0.1,on-demand,,,,,,one,undated",
)
MACHINES: Final = (
    "provider,instance_type,accelerator_vendor,accelerator_model,count,memory_gib_each,vcpu,memory_gib\n"
    "aws,g5.xlarge,nvidia,a10g,1,24,4,16\naws,p9.large,nvidia,x,1,24,4,16\n"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.csv").write_text("\n".join([COLUMNS, *ROWS[:2]]) + "\n", "utf-8")
    (folder / "b.csv").write_text("\n".join([COLUMNS, *ROWS[2:]]) + "\n", "utf-8")
    (folder / "accelerators.csv").write_text(MACHINES, "utf-8")
    return folder


def build(source: Path, into: Path, *more: str) -> int:
    return build_prices.main(["--from", str(source), "--into", str(into), "--today", "2026-11-24", *more])


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_book_is_built_from_its_rows(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(source, tmp_path / "book") == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.splitlines()[-2:] == [
        "note: no price: aws p9.large: in no table of machines",
        "5 rows, 4 prices, 5 files, 0 refused, version 2026.07.20",
    ]
    book = Book(tmp_path / "book")
    assert files(tmp_path / "book")["aws/ec2.csv"].decode().splitlines()[1:] == [
        "g5.xlarge,us-east-1,hour,on-demand,1.006,7692c3,2026-07-20",
        "g5.xlarge,us-east-1,hour,spot,0.5,7692c3,2026-07-20",
    ]
    committed = book.find("gcp", "gce-machine", "n1-standard-1", "us-central1", "hour", "1yr")
    assert committed is not None
    assert (str(committed.usd), committed.source, committed.as_of) == (
        "0.1",
        "three, four (per month, divided by 730 hours)",
        "2026",
    )
    assert book.find("azure", "aks", "control-plane-standard", "eastus") is not None


def test_the_same_rows_build_the_same_book(source: Path, tmp_path: Path) -> None:
    build(source, tmp_path / "one", "--version", "1")
    (source / "b.csv").rename(source / "z.csv")
    (source / "a.csv").rename(source / "zz.csv")
    build(source, tmp_path / "two", "--version", "1")
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert build(source, tmp_path / "two", "--version", "1", "--check") == 0


def test_a_book_is_replaced_as_a_whole(source: Path, tmp_path: Path) -> None:
    build(source, tmp_path / "book")
    (source / "b.csv").unlink()
    assert build(source, tmp_path / "book", "--check") == 1
    build(source, tmp_path / "book")
    assert sorted(files(tmp_path / "book")) == ["aws/ec2.csv", "book.json", "sources.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "source"]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(ROWS[2].replace("0.5", "2").replace("07-20", "08-20"), id="a trap"),
        pytest.param(ROWS[0].replace("1.006", "a dollar"), id="no number"),
    ],
)
def test_a_refused_row_leaves_the_old_book(source: Path, tmp_path: Path, row: str) -> None:
    build(source, tmp_path / "book")
    before = files(tmp_path / "book")
    (source / "c.csv").write_text(f"{COLUMNS}\n{row}\n", "utf-8")
    assert build(source, tmp_path / "book") == 1
    assert files(tmp_path / "book") == before


def test_what_the_tool_writes_is_a_table(source: Path, tmp_path: Path) -> None:
    build(source, tmp_path / "book")
    for path in (tmp_path / "book").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            widths = {len(row) for row in csv.reader(file)}
        assert len(widths) == 1


@pytest.mark.parametrize(
    "fails",
    [
        pytest.param(lambda path: path.name == "sources.csv", id="the disk is full in the middle"),
        pytest.param(lambda path: path.name == "book.new", id="the last step fails"),
        pytest.param(lambda path: path.name == "book", id="the old one cannot step aside"),
    ],
)
def test_a_book_that_is_half_written_leaves_the_old_one(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: Callable[[Path], bool]
) -> None:
    into = tmp_path / "book"
    build(source, into)
    before = files(into)
    rename, open_ = Path.rename, Path.open

    def failing_rename(path: Path, target: Path) -> Path:
        if fails(path):
            raise OSError(28, "No space left on device")
        return rename(path, target)

    def failing_open(path: Path, mode: str = "r", **more: str) -> object:
        if "w" in mode and fails(path):
            raise OSError(28, "No space left on device")
        return open_(path, mode, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", failing_rename)
        patched.setattr(Path, "open", failing_open)
        with pytest.raises(GuardrailError, match="cannot be written: No space left") as raised:
            written.write({"book.json": b"{}", "sources.csv": b"id,source\n"}, into)
    assert raised.value.hint == "the one that was there is as it was"
    assert files(into) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "source"]


def test_a_book_that_stepped_aside_when_the_power_went_comes_back(source: Path, tmp_path: Path) -> None:
    into = tmp_path / "book"
    build(source, into)
    before = files(into)
    into.rename(tmp_path / "book.old")
    shutil.copytree(tmp_path / "book.old", tmp_path / "book.new")
    (tmp_path / "book.new" / "book.json").write_bytes(b"{")
    assert build(source, into, "--check") == 0
    assert files(into) == before


def test_decisions_have_reasons(tmp_path: Path) -> None:
    told = decided()
    assert told.skus
    assert all(one.reason for one in told.reviews)
    assert all(one.why for one in told.left_out)
    assert all(one.why for one in told.recorded)
    for name in ("aliases", "reviewed", "left_out", "recorded"):
        shutil.copy(Path(build_prices.__file__).parent / "book" / f"{name}.csv", tmp_path)
    table = tmp_path / "aliases.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\naws,ec2,a,b,\n", "utf-8")
    with pytest.raises(GuardrailError, match=r"aliases\.csv:2: .* no reason"):
        decided(tmp_path)
