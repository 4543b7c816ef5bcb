"""Make the list of ordinary words (`words.txt`) that names are read against.

    python -m evaluation.names_words --scowl DIR --hosts HOSTS.csv --licence WORDS
        [--without NAMES.csv] --write src/soi/core/lookalike/data/words.txt

In: the folder of SCOWL's word lists (Debian's package `scowl`), a list of ordinary hosts, one a
line in the first column, and the words of the web written below. Out: words by how common they
are. What stands beside three different known words in ordinary hosts ("insta" in instaforex,
instapage, instablog) counts as a word of the web, too. Hosts in the `--without` file (labelled
names kept for measuring) are not looked at, nor is any brand's register.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from evaluation.names_data import read_names
from soi.core.lookalike import normalise_host
from soi.core.lookalike.hosts import public_suffix

SIZES = (10, 20, 35, 40, 50)
"""SCOWL's sizes, up to words that most people know."""
PARTNERS = 3
"""Known words that letters must stand beside to count as a word themselves."""
_KINDS = ("words", "upper", "proper-names")
_SHORTEST, _LONGEST = 4, 14
_LONGEST_FOUND = 8
_LABEL = re.compile(r"[a-z]{4,30}")
WEB = """
app apps web blog cloud mobi wifi email gmail login signup signin online offline site sites info net
tech bot crypto defi vlog podcast stream hub api cdn dev beta admin forum wiki emoji selfie hashtag
tweet meme gif jpg png pdf mp html php css js sql linux unix vpn dns ssl ip pc tv hd uhd usb lcd led
sms fax atm usa uk eu nyc ltd inc corp llc co kpop anime manga porn xxx sex gay milf tube cam cams
chat dating
""".split()  # noqa: SIM905  read as running text
_LICENCE = """\
# Ordinary words by how common they are, for reading names.
# The numbered sections are from SCOWL, whose sizes they are:
#   Copyright 2000-2020 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell
#   these word lists, the associated scripts, the output created from the scripts, and its
#   documentation for any purpose is hereby granted without fee, provided that the above copyright
#   notice appears in all copies and that both that copyright notice and this permission notice
#   appear in supporting documentation. Kevin Atkinson makes no representations about the
#   suitability of this array for any purpose. It is provided "as is" without express or implied
#   warranty.
# The section [web] is our own; [found] are letters that stand beside known words in {source}."""


def words_by_size(folder: Path) -> dict[str, list[str]]:
    """Lower-case ASCII words of each size, none twice. Raises `OSError` without the lists."""
    seen: set[str] = set()
    sized: dict[str, list[str]] = {}
    for size in SIZES:
        words = {
            word
            for kind in _KINDS
            for language in ("english", "american")
            for word in _words(folder / f"{language}-{kind}.{size}")
        }
        if not words:
            raise FileNotFoundError(f"no word list of size {size} in {folder}")
        sized[str(size)] = sorted(words - seen)
        seen |= words
    sized["web"] = [word for word in WEB if word not in seen]
    return sized


def _words(path: Path) -> list[str]:
    text = path.read_text("latin-1") if path.exists() else ""
    lowered = (word.lower() for word in text.split())
    return [w for w in lowered if w.isascii() and w.isalpha() and 2 <= len(w) <= _LONGEST]


def words_found(hosts: Iterable[str], known: Collection[str]) -> list[str]:
    """Runs of letters that stand before or after `PARTNERS` different known words in hosts."""
    beside: dict[str, set[str]] = {}
    known = {word for word in known if len(word) >= 3}
    for label in {run for host in hosts for run in _LABEL.findall(_without_suffix(host))}:
        for i in range(_SHORTEST, min(_LONGEST_FOUND, len(label) - 3) + 1):
            for letters, word in ((label[:i], label[i:]), (label[-i:], label[:-i])):
                if word in known and letters not in known:
                    beside.setdefault(letters, set()).add(word)
        if _SHORTEST <= len(label) <= _LONGEST_FOUND and label not in known:
            beside.setdefault(label, set()).add("")
    return sorted(letters for letters, words in beside.items() if len(words) >= PARTNERS)


def _without_suffix(host: str) -> str:
    name = normalise_host(host)
    return name.removesuffix(public_suffix(name))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make the list of ordinary words.")
    parser.add_argument("--scowl", type=Path, required=True)
    parser.add_argument("--hosts", type=Path, required=True)
    parser.add_argument("--licence", required=True, help="of the hosts, for the first lines")
    parser.add_argument("--without", type=Path, help="labelled names that must not be looked at")
    parser.add_argument("--write", type=Path, required=True)
    options = parser.parse_args()
    kept = {name.host for name in read_names(options.without)} if options.without else set()
    with options.hosts.open(encoding="utf-8", newline="") as stream:
        hosts = [row[0] for row in csv.reader(stream) if row and row[0] not in kept]
    sections = words_by_size(options.scowl)
    known = {word for words in sections.values() for word in words}
    sections["found"] = words_found(hosts, known)
    source = f"{len(hosts)} hosts of {options.hosts.name} ({options.licence})"
    lines = [_LICENCE.format(source=source)]
    for section, words in sections.items():
        lines += [f"[{section}]", *_rows(words)]
    options.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rows(words: list[str], count: int = 12) -> list[str]:
    return [" ".join(words[i : i + count]) for i in range(0, len(words), count)]


if __name__ == "__main__":
    main()
