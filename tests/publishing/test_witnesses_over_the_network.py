"""Witnesses are asked after each checkpoint; what they signed is kept, and a rollback is seen."""

from __future__ import annotations

import datetime as dt
import ipaddress
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone
from factories import declare
from witness_server import WitnessServer, witnessing

from soi.captures.addresses import Policy
from soi.captures.posting import Posted, post
from soi.cli import log as log_command
from soi.core.formats import HoldingKind
from soi.core.ledger import LedgerError, Trust, fetch_from, read_key, verify_log
from soi.core.ledger.notes import LARGEST_NOTE
from soi.journal.models import Event
from soi.publishing.log import actions, keys, queries, tasks
from soi.publishing.log import witnessing as network
from soi.publishing.models import LogWitness

pytestmark = pytest.mark.django_db

HERE = Policy(
    ports=range(1, 65_536),
    is_allowed=lambda address: address == ipaddress.ip_address("127.0.0.1"),
    resolve=lambda _host, _seconds: ["127.0.0.1"],
)


def send(url: str, body: bytes) -> Posted:
    return post(f"{url}/add-checkpoint", body, limit=LARGEST_NOTE, policy=HERE)


def published(number: int = 1) -> None:
    for each in range(number):
        declare(HoldingKind.DOMAIN, f"hoamai{Event.objects.count()}-{each}.example")
    actions.follow()


def sizes(found: list[network.Submitted]) -> list[int | str]:
    return [each.problem or each.size or 0 for each in found]


def setting(*servers: WitnessServer) -> tuple[str, ...]:
    return tuple(f"{each.key}={each.url}" for each in servers)


@pytest.fixture
def witness(settings: Any) -> Iterator[WitnessServer]:
    with witnessing(str(keys.verifier_keys()[0])) as server:
        settings.SOI_LOG_WITNESSES = setting(server)
        yield server


def row() -> LogWitness:
    return LogWitness.objects.get()


def test_each_checkpoint_is_signed_and_whoever_verifies_sees_it(
    witness: WitnessServer, settings: Any
) -> None:
    for number in (3, 1, 5):
        published(number)
        assert network.is_something_due()
        assert sizes(network.submit_due(send=send)) == [witness.size]
        assert not network.is_something_due()
    assert witness.size == actions.opened().checkpoint().tree.size == 9
    assert [body.split(b"\n")[0] for body in witness.asked] == [b"old 0", b"old 3", b"old 4"]
    trust = Trust(keys.verifier_keys(), (read_key(witness.key),), 1)
    assert verify_log(fetch_from(settings.SOI_LOG_DIR), trust).signed.witnesses


def test_nothing_is_due_without_leaves_or_without_an_address(
    witness: WitnessServer, settings: Any
) -> None:
    assert not network.is_something_due()
    published()
    settings.SOI_LOG_WITNESSES = (witness.key,)
    assert not network.is_something_due()
    assert sizes(network.submit(send=send)) == []


def test_any_number_signs_the_same_checkpoint_and_one_that_is_away_hinders_none(
    settings: Any,
) -> None:
    published(2)
    key = str(keys.verifier_keys()[0])
    with ExitStack() as stack:
        servers = [
            stack.enter_context(witnessing(key, name=f"witness{n}.example/w")) for n in range(4)
        ]
        servers[1].instead = (503, b"")
        settings.SOI_LOG_WITNESSES = setting(*servers)
        assert sizes(network.submit_due(send=send)) == [2, "log_witness_refused", 2, 2]
    signed = [each.key.name for each in queries.standing().witnesses if each.is_newest]
    assert signed == [f"witness{n}.example/w" for n in (0, 2, 3)]


def test_a_witness_that_knows_another_size_is_asked_again_from_there(
    witness: WitnessServer,
) -> None:
    published(3)
    network.submit_due(send=send)
    LogWitness.objects.all().delete()  # a restored database does not remember it
    published(2)
    assert sizes(network.submit_due(send=send)) == [5]
    assert [body.split(b"\n")[0] for body in witness.asked[1:]] == [b"old 0", b"old 3"]


def test_a_log_that_was_rolled_back_is_refused_and_said(
    witness: WitnessServer, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    published(5)
    network.submit_due(send=send)
    shutil.rmtree(settings.SOI_LOG_DIR)
    from soi.publishing.models import LogHead, LogLeaf

    LogLeaf.objects.filter(index__gte=3).delete()
    LogHead.objects.update(settled=0, followed_seq=Event.objects.order_by("-seq")[0].seq)
    actions._opened = None
    assert actions.follow().tree.size == 3
    assert sizes(network.submit_due(send=send)) == ["log_witness_ahead"]
    assert witness.size == 5, "it stands by what it has signed"
    assert "log_witness_ahead" in caplog.text
    page = Client().get("/en/log/").content.decode()
    assert "knows another log than this one" in page


def test_another_history_of_the_same_length_is_refused(
    witness: WitnessServer,
) -> None:
    published(3)
    witness.size, witness.root = 3, b"\x00" * 32
    assert sizes(network.submit_due(send=send)) == ["log_witness_conflict"]
    witness.size = 2
    assert sizes(network.submit(send=send)) == ["log_witness_conflict"]  # its proof fits not


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"", "log_witness_unreadable"),
        (200, "— witness.example/w AAAA\n".encode(), "log_witness_unreadable"),
        (200, b"\xff" * 100, "log_witness_unreadable"),
        (200, b"x" * (LARGEST_NOTE + 1), "fetch_too_large"),
        (403, b"", "log_witness_refused"),
        (302, b"", "log_witness_refused"),
        (409, b"7777\n", "log_witness_ahead"),
        (409, b"0\n", "log_witness_conflict"),
        (409, b"-1\n", "log_witness_conflict"),
        (409, b"<html>", "log_witness_conflict"),
        (422, b"", "log_witness_conflict"),
    ],
)
def test_whatever_else_it_answers_nothing_is_kept_and_it_is_asked_later(
    witness: WitnessServer, status: int, body: bytes, code: str
) -> None:
    published(2)
    before = bytes(actions.opened().checkpoint().note)
    witness.instead = (status, body)
    assert sizes(network.submit_due(send=send)) == [code]
    assert bytes(actions.opened().checkpoint().note) == before
    assert not network.is_something_due()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        assert network.is_something_due()


def test_a_signature_of_a_stranger_or_of_another_checkpoint_is_no_cosignature(
    witness: WitnessServer,
) -> None:
    published(2)
    with witnessing(str(keys.verifier_keys()[0]), name=witness.name) as other:
        witness.instead = other.add_checkpoint(request_of(0))
    assert sizes(network.submit_due(send=send)) == ["log_witness_unreadable"]
    witness.instead = None
    old = witness.add_checkpoint(request_of(0))
    published()
    witness.instead = old
    assert sizes(network.submit(send=send)) == ["log_signature_wrong"]


def request_of(old: int) -> bytes:
    from soi.publishing.log.witnesses import request

    return request(old_size=old)


@pytest.mark.parametrize("off", [-7200, 7200, -1e11])
def test_a_clock_that_is_far_off_is_told_and_its_word_not_published(
    witness: WitnessServer, off: float
) -> None:
    published(2)
    witness.clock = lambda: max(0.0, time.time() + off)
    assert sizes(network.submit_due(send=send)) == ["log_witness_clock"]
    assert not [each for each in queries.standing().witnesses if each.is_newest]


@pytest.mark.parametrize("off", [-600, 600])
def test_a_clock_that_is_a_little_off_is_no_matter(witness: WitnessServer, off: float) -> None:
    published(2)
    witness.clock = lambda: time.time() + off
    assert sizes(network.submit_due(send=send)) == [2]


def test_pauses_grow_and_are_never_in_step() -> None:
    waits = [network.pause(n, chance=0.5) for n in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[0] == network.FIRST_PAUSE
    assert waits[-1] == network.LONGEST_PAUSE
    assert len({network.pause(3, chance=c / 10) for c in range(10)}) == 10


def test_the_log_goes_on_while_a_witness_thinks(witness: WitnessServer) -> None:
    published(2)

    def slowly(url: str, body: bytes) -> Posted:
        posted = send(url, body)
        published()  # the log grows before the answer is here
        return posted

    assert sizes(network.submit_due(send=slowly)) == [2]
    assert network.is_something_due()
    assert sizes(network.submit_due(send=send)) == [3]
    assert row().size == 3


def test_the_page_says_who_has_signed_and_who_is_behind(witness: WitnessServer) -> None:
    published(2)
    network.submit_due(send=send)
    page = Client().get("/en/log/").content.decode()
    assert "witness.example/w" in page
    assert "has signed this state" in page
    published()
    assert "has signed the first 2 lines" in Client().get("/en/log/").content.decode()


def test_the_command_submits_and_tells(
    witness: WitnessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "ask", send)
    published(2)
    done = CliRunner().invoke(log_command.witness, ["submit"])
    assert (done.exit_code, done.output) == (0, "witness.example/w: has signed 2 leaves\n")
    witness.instead = (503, b"")
    published()
    failed = CliRunner().invoke(log_command.witness, ["submit"])
    assert failed.exit_code == 4
    assert "log_witness_refused" in failed.output
    assert "witness.example/w: 2 leaves" in CliRunner().invoke(log_command.witness, ["list"]).output


def test_a_setting_that_is_no_witness_is_refused(settings: Any) -> None:
    settings.SOI_LOG_WITNESSES = ("witness.example/w=https://witness.example",)
    with pytest.raises(LedgerError):
        queries.standing()


@pytest.mark.django_db(transaction=True)
def test_the_worker_asks_by_itself(witness: WitnessServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "ask", send)
    published(2)
    assert tasks.ask_witnesses()
    tasks.witnesses.wait(20)
    assert witness.size == 2
    assert not tasks.ask_witnesses()
