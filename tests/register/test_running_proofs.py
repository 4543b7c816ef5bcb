"""Each way of proving, against servers that say it, do not say it, lie, drip, and send too much."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from soi.captures.fetching import Limits
from soi.register.proofs.running import profile_url, run
from soi.register.proofs.types import Finding, ProofKind, Result, Subject
from tests.nameserver import failing
from tests.reach import World, world
from tests.webserver import reply

CODE = "soi-proof-abcdefgh23456789"
SITE = "songxanh.example"
NEW = "songxanh-moi.example"
DOMAIN = Subject("domain", "", NEW, NEW, "", CODE, "")
ACCOUNT = Subject("account", "telegram", "songxanhbank", "songxanhbank", "", CODE, SITE)
PRINT = ":".join(["AB"] * 32)


@pytest.fixture
def here() -> Iterator[World]:
    with world() as both:
        yield both


def result(here: World, kind: ProofKind, subject: Subject) -> tuple[Result, str]:
    found = run(kind, subject, here.reach)
    return found.result, found.problem


def test_a_code_in_dns_holds_and_another_one_does_not(here: World) -> None:
    assert result(here, ProofKind.DNS_TXT, DOMAIN) == (Result.DENIED, "code_missing")
    for name in (f"_soi.{NEW}", NEW):
        here.names.texts = {name: ["v=spf1 -all", CODE]}
        found = run(ProofKind.DNS_TXT, DOMAIN, here.reach)
        assert (found.result, CODE in found.records) == (Result.HOLDS, True)
    here.names.texts = {NEW: [f"{CODE}x", CODE[:-1], f"note {CODE}"]}
    assert result(here, ProofKind.DNS_TXT, DOMAIN) == (Result.DENIED, "code_missing")


def test_where_dns_fails_nothing_is_told(here: World) -> None:
    here.names.says[f"_soi.{NEW}"] = failing
    assert result(here, ProofKind.DNS_TXT, DOMAIN) == (Result.UNTOLD, "dns_unreachable")


class TestFilesAndTags:
    PATH = "/.well-known/soi-proof.txt"

    def test_a_file_with_the_code_on_a_line_holds(self, here: World) -> None:
        here.says(NEW, self.PATH, f"# Soi\r\n  {CODE}  \r\n", "text/plain")
        assert result(here, ProofKind.WELL_KNOWN, DOMAIN) == (Result.HOLDS, "")

    @pytest.mark.parametrize("body", ["", CODE[:-1], f"not {CODE}", "\x00" * 100])
    def test_anything_else_does_not(self, here: World, body: str) -> None:
        here.says(NEW, self.PATH, body, "text/plain")
        assert result(here, ProofKind.WELL_KNOWN, DOMAIN) == (Result.DENIED, "code_missing")

    def test_what_is_not_there_is_denied_and_what_fails_is_untold(self, here: World) -> None:
        assert result(here, ProofKind.WELL_KNOWN, DOMAIN) == (Result.DENIED, "fetch_not_found")
        here.web.says[self.PATH] = reply("", status="503 Busy")
        assert result(here, ProofKind.WELL_KNOWN, DOMAIN) == (Result.UNTOLD, "fetch_busy")

    def test_a_redirect_may_lead_within_the_domain_and_not_out_of_it(self, here: World) -> None:
        here.leads(NEW, self.PATH, f"https://www.{NEW}/code")
        here.says(f"www.{NEW}", "/code", CODE, "text/plain")
        here.says("evil.example", "/code", CODE, "text/plain")
        assert result(here, ProofKind.WELL_KNOWN, DOMAIN) == (Result.HOLDS, "")
        here.leads(NEW, self.PATH, "https://evil.example/code")
        assert result(here, ProofKind.WELL_KNOWN, DOMAIN) == (Result.DENIED, "led_elsewhere")

    def test_a_subdomain_is_not_proved_by_its_neighbour(self, here: World) -> None:
        shop = replace(DOMAIN, kind="subdomain", value=f"a.{NEW}", key=f"a.{NEW}")
        here.leads(f"a.{NEW}", self.PATH, f"https://b.{NEW}/code")
        here.says(f"b.{NEW}", "/code", CODE, "text/plain")
        assert result(here, ProofKind.WELL_KNOWN, shop) == (Result.DENIED, "led_elsewhere")

    def test_a_tag_on_the_first_page_holds_but_not_in_a_comment_or_script(
        self, here: World
    ) -> None:
        tag = f'<meta content="{CODE}" name="soi-proof">'
        here.says(NEW, "/", f"<html><head>{tag}</head>")
        assert result(here, ProofKind.META_TAG, DOMAIN) == (Result.HOLDS, "")
        for hidden in (f"<!-- {tag} -->", f"<script>'{tag}'</script>", f"<textarea>{tag}"):
            here.says(NEW, "/", f"<html>{hidden}</html>")
            assert result(here, ProofKind.META_TAG, DOMAIN) == (Result.DENIED, "code_missing")


class TestTrustTxtBetweenDomains:
    ASKED = replace(DOMAIN, where=SITE)

    def both(self, here: World, theirs: str, ours: str, path: str = "/trust.txt") -> None:
        here.says(SITE, path, theirs, "text/plain")
        here.says(NEW, path, ours, "text/plain")

    @pytest.mark.parametrize("path", ["/trust.txt", "/.well-known/trust.txt"])
    def test_control_holds_when_both_say_so(self, here: World, path: str) -> None:
        self.both(here, f"control=https://{NEW}/\n", f"controlledby=https://www.{SITE}/\n", path)
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (Result.HOLDS, "")

    def test_one_side_alone_is_not_enough(self, here: World) -> None:
        self.both(here, f"control=https://{NEW}/\n", "# nothing\n")
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (
            Result.DENIED,
            "link_back_missing",
        )
        self.both(here, "# nothing\n", f"controlledby=https://{SITE}/\n")
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (Result.DENIED, "link_missing")

    def test_membership_is_another_thing_than_control(self, here: World) -> None:
        self.both(here, f"member=https://{NEW}/\n", f"belongto=https://{SITE}/\n")
        assert result(here, ProofKind.TRUST_MEMBER, self.ASKED) == (Result.HOLDS, "")
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (Result.DENIED, "link_missing")

    @pytest.mark.parametrize(
        "content",
        [
            "control=https://songxanh-moi.example/\n".encode("utf-16"),
            b"\xff\xfe\x00\x01" * 50,
            b"control=https://songxanh-moi.example/\n\xc3\x28",
        ],
    )
    def test_a_file_in_another_encoding_is_not_believed(self, here: World, content: bytes) -> None:
        here.says(SITE, "/trust.txt", content, "text/plain")
        assert result(here, ProofKind.TRUST_TXT, self.ASKED)[0] is Result.DENIED

    def test_files_that_name_each_other_in_a_ring_cost_two_pages(self, here: World) -> None:
        ring = "".join(f"control=https://d{number}.example/\n" for number in range(5000))
        self.both(here, ring + f"control=https://{NEW}/\n", f"{ring}controlledby=https://{SITE}/")
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (Result.HOLDS, "")
        assert len([path for path in here.web.paths if path == "/trust.txt"]) == 2

    def test_a_gigabyte_is_not_read(self, here: World) -> None:
        sent: list[int] = []

        def endless(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            line = f"control=https://{NEW}/\n".encode() * 500
            while sum(sent) < 1_000_000_000:
                connection.sendall(line)
                sent.append(len(line))

        here.says(SITE, "/trust.txt", endless)
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (Result.UNTOLD, "fetch_too_large")
        assert sum(sent) < 20_000_000

    def test_a_gigabyte_that_is_announced_is_not_asked_for(self, here: World) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000000\r\n\r\n"
        here.web.says[f"{SITE}/trust.txt"] = head
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (Result.UNTOLD, "fetch_too_large")

    def test_a_server_that_drips_is_left(self, here: World) -> None:
        def dripping(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\ncontrol=")
            connection.recv(1)

        here.limits = Limits(seconds=0.4, size=1_000_000)
        here.says(SITE, "/trust.txt", dripping)
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (Result.UNTOLD, "fetch_too_slow")

    def test_redirects_that_go_round_end(self, here: World) -> None:
        here.leads(SITE, "/trust.txt", f"https://{SITE}/trust.txt")
        assert result(here, ProofKind.TRUST_TXT, self.ASKED) == (
            Result.UNTOLD,
            "fetch_too_many_redirects",
        )


class TestAccounts:
    PROFILE = ("t.me", "/songxanhbank")

    def profile(self, here: World, bio: str = "", links: str = "", rest: str = "") -> None:
        here.says(
            *self.PROFILE,
            f'<head><meta property="og:description" content="{bio}"></head>{links}<p>{rest}</p>',
        )

    def test_a_code_in_the_profile_holds(self, here: World) -> None:
        self.profile(here, bio=f"Ngân hàng Sông Xanh · {CODE}")
        assert result(here, ProofKind.PROFILE_CODE, ACCOUNT) == (Result.HOLDS, "")

    def test_a_code_in_what_others_write_there_does_not(self, here: World) -> None:
        self.profile(here, bio="Ngân hàng Sông Xanh", rest=f"Bình luận: {CODE}")
        assert result(here, ProofKind.PROFILE_CODE, ACCOUNT) == (Result.DENIED, "code_missing")

    def test_a_profile_that_leads_to_another_account_is_another(self, here: World) -> None:
        here.leads(*self.PROFILE, "https://t.me/khac")
        here.says("t.me", "/khac", f'<meta name="description" content="{CODE}">')
        assert result(here, ProofKind.PROFILE_CODE, ACCOUNT) == (Result.DENIED, "led_elsewhere")

    def test_social_in_trust_txt_holds_with_the_mark_in_the_profile(self, here: World) -> None:
        here.says(SITE, "/trust.txt", "social=https://t.me/SongXanhBank\n", "text/plain")
        self.profile(here, bio=f"trust://www.{SITE}!")
        assert result(here, ProofKind.TRUST_SOCIAL, ACCOUNT) == (Result.HOLDS, "")
        self.profile(here, bio="trust://khac.example!")
        assert result(here, ProofKind.TRUST_SOCIAL, ACCOUNT) == (
            Result.DENIED,
            "link_back_missing",
        )
        here.says(SITE, "/trust.txt", "social=https://t.me/khac\n", "text/plain")
        assert result(here, ProofKind.TRUST_SOCIAL, ACCOUNT) == (Result.DENIED, "link_missing")

    def test_rel_me_holds_when_both_link_to_each_other(self, here: World) -> None:
        asked = replace(ACCOUNT, where=f"https://{SITE}/lien-he")
        official = '<a rel="nofollow me" href="https://t.me/songxanhbank">Telegram</a>'
        back = f'<link rel=me href="https://{SITE}/lien-he/">'
        here.says(SITE, "/lien-he", official)
        self.profile(here, links=back)
        assert result(here, ProofKind.REL_ME, asked) == (Result.HOLDS, "")
        self.profile(here, links=back.replace("rel=me", "rel=home"))
        assert result(here, ProofKind.REL_ME, asked) == (Result.DENIED, "link_back_missing")
        self.profile(here, links=back.replace(SITE, "khac.example"))
        assert result(here, ProofKind.REL_ME, asked) == (Result.DENIED, "link_back_missing")
        here.says(SITE, "/lien-he", official.replace("me", "home", 1))
        assert result(here, ProofKind.REL_ME, asked) == (Result.DENIED, "link_missing")

    def test_rel_me_holds_on_any_server_of_the_fediverse(self, here: World) -> None:
        name = "bank@vien.example"
        asked = replace(
            ACCOUNT, platform="mastodon", value=name, key=name, where=f"https://{SITE}/"
        )
        here.says(SITE, "/", '<a rel="me" href="https://vien.example/@bank">')
        here.says("vien.example", "/@bank", f'<a rel="me" href="https://{SITE}">')
        assert result(here, ProofKind.REL_ME, asked) == (Result.HOLDS, "")

    def test_another_identifier_under_the_name_is_found_out(self, here: World) -> None:
        known, other = "UC" + "a" * 22, "UC" + "b" * 22
        asked = replace(ACCOUNT, platform="youtube", value="sx", key="sx", platform_id=known)
        here.says(
            "www.youtube.com",
            "/@sx",
            f'<link rel="canonical" href="https://www.youtube.com/channel/{other}">'
            f'<meta name="description" content="{CODE}">',
        )
        found = run(ProofKind.PROFILE_CODE, asked, here.reach)
        assert (found.problem, found.identifier) == ("other_identifier", other)

    @pytest.mark.parametrize("kind", ["phone", "email"])
    def test_a_contact_in_trust_txt_holds(self, here: World, kind: str) -> None:
        key = "+84900000001" if kind == "phone" else f"hotro@{SITE}"
        asked = Subject(kind, "", key, key, "", CODE, SITE)
        here.says(SITE, "/trust.txt", f"contact=tel:0900000001\ncontact=hotro@{SITE}", "text/plain")
        assert result(here, ProofKind.TRUST_CONTACT, asked) == (Result.HOLDS, "")
        here.says(SITE, "/trust.txt", "contact=tel:0900000002\n", "text/plain")
        assert result(here, ProofKind.TRUST_CONTACT, asked) == (Result.DENIED, "link_missing")


class TestBluesky:
    DID = "did:plc:abcdefghijklmnop234567aa"
    ASKED = replace(ACCOUNT, platform="bluesky", value=SITE, key=SITE, where="")

    def document(self, here: World, **changes: object) -> None:
        value: dict[str, object] = {"id": self.DID, "alsoKnownAs": [f"at://{SITE}"]}
        body = json.dumps(value | changes)
        here.says("plc.directory", f"/{self.DID}", body, "application/json")

    def finding(self, here: World, subject: Subject = ASKED) -> Finding:
        return run(ProofKind.BLUESKY, subject, here.reach)

    def test_a_domain_that_names_the_did_and_a_document_that_answers_hold(
        self, here: World
    ) -> None:
        here.names.texts[f"_atproto.{SITE}"] = [f"did={self.DID}"]
        self.document(here)
        assert self.finding(here).result is Result.HOLDS
        assert self.finding(here).identifier == self.DID

    def test_a_file_names_it_as_well(self, here: World) -> None:
        here.says(SITE, "/.well-known/atproto-did", f"{self.DID}\n", "text/plain")
        self.document(here)
        assert self.finding(here).result is Result.HOLDS

    @pytest.mark.parametrize(
        "changes",
        [
            {"alsoKnownAs": ["at://khac.example", f"at://{SITE}"]},
            {"alsoKnownAs": []},
            {"alsoKnownAs": f"at://{SITE}"},
            {"id": "did:plc:khac"},
            {"id": ["x"]},
        ],
    )
    def test_a_document_that_answers_to_another_name_first_does_not(
        self, here: World, changes: dict[str, object]
    ) -> None:
        here.names.texts[f"_atproto.{SITE}"] = [f"did={self.DID}"]
        self.document(here, **changes)
        assert self.finding(here).problem == "name_mismatch"

    def test_two_dids_are_none(self, here: World) -> None:
        here.names.texts[f"_atproto.{SITE}"] = [f"did={self.DID}", "did=did:plc:khac"]
        self.document(here)
        assert self.finding(here).problem == "name_mismatch"

    @pytest.mark.parametrize("did", ["did:web:10.0.0.1", "did:web:a/b", "did:key:z", "x", ""])
    def test_a_did_of_another_sort_leads_nowhere(self, here: World, did: str) -> None:
        here.names.texts[f"_atproto.{SITE}"] = [f"did={did}"]
        assert self.finding(here).result is not Result.HOLDS

    def test_a_document_on_the_web_holds_too(self, here: World) -> None:
        did = "did:web:nha.example"
        here.names.texts[f"_atproto.{SITE}"] = [f"did={did}"]
        body = json.dumps({"id": did, "alsoKnownAs": [f"at://{SITE}"]})
        here.says("nha.example", "/.well-known/did.json", body, "application/json")
        assert self.finding(here).result is Result.HOLDS

    def test_another_did_under_the_name_is_found_out(self, here: World) -> None:
        here.names.texts[f"_atproto.{SITE}"] = [f"did={self.DID}"]
        self.document(here)
        found = self.finding(here, replace(self.ASKED, platform_id="did:plc:cu"))
        assert (found.problem, found.identifier) == ("other_identifier", self.DID)

    @pytest.mark.parametrize("body", ["[" * 100_000, "{", "null", "[]", '{"alsoKnownAs": {}}'])
    def test_a_broken_document_is_denied(self, here: World, body: str) -> None:
        here.names.texts[f"_atproto.{SITE}"] = [f"did={self.DID}"]
        here.says("plc.directory", f"/{self.DID}", body, "application/json")
        assert self.finding(here).problem == "name_mismatch"


class TestApps:
    ANDROID = Subject("app", "android", "example.sx.app", "example.sx.app", "", CODE, SITE)
    IOS = Subject("app", "ios", "example.sx.app", "example.sx.app", "123456", CODE, SITE)

    def links(self, here: World, *statements: object) -> tuple[Result, str]:
        here.says(SITE, "/.well-known/assetlinks.json", json.dumps(statements), "application/json")
        return result(here, ProofKind.ANDROID_LINKS, self.ANDROID)

    @staticmethod
    def statement(**changes: object) -> dict[str, object]:
        target = {
            "namespace": "android_app",
            "package_name": "example.sx.app",
            "sha256_cert_fingerprints": [PRINT],
        }
        return {
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": target | changes,
        }

    def test_a_site_names_its_android_app(self, here: World) -> None:
        assert self.links(here, 5, None, self.statement()) == (Result.HOLDS, "")

    @pytest.mark.parametrize(
        "changes",
        [
            {"package_name": "example.khac"},
            {"namespace": "web"},
            {"sha256_cert_fingerprints": []},
            {"sha256_cert_fingerprints": ["AB:CD"]},
            {"package_name": ["example.sx.app"]},
        ],
    )
    def test_another_app_or_one_without_a_certificate_is_not_it(
        self, here: World, changes: dict[str, object]
    ) -> None:
        assert self.links(here, self.statement(**changes)) == (Result.DENIED, "link_missing")

    @pytest.mark.parametrize(
        "value",
        [
            {"applinks": {"details": [{"appID": "TEAM123456.example.sx.app"}]}},
            {"applinks": {"details": [{"appIDs": ["X.y", "TEAM123456.example.sx.app"]}]}},
            {"webcredentials": {"apps": ["TEAM123456.example.sx.app"]}},
        ],
    )
    def test_a_site_names_its_ios_app(self, here: World, value: object) -> None:
        path = "/.well-known/apple-app-site-association"
        here.says(SITE, path, json.dumps(value), "application/octet-stream")
        assert result(here, ProofKind.APPLE_LINKS, self.IOS) == (Result.HOLDS, "")
        other = replace(self.IOS, value="example.khac")
        assert result(here, ProofKind.APPLE_LINKS, other) == (Result.DENIED, "link_missing")

    def test_no_redirect_is_followed_here(self, here: World) -> None:
        path = "/.well-known/assetlinks.json"
        here.leads(SITE, path, f"https://cdn.{SITE}/a.json")
        here.says(f"cdn.{SITE}", "/a.json", json.dumps([self.statement()]), "application/json")
        assert result(here, ProofKind.ANDROID_LINKS, self.ANDROID)[1] == "led_elsewhere"

    def test_the_code_stands_in_the_apps_description(self, here: World) -> None:
        page = f'<meta itemprop="description" content="Ứng dụng. {CODE}">'
        here.says("play.google.com", "/store/apps/details", page)
        assert result(here, ProofKind.PROFILE_CODE, self.ANDROID) == (Result.HOLDS, "")
        here.says("apps.apple.com", "/app/id123456", page)
        assert result(here, ProofKind.PROFILE_CODE, self.IOS) == (Result.HOLDS, "")


@pytest.mark.parametrize(
    ("platform", "value", "url"),
    [
        ("mastodon", "bank@vien.example", "https://vien.example/@bank"),
        ("mastodon", "bank", ""),
        ("ios", "example.app", ""),
        ("unknown", "x", ""),
        ("x", "a/../b", "https://x.com/a%2F..%2Fb"),
    ],
)
def test_a_profiles_address_follows_from_its_name(platform: str, value: str, url: str) -> None:
    assert profile_url(platform, value) == url
