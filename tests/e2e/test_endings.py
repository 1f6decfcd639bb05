"""However a run ends, its exit code says how, nothing is left running, and nobody sees a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .repositories import GUARDRAIL, Repository

FINE = 'resource "aws_eip" "a" {\n}\n'
SLOW = "locals {\n  a = [for i in range(1000) : [for j in range(1000) : i * j]]\n}\n"

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc and /dev/full are Linux's")


@linux
@pytest.mark.parametrize("arguments", [("check",), ("graph",), ("--help",), ("check", "--help"), ("policy", "list")])
def test_a_full_disk_is_an_error_of_the_run(repository: Repository, arguments: tuple[str, ...]) -> None:
    repository.write({"main.tf": FINE})
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run(
            [*GUARDRAIL, *arguments], cwd=repository.path, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert told.returncode == 3
    assert b"error: standard output cannot be written: No space left on device\n  hint: " in told.stderr
    assert b"Traceback" not in told.stderr


@pytest.mark.parametrize("arguments", [("check",), ("--help",), ("check", "--help")])
def test_nobody_reading_is_no_verdict(repository: Repository, arguments: tuple[str, ...]) -> None:
    repository.write({"main.tf": FINE})
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as closed:  # noqa: PTH123 - a descriptor has no path
        told = subprocess.run(
            [*GUARDRAIL, *arguments], cwd=repository.path, stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (told.returncode, told.stderr) == (141, b"")


def test_streams_that_are_closed_do_not_matter(repository: Repository) -> None:
    repository.write({"main.tf": FINE})
    command = f"exec '{sys.executable}' -m guardrail check >&- 2>&-"
    assert subprocess.run(["/bin/sh", "-c", command], cwd=repository.path, check=False).returncode == 0


@pytest.fixture
def _heeded() -> Iterator[None]:
    """Have what is started heed interrupts, even where the tests run behind a shell's back: that ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heeded")
def test_an_interrupt_ends_it_and_its_worker(repository: Repository) -> None:
    repository.write({f"r{index}/main.tf": SLOW + f"# {index}\n" for index in range(20)})
    with subprocess.Popen(
        [*GUARDRAIL, "check"], cwd=repository.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        workers = _workers(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, b"", b"")
    end = time.monotonic() + 20  # interrupted before it knows its worker, that one ends by itself: nobody writes to it
    while any(map(_alive, workers)):
        assert time.monotonic() < end
        time.sleep(0.01)


def _workers(process: subprocess.Popen[bytes]) -> list[int]:
    """Wait until the worker is there; where nobody tells of children, until it should be."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        if not children.exists():
            time.sleep(1)
            return []
        if found := children.read_text().split():
            return [int(one) for one in found]
        time.sleep(0.01)
    raise AssertionError("there is no worker")


def _alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@linux
@pytest.mark.parametrize("again", [False, True])
def test_a_worker_that_dies_is_an_error_of_the_run(repository: Repository, again: bool) -> None:
    """It is replaced; what it was asked then has no answer, and whatever it takes no bug is told."""
    repository.write({f"r{index}/main.tf": SLOW + f"# {index}\n" for index in range(8)})
    with subprocess.Popen(
        [*GUARDRAIL, "check"], cwd=repository.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        killed = 0
        while process.poll() is None:
            if again or not killed:
                killed += _kill(process)
            time.sleep(0.005)
        out, err = process.communicate()
    assert killed
    assert (process.returncode, err) == (3, b"")
    assert b"the engine ended" in out or not again


def _kill(process: subprocess.Popen[bytes]) -> int:
    """End the children of a process; return how many there were."""
    number = 0
    try:
        for one in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            os.kill(int(one), signal.SIGKILL)
            number += 1
    except OSError:  # it has ended meanwhile
        return number
    return number
