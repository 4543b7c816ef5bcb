"""Each rule of the charter, with a test that tries to break it, as far as there is what to break.

C2, C3 and C6 are rules of the desk's own checks, which this version does not make: it shows checks
that others publish. Their tests come with the tables that they bind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import Client
from factories import declare, store_check

from soi.answer import answering, types
from soi.claims.actions import remove_demo_checks
from soi.core.formats import CheckRecord, HoldingKind
from soi.core.matching import Relation
from soi.journal.queries import last_mark

SOURCE = Path(__file__).resolve().parents[2] / "src" / "soi"
_ASKING = {"http.client", "socket", "ssl"}
CLAIM = "Cây cầu Bến Sậy đã sập trong đêm qua làm 12 người bị thương."


def our_models() -> list[type[models.Model]]:
    return [each for each in apps.get_models() if each.__module__.startswith("soi.")]


def columns() -> set[str]:
    """All columns but those of the desk's own people: they sign in, and are no readers."""
    models = [each for each in our_models() if not each.__module__.startswith("soi.people.")]
    return {field.name for model in models for field in model._meta.get_fields()}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def body_of(page: bytes) -> str:
    return re.sub(r"<[^>]+>", " ", page.decode())


@pytest.mark.django_db
def test_c1_an_opinion_gets_no_verdict() -> None:
    store_check(CLAIM)

    found = answering.answer("Theo mình thì phim mới chiếu dở thật sự, xem phí hai tiếng.").findings

    assert not [each for each in found if each.state == types.StatementState.CHECKED]


def test_c4_no_table_and_no_record_has_room_for_who_claimed_or_who_shared() -> None:
    people = re.compile(
        r"author|claimant|sender|speaker|sharer|shared|reader|visitor|user|person|ip"
    )
    named = columns() | set(CheckRecord.__dataclass_fields__)

    assert len(named) > 30
    assert not [name for name in named if people.fullmatch(name) or people.match(f"{name}_")]


@pytest.mark.django_db
def test_c4_a_reader_has_no_session_and_no_account(client: Client) -> None:
    store_check(CLAIM)
    client.post("/", {"message": CLAIM})
    client.post("/tips/", {"message": CLAIM, "key": "k" * 24})
    for path in ("/", "/checks/", "/organisations/", "/how-we-work/", "/tips/", "/api/v1/checks"):
        client.get(path)

    assert not client.cookies
    assert not Session.objects.exists()
    for path in ("/account/signup/", "/account/services/signup/"):
        assert client.get(path).status_code == 404


def test_c4_only_the_desks_own_people_are_accounts() -> None:
    fields = get_user_model()._meta.get_fields(include_hidden=True)
    theirs = {
        each.related_model.__module__ for each in fields if each.auto_created and each.related_model
    }

    assert {each.partition(".models")[0] for each in theirs} == {
        "soi.people",
        "soi.checking",  # who at the desk wrote, approved, published
        "allauth.account",
        "allauth.mfa",
        "allauth.socialaccount",
        "allauth.usersessions",
    }


@pytest.mark.django_db
def test_c4_an_answer_writes_nothing(client: Client) -> None:
    store_check(CLAIM)
    writes: list[str] = []

    def watch(execute, sql, parameters, many, context):  # type: ignore[no-untyped-def]
        writes.extend(re.findall(r"^\s*(INSERT|UPDATE|DELETE|REPLACE)\b", sql, re.I))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(watch):
        client.post("/", {"message": f"{CLAIM} xau.test"})
        client.post("/api/v1/answers", {"message": CLAIM}, content_type="application/json")

    assert writes == []


@pytest.mark.django_db
def test_c5_what_is_stored_changed_or_removed_leaves_an_event() -> None:
    marks = [last_mark("check")]
    store_check(CLAIM, is_demo=True)
    marks.append(last_mark("check"))
    store_check(CLAIM, is_demo=True, summary="Bảng giá mới chưa được duyệt.")
    marks.append(last_mark("check"))
    remove_demo_checks(by="test")
    marks.append(last_mark("check"))

    assert len(set(marks)) == 4


_LISTENING = {
    "websockets.exceptions",
    "websockets.sync.client",
    "websockets.sync.connection",
    "websockets.uri",
}


def test_c7_nothing_here_can_send_anything_anywhere() -> None:
    senders = re.compile(
        r"(urllib\.request|http\.client|requests|httpx|aiohttp|smtplib|ftplib|telnetlib|socket|ssl"
        r"|websockets?|tweepy|telegram|facebook|mastodon|praw|django\.core\.mail)(\.|$)"
    )

    # The desk's own index server is asked for checks, and told of nothing but them. The service
    # that its people sign in with is asked by a library; only its failures are named here.
    index_server, sign_in = "index/engine/distributed/", ("web/desk/account.py", "requests")
    found = [
        (path.relative_to(SOURCE).as_posix(), name)
        for path, tree in modules()
        for name in imported(tree)
        if senders.match(name)
    ]
    found = [each for each in found if each != sign_in]
    # What fetches sources asks, by GET and without a body (tests/captures), and says nothing.
    # What follows a stream of names listens only (tests/watch).
    fetcher = {
        "captures/addresses.py": {"ssl"},
        "captures/transport.py": _ASKING,
        "watch/following.py": _LISTENING,
    }
    found = [(path, name) for path, name in found if name not in fetcher.get(path, ())]
    assert {path for path, _ in found if not path.startswith(index_server)} == set()
    assert {name for _, name in found} <= {"httpx"}


def test_c8_there_is_no_way_to_report_anything() -> None:
    routes = {path.name for path, _ in modules()} | columns()

    assert not [name for name in routes if re.search(r"takedown|abuse_report|flag_post", name)]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/checks/", "/organisations/", "/how-we-work/", "/nowhere/"])
def test_c9_who_owns_and_who_pays_is_on_every_page(
    client: Client, settings: object, path: str
) -> None:
    settings.SOI_DESK_OWNER = "Hội Người Đọc Bến Sậy"  # type: ignore[attr-defined]
    settings.SOI_DESK_FUNDING = "phí hội viên và quỹ sách"  # type: ignore[attr-defined]

    for prefix in ("", "/en"):
        page = body_of(client.get(prefix + path).content)
        assert "Hội Người Đọc Bến Sậy" in page
        assert "phí hội viên và quỹ sách" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "message",
    [
        "Cây cầu Bến Sậy không sập trong đêm qua và không có 12 người bị thương.",
        "Cay cau Ben Say khong bi sap trong dem qua lam 12 nguoi bi thuong.",
        "Cây cầu Bến Sậy không bị sập trong đêm qua làm 12 người bị thương.",
        "Cây cầu Bến Sậy chưa hề sập, 12 người bị thương là tin sai.",
        "Cây cầu Bến Sậy đã sập trong đêm qua làm 50 người bị thương.",
        "Cay cau Ben Say da sap trong dem qua lam 50 nguoi bi thuong.",
    ],
)
def test_c10_the_opposite_or_another_number_is_never_the_same_claim(message: str) -> None:
    store_check(CLAIM)

    found = answering.answer(message).findings

    assert [each for each in found if each.state == types.StatementState.CHECKED] == []


def test_c10_only_one_relation_may_carry_a_verdict() -> None:
    from soi.answer.statements import _STATES

    carrying = [each for each, state in _STATES.items() if state is types.StatementState.CHECKED]
    assert carrying == [Relation.SAME]


@pytest.mark.django_db
def test_c10_unknown_is_said_as_unknown_and_never_as_safe(client: Client) -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")

    page = body_of(client.post("/en/", {"message": "khong-ai-biet.test"}).content)

    assert "Unknown does not mean safe." in page


@pytest.mark.parametrize("number", range(1, 11))
def test_every_rule_stands_on_the_page_how_we_work(client: Client, db: None, number: int) -> None:
    assert f'id="c{number}"' in client.get("/how-we-work/").content.decode()
