"""Every template is compiled, says what it needs, and stays inside the content security policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

WEB = Path(__file__).resolve().parents[3] / "src/soi/web"
TEMPLATES = {
    path.relative_to(folder).as_posix(): path
    for folder in (WEB / "ui/templates", WEB / "public/templates", WEB / "desk/templates")
    for path in sorted(folder.rglob("*.html"))
}
# What begins an address of our own pages; the last four are made by the code, of our own routes.
_OURS = (
    "{% url",
    "{% querystring",
    "{% if static_site %}{{ static_site.live }}{% endif %}{% url",
    "#",
    "/",
    "{{ other_language_url }}",
    "{{ check|check_address }}",
    "{{ cards.",
    "{{ base }}#",
)
each_template = pytest.mark.parametrize("name", TEMPLATES)


@each_template
def test_a_template_compiles(name: str) -> None:
    assert get_template(name)


@each_template
def test_a_template_names_its_variables(name: str) -> None:
    head = TEMPLATES[name].read_text(encoding="utf-8").split("{% endcomment %}")[0]

    assert head.startswith(("{% comment %}", "{% extends"))
    assert "{% comment %}" in head


@each_template
def test_a_template_holds_no_inline_style_or_script(name: str) -> None:
    source = TEMPLATES[name].read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on", source)
    for script in re.findall(r"<script[^>]*>", source):
        # Blocks of data are run by no browser.
        is_data = any(f'type="application/{kind}"' in script for kind in ("ld+json", "json"))
        assert "src=" in script or is_data


@each_template
def test_a_template_trusts_no_text(name: str) -> None:
    source = TEMPLATES[name].read_text(encoding="utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape\s+off|safeseq", source)


@each_template
def test_a_link_goes_to_our_own_pages_or_to_a_checked_address(name: str) -> None:
    source = TEMPLATES[name].read_text(encoding="utf-8")

    for href in re.findall(r'<a[^>]*?\shref="([^"]*(?:{%[^%]*%}[^"]*)*)"', source):
        ours = href.startswith(_OURS)
        assert ours or href == "{{ address }}"
