"""The look as a Django application, for its templates and static files."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """See the package docstring."""

    name = "soi.web.ui"
