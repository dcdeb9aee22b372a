"""Models that follow a script, and an HTTP server that speaks the OpenAI protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, DeltaThinkingPart, DeltaToolCall, FunctionModel
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

Calls = list[tuple[str, dict[str, Any]]]


@dataclass
class Thought:
    """Reasoning, then text."""

    reasoning: str
    text: str


@dataclass
class Script:
    """What the model answers, request by request; and what it was asked."""

    answers: list[str | Calls | Exception | Thought | Callable[[], Any]]
    requests: list[list[ModelMessage]] = field(default_factory=list)
    offered: list[list[str]] = field(default_factory=list)
    parameters: list[dict[str, Any]] = field(default_factory=list)
    """For each request, the schemas of the arguments of each tool."""
    instructions: list[str] = field(default_factory=list)

    def model(self) -> FunctionModel:
        return FunctionModel(stream_function=self._stream, model_name="scripted")

    async def _stream(self, messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[Any]:
        self.requests.append(messages)
        tools = info.function_tools
        self.offered.append([tool.name for tool in tools])
        self.parameters.append({tool.name: tool.parameters_json_schema for tool in tools})
        self.instructions.append(info.instructions or "")
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = await answer()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            yield answer
        elif isinstance(answer, Thought):
            yield {0: DeltaThinkingPart(content=answer.reasoning)}
            yield answer.text
        else:
            yield {
                index: DeltaToolCall(name, json.dumps(arguments))
                for index, (name, arguments) in enumerate(answer)
            }


class OpenAIServer:
    """Speaks ``/v1/chat/completions`` with server-sent events; a request takes the next reply."""

    def __init__(self) -> None:
        self.replies: list[Callable[[RequestHandler], Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.models: list[str] = ["gpt-test", "text-embedding-test"]
        self.key: str | None = None
        """The only key that the list of models is given to; ``None``: to everyone."""
        fake = self

        class Completions(RequestHandler):
            async def post(self) -> None:
                fake.requests.append(json.loads(self.request.body))
                fake.keys.append(self.request.headers.get("Authorization", ""))
                reply = fake.replies.pop(0) if len(fake.replies) > 1 else fake.replies[0]
                await reply(self)

        class ModelNames(RequestHandler):
            def get(self) -> None:
                if fake.key and self.request.headers.get("Authorization") != f"Bearer {fake.key}":
                    self.set_status(401)
                self.finish({"object": "list", "data": [{"id": name} for name in fake.models]})

        socket, self.port = bind_unused_port()
        routes = [("/v1/chat/completions", Completions), ("/v1/models", ModelNames)]
        self._server = HTTPServer(Application(routes))
        self._server.add_sockets([socket])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def stop(self) -> None:
        self._server.stop()


def _chunk(handler: RequestHandler, delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": json.loads(handler.request.body)["model"],
        "choices": [choice],
    }
    return f"data: {json.dumps(body)}\n\n"


def _end(handler: RequestHandler, finish: str) -> None:
    handler.write(_chunk(handler, {}, finish))
    usage = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": json.loads(handler.request.body)["model"],
        "choices": [],
        "usage": usage,
    }
    handler.write(f"data: {json.dumps(body)}\n\ndata: [DONE]\n\n")


def text(*pieces: str) -> Callable[[RequestHandler], Any]:
    """Stream pieces of text."""

    async def reply(handler: RequestHandler) -> None:
        handler.set_header("Content-Type", "text/event-stream")
        handler.write(_chunk(handler, {"role": "assistant", "content": ""}))
        for piece in pieces:
            handler.write(_chunk(handler, {"content": piece}))
            await handler.flush()
        _end(handler, "stop")

    return reply


def calls(*asked: tuple[str, dict[str, Any]]) -> Callable[[RequestHandler], Any]:
    """Stream tool calls, their arguments in pieces of a few characters."""

    async def reply(handler: RequestHandler) -> None:
        handler.set_header("Content-Type", "text/event-stream")
        for index, (name, arguments) in enumerate(asked):
            function = {"name": name, "arguments": ""}
            call = {"index": index, "id": f"call_{index}", "type": "function", "function": function}
            handler.write(_chunk(handler, {"tool_calls": [call]}))
            words = json.dumps(arguments)
            for start in range(0, len(words), 7):
                piece = {"index": index, "function": {"arguments": words[start : start + 7]}}
                handler.write(_chunk(handler, {"tool_calls": [piece]}))
                await handler.flush()
        _end(handler, "tool_calls")

    return reply


def error(status: int, message: str, **headers: str) -> Callable[[RequestHandler], Any]:
    """Answer with an error as the protocol has it."""

    async def reply(handler: RequestHandler) -> None:
        handler.set_status(status)
        for name, value in headers.items():
            handler.set_header(name.replace("_", "-"), value)
        handler.finish({"error": {"message": message, "type": "error", "code": None}})

    return reply


def rubbish(body: str) -> Callable[[RequestHandler], Any]:
    """Answer with something else than the protocol."""

    async def reply(handler: RequestHandler) -> None:
        handler.set_header("Content-Type", "text/event-stream")
        handler.finish(body)

    return reply


def hang() -> Callable[[RequestHandler], Any]:
    """Begin to answer, and never go on."""

    async def reply(handler: RequestHandler) -> None:
        handler.set_header("Content-Type", "text/event-stream")
        handler.write(_chunk(handler, {"content": "Let me"}))
        await handler.flush()
        await asyncio.Event().wait()

    return reply


def drop() -> Callable[[RequestHandler], Any]:
    """Begin to answer, and drop the connection."""

    async def reply(handler: RequestHandler) -> None:
        handler.set_header("Content-Type", "text/event-stream")
        handler.write(_chunk(handler, {"content": "Half an"}))
        await handler.flush()
        handler.request.connection.stream.close()

    return reply
