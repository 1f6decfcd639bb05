"""Folders for the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .repositories import Repository, forks


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    """End what was started for all tests."""
    yield
    if forks.cache_info().currsize:
        forks().close()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty folder."""
    place = tmp_path / "repository"
    place.mkdir()
    return Repository(place)


@pytest.fixture
def another(tmp_path: Path) -> Callable[[str], Repository]:
    """Make further folders."""

    def make(name: str) -> Repository:
        place = tmp_path / name
        place.mkdir()
        return Repository(place)

    return make
