"""
Make `data/machines.csv` from a directory of price lists: `tools/build_machines.py DIR`.

Most price rows name the vCPU, memory and accelerators of their machine; `accelerators.csv` there holds what they
lack, also machines (slices of TPUs) without a recorded size. Rows that contradict each other end the build: nobody
can tell here which one is right.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

HEADER = "provider,machine_type,vcpu,memory_gib,accelerator,count,accelerator_memory_gib"
TARGET = Path(__file__).parent.parent / "src" / "guardrail" / "data" / "machines.csv"

NOT_MACHINES = {"gce-machine-per-gpu"}
"""Services whose rows name a share of a machine under the machine's name."""

Row = tuple[str, ...]


def main() -> None:
    """Read the lists, write the table."""
    directory = Path(sys.argv[1])
    table: dict[tuple[str, str], Row] = {}
    for source in sorted(directory.glob("*.csv")):
        for key, row in machines(source):
            known = table.setdefault(key, row)
            if known != row:
                sys.exit(f"{source.name}: {'/'.join(key)} is {row} here, {known} elsewhere")
    lines = [",".join((*key, *row)) for key, row in sorted(table.items())]
    TARGET.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(lines)} machines")


def machines(source: Path) -> Iterator[tuple[tuple[str, str], Row]]:
    """Yield (provider, machine type) and what one file says of it."""
    with source.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = row.get("instance_type") or row["sku"]
            if row.get("service") in NOT_MACHINES or " " in name or not (row["vcpu"] or "instance_type" in row):
                continue
            model = row.get("accelerator_model") or row.get("accelerator_name") or ""
            count = row.get("count") or row.get("accelerator_count") or ""
            memory = row.get("memory_gib_each") or row.get("accelerator_memory_gib") or ""
            yield (
                (row["provider"], name),
                (plain(row["vcpu"]), plain(row["memory_gib"]), model, plain(count), plain(memory)),
            )


def plain(number: str) -> str:
    """Return a number in its shortest decimal form."""
    return number.rstrip("0").rstrip(".") if "." in number else number


if __name__ == "__main__":
    main()
