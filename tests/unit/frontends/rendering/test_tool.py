"""Programs that render: which one counts, and what one cannot do that does its worst. Python stands in for a tool."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
import time
from pathlib import Path

import pytest

from guardrail.frontends.rendering import tool as tools
from guardrail.frontends.rendering.tool import Output, Tool, Tools

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux takes this away")


def run(folder: Path, script: str, *, seconds: float = 20) -> Output:
    """Return what a script does where a tool would run."""
    return Tool("python", sys.executable, ("-I", "-S", "-c")).run([script], folder, seconds=seconds)


def test_what_a_tool_prints_is_told_with_how_it_ended(tmp_path: Path) -> None:
    found = run(tmp_path, "import sys; print('a'); print('b', file=sys.stderr); sys.exit(3)")
    assert (found.code, found.stdout, found.stderr, found.ended) == (3, b"a\n", "b\n", "")


def test_a_tool_runs_in_its_folder_without_input(tmp_path: Path) -> None:
    found = run(tmp_path, "import os, sys; print(os.getcwd(), repr(sys.stdin.read()))")
    assert found.stdout.decode().split() == [os.path.realpath(tmp_path), "''"]


def test_a_tool_is_told_nothing_of_where_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    found: dict[str, str] = json.loads(run(tmp_path, "import json, os; print(json.dumps(dict(os.environ)))").stdout)
    assert "AWS_SECRET_ACCESS_KEY" not in found
    assert found["PATH"] == ""
    (home,) = {found[key] for key in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    assert not Path(home).exists()  # it is gone with the tool
    assert tmp_path not in Path(home).parents  # plugins are looked for there


def test_a_tool_that_hangs_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    start = time.monotonic()
    script = (
        "import os, time\nprint('begun', flush=True)\n"
        "if os.fork() == 0:\n    os.close(0)\n    time.sleep(60)\ntime.sleep(60)"
    )
    found = run(tmp_path, script, seconds=1)
    assert found.stdout == b"begun\n"
    assert (found.code != 0, found.ended) == (True, "it takes more than 1 seconds")
    assert time.monotonic() - start < 20


def test_a_tool_that_prints_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "LARGEST", 1 << 20)
    found = run(tmp_path, "import sys\nwhile True: sys.stdout.write('a' * 65536)")
    assert (len(found.stdout), found.ended) == (1 << 20, "it prints more than 1 MiB")


def test_complaints_without_end_are_cut_off(tmp_path: Path) -> None:
    found = run(tmp_path, "import sys; sys.stderr.write('a' * 1_000_000)")
    assert (found.code, len(found.stderr), found.ended) == (0, 1 << 16, "")


@LINUX
def test_a_tool_has_no_more_memory_than_it_may(tmp_path: Path) -> None:
    found = run(tmp_path, f"bytearray({tools.MEMORY})")
    assert found.code != 0
    assert "MemoryError" in found.stderr


@LINUX
def test_a_tool_writes_no_large_file(tmp_path: Path) -> None:
    found = run(tmp_path, "f = open('a', 'wb')\nf.seek(65 << 20)\nf.write(b'a')\nf.flush()")
    assert found.code != 0
    assert (tmp_path / "a").stat().st_size <= 64 << 20


@LINUX
def test_a_tool_has_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        reach = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5); print('reached')"
        namespaces = run(tmp_path, "import os; print(os.readlink('/proc/self/ns/net'))").stdout.decode().strip()
        if namespaces == str(Path("/proc/self/ns/net").readlink()):
            pytest.skip("this system lets nobody leave the network")
        found = run(tmp_path, reach)
    assert (found.code != 0, found.stdout) == (True, b"")
    assert "unreachable" in found.stderr


def program(folder: Path, name: str) -> Path:
    """Write a program that only has to be there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_first_program_on_the_search_path_counts(tmp_path: Path) -> None:
    first, second = program(tmp_path / "a", "helm"), program(tmp_path / "b", "helm")
    found = Tools(f"{first.parent}{os.pathsep}{second.parent}").helm()
    assert found is not None
    assert found.program == str(first)


def test_kustomize_may_be_part_of_kubectl(tmp_path: Path) -> None:
    program(tmp_path, "kubectl")
    alone = Tools(str(tmp_path)).kustomize()
    program(tmp_path, "kustomize")
    both = Tools(str(tmp_path)).kustomize()
    assert alone is not None
    assert both is not None
    assert (Path(alone.program).name, alone.first) == ("kubectl", ("kustomize",))
    assert (Path(both.program).name, both.first) == ("kustomize", ("build",))


def test_no_program_is_found_where_nothing_is_said(tmp_path: Path) -> None:
    program(tmp_path, "helm").chmod(0o644)
    assert Tools().helm() is None
    assert Tools().kustomize() is None
    assert Tools(str(tmp_path)).helm() is None


def test_a_program_in_what_is_judged_is_input_and_never_run(tmp_path: Path) -> None:
    judged, elsewhere = tmp_path / "repository", tmp_path / "bin"
    program(judged / "bin", "helm")
    own = program(elsewhere, "helm")
    found = Tools(f"{judged / 'bin'}{os.pathsep}{elsewhere}", judged).helm()
    assert found is not None
    assert found.program == str(own)
    assert Tools(str(judged / "bin"), judged).helm() is None


def test_a_link_makes_a_program_of_what_is_judged_no_other(tmp_path: Path) -> None:
    judged, elsewhere = tmp_path / "repository", tmp_path / "bin"
    elsewhere.mkdir()
    (elsewhere / "helm").symlink_to(program(judged, "helm"))
    (tmp_path / "linked").symlink_to(judged)
    assert Tools(str(elsewhere), judged).helm() is None
    assert Tools(str(tmp_path / "linked"), judged).helm() is None
    assert Tools(str(judged), tmp_path / "linked").helm() is None


@pytest.mark.parametrize("entry", ["", ".", "bin", "./bin"])
def test_where_a_program_is_must_not_depend_on_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    program(tmp_path / "bin", "helm")
    program(tmp_path, "helm")
    monkeypatch.chdir(tmp_path)
    assert Tools(entry).helm() is None


def test_a_tool_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    found = run(tmp_path / "gone", "print('a')")
    assert (found.code != 0, found.stdout, found.ended) == (
        True,
        b"",
        "it cannot be started: No such file or directory",
    )
    broken = program(tmp_path, "helm")
    broken.write_bytes(b"\0")
    assert Tool("helm", str(broken)).run([], tmp_path).code != 0


@LINUX
def test_a_tool_that_the_system_kills_is_one_that_was_stopped(tmp_path: Path) -> None:
    python = Tool("python", sys.executable, ("-I", "-S", "-c"))
    found = python.run(["import os; os.kill(os.getpid(), 9)"], tmp_path)
    assert (found.code, found.ended, len(python.stopped)) == (-9, "it takes more time or memory than it may", 1)


def test_when_many_were_stopped_no_other_one_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "STOPPED", 2)
    python = Tool("python", sys.executable, ("-I", "-S", "-c"))
    told = [python.run(["import time; time.sleep(60)"], tmp_path, seconds=0.2).ended for _ in range(2)]
    assert told == ["it takes more than 0 seconds"] * 2
    assert python.run(["print('a')"], tmp_path) == Output(-1, b"", "", "2 renderings before had to be stopped")
