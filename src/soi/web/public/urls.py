"""Addresses of the public pages, below the language's prefix."""

from django.urls import path

from soi.web.public import log, views

app_name = "public"
urlpatterns = [
    path("", views.answer_page, name="answer"),
    path("checks/", views.checks, name="checks"),
    path("checks/<int:ref>/", views.check, name="check"),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<slug:slug>/", views.organisation, name="organisation"),
    path("how-we-work/", views.how_we_work, name="how-we-work"),
    path("log/", log.about, name="log"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
