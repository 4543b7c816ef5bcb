"""The OpenAPI document holds for requests that nobody wrote by hand: none makes a fault of ours."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from factories import declare
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from soi.core.formats import HoldingKind

# The document can't say that a message must be more than white space, and what is too large is
# refused before it is read: both statuses are documented, which the other checks hold us to.
pytestmark = pytest.mark.skipif(
    # A request through WSGI closes the connection that holds the test's transaction; SQLite in
    # memory does not mind.
    bool(os.environ.get("DATABASE_URL")),
    reason="requests through WSGI need SQLite in memory",
)

EXCLUDED = [negative_data_rejection, positive_data_acceptance]


@pytest.fixture
def document(db: None, settings: Any) -> Any:
    """The desk's own document, read from it and tried against it in this process."""
    settings.SOI_ANSWERS_PER_MINUTE = settings.SOI_READS_PER_MINUTE = 100_000
    settings.ALLOWED_HOSTS = ["*"]
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_api_keeps_its_own_document(document: Any, mode: GenerationMode) -> None:
    asked = []

    @given(case=document["/api/v1/answers"]["POST"].as_strategy(generation_mode=mode))
    @settings(
        max_examples=40,
        derandomize=True,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        asked.append(case.call_and_validate(excluded_checks=EXCLUDED).status_code)

    ask()

    assert (200 in asked) == (mode is GenerationMode.POSITIVE)
    assert max(asked) < 500


READ = [
    "checks",
    "checks/{ref}",
    "corrections",
    "editions/{claim}",
    "editions/{claim}/{number}",
    "organisations",
    "organisations/{slug}",
    "notices",
    "notices/{ref}",
]


@pytest.mark.parametrize("path", READ)
def test_what_is_read_keeps_its_own_document(document: Any, path: str) -> None:
    asked = []
    declare(HoldingKind.DOMAIN, "songxanhbank.example", organisation="songxanhbank")
    operation = document[f"/api/v1/{path}"]["GET"]

    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    )
    @settings(
        max_examples=40,
        derandomize=True,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        asked.append(case.call_and_validate(excluded_checks=EXCLUDED).status_code)

    ask()

    assert max(asked) < 500
    assert set(asked) & {200, 404}


def test_every_address_that_is_read_is_tried(document: Any) -> None:
    found = [path for path, methods in document.raw_schema["paths"].items() if "get" in methods]
    assert sorted(found) == sorted(f"/api/v1/{path}" for path in READ)
