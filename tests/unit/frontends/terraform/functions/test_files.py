"""Functions of files see the tree that is checked and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.expressions import HANDLERS
from guardrail.frontends.terraform.meter import Meter
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
)
from guardrail.model.value import Reason
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import IGNORED

FILES = {
    "README": b"r",
    "infra/a.txt": b"in root\n",
    "infra/sub/b.txt": b"b",
    "infra/big.bin": b"x" * (1024 * 1024 + 1),
    "infra/pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "infra/t.tftpl": b'Hi ${name}\n%{ if upper(name) == "X" }x%{ endif }',
    "infra/bad.tftpl": b"a\n${1 +}",
    "infra/deep.tftpl": b"a\n ${nope}",
    "infra/list.tftpl": b"args:\n%{ for item in items ~}\n  - ${item}\n%{ endfor ~}\n  - last\n",
    "infra/refusing.tftpl": b"${timestamp()}",
}


NAMES = [path.removeprefix("infra/") for path in FILES if path.endswith(".tftpl")]


class Tree(MemoryTree):
    """A tree of which something was left out."""

    def left_out(self) -> Mapping[str, str]:
        return {"infra/dist/": IGNORED, "infra/secret.txt": IGNORED}


class World:
    root = "infra"

    def __init__(self) -> None:
        self.tree = Tree(FILES)
        self.told: list[tuple[str, str]] = []
        self.meter = Meter(HANDLERS, self._tell, File("main.tf", "", Body({}, (), 0, 0)))

    def _tell(self, code: str, message: str, file: File, _: object) -> None:
        self.told.append((f"{file.path}: {code}", message))


def call(name: str, *arguments: Value) -> Value:
    return functions.call(name, arguments, World())


def test_paths_are_relative_to_the_root_module() -> None:
    assert call("file", "a.txt") == "in root\n"
    assert call("file", "./sub/../a.txt") == "in root\n"
    assert call("file", "../README") == "r"


@pytest.mark.parametrize(
    ("path", "note"),
    [
        pytest.param("../../etc/passwd", "is outside of the repository", id="above the root"),
        pytest.param("/etc/passwd", "is outside of the repository", id="absolute"),
        pytest.param("~/.aws/credentials", "is outside of the repository", id="a home directory"),
        pytest.param("~root/x", "is outside of the repository", id="another's"),
        pytest.param("dist/lambda.zip", "ignored by git", id="something that is built"),
        pytest.param("secret.txt", "ignored by git", id="a file that git ignores"),
        pytest.param("big.bin", "at most 1,048,576 are read", id="a large file"),
        pytest.param("pointer", "Git LFS pointer", id="a file that is kept elsewhere"),
    ],
)
def test_what_is_not_read_is_unknown(path: str, note: str) -> None:
    for name in ("file", "filebase64", "filemd5", "filebase64sha512"):
        result = call(name, path)
        assert isinstance(result, Unknown)
        assert result.reason is Reason.REFUSED
        assert note in result.note


def test_nothing_of_the_machine_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    assert call("fileexists", "here.txt") is False
    with pytest.raises(EvaluationError, match=r"file\(\): there is no file here.txt"):
        call("file", "here.txt")


def test_fileexists() -> None:
    assert call("fileexists", "a.txt") is True
    assert call("fileexists", "big.bin") is True
    assert call("fileexists", "nope") is False
    assert isinstance(call("fileexists", "dist/x"), Unknown)
    assert isinstance(call("fileexists", "../../x"), Unknown)
    with pytest.raises(EvaluationError, match="sub is a directory"):
        call("fileexists", "sub")


def test_fileset() -> None:
    assert call("fileset", ".", "**/*.tftpl") == SetValue(tuple(sorted(NAMES)))
    assert call("fileset", ".", "*.txt") == SetValue(("a.txt",))
    assert call("fileset", "sub", "**") == SetValue(("b.txt",))
    assert call("fileset", "..", "*") == SetValue(("README",))
    assert call("fileset", "nope", "*") == SetValue(())
    assert isinstance(call("fileset", ".", "../*"), Unknown)
    assert isinstance(call("fileset", "../..", "*"), Unknown)


@pytest.mark.parametrize(
    "path",
    [
        ".terraform/modules/modules.json",
        "./.terraform/terraform.tfstate",
        "../infra/.terraform/environment",
        ".terraform.lock.hcl",
        "terraform.tfstate",
        "terraform.tfstate.d/prod/terraform.tfstate",
        ".terraform.tfstate.lock.info",
    ],
)
def test_what_terraform_writes_may_be_there(path: str) -> None:
    """Else a change may say: so many machines if this file is there, of which a check sees none."""
    for name in ("fileexists", "file", "filesha1"):
        result = call(name, path)
        assert isinstance(result, Unknown)
        assert "Terraform writes it" in result.note


@pytest.mark.parametrize(
    ("directory", "pattern"),
    [
        (".", "**"),
        (".", "*"),
        (".", ".terraform/**"),
        (".", ".terraform/modules/*/*.yaml"),
        (".", "**/*.txt"),
        (".terraform", "modules/*"),
        ("..", "**/modules.json"),
        ("..", "infra/.terraform/**"),
        ("dist", "*"),
    ],
)
def test_sets_of_files_that_others_write_are_unknown(directory: str, pattern: str) -> None:
    assert isinstance(call("fileset", directory, pattern), Unknown)


def test_templatefile() -> None:
    assert call("templatefile", "t.tftpl", ObjectValue(name="x")) == "Hi x\nx"
    assert call("templatestring", "${a}-${upper(b)}", ObjectValue(a=1, b="c")) == "1-C"
    result = call("templatefile", "t.tftpl", ObjectValue(name=Unknown(Reason.VARIABLE)))
    assert (result.reason, result.prefix) == (Reason.VARIABLE, "Hi ")
    assert isinstance(call("templatefile", "t.tftpl", OpenMap({}, Unknown(Reason.VARIABLE))), Unknown)
    assert isinstance(call("templatefile", Unknown(Reason.VARIABLE), ObjectValue()), Unknown)
    assert isinstance(call("templatefile", "../../t.tftpl", ObjectValue()), Unknown)


def test_a_directive_that_trims_leaves_the_indentation_of_the_next_line() -> None:
    given = ObjectValue(items=TupleValue(["a", "b"]))
    assert call("templatefile", "list.tftpl", given) == "args:\n  - a\n  - b\n  - last\n"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("bad.tftpl", r"bad.tftpl:2:6: expected a value"),
        ("deep.tftpl", r'deep.tftpl:2:4: the template is given no variable "nope"'),
    ],
)
def test_errors_in_templates_have_a_place(path: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        call("templatefile", path, ObjectValue())


def test_templates_do_not_nest() -> None:
    for text in ('${templatefile("t.tftpl", {})}', "${core::templatestring(a, {})}"):
        with pytest.raises(EvaluationError, match="a template cannot call"):
            call("templatestring", text, ObjectValue(a="x"))


def test_what_a_template_refuses_is_told_of_its_file() -> None:
    world = World()
    assert isinstance(functions.call("templatefile", ["refusing.tftpl", ObjectValue()], world), Unknown)
    assert world.told == [("refusing.tftpl: refused", "timestamp() depends on the time")]
    assert world.meter.file.path == "main.tf"
