"""The mailbox in a browser: a list at `/_inbox`, a message at `/_inbox/<id>`, the same as JSON with `.json`."""

from __future__ import annotations

from html import escape

from aiohttp import web
from pydantic_core import to_jsonable_python

from headwater.demo.mailbox import Mailbox, Message

STYLE = (
    "<meta charset='utf-8'><meta name='viewport' content='width=device-width'><style>"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b2430}"
    "a{color:#0b5cad;text-decoration:none}li{padding:.6rem 0;border-bottom:1px solid #e3e8ee;list-style:none}"
    "ul{padding:0}small{color:#5a6877}pre{white-space:pre-wrap;background:#f5f7f9;padding:1rem;border-radius:.4rem}"
    "iframe{width:100%;height:36rem;border:1px solid #e3e8ee;border-radius:.4rem}</style>"
)


def mailbox_routes(mailbox: Mailbox) -> list[web.RouteDef]:
    """Make the routes of the mailbox's pages."""

    async def show_list(request: web.Request) -> web.Response:
        lines = [_draw_line(message) for message in reversed(mailbox.list_messages(to=request.query.get("to")))]
        listed = f"<ul>{''.join(lines)}</ul>" if lines else "<p>No mail yet.</p>"
        page = f"<!doctype html>{STYLE}<title>Inbox</title><h1>Inbox ({mailbox.count})</h1>{listed}"
        return web.Response(text=page, content_type="text/html", headers={"Refresh": "3"})

    async def list_json(request: web.Request) -> web.Response:
        messages = mailbox.list_messages(to=request.query.get("to"))
        return web.json_response([_describe(message) for message in messages])

    async def show_message(request: web.Request) -> web.Response:
        message = mailbox.find(request.match_info["id"])
        if message is None:
            return web.Response(status=404, text="There is no such message.\n")
        return web.Response(text=_draw_message(message), content_type="text/html")

    async def message_json(request: web.Request) -> web.Response:
        message = mailbox.find(request.match_info["id"])
        if message is None:
            return web.json_response({"message": "there is no such message"}, status=404)
        return web.json_response(_describe(message))

    return [
        web.get("/_inbox", show_list),
        web.get("/_inbox.json", list_json),
        web.get("/_inbox/{id:[0-9a-f]+}.json", message_json),
        web.get("/_inbox/{id:[0-9a-f]+}", show_message),
    ]


def _describe(message: Message) -> dict[str, object]:
    described: dict[str, object] = to_jsonable_python(message, bytes_mode="utf8", exclude={"raw"})
    return described


def _draw_line(message: Message) -> str:
    return (
        f"<li><a href='/_inbox/{message.id}'>{escape(message.subject) or '(no subject)'}</a><br><small>"
        f"to {escape(', '.join(message.recipients))} · {message.at:%H:%M:%S} UTC</small></li>"
    )


def _draw_message(message: Message) -> str:
    headers = "\n".join(f"{name}: {value}" for name, values in message.headers.items() for value in values)
    drawn = f"<iframe sandbox srcdoc='{escape(message.html, quote=True)}'></iframe>" if message.html else ""
    return (
        f"<!doctype html>{STYLE}<title>{escape(message.subject)}</title><p><a href='/_inbox'>Inbox</a></p>"
        f"<h1>{escape(message.subject)}</h1>{drawn}<h2>Text</h2><pre>{escape(message.text)}</pre>"
        f"<h2>Headers</h2><pre>{escape(headers)}</pre>"
    )
