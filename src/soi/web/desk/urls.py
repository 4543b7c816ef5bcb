"""Addresses of the desk's own pages, below `/desk/`."""

from django.urls import path

from soi.web.desk import journal, names, organisations, tips

app_name = "desk"
urlpatterns = [
    path("", tips.waiting, name="tips"),
    path("tips/<int:ref>/", tips.tip, name="tip"),
    path("tips/<int:ref>/contacts/", tips.contacts, name="contacts"),
    path("tips/<int:ref>/<slug:step>/", tips.move, name="move"),
    path("names/", names.queue, name="names"),
    path("names/campaigns/", names.campaigns, name="campaigns"),
    path("names/lists/", names.lists, name="scam-lists"),
    path("names/add/", names.add, name="name-add"),
    path("names/decide/", names.decide, name="names-decide"),
    path("names/undo/", names.undo, name="names-undo"),
    path("names/<int:ref>/", names.name, name="name"),
    path("journal/", journal.events, name="journal"),
    path("journal/export/", journal.export, name="journal-export"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation, name="organisation"),
    path("organisations/<slug:slug>/declare/", organisations.declare, name="declare"),
    path("organisations/<slug:slug>/file/", organisations.bring, name="bring"),
    path("organisations/<slug:slug>/export/", organisations.export, name="organisation-export"),
    path("organisations/<slug:slug>/reminders/", organisations.reminders, name="reminders"),
    path(
        "organisations/<slug:slug>/do/<slug:step>/",
        organisations.organisation_step,
        name="organisation-step",
    ),
    path("organisations/<slug:slug>/<int:ref>/", organisations.holding, name="holding"),
    path(
        "organisations/<slug:slug>/<int:ref>/<slug:step>/",
        organisations.holding_step,
        name="holding-step",
    ),
]
