"""What two people stand behind goes out, and answers find it at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from soi.answer import answering
from soi.answer.types import StatementFinding, StatementState
from soi.checking import actions, handing, public, queries
from soi.checking.errors import EditionUnknown, GatesOpen, StaleDigest
from soi.checking.models import Edition
from soi.checking.types import ClaimState, EditionKind
from soi.claims import actions as claims
from soi.claims import queries as stored
from soi.claims.errors import PublisherIsOwn
from soi.claims.queries import CheckRow
from soi.core.formats import Verdict
from soi.index import actions as index
from soi.journal.models import Event
from soi.people.errors import NotAllowed
from tests.checking_desk import WORDING, CheckingDesk, sha256
from tests.factories import store_check


def answer_of(message: str = WORDING) -> StatementFinding:
    """What a reader is told, once the worker has looked at the journal."""
    index.follow()
    [finding] = answering.answer(message).findings
    assert isinstance(finding, StatementFinding)
    return finding


def own_check() -> CheckRow:
    [check] = stored.all_checks()
    return check


def test_what_is_published_is_what_was_approved_byte_for_byte(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    found = queries.draft(claim_id)
    desk.approve(claim_id)

    published = actions.publish(claim_id, digest=found.digest, by=desk.chi)

    sheet = public.edition(claim_id)
    assert (published.number, published.kind) == (1, EditionKind.FIRST)
    assert sha256(sheet.content) == sheet.row.digest == found.digest
    assert sheet.row.words == found.words
    assert sheet.sources == tuple(each.source for each in found.evidence)
    names = (sheet.written_by, sheet.edited_by, sheet.approved_by, sheet.published_by)
    assert names == ("An", "An", ("Bình",), "Chi")
    claim = queries.claim(claim_id)
    assert (claim.state, claim.taken_by) == (ClaimState.PUBLISHED, None)


def test_the_answer_finds_it_at_the_workers_next_look(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    assert answer_of().state is StatementState.NOT_CHECKED
    desk.publish(claim_id)

    finding = answer_of()

    assert finding.state is StatementState.CHECKED
    assert finding.check is not None
    assert finding.check.url == handing.address_of(claim_id)
    assert finding.check.verdict is Verdict.FALSE


def test_it_stands_under_the_desks_own_site_and_name(desk: CheckingDesk, settings: Any) -> None:
    settings.SOI_BASE_URL, settings.SOI_DESK_NAME = "https://www.soi.example", "Bàn Bến Sậy"
    desk.published()

    check = own_check()

    assert (check.publisher_site, check.publisher_name) == ("soi.example", "Bàn Bến Sậy")
    assert check.url.startswith("https://www.soi.example/claims/")
    assert (check.claim, check.verdict, check.verdict_words) == (WORDING, Verdict.FALSE, "Sai")
    assert (check.language, check.modified_on) == ("vi", None)
    [publisher] = stored.publishers()
    assert not publisher.is_allowed


def test_a_check_in_a_language_of_others_has_its_verdict_in_english(desk: CheckingDesk) -> None:
    desk.published(language="fr")

    assert own_check().verdict_words == "False"


def test_nobody_imports_checks_under_the_desks_own_name(desk: CheckingDesk, settings: Any) -> None:
    settings.SOI_BASE_URL = "https://soi.example"
    for _ in range(2):
        with pytest.raises(PublisherIsOwn):
            claims.allow_publisher(site="soi.example", name="Soi", by="test")
        desk.published()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE claims_publisher SET is_allowed = true")


def test_when_the_desk_moves_what_it_published_moves_along(
    desk: CheckingDesk, settings: Any
) -> None:
    settings.SOI_BASE_URL = "https://cu.example"
    claim_id = desk.published()
    settings.SOI_BASE_URL, settings.SOI_DESK_NAME = "https://moi.example", "Tên mới"
    store_check("Chợ Bến Sậy cháy.", publisher_site="moi2.example")

    desk.correct(claim_id)
    other = desk.published("Chợ Bến Sậy đóng cửa vĩnh viễn.")

    own = [each for each in stored.all_checks() if each.publisher_site == "moi.example"]
    assert [each.url for each in own] == [handing.address_of(each) for each in (claim_id, other)]
    assert {each.publisher_name for each in own} == {"Tên mới"}
    assert all(each.publisher_site != "cu.example" for each in stored.all_checks())


def test_a_desk_that_is_set_up_anew_is_found_where_it_is_now(
    desk: CheckingDesk, settings: Any
) -> None:
    settings.SOI_BASE_URL = "https://cu.example"
    first = desk.published()
    second = desk.published("Chợ Bến Sậy đóng cửa vĩnh viễn.")
    desk.published("Trường Bến Sậy nghỉ học một tuần.", is_demo=True)
    desk.withdraw(desk.published("Bến phà Bến Sậy dừng hoạt động."))
    desk.correct(second)
    before = {each.id: each for each in stored.all_checks()}
    assert actions.hand_out_again(by="test") == 0

    settings.SOI_BASE_URL, settings.SOI_DESK_NAME = "https://moi.example", "Tên mới"
    with CaptureQueriesContext(connection) as seen:
        assert actions.hand_out_again(by="test") == 3

    assert len(seen) < 40
    after = {each.id: each for each in stored.all_checks()}
    assert after.keys() == before.keys()
    assert {each.url for each in after.values()} >= {
        handing.address_of(first),
        handing.address_of(second),
    }
    for number, check in after.items():
        assert (check.publisher_site, check.publisher_name) == ("moi.example", "Tên mới")
        assert (check.published_on, check.modified_on, check.is_demo) == (
            before[number].published_on,
            before[number].modified_on,
            before[number].is_demo,
        )


def test_publishing_twice_is_publishing_once(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    digest = desk.digest(claim_id)
    first = desk.publish(claim_id)

    assert actions.publish(claim_id, digest=digest, by=desk.chi) == first
    assert Event.objects.filter(subject="edition").count() == 1
    assert len(public.editions(claim_id)) == 1


def test_what_nobody_approved_does_not_go_out(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    digest = desk.digest(claim_id)

    with pytest.raises(GatesOpen):
        actions.publish(claim_id, digest=digest, by=desk.binh)
    desk.approve(claim_id)
    with pytest.raises(NotAllowed):
        actions.publish(claim_id, digest=digest, by=desk.an)
    with pytest.raises(StaleDigest):
        actions.publish(claim_id, digest="0" * 64, by=desk.binh)

    assert not Edition.objects.exists()
    assert stored.check_count() == 0
    with pytest.raises(EditionUnknown):
        public.edition(claim_id)


def test_quotes_are_looked_for_again_when_it_is_published(
    desk: CheckingDesk, settings: Any
) -> None:
    claim_id = desk.ready()
    desk.approve(claim_id)
    for path in settings.SOI_CAPTURES_DIR.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"khac")

    with pytest.raises(GatesOpen):
        actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.binh)


def test_a_correction_is_an_edition_and_the_answer_gives_the_new_one(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    first = public.edition(claim_id)

    published = desk.correct(
        claim_id,
        EditionKind.SUBSTANTIAL,
        note="Kết luận trước sai.",
        verdict="true",
        summary="Cầu đã sập.",
    )

    assert (published.number, published.kind) == (2, EditionKind.SUBSTANTIAL)
    assert public.edition(claim_id, 1).content == first.content
    assert [each.number for each in public.editions(claim_id)] == [2, 1]
    finding = answer_of()
    assert finding.state is StatementState.CHECKED
    assert finding.check is not None
    assert finding.check.verdict is Verdict.TRUE
    [row] = public.corrections()[:10]
    assert row.words.correction_note == "Kết luận trước sai."
    assert own_check().modified_on is not None
    event = Event.objects.get(verb="edition.corrected")
    assert (event.subject, event.before, event.after) == (
        "correction",
        first.row.digest,
        published.digest,
    )


def test_a_correction_goes_through_a_second_person_again(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    desk.write(claim_id, summary="Khác", correction_kind="update", correction_note="Mới")

    with pytest.raises(GatesOpen) as refused:
        actions.publish(claim_id, digest=desk.digest(claim_id), by=desk.binh)

    assert refused.value.gates == ("second_person_approved",)
    assert public.edition(claim_id).row.number == 1


def test_until_it_is_published_a_correction_is_seen_by_nobody(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    before = public.edition(claim_id), own_check()
    desk.write(claim_id, summary="Khác", correction_kind="update", correction_note="Mới")
    desk.approve(claim_id)

    assert (public.edition(claim_id), own_check()) == before


def test_a_withdrawn_check_answers_nobody_and_its_page_says_why(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    assert answer_of().state is StatementState.CHECKED

    desk.withdraw(claim_id, note="Nguồn chính đã rút lại.")

    finding = answer_of()
    assert finding.state is StatementState.NOT_CHECKED
    assert finding.check is None
    assert stored.check_count() == 0
    assert public.newest_editions()[:10] == []
    sheet = public.edition(claim_id)
    assert sheet.row.is_withdrawn
    assert sheet.row.words.correction_note == "Nguồn chính đã rút lại."
    assert len(public.newest_editions(with_withdrawn=True)) == 1
    assert public.edition(claim_id, 1).row.kind is EditionKind.FIRST
    assert queries.claim(claim_id).state is ClaimState.WITHDRAWN
    assert Event.objects.get(verb="edition.withdrawn").subject == "withdrawal"


def test_a_withdrawal_needs_only_its_reason_and_the_second_person(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    for each in queries.draft(claim_id).evidence:
        actions.remove_evidence(claim_id, each.source.id, by=desk.an)
    desk.write(claim_id, verdict="", correction_kind="withdrawal")
    with pytest.raises(GatesOpen):
        desk.approve(claim_id)

    desk.write(claim_id, correction_note="Gọi 0912 345 678 để hỏi.")
    with pytest.raises(GatesOpen):
        desk.approve(claim_id)

    # Its page shows the wording, its record and its history every word.
    for field, text in (("wording", "Gọi 0912 345 678 để nhận quà."), ("summary", "0912 345 678")):
        desk.write(claim_id, correction_note="Nguồn đã rút lại.", **{field: text})
        with pytest.raises(GatesOpen):
            desk.approve(claim_id)
        desk.write(claim_id, **{field: "Cầu Bến Sậy đã sập."})

    assert desk.withdraw(claim_id).kind is EditionKind.WITHDRAWAL


@pytest.mark.parametrize("said", ["verdict", "owner", "source"])
def test_nothing_new_goes_out_with_a_withdrawal(desk: CheckingDesk, said: str) -> None:
    claim_id = desk.published()
    if said == "verdict":
        desk.write(claim_id, verdict="true")
    elif said == "owner":
        desk.write(claim_id, concerns_owner=True)
    else:
        desk.cite(claim_id, quote="")
    with pytest.raises(GatesOpen):
        desk.withdraw(claim_id)


def test_a_withdrawn_check_can_come_back_corrected(desk: CheckingDesk) -> None:
    claim_id = desk.published()
    desk.withdraw(claim_id)

    desk.write(claim_id, correction_kind="minor", correction_note="Lỗi chính tả.")
    with pytest.raises(GatesOpen):
        desk.approve(claim_id)
    desk.correct(claim_id, EditionKind.SUBSTANTIAL, note="Nguồn đã đăng lại.")

    assert queries.claim(claim_id).state is ClaimState.PUBLISHED
    assert answer_of().state is StatementState.CHECKED
    assert [each.number for each in public.editions(claim_id)] == [3, 2, 1]


def test_a_page_of_an_edition_and_of_a_list_asks_the_database_little(desk: CheckingDesk) -> None:
    for number in range(6):
        desk.published(f"Cầu số {number} đã sập trong đêm qua.")
    claim_id = public.newest_editions()[0].claim_id
    for step, most in (
        (lambda: public.edition(claim_id), 3),
        (lambda: public.newest_editions()[:50], 2),
        (lambda: public.corrections()[:50], 2),
        (lambda: public.editions(claim_id), 1),
    ):
        with CaptureQueriesContext(connection) as seen:
            step()
        assert len(seen) <= most


def test_the_demonstration_goes_and_what_is_real_stays(desk: CheckingDesk) -> None:
    real = desk.published()
    shown = desk.published("Chợ Bến Sậy đóng cửa vĩnh viễn.", is_demo=True)
    part = desk.claim("Chợ đóng cửa.", is_demo=True)
    actions.merge(part, into=shown, by=desk.an)
    actions.send_challenge(shown, 1, text="Chợ vẫn mở.", by="page")
    actions.add_note(shown, text="Thử.", by=desk.an)
    actions.keep_scratch(shown, version=0, fields={"title": "x"}, by=desk.an)
    actions.recuse(part, by=desk.chi)
    assert stored.has_demo()

    assert actions.remove_demo_claims(by="demonstration") == 2
    claims.remove_demo_checks(by="demonstration")

    assert [row.claim_id for row in public.newest_editions()[:10]] == [real]
    assert [each.url for each in stored.all_checks()] == [handing.address_of(real)]
    assert Event.objects.filter(verb="claim.removed").count() == 2
