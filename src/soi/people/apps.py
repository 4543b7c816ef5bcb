"""People as a Django application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package docstring."""

    name = "soi.people"
