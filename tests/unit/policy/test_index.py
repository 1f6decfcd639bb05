from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.policy import index
from guardrail.policy.analyse import analyse
from guardrail.policy.index import BUILTIN, known, render
from guardrail.policy.library import load_library, shared_module
from guardrail.policy.model import Library, Loaded
from guardrail.policy.regorus import Regorus


def test_the_index_is_what_an_analysis_of_today_gives(engine: Regorus) -> None:
    found = []
    for path in sorted(BUILTIN.glob("*/*.rego")):
        if path.stem == path.parent.name != "lib":
            loaded = analyse(engine, path.read_bytes(), f"guardrail/policies/{path.stem}/{path.name}", "builtin")
            assert isinstance(loaded, Loaded), loaded
            found.append(loaded)
    text = render(shared_module().source, found)
    assert index.FILE.read_text(encoding="utf-8") == text, "run `python tools/build_policy_index.py`"


def test_what_comes_from_the_index_is_equal(engine: Regorus, library: Library) -> None:
    for loaded in library.loaded.values():
        again = analyse(engine, loaded.policy.source.encode(), loaded.policy.file, "builtin")
        assert again == loaded


def test_all_built_in_policies_load(library: Library) -> None:
    assert library.diagnostics == ()
    assert list(library.loaded) == [
        "cost-increase",
        "cost-worst-case",
        "gpu-count-limit",
        "gpu-family-allowlist",
        "max-replicas",
        "region-restriction",
        "required-tags",
        "ttl-required",
        "unpriced-resource",
    ]


def test_an_index_made_with_another_library_does_not_count() -> None:
    assert known(shared_module().source) != {}
    assert known(shared_module().source + "\n") == {}


def test_without_an_index_policies_are_analysed(
    engine: Regorus, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "FILE", tmp_path / "index.json")
    assert load_library(engine, shared_module()) == library


def test_the_digest_is_that_of_the_texts(library: Library) -> None:
    changed = Library(library.shared, dict(list(library.loaded.items())[1:]))
    assert library.digest.startswith("sha256:")
    assert library.digest != changed.digest
