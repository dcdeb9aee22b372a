"""The timeline under load: ``python tests/bench/bench_events.py``.

1. 50 sessions at 20 events a second: from producing an event to its arrival on a WebSocket (p99);
   the client is a process of its own.
2. One reply of 16 kB in 1,000 deltas: how long the event loop is blocked in all.
3. The first page of a log of 100,000 events, of a fork of it, and what making that fork takes.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from tornado.httpserver import HTTPServer
from tornado.web import Application
from tornado.websocket import WebSocketHandler

from jupyter_sessions.actions.forks import fork_session
from jupyter_sessions.agent.deltas import DeltaStream
from jupyter_sessions.ids import RunId, StreamId, UserId, new_id
from jupyter_sessions.models.event import MessageData, UserMessage
from jupyter_sessions.models.live import MessageDelta
from jupyter_sessions.models.session import NewFork
from jupyter_sessions.storage import projects, sessions
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Origin, Timeline

SESSIONS, RATE, SECONDS = 50, 20, 10

CLIENT = """
import asyncio, json, sys, time
from tornado.websocket import websocket_connect

async def main(url, count):
    socket = await websocket_connect(url)
    print("connected", flush=True)
    seen = [(await socket.read_message(), time.time()) for _ in range(count)]
    for message, now in seen:
        event = json.loads(message)["event"]
        print(event["stream"], event["seq"], now - float(event["data"]["text"].split()[0]))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def load(timeline: Timeline, streams: list[Origin]) -> None:
    class Socket(WebSocketHandler):
        def open(self) -> None:
            self.set_nodelay(True)  # as ours does
            self.pumps = [asyncio.ensure_future(self.pump(each.stream)) for each in streams]

        async def pump(self, stream: StreamId) -> None:
            async for frame in timeline.subscribe(stream, 0).frames():
                if '"ready"' not in frame[:20]:
                    await self.write_message(frame)

    server = HTTPServer(Application([("/events", Socket)]))
    server.listen(0, "127.0.0.1")
    port = next(iter(server._sockets.values())).getsockname()[1]
    total = SESSIONS * RATE * SECONDS
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CLIENT, f"ws://127.0.0.1:{port}/events", str(total),
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert client.stdout is not None
    assert await client.stdout.readline() == b"connected\n"

    async def produce(origin: Origin, phase: float) -> None:
        begin = time.monotonic() + phase
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0, begin + number / RATE - time.monotonic()))
            data = MessageData(text=f"{time.time():.6f} " + "x" * 450)
            await timeline.append(origin, UserMessage, data, actor="user")

    await asyncio.gather(
        *(produce(origin, index / SESSIONS / RATE) for index, origin in enumerate(streams))
    )
    output, _ = await client.communicate()
    rows = [line.split() for line in output.decode().splitlines()]
    # The first second warms up: statements are compiled, subscriptions begin.
    latencies = sorted(float(row[2]) * 1000 for row in rows if int(row[1]) > RATE)
    seen: dict[str, int] = {}
    for stream, seq, _ in rows:
        assert int(seq) == seen.get(stream, 0) + 1, "a gap, or out of order"
        seen[stream] = int(seq)
    p50, p99 = statistics.median(latencies), latencies[int(len(latencies) * 0.99)]
    print(
        f"{len(rows)} events, {SESSIONS} sessions x {RATE}/s, in order, no gap: "
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {latencies[-1]:.1f} ms (figure: p99 <= 20)"
    )
    server.stop()


async def deltas(timeline: Timeline, origin: Origin) -> None:
    follower = timeline.subscribe(origin.stream, 10**9)

    async def read() -> None:
        async for _ in follower.frames():
            pass

    task = asyncio.ensure_future(read())
    await asyncio.sleep(0.2)
    blocked, pieces = 0.0, ["x" * 16] * 1000
    stream = DeltaStream(timeline, origin.stream, RunId(new_id()), MessageDelta)
    before = time.process_time()
    for piece in pieces:
        begun = time.perf_counter()
        stream.add(piece)
        blocked += time.perf_counter() - begun
        await asyncio.sleep(0.001)
    stream.flush()
    await asyncio.sleep(0.1)
    spent = time.process_time() - before
    task.cancel()
    print(
        f"16 kB in 1,000 deltas: {blocked * 1000:.1f} ms in our calls, {spent * 1000:.0f} ms of "
        "processor in all, the loop's own turns included (figure: <= 200)"
    )


async def first_page(timeline: Timeline, origin: Origin) -> None:
    data = MessageData(text="x" * 500)
    for _ in range(100):
        await asyncio.gather(
            *(timeline.append(origin, UserMessage, data, actor="user") for _ in range(1000))
        )
    await read_page(timeline, origin.stream, "100,000 events")
    assert origin.session_id is not None
    begun = time.perf_counter()
    made = await fork_session(timeline, origin.scope, origin.session_id, NewFork(seq=99_990))
    print(f"fork at event 99,990: {(time.perf_counter() - begun) * 1000:.1f} ms")
    await read_page(timeline, StreamId(made.id), "its fork, over the seam")


async def read_page(timeline: Timeline, stream: StreamId, what: str) -> None:
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        page = await timeline.read(stream, before=10**9, limit=100)
        json.dumps([event.model_dump_json() for event in page])
        times.append((time.perf_counter() - begun) * 1000)
    assert len(page) == 100
    print(
        f"first page (100) of {what}: median {statistics.median(times):.1f} ms, "
        f"max {max(times):.1f} ms (figure: <= 30)"
    )


async def main() -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        timeline = Timeline(await open_database(f"sqlite:///{folder}/sessions.db"))
        row = await timeline.write(
            lambda entry: projects.add_project(entry.conn, UserId("u"), "p", "/p", "cpu")
        )
        streams = []
        for number in range(SESSIONS + 1):
            made = await timeline.write(
                lambda entry, name=f"s{number}": sessions.add_session(entry.conn, row.scope, name)
            )
            streams.append(Origin(row.scope, made.id))
        await load(timeline, streams[:SESSIONS])
        await deltas(timeline, streams[SESSIONS])
        await first_page(timeline, streams[SESSIONS])
        await timeline.database.close()


if __name__ == "__main__":
    asyncio.run(main())
