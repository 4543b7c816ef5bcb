"""A message in, an answer out."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from soi.answer.answering import LIMITS, answer, is_warning
from soi.answer.errors import MessageEmpty, MessageTooLong, MessageUnreadable
from soi.answer.types import NameFinding, NameState, NoteCode, StatementFinding, StatementState
from soi.core.formats import Verdict

pytestmark = pytest.mark.django_db


def _names(message: str) -> list[NameFinding]:
    return [f for f in answer(message).findings if isinstance(f, NameFinding)]


def _name(message: str) -> NameFinding:
    [found] = _names(message)
    return found


def _statements(message: str) -> list[StatementFinding]:
    return [f for f in answer(message).findings if isinstance(f, StatementFinding)]


@pytest.mark.usefixtures("demo_desk")
class TestNames:
    def test_an_official_link_is_official_below_its_own_domain_too(self):
        found = _name("https://www.songxanhbank.example/the/mo")
        assert found.state is NameState.OFFICIAL
        assert found.holding is not None
        assert found.holding.organisation_ref == "songxanhbank"

    def test_an_official_name_that_a_list_names_by_mistake_is_believed(self):
        found = _name("Xem tại capnuocsongxanh.example nhé")
        assert found.state is NameState.OFFICIAL
        assert NoteCode.LISTED_BUT_OFFICIAL in found.notes
        assert found.scams

    def test_a_listed_name_is_a_known_scam_with_its_list_and_date(self):
        found = _name("hxxps://songxanhbank-vn[.]test/xacthuc")
        assert found.state is NameState.KNOWN_SCAM
        [scam] = found.scams
        assert (scam.licence, str(scam.listed_on)) == ("CC0-1.0", "2026-11-14")

    def test_an_unlisted_imitation_is_a_lookalike_of_the_real_one(self):
        found = _name("https://songxanhbank-dangnhap.test/vi")
        assert found.state is NameState.LOOKALIKE
        assert found.lookalike is not None
        assert found.lookalike.brand == "songxanhbank"
        assert found.holding is not None
        assert found.holding.value == "songxanhbank.example"

    def test_a_confusable_letter_makes_a_lookalike(self):
        assert _name("https://sоngxanhbank.test/dang-nhap").state is NameState.LOOKALIKE

    def test_an_unknown_name_is_never_called_safe(self):
        found = _name("https://tiem-banh-ba-tu.test/")
        assert found.state is NameState.UNKNOWN
        assert NoteCode.UNKNOWN_IS_NOT_SAFE in found.notes

    def test_a_user_part_does_not_make_a_link_official(self):
        found = _name("https://songxanhbank.example@qua-tang.test/x")
        assert found.state is not NameState.OFFICIAL
        assert NoteCode.LOOKS_DIFFERENT in found.notes

    def test_a_shortener_hides_its_target(self):
        assert _name("https://bit.ly/3abcd").state is NameState.HIDDEN_TARGET

    def test_a_compromised_account_is_not_official_any_more(self):
        found = _name("Nhắn Telegram @dienlucsongxanh_cskh")
        assert found.state is NameState.COMPROMISED
        assert is_warning(found)

    def test_a_number_is_found_however_it_is_spaced(self):
        for spelled in ("1900 0004", "1900.0004", "19000004"):
            assert _name(f"Gọi tổng đài {spelled}").state is NameState.OFFICIAL

    def test_a_name_is_shown_once(self):
        assert len(_names("songxanhbank-vn.test và songxanhbank-vn.test")) == 1

    def test_a_hundred_links_ask_the_database_no_more_often_than_one(self):
        with CaptureQueriesContext(connection) as few:
            answer("https://a1.test/")
        with CaptureQueriesContext(connection) as many:
            answer(" ".join(f"https://a{n}.test/x{n}" for n in range(100)))
        assert len(many) <= len(few)


@pytest.mark.usefixtures("demo_desk")
class TestStatements:
    def test_a_checked_claim_carries_its_verdict(self):
        [found] = _statements("Trẻ sốt cao thì lau người bằng cồn hoặc rượu để hạ sốt nhanh.")
        assert found.state is StatementState.CHECKED
        assert found.check is not None
        assert found.check.verdict is Verdict.FALSE
        assert is_warning(found)

    def test_the_same_without_diacritics_is_the_same(self):
        [found] = _statements("Tre sot cao thi lau nguoi bang con hoac ruou de ha sot nhanh.")
        assert found.state is StatementState.CHECKED

    def test_the_opposite_is_never_shown_as_the_same(self):
        [found] = _statements(
            "Trẻ sốt cao thì không được lau người bằng cồn hoặc rượu để hạ sốt nhanh."
        )
        assert found.state is not StatementState.CHECKED

    def test_another_number_is_never_shown_as_the_same(self):
        [found] = _statements("Hồ Bắc Lâm xả lũ 3.000 m³/giây từ 14 giờ ngày 12-10-2026.")
        assert found.state is not StatementState.CHECKED

    def test_what_no_check_covers_is_not_checked(self):
        [found] = _statements("Hội làng bên sông năm nay có thi kéo co giữa hai xóm.")
        assert found.state in (StatementState.NOT_CHECKED, StatementState.NEAR)
        assert not is_warning(found)

    def test_a_check_is_shown_once(self):
        claim = "Trẻ sốt cao thì lau người bằng cồn hoặc rượu để hạ sốt nhanh."
        refs = [f.check.ref for f in _statements(f"{claim}\n{claim}\n{claim}") if f.check]
        assert len(refs) == len(set(refs)) == 1

    def test_the_gravest_finding_comes_first(self):
        first, *rest = answer("Gọi 1900 0004. Vào songxanhbank-vn.test ngay.").findings
        assert isinstance(first, NameFinding)
        assert first.state is NameState.KNOWN_SCAM
        assert rest


class TestInput:
    @pytest.mark.parametrize("message", ["", "  \n\t ", "\u00a0"])
    def test_nothing_is_refused(self, message: str):
        with pytest.raises(MessageEmpty):
            answer(message)

    @pytest.mark.parametrize("length", [LIMITS.characters + 1, 1_000_000])
    def test_more_than_the_limit_is_refused(self, length: int):
        with pytest.raises(MessageTooLong):
            answer("a" * length)

    def test_the_source_of_a_web_page_is_refused(self):
        with pytest.raises(MessageUnreadable):
            answer("<!DOCTYPE html><html><body>Tin</body></html>")

    @pytest.mark.parametrize(
        "message",
        ["\0\0 tin \0", "\ud800\udfff", "\u202e\u202d", "((((" * 5000, "🙏" * 20_000, "a"],
    )
    def test_hostile_text_gets_an_answer(self, message: str):
        assert answer(message).message == message

    def test_ten_thousand_links_are_answered_in_part_and_said_so(self):
        found = answer(" ".join(f"a{n}.vn" for n in range(5000)))
        assert found.truncated
        assert len(found.findings) <= LIMITS.links + LIMITS.statements

    def test_an_empty_desk_answers_too(self):
        [found] = _statements("Ăn tỏi sống chữa được cúm mùa cho trẻ nhỏ.")
        assert found.state is StatementState.NOT_CHECKED


def test_nothing_of_a_message_is_stored(demo_desk: None, caplog: pytest.LogCaptureFixture):
    secret = "Cô Lựu ở ngõ 7 nợ tiền 0900 000 099 stk 000012345678"
    answer("làm nóng")

    def rows() -> dict[str, int]:
        return {m.__name__: m.objects.count() for m in apps.get_models()}

    def files() -> list[tuple[str, int]]:
        folder = Path(settings.SOI_INDEX_DIR)
        return sorted((str(p), p.stat().st_size) for p in folder.rglob("*") if p.is_file())

    before = rows(), files()
    with caplog.at_level(logging.DEBUG):
        answer(secret)
    assert (rows(), files()) == before
    ours = [r for r in caplog.records if r.name.startswith("soi")]
    assert not [r for r in ours if "Lựu" in r.getMessage() or "0900" in r.getMessage()]
