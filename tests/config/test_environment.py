"""Settings are read loudly: what can't be read is named, and nothing falls back in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from soi.config import env

NAME = "SOI_TESTED"


@pytest.fixture(autouse=True)
def nothing_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "DECLARED", {})
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)


READERS: dict[str, tuple[Callable[[], object], object, str]] = {
    "text": (lambda: env.text(NAME, "mặc định"), "mặc định", "mặc định"),
    "choice": (lambda: env.choice(NAME, "a", among=("a", "b")), "a", "a"),
    "flag": (lambda: env.flag(NAME, True), True, "true"),
    "integer": (lambda: env.integer(NAME, 7), 7, "7"),
    "words": (lambda: env.words(NAME, ("a", "b")), ("a", "b"), "a,b"),
    "path": (lambda: env.path(NAME, Path("/srv"), shown="./var"), Path("/srv"), "./var"),
}


@pytest.mark.parametrize("reader", READERS)
def test_without_a_value_the_declared_default_counts(reader: str) -> None:
    read, default, shown = READERS[reader]
    assert read() == default
    assert {NAME: shown} == env.DECLARED


VALUES: list[tuple[str, str, object]] = [
    ("text", "", ""),
    ("text", "chữ Việt", "chữ Việt"),
    ("choice", "b", "b"),
    ("flag", "0", False),
    ("flag", "No", False),
    ("flag", "OFF", False),
    ("flag", "yes", True),
    ("integer", "0", 0),
    ("integer", " 42 ", 42),
    ("words", " x , ,y,", ("x", "y")),
    ("words", "", ()),
    ("path", "/a/../b", Path("/a/../b")),
]


@pytest.mark.parametrize(("reader", "given", "value"), VALUES)
def test_a_value_of_the_environment_is_read(
    reader: str, given: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, given)
    assert READERS[reader][0]() == value


@pytest.mark.parametrize(("reader", "given", "value"), VALUES)
def test_a_file_may_hold_the_value(
    reader: str, given: str, value: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if reader == "path" and not given:
        return
    (tmp_path / "value").write_text(f"{given}\n", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "value"))
    assert READERS[reader][0]() == value


@pytest.mark.parametrize(
    ("reader", "given", "said"),
    [
        ("choice", "c", "SOI_TESTED is 'c': it must be one of a, b."),
        ("choice", "", "SOI_TESTED is '': it must be one of a, b."),
        ("flag", "maybe", "SOI_TESTED is 'maybe': it must be true or false."),
        ("flag", "", "SOI_TESTED is '': it must be true or false."),
        ("integer", "many", "SOI_TESTED is 'many': it must be a whole number of at least 0."),
        ("integer", "-1", "SOI_TESTED is '-1': it must be a whole number of at least 0."),
        ("integer", "1.5", "SOI_TESTED is '1.5': it must be a whole number of at least 0."),
        ("integer", "²", "SOI_TESTED is '²': it must be a whole number of at least 0."),
        ("integer", "", "SOI_TESTED is '': it must be a whole number of at least 0."),
        ("path", "", "SOI_TESTED is '': it must be a path."),
        ("path", "~nobody-at-all/x", "SOI_TESTED is '~nobody-at-all/x': Could not determine home"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_what_is_wanted(
    reader: str, given: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, given)
    with pytest.raises(ImproperlyConfigured) as refused:
        READERS[reader][0]()
    assert str(refused.value).startswith(said)


def test_a_number_below_the_least_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "0")
    with pytest.raises(ImproperlyConfigured, match="at least 1"):
        env.integer(NAME, 1, least=1)


@pytest.mark.parametrize("reader", READERS)
def test_a_value_and_a_file_together_are_refused(
    reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, "1")
    monkeypatch.setenv(f"{NAME}_FILE", "/dev/null")
    with pytest.raises(ImproperlyConfigured, match="SOI_TESTED and SOI_TESTED_FILE are both set"):
        READERS[reader][0]()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_named(
    content: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "value"
    if content:
        path.write_bytes(content)
    monkeypatch.setenv(f"{NAME}_FILE", str(path))
    with pytest.raises(ImproperlyConfigured) as refused:
        env.text(NAME, "mặc định")
    assert f"SOI_TESTED_FILE names {path}, which can't be read" in str(refused.value)


class TestASecret:
    @pytest.fixture
    def kept(self, tmp_path: Path) -> Path:
        return tmp_path / "secret.key"

    def test_it_has_no_default(self, kept: Path) -> None:
        assert env.secret(NAME, kept) == ""
        assert {NAME: "made by `soi init`"} == env.DECLARED

    def test_it_comes_from_the_file_that_init_made(self, kept: Path) -> None:
        kept.write_text("bí-mật\n".replace("í", "i").replace("ậ", "a"))
        assert env.secret(NAME, kept) == "bi-mat"

    def test_the_environment_goes_before_the_file(
        self, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept.write_text("of the file")
        monkeypatch.setenv(NAME, "of the environment")
        assert env.secret(NAME, kept) == "of the environment"

    @pytest.mark.parametrize("content", [None, "bí mật"], ids=["a folder", "not ASCII"])
    def test_a_file_that_cannot_be_read_is_named(self, content: str | None, kept: Path) -> None:
        if content is None:
            kept.mkdir()
        else:
            kept.write_text(content, encoding="utf-8")
        with pytest.raises(ImproperlyConfigured) as refused:
            env.secret(NAME, kept)
        assert str(kept) in str(refused.value)
        assert "mật" not in str(refused.value)
