"""The tool that builds the price book, run as a developer runs it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from guardrail.pricing.book import Book

TOOL: Final = Path(__file__).parents[3] / "tools" / "build_prices.py"
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


def build(source: Path, into: Path, *more: str) -> Any:
    command = [sys.executable, str(TOOL), str(source), "--into", str(into), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_book_is_built_from_its_rows(source: Path, tmp_path: Path) -> None:
    done = build(source, tmp_path / "book")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "note: no price: aws p9.large has no row on demand in any region",
        "5 rows, 4 prices, 5 files, 0 refused, version 2026.07.20",
    ]
    book = Book(tmp_path / "book")
    assert files(tmp_path / "book")["aws/ec2.csv"].decode().splitlines()[1:] == [
        "g5.xlarge,us-east-1,hour,on-demand,1.006,7692c3,2026-07-20",
        "g5.xlarge,us-east-1,hour,spot,0.5,7692c3,2026-07-20",
    ]
    committed = book.find("gcp", "gce-machine", "n1-standard-1", "us-central1", "hour", "1yr")
    assert committed is not None
    assert (str(committed.usd), committed.source, committed.as_of) == ("0.1", "three, four", "2026")
    assert book.find("azure", "aks", "control-plane-standard", "eastus") is not None


def test_the_same_rows_build_the_same_book(source: Path, tmp_path: Path) -> None:
    build(source, tmp_path / "one", "--version", "1")
    (source / "b.csv").rename(source / "z.csv")
    (source / "a.csv").rename(source / "zz.csv")
    build(source, tmp_path / "two", "--version", "1")
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert build(source, tmp_path / "two", "--version", "1", "--check").returncode == 0


def test_a_book_is_replaced_as_a_whole(source: Path, tmp_path: Path) -> None:
    build(source, tmp_path / "book")
    (source / "b.csv").unlink()
    assert build(source, tmp_path / "book", "--check").returncode == 1
    build(source, tmp_path / "book")
    assert sorted(files(tmp_path / "book")) == ["aws/ec2.csv", "book.json", "sources.csv"]
    assert not (tmp_path / "book.new").exists()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param(
            ROWS[2].replace("0.5", "2"), "refused: spot: aws ec2 g5.xlarge us-east-1 hour spot = 2", id="a trap"
        ),
        pytest.param(ROWS[0].replace("1.006", "a dollar"), "error: c.csv:2: not a number", id="no number"),
        pytest.param(ROWS[0].replace("g5.xlarge", ""), "error: c.csv:2: a field that every price needs", id="no SKU"),
    ],
)
def test_a_refused_row_leaves_the_old_book(source: Path, tmp_path: Path, row: str, message: str) -> None:
    build(source, tmp_path / "book")
    before = files(tmp_path / "book")
    (source / "c.csv").write_text(f"{COLUMNS}\n{row}\n", "utf-8")
    (source / "b.csv").unlink()
    done = build(source, tmp_path / "book")
    assert done.returncode == 1
    assert any(line.startswith(message) for line in [*done.stdout.splitlines(), *done.stderr.splitlines()])
    assert files(tmp_path / "book") == before


def test_other_columns_are_refused(source: Path, tmp_path: Path) -> None:
    (source / "c.csv").write_text("a,b\n1,2\n", "utf-8")
    done = build(source, tmp_path / "book")
    assert (done.returncode, done.stderr) == (1, "error: c.csv: the columns are not those of a price file\n")


def test_what_the_tool_writes_is_a_table(source: Path, tmp_path: Path) -> None:
    build(source, tmp_path / "book")
    for path in (tmp_path / "book").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            widths = {len(row) for row in csv.reader(file)}
        assert len(widths) == 1
