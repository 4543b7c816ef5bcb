"""The Vietnamese catalogue: collect the strings of the code, compile what was translated.

`python -m tests.repo.catalogues --write` is what `make strings` runs. Pure Python, so that nobody
needs gettext's own tools. Strings are English in the code; a new one comes into the catalogue
without a translation, and a test fails until somebody translates it.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "soi"
CATALOGUE = SOURCE / "locale" / "vi" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def collected() -> Catalog:
    """Every string of the Python files and templates, untranslated."""
    catalogue = Catalog(locale="vi", project="Soi", charset="utf-8")
    for path in sorted(SOURCE.rglob("*.py")):
        _add(catalogue, path.read_text(encoding="utf-8"))
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        # Django turns a template into something that reads like Python calls of gettext.
        _add(catalogue, templatize(path.read_text(encoding="utf-8")))
    return catalogue


def _add(catalogue: Catalog, text: str) -> None:
    stream = io.BytesIO(text.encode("utf-8"))
    found = extract("python", stream, keywords=KEYWORDS, options={"encoding": "utf-8"})
    for _, message, comments, context in found:
        catalogue.add(message, auto_comments=comments, context=context)


def translated() -> Catalog:
    """The catalogue as it is kept."""
    with CATALOGUE.open("rb") as stream:
        return read_po(stream, locale="vi")


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as Django loads it."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def main() -> None:
    """Bring the kept catalogue up to date with the code and compile it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", required=True)
    parser.parse_args()
    catalogue = translated()
    catalogue.update(collected(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with CATALOGUE.open("wb") as stream:
        write_po(stream, catalogue, width=100, no_location=True)
    COMPILED.write_bytes(compiled(catalogue))
    missing = [m.id for m in catalogue if m.id and not m.string]
    print(f"{len(catalogue)} strings, {len(missing)} without a translation")
    for each in missing:
        print(f"  {each!r}")


if __name__ == "__main__":
    main()
