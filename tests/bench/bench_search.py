"""Search over 1,000,000 events: ``python tests/bench/bench_search.py [COUNT]``.

Builds a database of 1,000 sessions in 50 projects whose words are as frequent as in a language
(Zipf's law), or takes the one that ``BENCH_DB`` names; then asks for rare and frequent words, two
of them, beginnings, phrases, in one project and in all. A figure is the time of a page of 50 hits
with their snippets, as the API answers it, without HTTP.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time

from jupyter_sessions.actions.search import find
from jupyter_sessions.ids import ProjectId, UserId, new_id
from jupyter_sessions.models.words import words
from jupyter_sessions.storage import entries
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Timeline

PROJECTS, SESSIONS, VOCABULARY, TRIES = 50, 1_000, 50_000, 15
USER = UserId("u")
SYLLABLES = [one + two for one in "bcdfghklmnprst" for two in "aeiou"]


def vocabulary(random_: random.Random) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < VOCABULARY:
        made["".join(random_.choices(SYLLABLES, k=random_.choice((1, 2, 2, 3, 3, 4))))] = None
    return list(made)


def fill(path: str, count: int) -> None:
    """Write the rows as the server does, but many at once."""
    random_ = random.Random(1)
    known = vocabulary(random_)
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    pool = random_.choices(known, cum_weights=weights, k=2_000_000)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    now = int(time.time() * 1000)
    projects = [new_id() for _ in range(PROJECTS)]
    sessions = [(new_id(), projects[number % PROJECTS]) for number in range(SESSIONS)]
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO project (id, user_id, name, folder, default_runtime, created_at, updated_at)"
        " VALUES (?, ?, ?, '/p', 'cpu', ?, ?)",
        [(id_, USER, f"Project {number}", now, now) for number, id_ in enumerate(projects)],
    )
    database.executemany(
        "INSERT INTO session (id, project_id, name, position, active_branch, status, processing_ms,"
        " iterations, wrapping_up, started, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, 'main', 'idle', 0, 0, 0, 1, ?, ?)",
        [(id_, of, f"Session {at}", at, now, now) for at, (id_, of) in enumerate(sessions)],
    )
    database.execute("COMMIT")
    for start in range(0, count, 20_000):
        events, found = [], []
        for number in range(start, min(start + 20_000, count)):
            session, project = sessions[number % SESSIONS]
            begin, size = random_.randrange(len(pool) - 60), random_.choice((8, 20, 40, 60))
            text = " ".join(pool[begin : begin + size])
            if number % (count // 40) == 7:
                text += f" needle{number % 7}"
            seq = number // SESSIONS + 1
            kind = ("message.user", "user") if number % 2 else ("message.agent", "agent")
            events.append((session, seq, project, session, now, kind[1], kind[0], _data(text)))
            scope = [entries.project_token(ProjectId(project)), entries.user_token(USER)]
            found.append((project, session, seq, "prompt" if number % 2 else "answer",
                          " ".join([*scope, *words(text)])))  # fmt: skip
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO event (stream, seq, project_id, session_id, ts, actor, type, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            events,
        )
        database.executemany(
            "INSERT INTO search_entry (project_id, stream, seq, kind, words)"
            " VALUES (?, ?, ?, ?, ?)",
            found,
        )
        database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _data(text: str) -> str:
    return json.dumps({"text": text})


async def measure(timeline: Timeline, project: ProjectId) -> None:
    known = vocabulary(random.Random(1))
    often, less, seldom = known[:6], known[100:106], known[30_000:30_006]
    questions = {
        "rare word": [f'"needle{number}"' for number in range(6)],
        "seldom word": [f'"{word}"' for word in seldom],
        "frequent word": [f'"{word}"' for word in often],
        "two frequent words": [f'"{a}" "{b}"' for a, b in itertools.pairwise(often)],
        "two less frequent": [f'"{a}" "{b}"' for a, b in itertools.pairwise(less)],
        "frequent and rare": [f'{word} "needle3"' for word in often],
        "phrase": [f'"{a} {b}"' for a, b in itertools.pairwise(often)],
        "beginning, 2 letters": [word[:2] for word in often],
        "beginning, 3 letters": [word[:3] for word in often + less],
        "beginning, all but 1": [word[:-1] for word in often + less + seldom if len(word) > 3],
        "word and beginning": [f"{a} {b[:3]}" for a, b in itertools.pairwise(often)],
        "nothing": ["zzzzz", "yyyyy xxxxx"],
    }
    everything: list[float] = []
    for name, asked in questions.items():
        for where, project_id in (("all projects", None), ("one project", project)):
            times, found = [], 0
            for question in asked * TRIES:
                begun = time.perf_counter()
                page = await find(timeline, USER, question, project_id=project_id)
                times.append((time.perf_counter() - begun) * 1000)
                found += len(page.items)
            everything += times
            print(
                f"{name:22} {where:12} p50 {statistics.median(times):6.1f} ms, "
                f"p95 {_p95(times):6.1f} ms, {found / len(times):5.1f} hits"
            )
    print(
        f"all together: p50 {statistics.median(everything):.1f} ms, p95 {_p95(everything):.1f} ms "
        "(figure: p95 <= 50)"
    )


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        path = os.environ.get("BENCH_DB") or f"{folder}/sessions.db"
        is_new = not os.path.exists(path)  # noqa: ASYNC240
        database = await open_database(f"sqlite:///{path}")
        if is_new:
            begun = time.perf_counter()
            await asyncio.to_thread(fill, path, count)
            size = os.path.getsize(path)  # noqa: ASYNC240
            spent = time.perf_counter() - begun
            print(f"{count:,} events written in {spent:.0f} s, {size:,} bytes")
        with sqlite3.connect(path) as rows:
            project = ProjectId(rows.execute("SELECT max(id) FROM project").fetchone()[0])
        await measure(Timeline(database), project)
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
