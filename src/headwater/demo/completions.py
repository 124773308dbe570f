"""Chat completions on the wire: whole, in chunks, with tool calls, and with Perplexity's citations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headwater.demo.answers import Prompt, read_prompt, write_answer, write_summary
from headwater.demo.schema_answers import Schema, fill_schema, find_schema
from headwater.demo.web.catalogue import Listing

INVENTED = (
    Listing("https://www.acme-pricing-watch.example/plans", "Acme plans and pricing", "website", "Plans"),
    Listing("https://status.acme-cloud.example/feed.rss", "Acme status feed", "rss", "Status"),
)
PIECE = 24
SEARCHED_PRICE = 0.005


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer: text or a call of a tool. `sources` is None for models that do not search."""

    id: str
    model: str
    created: int
    text: str
    prompt_tokens: int
    tool: tuple[str, str] | None = None
    refusal: str | None = None
    cut_off: bool = False
    sources: list[Listing] | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def completion_tokens(self) -> int:
        """Return about a token for four letters."""
        return max(1, len(self.tool[1] if self.tool else self.text) // 4)

    @property
    def finish_reason(self) -> str:
        """Return why it ended."""
        if self.cut_off:
            return "length"
        return "tool_calls" if self.tool else "stop"


def complete_chat(body: Mapping[str, Any], *, listings: Sequence[Listing], mode: str, at: int) -> Completion:
    """Answer a chat request: by a call of its output tool, in its JSON schema, or in words."""
    messages = body["messages"]
    searches = str(body["model"]).startswith("sonar")
    prompt = read_prompt(messages, INVENTED if mode == "wrong_urls" else listings)
    if mode == "wrong_urls":
        prompt = Prompt(prompt.system, "acme plans pricing status", INVENTED, prompt.removed, prompt.added)
    tool, schema = find_output_tool(body), find_output_schema(body, prompt)
    text, arguments = "", None
    if mode not in {"empty", "refusal"}:
        if tool is not None:
            arguments = _write_json(tool[1], prompt, mode)
        elif schema is not None:
            text = _write_json(schema, prompt, mode)
        else:
            text = _write_words(prompt, searches=searches)
    digest = hashlib.sha256(json.dumps(messages, sort_keys=True, default=str).encode()).hexdigest()
    return Completion(
        id=f"chatcmpl-{digest[:24]}",
        model=str(body["model"]),
        created=at,
        text=text,
        prompt_tokens=max(1, len(prompt.system + prompt.user) // 4),
        tool=(tool[0], arguments) if tool is not None and arguments is not None else None,
        refusal="I'm sorry, but I can't help with that." if mode == "refusal" else None,
        cut_off=mode == "wrong_json",
        sources=prompt.search() if searches else None,
    )


def find_output_tool(body: Mapping[str, Any]) -> tuple[str, Schema] | None:
    """Find the tool that has to be called: the one that is demanded, or one that takes the final result."""
    tools = {tool["function"]["name"]: tool["function"].get("parameters") or {} for tool in body.get("tools") or ()}
    choice = body.get("tool_choice")
    if not tools or choice == "none":
        return None
    if isinstance(choice, dict):
        named = choice.get("function", {}).get("name", "")
        return (named, tools[named]) if named in tools else None
    final = [name for name in tools if name.startswith("final_result")]
    if final:
        return final[0], tools[final[0]]
    if choice == "required":
        first = next(iter(tools))
        return first, tools[first]
    return None


def find_output_schema(body: Mapping[str, Any], prompt: Prompt) -> Schema | None:
    """Find the JSON schema of the answer, in `response_format` or written into the prompt."""
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        schema: Schema = wanted.get("json_schema", {}).get("schema", {})
        return schema
    found = find_schema(prompt.system)
    if found is None and wanted.get("type") == "json_object":
        return {"type": "object", "properties": {"summary": {"type": "string"}}}
    return found


def describe_completion(completion: Completion) -> dict[str, Any]:
    """Write a completion as one JSON object."""
    message: dict[str, Any] = {"role": "assistant", "content": completion.text or None, "refusal": completion.refusal}
    if completion.tool:
        message["tool_calls"] = [_describe_call(completion)]
    elif completion.refusal is None:
        message["content"] = completion.text
    if completion.sources is None:
        message["annotations"] = []
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": completion.finish_reason}
    return _frame(completion, "chat.completion", [choice]) | {"usage": _count_usage(completion)} | _cite(completion)


def list_chunks(completion: Completion, *, with_usage: bool) -> Iterator[dict[str, Any]]:
    """Write a completion as the chunks of a stream."""

    def make_chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _frame(completion, "chat.completion.chunk", [choice]) | _cite(completion)

    yield make_chunk({"role": "assistant", "content": None if completion.tool else "", "refusal": completion.refusal})
    if completion.tool:
        call = _describe_call(completion)
        yield make_chunk(
            {"tool_calls": [{"index": 0, **call, "function": {"name": completion.tool[0], "arguments": ""}}]}
        )
        for piece in _cut_pieces(completion.tool[1]):
            yield make_chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    for piece in _cut_pieces(completion.text):
        yield make_chunk({"content": piece})
    final = make_chunk({}, completion.finish_reason)
    if completion.sources is not None:
        final["usage"] = _count_usage(completion)
    yield final
    if with_usage and completion.sources is None:
        yield _frame(completion, "chat.completion.chunk", []) | {"usage": _count_usage(completion)}


def _frame(completion: Completion, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": completion.id,
        "object": kind,
        "created": completion.created,
        "model": completion.model,
        "choices": choices,
        "service_tier": "default",
        "system_fingerprint": "fp_demo000001",
    }


def _describe_call(completion: Completion) -> dict[str, Any]:
    name, arguments = completion.tool or ("", "")
    return {
        "id": f"call_{completion.id[-20:]}",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _count_usage(completion: Completion) -> dict[str, Any]:
    given, made = completion.prompt_tokens, completion.completion_tokens
    usage: dict[str, Any] = {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}
    if completion.sources is None:
        details = {"reasoning_tokens": 0, "audio_tokens": 0}
        predicted = {"accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}
        return usage | {
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": details | predicted,
        }
    costs = {"input_tokens_cost": given / 1e6, "output_tokens_cost": made / 1e6, "request_cost": SEARCHED_PRICE}
    return usage | {"search_context_size": "low", "cost": costs | {"total_cost": round(sum(costs.values()), 6)}}


def _cite(completion: Completion) -> dict[str, Any]:
    """Return Perplexity's citations and search results; nothing for models that do not search."""
    if completion.sources is None:
        return {}
    results = [
        {"title": page.title, "url": page.url, "date": "2026-11-20", "last_updated": "2026-11-21",
         "snippet": page.text[:200], "source": "web"}
        for page in completion.sources
    ]  # fmt: skip
    return {"citations": [page.url for page in completion.sources], "search_results": results}


def _write_json(schema: Schema, prompt: Prompt, mode: str) -> str:
    if mode == "wrong_shape":
        return json.dumps({"unexpected": ["shape"], "sure": True})
    written = json.dumps(fill_schema(schema, prompt), ensure_ascii=False)
    return written[: len(written) * 2 // 3] if mode == "wrong_json" else written


def _write_words(prompt: Prompt, *, searches: bool) -> str:
    if not searches:
        return write_answer(prompt)
    lines = [f"{page.title} has what you look for[{number}]." for number, page in enumerate(prompt.search(), start=1)]
    return " ".join(lines) or write_summary(prompt)


def _cut_pieces(text: str) -> list[str]:
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
