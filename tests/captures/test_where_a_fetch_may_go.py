"""A fetch reaches the public web and nothing else, whatever names, figures and redirects say."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import replace

import dns.resolver
import pytest
from webserver import HOST, Web, redirect, reply, serving

from soi.captures import addresses
from soi.captures.addresses import PUBLIC, Policy, is_public
from soi.captures.errors import FetchFailed
from soi.captures.fetching import fetch
from soi.captures.problems import Problem

INSIDE = [
    "0.0.0.0",  # noqa: S104  # an address that is looked at, not bound
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:5db8:d822::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["93.184.216.34", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"]


@pytest.fixture
def web() -> Iterator[Web]:
    with serving(
        {"/": reply("Xin chào."), "/trust.txt": reply("member=x", kind="text/plain")}
    ) as w:
        yield w


def refusal(url: str, policy: Policy) -> Problem:
    with pytest.raises(FetchFailed) as failed:
        fetch(url, policy=policy)
    assert failed.value.code == failed.value.problem.value
    return failed.value.problem


def leading_to(*found: str) -> Policy:
    """The shipped policy, for which every name has these addresses."""
    return replace(PUBLIC, resolve=lambda _host, _seconds: list(found))


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_a_network_are_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert refusal(f"http://{HOST}/", leading_to(address)) == Problem.ADDRESS_REFUSED


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_of_the_internet_are_not(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_the_shipped_policy_does_not_reach_a_server_of_this_machine(web: Web) -> None:
    here = replace(leading_to("127.0.0.1"), ports={web.port})

    assert refusal(web.url(), here) == Problem.ADDRESS_REFUSED
    assert not web.requests
    assert fetch(web.url(), policy=web.policy).text() == "Xin chào."


def test_one_address_inside_refuses_the_whole_name() -> None:
    policy = leading_to("93.184.216.34", "10.0.0.1")
    assert refusal(f"http://{HOST}/", policy) == Problem.ADDRESS_REFUSED


@pytest.mark.parametrize("found", [[], ["", "x"], ["93.184.216.34.1"], ["0x7f.1"], ["127.1"]])
def test_what_is_no_address_is_never_connected_to(found: list[str]) -> None:
    problem = refusal(f"http://{HOST}/", leading_to(*found))
    assert problem in {Problem.HOST_UNKNOWN, Problem.ADDRESS_REFUSED}


def test_the_name_is_looked_up_once_so_that_it_cannot_lead_elsewhere_after_the_look(
    web: Web,
) -> None:
    asked: list[str] = []

    def rebinding(host: str, _seconds: float) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    assert fetch(web.url(), policy=replace(web.policy, resolve=rebinding)).status == 200
    assert asked == [HOST]


def test_a_redirect_is_looked_at_as_the_first_address_was(web: Web) -> None:
    def resolve(host: str, _seconds: float) -> Sequence[str]:
        return ["10.0.0.1"] if host.startswith("noi-bo.") else ["127.0.0.1"]

    web.says["/inside"] = redirect(web.url("/", host="noi-bo.bensay.example"))

    policy = replace(web.policy, resolve=resolve)
    assert refusal(web.url("/inside"), policy) == Problem.ADDRESS_REFUSED
    assert web.paths == ["/inside"]


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("http://127.0.0.1/", Problem.URL_INVALID),
        ("http://[::1]/", Problem.URL_INVALID),
        ("http://0x7f000001/", Problem.URL_INVALID),
        ("http://017700000001/", Problem.URL_INVALID),
        ("http://localhost/", Problem.URL_INVALID),
        ("http://metadata/", Problem.URL_INVALID),
        ("file:///etc/passwd", Problem.URL_INVALID),
        ("gopher://tin.bensay.example/x", Problem.URL_INVALID),
        ("data:text/html,x", Problem.URL_INVALID),
        ("javascript:alert(1)", Problem.URL_INVALID),
        ("//an:mat-khau@tin.bensay.example/", Problem.URL_INVALID),
        ("http://tin.bensay.example\\@noi-bo.example/", Problem.URL_INVALID),
        ("http://[v1.x", Problem.URL_INVALID),
        ("http://tin.bensay.example:22/", Problem.PORT_REFUSED),
        ("http://tin.bensay.example:6379/", Problem.PORT_REFUSED),
        ("http://tin.bensay.example:99999/", Problem.URL_INVALID),
        ("/" + "a" * 3000, Problem.URL_INVALID),
    ],
)
def test_a_redirect_leads_to_no_other_scheme_port_or_figure(
    web: Web, location: str, problem: Problem
) -> None:
    web.says["/away"] = redirect(location)

    assert refusal(web.url("/away"), web.policy) == problem
    assert refusal(location, web.policy) in {problem, Problem.URL_INVALID}
    assert web.paths == ["/away"]


def test_a_policy_can_ask_for_https_all_the_way(web: Web) -> None:
    policy = replace(web.policy, schemes=frozenset({"https"}))
    assert refusal(web.url(), policy) == Problem.URL_INVALID


def test_redirects_are_followed_up_to_a_limit_and_told(web: Web) -> None:
    web.says |= {f"/{number}": redirect(f"/{number + 1}") for number in range(1, 10)}
    web.says["/4"] = redirect("trust.txt?đ=1 2", status="308 Permanent Redirect")

    found = fetch(web.url("/1"), policy=web.policy)

    assert found.url == web.url("/trust.txt?%C4%91=1%202")
    assert found.was_redirected
    assert [step.status for step in found.steps] == [302, 302, 302, 308, 200]
    web.says["/4"] = redirect("/5")
    assert refusal(web.url("/1"), web.policy) == Problem.TOO_MANY_REDIRECTS


def test_a_redirect_in_a_circle_is_given_up_at_once(web: Web) -> None:
    web.says["/cookie-wall"] = redirect("/cookie-wall")

    assert refusal(web.url("/cookie-wall"), web.policy) == Problem.TOO_MANY_REDIRECTS
    assert len(web.requests) == 1


def test_nothing_is_said_of_whoever_asks(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.says["/first"] = reply("", "Set-Cookie: id=1", "Location: /", status="302 Found")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")

    fetch(web.url("/first"), policy=web.policy)

    for request in web.requests:
        assert request.startswith(b"GET /")
        assert request.index(b"\r\n\r\n") == len(request) - 4  # no body
    names = {line.split(b":")[0].lower() for line in b"".join(web.requests).splitlines()[1:]}
    assert not names & {b"cookie", b"referer", b"authorization", b"from", b"proxy-authorization"}


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (dns.resolver.NXDOMAIN(), Problem.HOST_UNKNOWN),
        (dns.resolver.NoAnswer, Problem.HOST_UNKNOWN),
        (dns.resolver.NoNameservers(), Problem.HOST_UNRESOLVED),
        (dns.resolver.LifetimeTimeout(timeout=1, errors=[]), Problem.HOST_UNRESOLVED),
        (OSError("no network"), Problem.HOST_UNRESOLVED),
    ],
)
def test_a_name_that_is_not_there_differs_from_one_that_cannot_be_looked_up(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, problem: Problem
) -> None:
    asked: list[str] = []

    class Resolver:
        def resolve_name(self, name: object, lifetime: float) -> object:
            asked.append(f"{name} {lifetime:g}")
            if failure is dns.resolver.NoAnswer:
                raise dns.resolver.NoAnswer(response=dns.message.make_query("a.", "A"))
            raise failure

    monkeypatch.setattr(dns.resolver, "Resolver", Resolver)

    with pytest.raises(FetchFailed) as failed:
        addresses.resolve(HOST, 3)
    assert failed.value.problem == problem
    assert asked == [f"{HOST}. 3"]  # absolute: no suffix of this machine's network is tried
