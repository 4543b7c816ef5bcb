"""Whose names stand below a domain with consent, and how a desk adds to that."""

from soi.core.lookalike import Brand, NameKind, compile_register, judge, lists_with, shipped_lists

BANK = Brand(id="b", display="B", tokens=("songxanhbank",), hosts=("songxanhbank.example",))
HOST = "songxanhbank.khach-hang.phanmem.example"


def test_a_desk_vouches_for_a_partner() -> None:
    assert judge(HOST, NameKind.HOST, compile_register([BANK])) is not None
    trusting = compile_register([BANK], lists=lists_with(["https://phanmem.example/"]))
    assert judge(HOST, NameKind.HOST, trusting) is None


def test_a_partner_vouches_for_nothing_beside_it() -> None:
    trusting = compile_register([BANK], lists=lists_with(["phanmem.example"]))
    assert judge("songxanhbank.xphanmem.example", NameKind.HOST, trusting) is not None
    assert judge("phanmem.example.songxanhbank-vay.top", NameKind.HOST, trusting) is not None


def test_what_is_no_host_is_left_out() -> None:
    assert lists_with(["", "  ", "a b/"]).partners.keys() - shipped_lists().partners.keys() == {"a"}
    assert lists_with([]) is shipped_lists()
