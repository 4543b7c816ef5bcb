"""Addresses of the public pages, below the language's prefix."""

from django.urls import path

from soi.web.public import claims, feeds, log, notices, practice, register, searching, views

app_name = "public"
urlpatterns = [
    path("", views.answer_page, name="answer"),
    path("checks/", views.checks, name="checks"),
    path("checks/<int:ref>/", views.check, name="check"),
    path("claims/<int:claim_id>/", claims.claim, name="claim"),
    path("claims/<int:claim_id>/<int:number>/", claims.claim, name="claim-edition"),
    path("claims/<int:claim_id>/<int:number>/<str:shape>.png", claims.card, name="card"),
    path("claims/<int:claim_id>/history/", claims.history, name="claim-history"),
    path("claims/<int:claim_id>/challenge/", claims.challenge, name="challenge"),
    path("claims/<int:claim_id>/challenge/sent/", claims.challenge_sent, name="challenge-sent"),
    path("topics/<slug:topic>/", claims.topic, name="topic"),
    path("claims/<int:claim_id>/embed/", feeds.embed, name="embed"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/all.opml", feeds.opml, name="opml"),
    path("feeds/<str:language>/<str:subject>.<str:form>", feeds.feed, name="feed"),
    path("search/", searching.search, name="search"),
    path("corrections/", claims.corrections, name="corrections"),
    path("challenges/", claims.challenges, name="challenges"),
    path("ownership/", claims.ownership, name="ownership"),
    path("c/<str:name>/<str:digest>/", claims.code, name="code"),
    path("organisations/", register.organisations, name="organisations"),
    path("organisations/<slug:slug>/", register.organisation, name="organisation"),
    path("organisations/<slug:slug>/history/", register.history, name="organisation-history"),
    path("organisations/<slug:slug>/<int:ref>/badge.svg", register.badge, name="badge"),
    path("notices/", notices.index, name="notices"),
    path("notices/emergency/", notices.emergency, name="emergency"),
    path("notices/<int:ref>/", notices.notice, name="notice"),
    path("practice/", practice.page, name="practice"),
    path("how-we-work/", views.how_we_work, name="how-we-work"),
    path("log/", log.about, name="log"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
