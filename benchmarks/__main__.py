"""`make bench`: run every benchmark and print its tables. `python -m benchmarks.NAME` runs one."""

from __future__ import annotations

import platform

from rich.console import Console

from benchmarks import answers, grouping, imports, index, ledger, names, repeats, site, tips


def main() -> None:
    """Run them one after the other: two at once would measure each other."""
    Console().print(
        f"{platform.machine()}, Python {platform.python_version()}, {platform.system()}"
    )
    answers.main([])
    repeats.main([])
    imports.main([])
    index.main(["--checks", "10000"])
    grouping.main([])
    ledger.main(["--leaves", "100000"])
    tips.main([])
    names.main([])
    site.main(["--checks", "1000"])


if __name__ == "__main__":
    main()
