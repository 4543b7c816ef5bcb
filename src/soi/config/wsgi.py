"""The WSGI application that `soi serve` hands to gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soi.config.settings")
application = get_wsgi_application()

from soi.answer.answering import warm_up  # noqa: E402  # the application must be set up first

warm_up()
