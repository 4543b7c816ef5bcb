"""The public pages as a Django application, for their templates."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """See the package docstring."""

    name = "soi.web.public"
