"""What is sealed opens with its key alone."""

from __future__ import annotations

import pytest

from soi.core.sealing import Unopened, key_for, seal, unseal


def test_the_key_is_made_by_hkdf_and_differs_by_purpose_and_secret() -> None:
    # Computed with `openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:bí-mật
    # -kdfopt info:soi.test HKDF`.
    assert key_for(b"soi.test", "bí-mật").hex() == (
        "c29386bbbd675e156751f475e7974d9b90363d2b72b66c75217675b1aecc9638"
    )
    assert len({key_for(b"a", "x"), key_for(b"b", "x"), key_for(b"a", "y")}) == 3


def test_what_is_sealed_is_another_text_each_time_and_opens_again() -> None:
    key = key_for(b"soi.test", "bí mật")
    sealed = [seal("Mã 0123", key) for _ in range(2)]
    assert len(set(sealed)) == 2
    assert all(each.isascii() and "0123" not in each for each in sealed)
    assert [unseal(each, key) for each in sealed] == ["Mã 0123"] * 2


@pytest.mark.parametrize(
    "change", [lambda s: s[:-8], lambda s: "", lambda s: "x" + s[1:], str.upper]
)
def test_changed_bytes_and_another_key_open_nothing(change: object) -> None:
    key = key_for(b"soi.test", "bí mật")
    sealed = seal("Mã 0123", key)
    with pytest.raises(Unopened):
        unseal(change(sealed), key)  # type: ignore[operator]  # a function of one text
    with pytest.raises(Unopened):
        unseal(sealed, key_for(b"soi.test", "bí mật khác"))
