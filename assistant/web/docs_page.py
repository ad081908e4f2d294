"""The API's documentation as a plain page of our own: no script, nothing from any other host."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}
_PAGE = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{title}: API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/docs.css"></head>'
    "<body><main><h1>{title}: API</h1><p>{about} The whole description for programs: "
    '<a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>{keys}{routes}{mcp}</main></body></html>'
)
_KEYS = Markup(
    "<h2>Keys</h2><p>{need} A key is sent as <code>Authorization: Bearer otr_…</code>. The office makes it with "
    "<code>ontherecord keys add NAME</code> and takes it back with <code>ontherecord keys revoke NAME</code>.</p>"
)
_MCP = Markup(
    "<h2>Model Context Protocol</h2><p>The tools <code>ask</code>, <code>search</code> and <code>read_release</code> are at "
    "<code>{address}/mcp</code> (streamable HTTP), and on this machine with <code>ontherecord mcp</code> (standard input and output).</p>"
)
_ROUTE = Markup(
    "<section><h2><code>{method} {path}</code> {summary}</h2><p>{about}</p>{values}<pre>{example}</pre></section>"
)
_VALUE = Markup("<li><code>{name}</code>{need}: {about}</li>")


def docs_page(request: Request) -> HTMLResponse:
    """The page, made from what the app says of itself."""
    app: FastAPI = request.app
    api, closed = app.openapi(), request.app.state.service.settings.api == "keys"
    address = str(request.base_url).rstrip("/")
    need = "Every request needs a key." if closed else "Requests may be sent without a key, within the office's limits."
    html = _PAGE.format(
        title=api["info"]["title"],
        about=api["info"]["description"],
        keys=_KEYS.format(need=need),
        routes=Markup("").join(_routes(api, address)),
        mcp=_MCP.format(address=address),
    )
    return HTMLResponse(html, headers=_HEADERS)


def _routes(api: dict[str, Any], address: str) -> list[Markup]:
    return [
        _ROUTE.format(
            method=method.upper(),
            path=path,
            summary=route["summary"],
            about=_marked(route["description"]),
            values=_values(route),
            example=route["x-codeSamples"][0]["source"].replace("{address}", address)
            if "x-codeSamples" in route
            else "",
        )
        for path, methods in api["paths"].items()
        for method, route in methods.items()
    ]


def _values(route: dict[str, Any]) -> Markup:
    values = [
        _VALUE.format(
            name=one["name"],
            need=" (needed)" if one.get("required") else "",
            about=_marked(one.get("description", "which one")),
        )
        for one in route.get("parameters", ())
    ]
    return Markup("<ul>{}</ul>").format(Markup("").join(values)) if values else Markup("")


def _marked(text: str) -> Markup:
    """A description, what stands between backticks as code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )
