"""All addresses: pages below `/` (Vietnamese) and `/en/`, the API below `/api/v1/`."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from soi.api.v1 import api, nothing_here
from soi.api.v1alpha1.search import search
from soi.web.desk import account_urls
from soi.web.public import claims, feeds, notices, register, searching, views, wellknown

urlpatterns = [
    path("api/", nothing_here),
    path("api/v1/", nothing_here),
    path("api/v1/", api.urls),
    path("api/v1alpha1/claims:search", search),
    path("api/<path:rest>", nothing_here),
    path("log/", include("soi.web.public.log_urls")),
    path("organisations/register.csv", register.all_csv, name="register-csv"),
    path("organisations/register.jsonl", register.all_json, name="register-json"),
    path("organisations/<slug:slug>/record.json", register.record, name="record"),
    path("organisations/<slug:slug>/record.sig", register.record_signature, name="record-sig"),
    path("organisations/<slug:slug>/holdings.csv", register.holdings_csv, name="holdings-csv"),
    path("organisations/<slug:slug>/trust.txt", register.trust_txt, name="trust-txt"),
    path(
        "claims/<int:claim_id>/<int:number>/edition.json",
        claims.edition_record,
        name="edition-record",
    ),
    path(
        "challenges/<int:challenge_id>/record.json",
        claims.challenge_record,
        name="challenge-record",
    ),
    path("notices/feed.json", notices.feed, name="notices-feed"),
    path("notices/<int:ref>/record.json", notices.record, name="notice-record"),
    path("notices/<int:ref>/note", notices.note, name="notice-note"),
    path("feeds/datafeed.json", feeds.datafeed, name="datafeed"),
    path("data/checks.schema.json", feeds.checks_schema, name="checks-schema"),
    path("data/checks.<str:form>", feeds.checks_data, name="checks-data"),
    path("oembed", feeds.oembed, name="oembed"),
    path("sitemap.xml", feeds.sitemap_index, name="sitemap-index"),
    path("sitemap-<int:part>.xml", feeds.sitemap, name="sitemap"),
    path("search/<int:number>.json", searching.shard, name="search-shard"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("trust.txt", wellknown.trust, name="own-trust"),
    path(".well-known/trust.txt", wellknown.trust, name="well-known-trust"),
    path(".well-known/security.txt", wellknown.security, name="security"),
    path("healthz", views.health, name="health"),
    # One address for both languages: the service that signs people in knows it.
    path("account/", include(account_urls.single_sign_on)),
    *i18n_patterns(
        path("account/", include(account_urls)),
        path("desk/", include("soi.web.desk.urls")),
        path("tips/", include("soi.web.public.tips_urls")),
        path("", include("soi.web.public.urls")),
        prefix_default_language=False,
    ),
]
