"""Write the site into a folder: only what has changed, in several processes, each file whole.

A list in the folder says which stamp each file was made with. It is written line by line as files
come, so that an export that was interrupted goes on where it stopped. A page that is gone is
replaced by one that says so; a link to what is not there is reported.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.template.loader import render_to_string
from django.utils import translation

from soi.core.files import replacing
from soi.core.remembering import remembering
from soi.publishing.errors import FileUnwritable, PageFailed
from soi.publishing.log import actions as log
from soi.publishing.site import plan
from soi.publishing.site.plan import Task
from soi.publishing.site.rendering import Wanted, links_in, rendered

LIST = ".soi-site"
"""The list of what was made from what; web hosts need not serve it."""
_GONE = "gone"
_BATCH = 50
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Exported:
    """What an export did."""

    made: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Links to what the site does not have, with a page that has them."""


def export_site(
    folder: Path,
    wanted: Wanted,
    *,
    jobs: int = 1,
    progress: Progress = lambda done, total: None,
) -> Exported:
    """Bring the site in `folder` up to what is public now.

    Raises `FileUnwritable` if the folder can't be written, and as the public log does: an edition
    is not exported without its leaf.
    """
    log.follow()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = _known(folder)
        tasks = list({task.file: task for task in plan.tasks(wanted)}.values())
        waiting = [task for task in tasks if not _is_made(folder, task, known)]
        done = Exported(unchanged=len(tasks) - len(waiting))
        links: dict[str, str] = {}
        with (folder / LIST).open("a", encoding="utf-8") as made:
            for results in _in_processes(folder, wanted, waiting, jobs):
                for result in results:
                    _note(result, done, links, made)
                made.flush()
                progress(done.made + len(done.failed), len(waiting))
        _copy_static(folder)
        _copy_log(folder)
        failed = {each.partition(": ")[0] for each in done.failed}
        kept = {task.file: task.stamp for task in tasks if task.address not in failed}
        done.removed = _leave_tombstones(folder, known, kept)
        _rewrite_list(folder, kept, known)
        done.broken = sorted(_broken(folder, links))
    except (PermissionError, NotADirectoryError, FileExistsError) as error:
        raise FileUnwritable(f"{folder}: {error.strerror}", path=str(folder)) from error
    return done


@dataclass(frozen=True, slots=True)
class _Result:
    task: Task
    links: set[str]
    failure: str = ""


def _note(result: _Result, done: Exported, links: dict[str, str], made: object) -> None:
    task = result.task
    if result.failure:
        done.failed.append(f"{task.address}: {result.failure}")
        return
    done.made += 1
    for link in result.links:
        links.setdefault(link, task.address)
    print(f"{task.stamp}\t{task.file}", file=made)  # type: ignore[call-overload]  # a text stream


def _in_processes(
    folder: Path, wanted: Wanted, tasks: list[Task], jobs: int
) -> Iterator[list[_Result]]:
    make = partial(_make, folder, wanted)
    batches = list(_batches(tasks))
    if jobs <= 1 or len(batches) < 2:
        yield from map(make, batches)
        return
    # Connections to the database can't be shared with children.
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(make, batches)


def _make(folder: Path, wanted: Wanted, tasks: list[Task]) -> list[_Result]:
    with remembering():
        return [_made(folder, wanted, task) for task in tasks]


def _made(folder: Path, wanted: Wanted, task: Task) -> _Result:
    try:
        content = rendered(task.address, wanted, status=task.status)
    except PageFailed as error:
        return _Result(task, set(), str(error))
    _write(folder / task.file, content)
    is_page = task.file.endswith(".html") and task.status == 200
    return _Result(task, links_in(content) if is_page else set())


def _batches(tasks: list[Task]) -> Iterator[list[Task]]:
    left = iter(tasks)
    while some := list(islice(left, _BATCH)):
        yield some


def _write(path: Path, content: bytes) -> None:
    """Replace a file as a whole. A site can be made again, so no file waits for the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    os.replace(fresh, path)  # noqa: PTH105  # the same as Path.replace, and half its time


def _known(folder: Path) -> dict[str, str]:
    """The stamps with which files were made, the last of each."""
    found: dict[str, str] = {}
    try:
        with (folder / LIST).open(encoding="utf-8") as lines:
            for line in lines:
                stamp, tab, file = line.rstrip("\n").partition("\t")
                # The last line may have been cut off.
                if tab and line.endswith("\n"):
                    found[file] = stamp
    except FileNotFoundError:
        pass
    return found


def _is_made(folder: Path, task: Task, known: dict[str, str]) -> bool:
    return known.get(task.file) == task.stamp and (folder / task.file).exists()


def _leave_tombstones(folder: Path, known: dict[str, str], kept: dict[str, str]) -> int:
    """Replace pages that are gone by one that says so, remove other files; how many there were."""
    removed = 0
    for file, stamp in known.items():
        if file in kept or stamp == _GONE:
            continue
        path = folder / file
        if not path.exists():
            continue
        removed += 1
        if file.endswith(".html"):
            with translation.override("en" if file.startswith("en/") else "vi"):
                _write(path, render_to_string("public/gone.html").encode())
        else:
            path.unlink()
    return removed


def _rewrite_list(folder: Path, kept: dict[str, str], known: dict[str, str]) -> None:
    """The list anew, a line for each file, with the pages that are gone."""
    gone = {file: _GONE for file in known if file not in kept and file.endswith(".html")}
    with replacing(folder / LIST) as stream:
        for file, stamp in {**gone, **kept}.items():
            stream.write(f"{stamp}\t{file}\n".encode())


def _copy_static(folder: Path) -> None:
    """The style, script and fonts, as `soi init` has collected them."""
    _copy(Path(settings.STATIC_ROOT) / "ui", folder / "static/ui")
    _copy(Path(settings.STATIC_ROOT) / "django_htmx", folder / "static/django_htmx")


def _copy_log(folder: Path) -> None:
    """The files of the public log; the checkpoint last, so that it never covers what is missing."""
    source = Path(settings.SOI_LOG_DIR)
    _copy(source / "tile", folder / "log/tile")
    _write(folder / "log/checkpoint", (source / "checkpoint").read_bytes())


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        there = target / path.relative_to(source)
        if path.is_file() and not path.name.startswith("."):
            state = path.stat()
            if not there.exists() or there.stat().st_size != state.st_size or (
                there.stat().st_mtime_ns < state.st_mtime_ns
            ):  # fmt: skip
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, there)


def _broken(folder: Path, links: dict[str, str]) -> Iterable[str]:
    for link, page in links.items():
        if not (folder / plan.file_of(link)).exists():
            yield f"{link} on {page}"
