"""Each rule of the charter, with a test that tries to break it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.utils import timezone
from factories import declare, store_check

from soi.answer import answering, types
from soi.checking import actions as desk_actions
from soi.checking import errors as desk_errors
from soi.checking import public as published
from soi.checking import queries as desk_queries
from soi.checking.types import ChallengeState, CloseReason
from soi.claims.actions import allow_publisher, remove_demo_checks
from soi.claims.errors import PublisherIsOwn
from soi.core.formats import CheckRecord, HoldingKind
from soi.core.matching import Relation
from soi.incidents import handling
from soi.incidents.errors import OnlyForFraud
from soi.incidents.models import Incident, Prepared
from soi.incidents.types import FRAUD, Form, IncidentKind
from soi.journal.queries import Asked, events, last_mark
from soi.people.types import Role
from soi.register.queries import all_holdings_of
from tests.checking_desk import CheckingDesk, waiting
from tests.members import member

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
    # What fetches sources asks, by GET and without a body (tests/captures), and says nothing; a
    # hash goes to the timestamping authority that the operator names.
    # What follows a stream of names listens only (tests/watch).
    fetcher = {
        "captures/addresses.py": {"ssl"},
        "captures/transport.py": _ASKING,
        "watch/following.py": _LISTENING,
    }
    found = [(path, name) for path, name in found if name not in fetcher.get(path, ())]
    assert {path for path, _ in found if not path.startswith(index_server)} == set()
    assert {name for _, name in found} <= {"httpx"}


def test_c8_there_is_no_way_to_report_a_claim_a_check_or_a_view() -> None:
    routes = {path.name for path, _ in modules()} | columns()
    assert not [name for name in routes if re.search(r"takedown|abuse_report|flag_post", name)]

    # What is prepared for a platform is about an incident, and only pages of incidents make it.
    makers = {"soi.incidents.evidence", "soi.incidents.reports"}
    makes = {
        path.relative_to(SOURCE).as_posix()
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        if ({f"{node.module}.{alias.name}" for alias in node.names} | {node.module}) & makers
    }
    assert makes == {"cli/incidents.py", "incidents/reports.py", "web/desk/incidents.py"}
    about = {each.name for each in Incident._meta.get_fields() if each.concrete}
    assert not [name for name in about if re.search(r"claim|check|tip|text|url|author", name)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(frozenset(IncidentKind) - FRAUD))
def test_c8_nothing_is_prepared_for_a_platform_but_about_fraud(kind: IncidentKind) -> None:
    """Every other way round: tests/incidents/test_only_for_fraud.py and where pages are tested."""
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    [owned] = all_holdings_of("hoamaibank")
    number = handling.open_incident(
        "hoamaibank", kind, words="Trang nhại.", by="test", holding=owned.id
    )
    with pytest.raises(OnlyForFraud):
        handling.note_prepared(number, Form.REPORT, "0" * 64, by="test")
    with pytest.raises(IntegrityError), transaction.atomic():
        Prepared.objects.create(
            incident_id=number, form="report", digest="0" * 64, at=timezone.now(), by="test"
        )


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


@pytest.mark.django_db
def test_c1_the_desk_closes_an_opinion_and_can_not_publish_one() -> None:
    desk = CheckingDesk()
    claim_id = desk.ready("Phim mới chiếu dở thật sự.", is_checkable=False)
    with pytest.raises(desk_errors.GatesOpen):
        desk.approve(claim_id)

    desk_actions.close_claim(claim_id, reason=CloseReason.OPINION, by=desk.an)

    with pytest.raises(desk_errors.ClaimStateRefused):
        desk.write(claim_id, is_checkable=True)
    assert not published.newest_editions()[:1]


@pytest.mark.django_db
@pytest.mark.parametrize("lack", ["second source", "document", "copy", "quote", "interest"])
def test_c2_no_check_goes_out_without_its_evidence(lack: str) -> None:
    desk = CheckingDesk()
    claim_id = desk.ready()
    first, second = (each.source.id for each in desk_queries.draft(claim_id).evidence)

    def change(number: int, **fields: object) -> None:
        version = desk_queries.draft(claim_id).version
        desk_actions.change_evidence(claim_id, number, version=version, fields=fields, by=desk.an)

    if lack == "second source":
        desk_actions.remove_evidence(claim_id, second, by=desk.an)
    elif lack == "copy":
        desk.cite(claim_id, waiting())
    elif lack == "document":
        change(first, kind="secondary")
    else:
        change(first, **{lack: "" if lack == "interest" else "cầu đã sập"})

    with pytest.raises(desk_errors.GatesOpen):
        desk.approve(claim_id)


@pytest.mark.django_db
def test_c3_nothing_goes_out_on_one_persons_word() -> None:
    """The same by plain SQL: tests/checking/test_two_people_in_the_database.py."""
    desk = CheckingDesk()
    desk.an = member(Role.ADMINISTRATOR, name="Một mình")
    claim_id = desk.ready()
    digest = desk.digest(claim_id)

    with pytest.raises(desk_errors.SamePerson):
        desk_actions.approve(claim_id, digest=digest, by=desk.an)
    with pytest.raises(desk_errors.GatesOpen):
        desk_actions.publish(claim_id, digest=digest, by=desk.an)
    desk.approve(claim_id)
    desk.write(claim_id, title="Đổi sau khi duyệt")
    with pytest.raises(desk_errors.GatesOpen):
        desk_actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.an)


@pytest.mark.django_db
def test_c4_no_private_number_goes_out_in_a_check_or_a_challenge() -> None:
    desk = CheckingDesk()
    claim_id = desk.ready(explanation="Hỏi chị Tư, số 0912 345 678.")
    with pytest.raises(desk_errors.GatesOpen):
        desk.approve(claim_id)

    desk.write(claim_id, explanation="Hỏi chính quyền xã.")
    desk.publish(claim_id)
    number = desk_actions.send_challenge(claim_id, 1, text="Gọi tôi: 0912 345 678", by="page")
    desk_actions.answer_challenge(
        number, state=ChallengeState.REJECTED, answer="Không.", by=desk.binh
    )

    assert "345" not in published.challenges(claim_id)[0].text


@pytest.mark.django_db
def test_c5_a_correction_and_a_withdrawal_leave_events_and_every_edition_readable() -> None:
    desk = CheckingDesk()
    claim_id = desk.published()
    first = published.edition(claim_id)
    desk.correct(claim_id)
    desk.withdraw(claim_id)

    for subject, number in (("edition", 1), ("correction", 2), ("withdrawal", 3)):
        sheet = published.edition(claim_id, number)
        [event] = events(Asked(subject=subject))[:10]
        assert (event.subject_id, event.after) == (sheet.row.id, sheet.row.digest)
    assert published.edition(claim_id, 1).content == first.content


@pytest.mark.django_db
def test_c6_a_challenge_can_not_be_removed_silenced_or_answered_twice() -> None:
    desk = CheckingDesk()
    claim_id = desk.published()
    number = desk_actions.send_challenge(claim_id, 1, text="Cầu có sập.", by="page")
    assert published.challenge_counts(claim_id).open == 1

    for statement in (
        "DELETE FROM checking_challenge",
        "UPDATE checking_challenge SET text = 'Cầu không sập.'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    desk_actions.answer_challenge(
        number, state=ChallengeState.REJECTED, answer="Không.", by=desk.binh
    )
    with pytest.raises(desk_errors.ChallengeDecided):
        desk_actions.answer_challenge(
            number, state=ChallengeState.REJECTED, answer="Thôi.", by=desk.binh
        )
    [row] = published.challenges(claim_id)
    assert (row.text, row.answer) == ("Cầu có sập.", "Không.")


@pytest.mark.django_db
def test_c7_checks_under_the_desks_own_name_come_from_the_desk_alone() -> None:
    with pytest.raises(PublisherIsOwn):
        allow_publisher(site="localhost", name="Soi", by="test")


@pytest.mark.django_db
def test_c9_the_owners_matter_is_said_and_stands_on_somebody_elses_document() -> None:
    desk = CheckingDesk()
    claim_id = desk.ready(concerns_owner=None)
    with pytest.raises(desk_errors.GatesOpen):
        desk.approve(claim_id)
    desk.write(claim_id, concerns_owner=True)
    found = desk_queries.draft(claim_id)
    desk_actions.change_evidence(
        claim_id,
        found.evidence[0].source.id,
        version=found.version,
        fields={"is_owners": True},
        by=desk.an,
    )
    with pytest.raises(desk_errors.GatesOpen):
        desk.approve(claim_id)

    desk.cite(claim_id)
    desk.publish(claim_id)

    assert published.edition(claim_id).row.words.concerns_owner


@pytest.mark.django_db
def test_c10_unproven_is_a_verdict_and_no_verdict_is_none() -> None:
    desk = CheckingDesk()
    claim_id = desk.ready(verdict="")
    with pytest.raises(desk_errors.GatesOpen):
        desk.approve(claim_id)

    desk.write(claim_id, verdict="unproven")
    desk.publish(claim_id)

    assert published.edition(claim_id).row.words.verdict == "unproven"


@pytest.mark.parametrize("number", range(1, 11))
def test_every_rule_stands_on_the_page_how_we_work(client: Client, db: None, number: int) -> None:
    assert f'id="c{number}"' in client.get("/how-we-work/").content.decode()
