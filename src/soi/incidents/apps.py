"""Incidents as a Django application."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """See the package docstring."""

    name = "soi.incidents"
