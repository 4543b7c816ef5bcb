"""The desk's pages as a Django application, for their templates."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """See the package docstring."""

    name = "soi.web.desk"
    label = "desk"
