"""DNS is asked as one who knows that it lies and hangs: bounded, and nothing is believed of it."""

from __future__ import annotations

from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rrset
import pytest

from soi.register.proofs import dns as asking
from soi.register.proofs.dns import DnsFailed, Server, Servers, named_servers, texts_of
from soi.register.proofs.types import Problem
from tests.nameserver import Names, failing, naming, silent

NAME = "_soi.songxanh.example"


@pytest.fixture
def names() -> Iterator[Names]:
    with naming() as server:
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.3)
    monkeypatch.setattr(asking, "SECONDS", 0.8)


def refused(servers: Servers, name: str = NAME) -> Problem:
    with pytest.raises(DnsFailed) as failed:
        texts_of(name, servers)
    return failed.value.problem


def test_texts_are_read_and_their_pieces_joined(names: Names) -> None:
    names.texts[NAME] = ["soi-proof-abc", "v=spf1 -all", "Sông Xanh"]
    assert set(texts_of(NAME, names.servers)) == {"soi-proof-abc", "v=spf1 -all", "Sông Xanh"}


def test_where_nothing_stands_there_is_surely_nothing(names: Names) -> None:
    assert texts_of(NAME, names.servers) == ()
    names.aliases[NAME] = "elsewhere.example"
    assert texts_of(NAME, names.servers) == ()


def test_an_alias_is_followed_and_a_ring_of_them_is_not(names: Names) -> None:
    names.aliases[NAME] = "proofs.example"
    names.texts["proofs.example"] = ["soi-proof-abc"]
    assert texts_of(NAME, names.servers) == ("soi-proof-abc",)

    def ring(question: dns.message.Message) -> bytes:
        reply = dns.message.make_response(question)
        reply.answer.append(dns.rrset.from_text(f"{NAME}.", 60, "IN", "CNAME", "b.example."))
        reply.answer.append(dns.rrset.from_text("b.example.", 60, "IN", "CNAME", f"{NAME}."))
        return reply.to_wire()

    names.says[NAME] = ring
    assert refused(names.servers) is Problem.DNS_MALFORMED


def test_what_does_not_fit_into_a_packet_comes_by_tcp(names: Names) -> None:
    names.only_tcp = True
    names.texts[NAME] = [f"soi-proof-{'x' * 200}{number}" for number in range(40)]
    assert len(texts_of(NAME, names.servers)) == 40


def test_no_more_records_are_read_than_are_taken(names: Names) -> None:
    names.only_tcp = True
    names.texts[NAME] = [f"{number}" for number in range(500)]
    assert len(texts_of(NAME, names.servers)) == asking.RECORDS


def test_a_server_that_hangs_costs_its_time_and_no_more(names: Names) -> None:
    names.says[NAME] = silent
    assert refused(names.servers) is Problem.DNS_UNREACHABLE


def test_a_server_that_promises_more_and_drips_it_is_stopped(names: Names) -> None:
    names.only_tcp = names.drips = True
    names.texts[NAME] = ["soi-proof-abc"]
    assert refused(names.servers) is Problem.DNS_UNREACHABLE


def test_an_answer_that_is_cut_off_says_nothing(names: Names) -> None:
    def cut(question: dns.message.Message) -> bytes:
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.TC
        return reply.to_wire()

    # By UDP it says "ask by TCP", and by TCP it says the same.
    names.says[NAME] = cut
    assert refused(names.servers) is Problem.DNS_MALFORMED


def test_a_server_that_fails_says_nothing_of_the_name(names: Names) -> None:
    names.says[NAME] = failing
    assert refused(names.servers) is Problem.DNS_UNREACHABLE


@pytest.mark.parametrize("lie", ["id", "question", "garbage", "no_response"])
def test_an_answer_that_is_for_something_else_is_none(names: Names, lie: str) -> None:
    def lying(question: dns.message.Message) -> bytes:
        reply = dns.message.make_response(question)
        reply.answer.append(dns.rrset.from_text(f"{NAME}.", 60, "IN", "TXT", '"soi-proof-abc"'))
        if lie == "id":
            reply.id = (question.id + 1) % 65536
        elif lie == "question":
            other = dns.message.make_query("other.example", "TXT", id=question.id)
            reply = dns.message.make_response(other)
        elif lie == "no_response":
            reply.flags &= ~dns.flags.QR
        wire = reply.to_wire()
        return b"\xff" * 40 if lie == "garbage" else wire

    names.says[NAME] = lying
    assert refused(names.servers) in (Problem.DNS_UNREACHABLE, Problem.DNS_MALFORMED)


def test_texts_for_another_name_are_not_taken_for_this_one(names: Names) -> None:
    def stuffed(question: dns.message.Message) -> bytes:
        reply = dns.message.make_response(question)
        reply.answer.append(dns.rrset.from_text("evil.example.", 60, "IN", "TXT", '"soi-proof-a"'))
        return reply.to_wire()

    names.says[NAME] = stuffed
    assert texts_of(NAME, names.servers) == ()


class TestSeveralServers:
    def test_all_that_the_desk_named_must_say_the_same(self, names: Names) -> None:
        names.texts[NAME] = ["soi-proof-abc"]
        with naming() as other:
            both = Servers((names.server, other.server), all_agree=True)
            assert refused(both) is Problem.DNS_DISAGREES
            other.texts[NAME] = ["soi-proof-abc"]
            assert texts_of(NAME, both) == ("soi-proof-abc",)
            other.says[NAME] = silent
            assert refused(both) is Problem.DNS_UNREACHABLE

    def test_of_the_systems_own_the_first_that_answers_counts(self, names: Names) -> None:
        names.texts[NAME] = ["soi-proof-abc"]
        with naming() as dead:
            dead.says[NAME] = silent
            either = Servers((dead.server, names.server), all_agree=False)
            assert texts_of(NAME, either) == ("soi-proof-abc",)

    def test_without_any_nothing_is_told(self) -> None:
        assert refused(Servers((), all_agree=False)) is Problem.DNS_UNREACHABLE


@pytest.mark.parametrize("name", ["", ".", "a" * 300, "a..b", "x" * 70 + ".example", "\udcff.vn"])
def test_what_is_no_name_is_not_asked_for(names: Names, name: str) -> None:
    try:
        told: object = texts_of(name, names.servers)
    except DnsFailed as failed:
        told = failed.problem
    assert told in ((), Problem.DNS_MALFORMED)


@pytest.mark.parametrize(
    ("written", "server"),
    [
        ("192.0.2.1", Server("192.0.2.1")),
        ("192.0.2.1:5353", Server("192.0.2.1", 5353)),
        ("2001:db8::1", Server("2001:db8::1")),
        ("[2001:db8::1]:5353", Server("2001:db8::1", 5353)),
    ],
)
def test_servers_are_named_by_their_address(written: str, server: Server) -> None:
    assert named_servers([written]) == Servers((server,), all_agree=True)


@pytest.mark.parametrize("written", ["dns.example", "192.0.2.1:x", "192.0.2", "[::1]:x"])
def test_a_server_that_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the message is Python's
        named_servers([written])
