"""What sources of modules mean, and how they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.addresses import (
    canonical,
    package_of,
    registry_address,
    remote_address,
    shown_address,
)


@pytest.mark.parametrize(
    ("source", "same"),
    [
        pytest.param("a/b/aws", "registry.terraform.io/a/b/aws", id="the public registry need not be named"),
        pytest.param("a/b/aws//x/y", "registry.opentofu.org/a/b/aws//x/y", id="nor the one of OpenTofu"),
        pytest.param("github.com/o/r", "git::https://github.com/o/r.git", id="a shorthand of GitHub"),
        pytest.param("github.com/o/r.git", "git::https://github.com/o/r.git", id="with .git"),
        pytest.param("github.com/o/r/sub?ref=v1", "git::https://github.com/o/r.git//sub?ref=v1", id="with a folder"),
        pytest.param("github.com/o/r//sub?ref=v1", "git::https://github.com/o/r.git//sub?ref=v1", id="after slashes"),
        pytest.param("git@github.com:o/r.git", "git::ssh://git@github.com/o/r.git", id="as ssh writes it"),
        pytest.param("git::ssh://git@h/r.git?ref=a", "git::ssh://git@h/r.git?ref=a", id="with a getter"),
    ],
)
def test_two_spellings_of_one_source(source: str, same: str) -> None:
    assert canonical(source) == canonical(same)
    assert canonical(canonical(source)) == canonical(source)


@pytest.mark.parametrize(
    ("source", "registry"),
    [
        pytest.param("terraform-aws-modules/eks/aws", True, id="namespace, name, provider"),
        pytest.param("app.terraform.io/o/n/aws//modules/x", True, id="with a host and a folder"),
        pytest.param("localhost:8080/o/n/aws", True, id="with a port"),
        pytest.param("github.com/o/r/sub", False, id="a folder of a repository"),
        pytest.param("github.com/o/r", False, id="a repository"),
        pytest.param("./a/b/c", False, id="a path"),
        pytest.param("o/n", False, id="too short"),
        pytest.param("https://h/o/n/aws", False, id="an address of the web"),
        pytest.param("o/n/AWS", False, id="a provider in capitals"),
        pytest.param("o/n/aws?ref=1", False, id="with a query"),
    ],
)
def test_what_is_in_a_registry(source: str, registry: bool) -> None:
    assert (registry_address(source) is not None) == registry


@pytest.mark.parametrize(
    ("source", "getter", "url", "folder", "query"),
    [
        ("git::https://h/r.git//a/b?ref=v1&depth=1", "git", "https://h/r.git", "a/b", "ref=v1&depth=1"),
        ("https://h/m.zip//x", "http", "https://h/m.zip", "x", ""),
        ("https://h/r.git", "git", "https://h/r.git", "", ""),
        ("s3::https://s3.amazonaws.com/b/m.zip", "s3", "https://s3.amazonaws.com/b/m.zip", "", ""),
        ("bitbucket.org/o/r", "git", "https://bitbucket.org/o/r.git", "", ""),
    ],
)
def test_what_is_downloaded(source: str, getter: str, url: str, folder: str, query: str) -> None:
    found = remote_address(source)
    assert found is not None
    assert (found.getter, found.url, found.folder, found.query) == (getter, url, folder, query)


@pytest.mark.parametrize("source", ["", "o/n", "gitlab.com/o/r", "name", "github.com/o"])
def test_what_is_no_address(source: str) -> None:
    assert registry_address(source) is None
    assert remote_address(source) is None


def test_a_package_is_a_source_without_its_folder() -> None:
    assert package_of("git::https://h/r.git//a?ref=v1") == "git::https://h/r.git?ref=v1"
    assert package_of("a/b/aws//c") == "a/b/aws"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("git::https://user:word@h/r.git?ref=v1", "git::https://h/r.git?ref=v1"),
        ("fatal: https://token@h/r.git/ is gone", "fatal: https://h/r.git/ is gone"),
        ("https://h/m.zip?X-Amz-Signature=abc&archive=zip", "https://h/m.zip?archive=zip"),
        ("https://h/m.zip?token=abc", "https://h/m.zip"),
    ],
)
def test_secrets_are_not_shown(text: str, shown: str) -> None:
    assert shown_address(text) == shown


@given(st.text("abc./:@?=#-_git\n ", max_size=60))
def test_any_text_has_one_spelling(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)
