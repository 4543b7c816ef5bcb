"""Every page of the desk opens for its roles, on others' objects too, and for nobody else.

A page that is not in the tables below is for reading the desk. What each is about is made by
`object_for`: always another's, since whoever asks is new. What is one's own is looked at below.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from factories import declare

from soi.checking import actions as checking
from soi.checking import queries
from soi.checking.models import Evidence
from soi.claims.actions import allow_publisher
from soi.core.formats import HoldingKind, Refusal
from soi.core.lookalike import NameKind
from soi.intake.actions import receive
from soi.intake.grouping import actions as grouping
from soi.intake.models import Form, Move, Suggestion
from soi.intake.types import Channel
from soi.journal.models import Event
from soi.people.rules import may
from soi.people.types import Permission, Role
from soi.publishing.importing import Refused
from soi.publishing.models import QuarantinedItem
from soi.publishing.sources.actions import add_source
from soi.publishing.sources.quarantine import hold
from soi.publishing.webhooks import actions as webhooks
from soi.watch.actions import dismiss
from soi.watch.noting import note_names
from soi.watch.queries import newest_id
from soi.watch.types import Name
from soi.web.desk import urls
from tests.checking_desk import CheckingDesk
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

ROUTES = {
    str(route.name): route
    for route in urls.urlpatterns
    if isinstance(route, URLPattern)
    and not str(route.pattern).startswith(("organisations/", "notices/", "incidents/"))
}
"""Those of organisations, notices and incidents have roles of their own: `test_organisation_pages`,
`test_notices_at_the_desk` and `test_incident_pages`."""

POSTS: dict[str, dict[str, str]] = {
    "contacts": {},
    "move": {},
    "tip-claim": {},
    "triage": {},
    "suggestion": {"decision": "other"},
    "wordings-move": {},
    "move-back": {},
    "claim-join": {},
    "claim-separate": {},
    "claim-save": {"wording": "Cầu đã sập.", "language": "vi", "version": "0"},
    "claim-scratch": {"version": "0"},
    "claim-take": {},
    "claim-recuse": {},
    "source-move": {},
    "approve": {"digest": "0" * 64},
    "publish": {"digest": "0" * 64},
    "claim-note": {"text": "Một ghi chú."},
    "claim-remind": {},
    "claim-restore": {"version": "1"},
    "challenge-answer": {"state": "rejected", "answer": "Bài vẫn đúng."},
    "names-decide": {"verdict": "dismissed", "reason": "Vô hại"},
    "names-undo": {},
    "webhook-move": {},
    "import-add": {"url": "https://soisang.example/feed.json", "every": "24"},
    "import-move": {},
    "import-decide": {},
}
"""Pages that change something, with what is sent."""

NEEDS = {
    "move": Permission.TRIAGE,
    "tip-claim": Permission.TRIAGE,
    "triage": Permission.TRIAGE,
    "suggestion": Permission.TRIAGE,
    "wordings-move": Permission.TRIAGE,
    "move-back": Permission.TRIAGE,
    "claim-join": Permission.TRIAGE,
    "claim-separate": Permission.TRIAGE,
    "contacts": Permission.READ_CONTACT,
    "claim-save": Permission.WRITE_CHECK,
    "claim-scratch": Permission.WRITE_CHECK,
    "claim-take": Permission.TRIAGE,
    "claim-recuse": Permission.WRITE_CHECK,
    "source-add": Permission.WRITE_CHECK,
    "source-move": Permission.WRITE_CHECK,
    "approve": Permission.APPROVE,
    "publish": Permission.PUBLISH,
    "claim-note": Permission.WRITE_CHECK,
    "claim-remind": Permission.WRITE_CHECK,
    "claim-restore": Permission.WRITE_CHECK,
    "challenge-answer": Permission.ANSWER_CHALLENGE,
    "names-decide": Permission.TRIAGE,
    "names-undo": Permission.TRIAGE,
    "name-add": Permission.TRIAGE,
    "imports": Permission.IMPORT_CHECKS,
    "import-add": Permission.IMPORT_CHECKS,
    "import": Permission.IMPORT_CHECKS,
    "import-move": Permission.IMPORT_CHECKS,
    "import-decide": Permission.IMPORT_CHECKS,
    "journal": Permission.READ_JOURNAL,
    "journal-export": Permission.READ_JOURNAL,
    "webhooks": Permission.MANAGE_WEBHOOKS,
    "webhook": Permission.MANAGE_WEBHOOKS,
    "webhook-move": Permission.MANAGE_WEBHOOKS,
}
"""What each page is for."""

STEPS = {
    "import-move": "pause",
    "import-decide": "dismiss",
    "move": "check",
    "source-move": "remove",
    "triage": "take",
    "webhook-move": "test",
}
OF_WORDINGS = ("wordings-move", "move-back", "claim-separate", "claim-join")
OF_CHECKS = [
    name
    for name, route in ROUTES.items()
    if str(route.pattern).startswith("claims/") and name not in OF_WORDINGS
]
OF_TIPS = ("tip", "contacts", "move", "tip-claim")
BRIDGE = "Cây cầu ở Sông Xanh đã sập trong đêm qua, nhiều xe rơi xuống sông."


def object_for(name: str) -> int:
    """Something that the page can be about; 1 for a page that is about nothing."""
    if name in OF_TIPS:
        return receive(BRIDGE, channel=Channel.PAGE, by="page", contact="an@example.org").tip_id
    if name in ("webhook", "webhook-move"):
        wanted: dict[str, Any] = {"label": "Báo", "kinds": ["edition.published"], "by": "test"}
        return webhooks.add(url="https://hook.example/", **wanted)[0]
    if name in ("name", "names-decide", "names-undo"):
        return _name(is_decided=name == "names-undo")
    if name.startswith("import"):
        return _source_of_checks()
    if name == "challenge-answer":
        claim = CheckingDesk().published()
        return checking.send_challenge(claim, 1, text="Ảnh là thật.", by="page")
    if name == "suggestion":
        made = Suggestion(claim_id=_grouped(), other_id=_claim(), relation="near", probability=0.5)
        made.save()
        return made.pk
    if name == "claim-join":
        return max(_claim(), _grouped())
    if name in ("wordings-move", "move-back", "claim-separate"):
        return _grouped(is_part=name == "claim-separate", is_moved=name == "move-back")
    return CheckingDesk().ready() if str(ROUTES[name].pattern).startswith("claims/") else 1


def _source_of_checks() -> int:
    """A source with something in its quarantine; the page that adds one needs its publisher."""
    allow_publisher(site="soisang.example", name="Soi Sáng", by="test")
    made = add_source(url="https://soisang.example/other.json", by="test")
    hold(made, [Refused(Refusal(0, "claim_missing", "No claim.", ""))])
    return made


def _claim() -> int:
    return checking.open_claim(wording=BRIDGE, language="vi", by="worker")


def _grouped(*, is_part: bool = False, is_moved: bool = False) -> int:
    """A claim with a wording: a part of another, or with one that was moved from it."""
    claim = _claim()
    form = Form.objects.create(digest="0" * 64, text=BRIDGE, language="vi", claim_id=claim)
    if is_moved:
        grouping.move_forms([form.pk], to=None, by=member(Role.CHECKER))
    if is_part:
        checking.merge(claim, into=_claim(), by=member(Role.CHECKER))
    return claim


def _name(*, is_decided: bool) -> int:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    note_names([Name(NameKind.HOST, "hoamaibank-login.top")], source="tip:1", by="worker")
    if is_decided:
        dismiss([newest_id()], reason="Vô hại", by="test")
    return newest_id()


def address_of(name: str, ref: int) -> str:
    """Where the page about an object stands."""
    known = {
        "ref": ref,
        "source": _source_of(ref),
        "step": STEPS.get(name, ""),
        "form": _form(),
        "item": next(iter(QuarantinedItem.objects.values_list("pk", flat=True)), 1),
        "move": next(iter(Move.objects.values_list("pk", flat=True)), 1),
    }
    converters = ROUTES[name].pattern.converters
    return reverse(f"desk:{name}", kwargs={each: known[each] for each in converters})


def opened(client: Client, name: str, ref: int) -> Any:
    """Open a page, or send its form with what it needs."""
    url = address_of(name, ref)
    if name not in POSTS:
        return client.get(url)
    more = {"form": _form()} if name == "wordings-move" else {}
    more |= {"into": ref - 1} if name == "claim-join" else {}
    return client.post(url, {"id": ref} | POSTS[name] | more)


def _form() -> int:
    """A wording; one that stands under no claim where there is none yet."""
    known = Form.objects.values_list("pk", flat=True).first()
    return known or Form.objects.create(digest="1" * 64, text=BRIDGE, language="vi").pk


def _source_of(claim: int) -> int:
    return next(iter(Evidence.objects.filter(claim=claim).values_list("pk", flat=True)), 1)


@pytest.mark.parametrize("name", ROUTES)
class TestEveryPage:
    @pytest.mark.parametrize("role", list(Role))
    def test_opens_for_its_roles_and_for_no_other(self, name: str, role: Role) -> None:
        is_allowed = may(role, NEEDS.get(name, Permission.READ_DESK))
        ref, events = object_for(name), Event.objects.count()
        answer = opened(signed_in(member(role)), name, ref)
        # A form that came too late is let in, and told so.
        assert (answer.status_code in (200, 204, 302, 409)) is is_allowed
        assert answer.status_code in (200, 204, 302, 403, 409)
        assert is_allowed or Event.objects.count() == events
        assert not is_allowed or answer["Cache-Control"] == "no-store"

    def test_sends_a_stranger_to_sign_in_and_does_nothing(self, name: str) -> None:
        ref, events = object_for(name), Event.objects.count()
        answer = opened(Client(), name, ref)
        assert answer.status_code == 302
        assert "/account/login/" in answer["Location"]
        assert Event.objects.count() == events

    def test_is_shut_to_an_editor_without_a_second_step(self, name: str) -> None:
        ref, events = object_for(name), Event.objects.count()
        answer = opened(signed_in(member(Role.EDITOR, second_step=False)), name, ref)
        assert (answer.status_code, "/account/secure/" in answer["Location"]) == (302, True)
        assert Event.objects.count() == events


@pytest.mark.parametrize("role", [Role.CHECKER, Role.EDITOR])
class TestOnesOwnCheck:
    @pytest.mark.parametrize("name", OF_CHECKS)
    def test_opens_as_anothers_does(self, name: str, role: Role) -> None:
        author = member(role)
        ref = CheckingDesk(an=author).ready()
        answer = opened(signed_in(author), name, ref)
        is_allowed = may(role, NEEDS.get(name, Permission.READ_DESK))
        assert (answer.status_code in (200, 204, 302, 409)) is is_allowed

    def test_is_not_approved_by_whoever_wrote_it(self, role: Role) -> None:
        author = member(role)
        ref = CheckingDesk(an=author).ready()
        digest = {"digest": queries.draft(ref).digest}
        url = reverse("desk:approve", args=[ref])
        assert signed_in(author).post(url, digest).status_code in (403, 409)
        assert queries.approvals(ref) == []
        assert signed_in(member(Role.EDITOR)).post(url, digest).status_code == 302
        assert len(queries.approvals(ref)) == 1


@pytest.mark.parametrize("name", [name for name in ROUTES if name not in POSTS])
def test_a_page_takes_at_most_fifteen_queries(
    name: str, django_assert_max_num_queries: Any
) -> None:
    url = address_of(name, object_for(name))
    client = signed_in(member(Role.ADMINISTRATOR))
    client.get(url)  # the first visit writes the session down
    with django_assert_max_num_queries(15):
        client.get(url)


@pytest.mark.parametrize("table", [POSTS, NEEDS])
def test_the_tables_name_pages_that_are_there(table: dict[str, Any]) -> None:
    assert set(table) <= set(ROUTES)
