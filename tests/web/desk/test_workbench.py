"""The workbench: from an open claim to a published check, by two people, with nothing lost."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from soi.captures.queries import captures
from soi.checking import actions, public, queries, rules
from soi.checking.types import ClaimState
from soi.people.types import Role
from tests.checking_desk import QUOTE, CheckingDesk, captured
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

DRAFT = {
    "wording": "Cầu Bến Sậy đã sập trong đêm 28-11.",
    "language": "vi",
    "title": "Cầu Bến Sậy không sập",
    "summary": "Cầu vẫn hoạt động.",
    "explanation": "Sở **xác nhận**.",
    "verdict": "false",
    "selected_because": "Nhiều người hỏi.",
    "claimed_on": "2026-11-28",
    "topics": ["disaster"],
    "is_checkable": "on",
    "is_fair": "on",
    "is_masked": "on",
    "concerns_owner": "no",
}
SOURCE = {"quote": QUOTE, "stance": "refutes", "kind": "primary", "interest": "Quản lý cầu."}


@pytest.fixture
def desk() -> CheckingDesk:
    return CheckingDesk()


@pytest.fixture
def an(desk: CheckingDesk) -> Client:
    return signed_in(desk.an)


@pytest.fixture
def binh(desk: CheckingDesk) -> Client:
    return signed_in(desk.binh)


def at(ref: int, rest: str = "") -> str:
    return f"/en/desk/claims/{ref}/{rest}"


def saved(client: Client, ref: int, **fields: Any) -> Any:
    version = queries.draft(ref).version
    return client.post(at(ref, "draft/"), DRAFT | {"version": version} | fields)


def cited(client: Client, ref: int, **fields: Any) -> int:
    client.post(at(ref, "sources/"), {"capture": captured()})
    number = queries.draft(ref).evidence[-1].source.id
    source = {**SOURCE, "publisher": f"Báo {number}", "title": "Tin", **fields}
    version = queries.draft(ref).version
    answer = client.post(at(ref, f"sources/{number}/"), source | {"version": version})
    assert answer.status_code == 302
    return number


def test_two_people_take_a_claim_to_a_published_check(
    desk: CheckingDesk, an: Client, binh: Client
) -> None:
    ref = desk.claim()
    an.post(at(ref, "take/"))
    assert saved(an, ref).status_code == 302
    cited(an, ref)
    cited(an, ref, kind="secondary")
    digest = queries.draft(ref).digest
    page = binh.get(at(ref, "approval/")).content.decode()
    assert digest in page
    assert "Still missing" not in page
    assert binh.post(at(ref, "approval/approve/"), {"digest": digest}).status_code == 302
    assert binh.post(at(ref, "approval/publish/"), {"digest": digest}).status_code == 302
    assert queries.claim(ref).state is ClaimState.PUBLISHED
    assert public.edition(ref).row.words.title == DRAFT["title"]


class TestTheDraft:
    def test_says_what_is_missing_and_leads_there(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.claim()
        page = an.get(at(ref)).content.decode()
        assert '<a href="#selected_because">' in page
        assert '<a href="#evidence">At least two sources' in page
        saved(an, ref)
        assert '<a href="#selected_because">' not in an.get(at(ref)).content.decode()

    def test_names_what_still_has_to_be_masked(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.claim()
        saved(an, ref, explanation="Gọi 0912 345 678 hay hỏi hoa@hopthu.example.")
        page = an.get(at(ref)).content.decode()
        assert "0912 345 678" in page.split('id="still-private"')[1].split("</p>")[0]
        saved(an, ref, explanation="Gọi •••.")
        assert "still-private" not in an.get(at(ref)).content.decode()

    def test_two_at_once_are_told_and_lose_nothing(
        self, desk: CheckingDesk, an: Client, binh: Client
    ) -> None:
        ref = desk.claim()
        saved(an, ref)
        opened = queries.draft(ref).version
        saved(binh, ref, title="Theirs stands here")
        answer = an.post(
            at(ref, "draft/"), DRAFT | {"version": opened, "title": "Mine stands here"}
        )
        page = answer.content.decode()
        assert (answer.status_code, "Both of you changed this" in page) == (409, True)
        assert "Theirs stands here" in page
        assert 'value="Mine stands here"' in page
        assert queries.draft(ref).words.title == "Theirs stands here"
        again = an.post(
            at(ref, "draft/"),
            DRAFT | {"version": answer.context["version"], "title": "Mine stands here"},
        )
        assert again.status_code == 302
        assert queries.draft(ref).words.title == "Mine stands here"

    def test_a_field_that_is_too_long_comes_back_as_typed(
        self, desk: CheckingDesk, an: Client
    ) -> None:
        ref = desk.claim()
        answer = saved(an, ref, title="x" * 301)
        page = answer.content.decode()
        assert (answer.status_code, "field_invalid" in page) == (422, True)
        assert "x" * 301 in page
        assert 'aria-invalid="true"' in page
        assert queries.draft(ref).version == 0

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("claimed_on", "yesterday"),
            ("verdict", "nonsense"),
            ("topics", "sport"),
            ("concerns_owner", "maybe"),
            ("language", "Vietnamese!"),
            ("wording", " "),
            ("version", "99"),
            ("version", "x"),
        ],
    )
    def test_what_no_form_sends_is_refused_and_kept(
        self, desk: CheckingDesk, an: Client, name: str, value: str
    ) -> None:
        ref = desk.claim()
        answer = saved(an, ref, **{name: value})
        assert answer.status_code in (404, 422)
        assert DRAFT["title"] in answer.content.decode()
        assert queries.draft(ref).version == 0

    def test_script_and_turned_text_stay_text(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.claim()
        hostile = "<script>alert(1)</script>\u202etxet"
        saved(an, ref, title=hostile, explanation=hostile, summary=hostile)
        for rest in ("", "approval/", "history/"):
            page = an.get(at(ref, rest)).content.decode()
            assert "<script>alert(1)" not in page
            assert "\u202e" not in page

    def test_what_is_typed_is_kept_and_put_back(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.claim()
        typed = DRAFT | {"version": 0, "title": "Chưa lưu"}
        assert an.post(at(ref, "typed/"), typed).status_code == 204
        assert "Chưa lưu" not in an.get(at(ref)).content.decode()
        page = an.get(at(ref) + "?typed=1").content.decode()
        assert 'value="Chưa lưu"' in page
        assert queries.draft(ref).version == 0
        an.post(at(ref, "typed/"), {"drop": "1"})
        assert queries.scratch(ref, desk.an) is None

    def test_a_preview_saves_nothing(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.claim()
        page = saved(an, ref, preview="1", explanation="**đậm** <b>x</b>").content.decode()
        assert "<strong>đậm</strong>" in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page
        assert queries.draft(ref).version == 0


class TestSources:
    def test_a_file_is_kept_and_cited_with_its_quote_marked(
        self, desk: CheckingDesk, an: Client
    ) -> None:
        ref = desk.claim()
        page = f"<html><body><article><p>Theo Sở, {QUOTE} sáng 29-11.</p></article></body></html>"
        upload = BytesIO(page.encode())
        upload.name = "thong-bao.html"
        assert an.post(at(ref, "sources/"), {"file": upload}).status_code == 302
        number = queries.draft(ref).evidence[0].source.id
        version = queries.draft(ref).version
        an.post(at(ref, f"sources/{number}/"), SOURCE | {"version": version})
        shown = an.get(at(ref, f"sources/{number}/")).content.decode()
        assert f'<mark id="quoted">{QUOTE}</mark>' in shown

    @pytest.mark.parametrize("sent", [{"url": "javascript:alert(1)"}, {"url": ""}, {}])
    def test_what_is_no_source_is_refused(
        self, desk: CheckingDesk, an: Client, sent: dict[str, str]
    ) -> None:
        ref = desk.claim()
        answer = an.post(at(ref, "sources/"), sent)
        assert (answer.status_code, "capture_" in answer.content.decode()) == (422, True)

    def test_an_empty_file_is_refused(self, desk: CheckingDesk, an: Client) -> None:
        upload = BytesIO(b"")
        upload.name = "x.html"
        answer = an.post(at(desk.claim(), "sources/"), {"file": upload})
        assert answer.status_code == 422

    def test_they_are_put_in_order_and_taken_out(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.claim()
        first, second = cited(an, ref), cited(an, ref)
        an.post(at(ref, f"sources/{second}/up/"))
        assert [row.source.id for row in queries.draft(ref).evidence] == [second, first]
        an.post(at(ref, f"sources/{second}/remove/"))
        assert [row.source.id for row in queries.draft(ref).evidence] == [first]

    def test_nothing_is_fetched_or_kept_for_a_check_that_takes_no_more_sources(
        self, desk: CheckingDesk, an: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = desk.claim()
        cited(an, ref)
        monkeypatch.setattr(rules, "EVIDENCE_LIMIT", 1)
        before = len(captures())
        upload = SimpleUploadedFile("tin.txt", "Cầu Bến Sậy vẫn hoạt động.".encode())
        for given in ({"url": "https://tin.example/cau"}, {"file": upload}):
            answer = an.post(at(ref, "sources/"), given)
            assert "evidence_limited" in answer.content.decode()
        assert len(captures()) == before

    def test_a_source_of_another_claim_is_not_found(self, desk: CheckingDesk, an: Client) -> None:
        other = desk.claim("Một điều khác hẳn.")
        number = cited(an, other)
        ref = desk.claim()
        assert an.get(at(ref, f"sources/{number}/")).status_code == 404
        assert an.post(at(ref, f"sources/{number}/remove/")).status_code == 404


class TestApproval:
    def test_nobody_approves_their_own(self, desk: CheckingDesk, binh: Client) -> None:
        ref = desk.claim()
        saved(binh, ref)
        cited(binh, ref)
        cited(binh, ref, kind="secondary")
        digest = queries.draft(ref).digest
        page = binh.get(at(ref, "approval/")).content.decode()
        assert "somebody else has to approve it" in page
        assert "I have read all of it" not in page
        answer = binh.post(at(ref, "approval/approve/"), {"digest": digest})
        assert (answer.status_code, "same_person" in answer.content.decode()) == (403, True)

    def test_an_old_page_approves_nothing(
        self, desk: CheckingDesk, an: Client, binh: Client
    ) -> None:
        ref = desk.ready()
        old = queries.draft(ref).digest
        desk.write(ref, title="Một tựa khác")
        answer = binh.post(at(ref, "approval/approve/"), {"digest": old})
        assert (answer.status_code, "digest_stale" in answer.content.decode()) == (409, True)

    def test_an_approval_sent_twice_is_one(self, desk: CheckingDesk, binh: Client) -> None:
        ref = desk.ready()
        for _ in range(2):
            binh.post(at(ref, "approval/approve/"), {"digest": desk.digest(ref)})
        assert len(queries.draft(ref).approvals) == 1
        binh.post(at(ref, "approval/approve/"), {"back": "1"})
        assert queries.draft(ref).approvals == ()

    def test_a_checker_publishes_nothing(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.ready()
        desk.approve(ref)
        answer = an.post(at(ref, "approval/publish/"), {"digest": desk.digest(ref)})
        assert answer.status_code == 403
        assert queries.claim(ref).state is not ClaimState.PUBLISHED

    def test_a_correction_shows_what_differs(
        self, desk: CheckingDesk, an: Client, binh: Client
    ) -> None:
        ref = desk.published()
        version = queries.draft(ref).version
        words = {"summary": "Cầu đóng từ trưa.", "correction_kind": "substantial"}
        an.post(
            at(ref, "draft/"),
            DRAFT | words | {"version": version, "correction_note": "Sở đã đổi thông báo."},
        )
        page = binh.get(at(ref, "approval/")).content.decode()
        assert "<ins>" in page
        assert "What differs from the edition that is public" in page


class TestTheRest:
    def test_notes_and_versions_stand_in_the_history(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.ready()
        an.post(at(ref, "history/note/"), {"text": "Đã gọi cho Sở."})
        page = an.get(at(ref, "history/") + "?before=1&after=2").content.decode()
        assert "Đã gọi cho Sở." in page
        assert "What differs" in page

    def test_an_earlier_version_is_restored_and_that_is_undone_in_the_same_way(
        self, desk: CheckingDesk, an: Client
    ) -> None:
        ref = desk.claim()
        desk.write(ref, title="Cầu không sập")
        desk.write(ref, title="Cầu sập")
        page = an.get(at(ref, "history/")).content.decode()
        assert page.count(f'action="/en/desk/claims/{ref}/history/restore/"') == 1
        answer = an.post(at(ref, "history/restore/"), {"version": "1"})
        assert answer.headers["Location"].endswith(f"/claims/{ref}/#saved")
        assert queries.draft(ref).words.title == "Cầu không sập"
        an.post(at(ref, "history/restore/"), {"version": "2"})
        assert queries.draft(ref).words.title == "Cầu sập"
        for version in ("9", "-1", "1" * 5000, "", "1; DROP"):
            refused = an.post(at(ref, "history/restore/"), {"version": version})
            assert refused.status_code == 404, version[:20]
        assert queries.draft(ref).version == 4

    def test_a_reminder_is_set_and_taken_away(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.published()
        an.post(at(ref, "history/again/"), {"due_on": "2030-01-01"})
        assert str(queries.reminder(ref)) == "2030-01-01"
        answer = an.post(at(ref, "history/again/"), {"due_on": "soon"})
        assert answer.status_code == 422
        an.post(at(ref, "history/again/"), {"due_on": ""})
        assert queries.reminder(ref) is None

    def test_who_recuses_reads_on_and_writes_no_more(self, desk: CheckingDesk, an: Client) -> None:
        ref = desk.claim()
        an.post(at(ref, "recuse/"))
        assert an.get(at(ref)).status_code == 200
        assert saved(an, ref).status_code == 403

    def test_a_challenge_is_answered_and_keeps_its_answer(
        self, desk: CheckingDesk, an: Client, binh: Client
    ) -> None:
        ref = desk.published()
        number = actions.send_challenge(ref, 1, text="Ảnh là thật.", by="page")
        assert "Ảnh là thật." in an.get("/en/desk/challenges/").content.decode()
        address = f"/en/desk/challenges/{number}/"
        assert an.post(address, {"state": "rejected", "answer": "x"}).status_code == 403
        empty = binh.post(address, {"state": "rejected", "answer": ""})
        assert (empty.status_code, "field_invalid" in empty.content.decode()) == (422, True)
        early = binh.post(address, {"state": "upheld", "answer": "Đúng vậy."})
        assert (early.status_code, "Đúng vậy." in early.content.decode()) == (409, True)
        binh.post(address, {"state": "rejected", "answer": "Ảnh chụp năm 2019."})
        assert "Ảnh là thật." not in binh.get("/en/desk/challenges/").content.decode()
        assert "Ảnh chụp năm 2019." in binh.get("/en/desk/challenges/?state=all").content.decode()

    @pytest.mark.parametrize("rest", ["", "approval/", "history/"])
    def test_each_page_takes_few_queries(
        self, desk: CheckingDesk, binh: Client, django_assert_max_num_queries: Any, rest: str
    ) -> None:
        ref = desk.ready()
        for _ in range(5):
            desk.cite(ref, kind="secondary")
        binh.get(at(ref, rest))
        with django_assert_max_num_queries(15):
            assert binh.get(at(ref, rest)).status_code == 200

    @pytest.mark.parametrize("rest", ["", "approval/", "history/", "sources/"])
    def test_a_claim_that_is_not_there_is_not_found(self, binh: Client, rest: str) -> None:
        assert binh.get(at(99, rest)).status_code == 404

    def test_a_keeper_sees_none_of_it(self, desk: CheckingDesk) -> None:
        keeper = signed_in(member(Role.KEEPER))
        assert keeper.get(at(desk.claim())).status_code == 403


def test_a_preview_of_too_much_comes_back_with_all_that_was_typed(
    desk: CheckingDesk, an: Client
) -> None:
    ref = desk.claim()

    answer = saved(an, ref, explanation="a" * 50_001, title="Tiêu đề của An", preview="1")

    assert answer.status_code == 422
    assert "Tiêu đề của An" in answer.content.decode()
