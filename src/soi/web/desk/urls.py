"""Addresses of the desk's own pages, below `/desk/`."""

from django.urls import path

from soi.web.desk import journal, tips

app_name = "desk"
urlpatterns = [
    path("", tips.waiting, name="tips"),
    path("tips/<int:ref>/", tips.tip, name="tip"),
    path("tips/<int:ref>/contacts/", tips.contacts, name="contacts"),
    path("tips/<int:ref>/<slug:step>/", tips.move, name="move"),
    path("journal/", journal.events, name="journal"),
    path("journal/export/", journal.export, name="journal-export"),
]
