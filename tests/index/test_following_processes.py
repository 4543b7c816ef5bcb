"""Processes that follow are killed, and others search meanwhile: nothing is lost and none fails."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.desks import Desk, at_once, fresh_desk

CHECKS = 40

# Vectors that cost nothing: what is tested is what is kept of them, not what they say.
SETTING = f"""
import hashlib, json
import numpy as np
from soi.claims import actions as claims
from soi.core.text import Language
from soi.index import actions, engines
from soi.index.queries import Query, candidates, standing
from tests.checks import SITE, check_record

CHECKS = {CHECKS}

class Embedder:
    name, dimensions = "cheap-1", 384
    def queries(self, texts):
        return np.array([self.one(text) for text in texts], np.float32).reshape(-1, 384)
    def passages(self, texts, **_):
        return self.queries(texts)
    def one(self, text):
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).normal(size=384)
        return vector / np.linalg.norm(vector)

engines.embedder = lambda: cheap
cheap = Embedder()
actions._WORDS_BATCH, actions._MEANING_BATCH = 8, 4

def found(number):
    text = check_record(number).claim
    (answer,) = candidates([Query(text, Language.VI)])
    best = min(answer.candidates, key=lambda each: each.words_rank or 1000)
    return best.claim, sorted((each.claim, each.meaning) for each in answer.candidates)
"""

STORE = f"""{SETTING}
claims.allow_publisher(site=SITE, name="Soi Sáng", by="an")
claims.store_checks([check_record(number) for number in range(CHECKS)], by="an")
"""

FOLLOW = f"""{SETTING}
step, calls = sys.argv[1], int(sys.argv[2])

def dies(real, *, after):
    def counted(*arguments, **options):
        global calls
        calls -= 1
        if calls == 0 and not after:
            os.kill(os.getpid(), 9)
        done = real(*arguments, **options)
        if calls == 0 and after:
            os.kill(os.getpid(), 9)
        return done
    return counted

if step == "embedding":
    cheap.passages = dies(cheap.passages, after=True)
elif step == "before a write":
    engines.engine().upsert = dies(engines.engine().upsert, after=False)
elif step == "after a write":
    engines.engine().upsert = dies(engines.engine().upsert, after=True)
elif step == "noting":
    actions._note_followed = dies(actions._note_followed, after=False)
actions.follow()
now = standing()
print(json.dumps([now.checks, now.with_meaning, now.is_current, found(7), found(31)]))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = fresh_desk(tmp_path / "desk")
    ended = desk.run(STORE)
    assert ended.status == 0, ended.err
    return desk


def test_a_follower_that_is_killed_again_and_again_ends_as_if_nothing_had_been(
    desk: Desk, tmp_path: Path
) -> None:
    whole = fresh_desk(tmp_path / "whole")
    whole.run(STORE)
    wanted = json.loads(whole.run(FOLLOW, "nowhere", 0).out)
    assert wanted[:3] == [CHECKS, CHECKS, True]
    for step, calls in (
        ("before a write", 2),
        ("noting", 1),
        ("embedding", 3),
        ("after a write", 1),
        ("before a write", 2),
    ):
        assert desk.run(FOLLOW, step, calls).status == -signal.SIGKILL, (step, calls)
    ended = desk.run(FOLLOW, "nowhere", 0)
    assert ended.status == 0, ended.err
    assert json.loads(ended.out) == wanted


FOLLOW_SLOWLY = f"""{SETTING}
from pathlib import Path
for number in range(CHECKS, 2 * CHECKS, 4):
    claims.store_checks([check_record(each) for each in range(number, number + 4)], by="an")
    actions.follow()
actions.rebuild()
Path(sys.argv[1]).touch()
"""
SEARCH = f"""{SETTING}
from pathlib import Path
done, searches = Path(sys.argv[1]), 0
while True:
    last = done.exists()
    assert found(7)[0] == check_record(7).claim
    searches += 1
    if last:
        break
now = standing()
print(json.dumps([searches, now.checks, now.with_meaning, now.is_current]))
"""


def test_several_processes_search_while_another_stores_follows_and_rebuilds(
    desk: Desk, tmp_path: Path
) -> None:
    assert desk.run(FOLLOW, "nowhere", 0).status == 0
    done = tmp_path / "done"
    follower, *searchers = at_once(
        [
            lambda: desk.start(FOLLOW_SLOWLY, done),
            lambda: desk.start(SEARCH, done),
            lambda: desk.start(SEARCH, done),
        ]
    )
    assert follower.status == 0, follower.err
    for searcher in searchers:
        assert searcher.status == 0, searcher.err
        assert "damaged" not in searcher.err
        assert "does not belong" not in searcher.err
        searches, *now = json.loads(searcher.out)
        assert searches > 1
        assert now == [2 * CHECKS, 2 * CHECKS, True]
