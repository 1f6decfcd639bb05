"""
Compares our verdict on HCL texts, right or wrong, with that of `terraform fmt`.

    python tools/fuzz_syntax.py DIRECTORY                              the files as they are
    python tools/fuzz_syntax.py DIRECTORY --mutants 10000 --seed 1     that many changed at random
    python tools/fuzz_syntax.py DIRECTORY --mutants 10000 --record tests/facts/syntax/verdicts.json

Half of the mutants, unless `--grammar` gives another share, are made from texts of the grammar. Ends with 1 where a
verdict differs, where we raise, or where a text takes longer than `SLOW`; such texts are written to `--keep`, a new
folder by default. `--record` writes the shortest mutant of every kind of answer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Optional

import hcl_grammar
from hcl_mutants import mutant, pieces

from guardrail.frontends.terraform.syntax import parse

BATCH = 500
"""How many texts one process of Terraform reads."""

PATIENCE = 60.0
"""Seconds that Terraform may take for a batch. Then it is asked by halves; a text that takes longer is left out."""

SLOW = 2.0
"""Seconds of processor time that no text of a mutant's size may take."""

SUFFIXES = (".tf", ".tofu", ".tfvars")

_LIMITS = re.compile(r"^(a text of more than|a file of more than|nested deeper than|directives nested deeper)")
"""What we say about a text that Terraform may well accept, but that we do not read to its end."""

_COMPLAINT = re.compile(r"^Error: (.+)\n\n  on m(\d+)\.tf line", re.MULTILINE)
_REJECTED = 2
"""How `terraform fmt` ends where a file cannot be parsed."""

_SIGNS = re.compile(
    r"[$%]\{~?|~\}|\.\.\.|=>|\[\*\]|\.\*|<<-?|::|[?!\r\ufeff]|\bfor\b|\bif\b|/\*|//|\\[a-zA-Z]|[^\x00-\x7f]"
)
_ACCEPTED = 120
"""How many accepted texts are recorded, at most."""

_ENVIRONMENT = {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1"}


def available() -> bool:
    """Whether there is a `terraform` to be asked."""
    return shutil.which("terraform") is not None


@contextmanager
def asked(texts: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Let one `terraform fmt` read all the texts, while we do something else."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            Path(folder, f"m{number}.tf").write_bytes(text.encode())
        command = ["terraform", "fmt", "-no-color", "-write=false", "-list=false", "."]
        environment = {"PATH": os.environ["PATH"], "HOME": folder, **_ENVIRONMENT}
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=pipe, stderr=pipe) as ran:  # noqa: S603 - ours
            try:
                yield ran
            finally:
                ran.kill()


def answer(ran: subprocess.Popen[bytes]) -> dict[int, str]:
    """Return what Terraform complains about first, by the number of the text; raises `RuntimeError` if it broke."""
    said = ran.communicate(timeout=PATIENCE)[1].decode(errors="replace")
    found: dict[int, str] = {}
    for complaint, number in _COMPLAINT.findall(said):
        found.setdefault(int(number), complaint)
    if ran.returncode != (_REJECTED if found else 0):
        raise RuntimeError(f"terraform fmt ended with {ran.returncode}: {said[:2000]}")
    return found


def complaints(texts: Sequence[str]) -> dict[int, str]:
    """Return what Terraform complains about, by the number of the text; the others it accepts."""
    with asked(texts) as ran:
        return answer(ran)


@dataclass
class Tally:
    """What came of it so far."""

    texts: int = 0
    accepted: int = 0
    beyond: int = 0
    """Texts that Terraform accepts and that our limits refuse."""
    unanswered: int = 0
    """Texts about which Terraform says nothing for too long."""
    slowest: float = 0.0
    wrong: list[tuple[str, str]] = field(default_factory=list)
    """What is wrong with our answer, and the text."""
    shortest: dict[tuple[str, str], str] = field(default_factory=dict)
    """The shortest text by Terraform's complaint and ours; of an accepted text by the signs that it has."""

    def compare(self, texts: Sequence[str]) -> None:
        """Ask both about some texts."""
        try:
            with asked(texts) as ran:
                ours = [self._ours(text) for text in texts]
                theirs = answer(ran)
        except subprocess.TimeoutExpired:
            if len(texts) == 1:
                self.unanswered += 1
                return
            self.compare(texts[: len(texts) // 2])
            self.compare(texts[len(texts) // 2 :])
            return
        for number, (text, (said, broke)) in enumerate(zip(texts, ours, strict=True)):
            complaint = theirs.get(number, "")
            self.texts += 1
            self.accepted += not complaint
            if broke:
                self.wrong.append((broke, text))
            elif said and not complaint and _LIMITS.match(said):
                self.beyond += 1
            elif bool(said) != bool(complaint):
                self.wrong.append((f"terraform: {complaint or 'accepted'}; ours: {said or 'accepted'}", text))
            else:
                self._note((complaint, _kind(said) if said else _features(text)), text)

    def _ours(self, text: str) -> tuple[str, str]:
        """Return our first complaint, and what is wrong with how it was found."""
        begun = time.process_time()
        try:
            errors = parse(text, "m.tf").errors
        except Exception as failure:  # noqa: BLE001 - the parser promises that there is none
            return "", f"raised {type(failure).__name__}: {failure}"
        took = time.process_time() - begun
        self.slowest = max(self.slowest, took)
        return errors[0].message if errors else "", f"took {took:.1f} s" if took > SLOW else ""

    def _note(self, kind: tuple[str, str], text: str) -> None:
        if len(text) < len(self.shortest.get(kind, text + " ")):
            self.shortest[kind] = text

    def __str__(self) -> str:
        """Return the figures on one line."""
        return (
            f"{self.texts:,} texts, {self.accepted:,} of them accepted by Terraform; "
            f"{len(self.wrong)} verdicts differ, {self.beyond} beyond our limits, "
            f"{self.unanswered} beyond Terraform's; slowest {self.slowest * 1000:.0f} ms"
        )


def _features(text: str) -> str:
    """Return which of the rarer signs stand in a text."""
    return " ".join(sorted(set(_SIGNS.findall(text))))


def _kind(said: str) -> str:
    """Return a message without what it quotes."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "…", said)


def sources(directory: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files of a directory that are text, in order."""
    for path in sorted(directory.rglob("*")):
        if path.name.endswith(SUFFIXES) and path.is_file() and not path.is_symlink():
            try:
                yield path, path.read_bytes().decode()
            except UnicodeDecodeError:
                print(f"{path}: not UTF-8, left out", file=sys.stderr)


def mutants(texts: Sequence[str], number: int, seed: int, grammar: float) -> Iterator[str]:
    """Yield so many mutants of the texts, and of texts of the grammar."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    parts = [piece for text in texts for piece in pieces(text)]
    for _ in range(number):
        base = hcl_grammar.file(chance) if not parts or chance.random() < grammar else chance.choice(parts)
        yield mutant(base, parts, chance)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--mutants", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--grammar", type=float, default=0.5)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args(arguments)
    files = dict(sources(options.directory))
    texts = list(files.values())
    tally, begun = Tally(), time.monotonic()
    stream = mutants(texts, options.mutants, options.seed, options.grammar) if options.mutants else iter(texts)
    while (batch := list(islice(stream, BATCH))) and time.monotonic() - begun < options.seconds:
        tally.compare(batch)
        print(f"\r{tally}", end="", file=sys.stderr, flush=True)
    print(f"\n{tally}; {time.monotonic() - begun:.0f} s")
    if options.record:
        record(tally, options.record)
    if tally.wrong:
        keep(tally, options.keep or Path(tempfile.mkdtemp(prefix="syntax-")))
    return 1 if tally.wrong else 0


def record(tally: Tally, file: Path) -> None:
    """Write down the shortest text of every kind of answer, with what Terraform says of it."""
    found = sorted((complaint, text) for (complaint, _), text in tally.shortest.items())
    accepted = sorted((text for complaint, text in found if not complaint), key=len)[:_ACCEPTED]
    rejected = [(complaint, text) for complaint, text in found if complaint]
    rows = [{"text": text, "terraform": ""} for text in accepted]
    rows += [{"text": text, "terraform": complaint} for complaint, text in rejected]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(rows, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    print(f"{len(rows)} texts recorded in {file}")


def keep(tally: Tally, folder: Path) -> None:
    """Write down every text whose verdict differs."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (reason, text) in enumerate(tally.wrong):
        Path(folder, f"{number}.tf").write_bytes(text.encode())
        print(f"{folder}/{number}.tf: {reason}")


if __name__ == "__main__":
    raise SystemExit(main())
