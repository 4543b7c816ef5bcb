"""Addresses of the pages of tips, below the language's prefix and `tips/`."""

from django.urls import path

from soi.web.public import tips

app_name = "tips"
urlpatterns = [
    path("", tips.send, name="send"),
    path("<str:token>/", tips.status, name="status"),
]
