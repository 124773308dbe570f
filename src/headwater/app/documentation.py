"""The page that shows the API and lets people try it; everything that it loads is served beside it."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

from headwater.core.answer_headers import make_page_policy

PAGE, STATIC, DOCUMENT = "/api/docs", "/api/docs/static", "/api/openapi.json"
# The page draws with styles in its elements, and has its pictures in the style sheet.
_RULES = ("style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "connect-src 'self'")


def add_documentation(app: FastAPI) -> None:
    """Serve the page of `app` at `/api/docs`."""

    @app.get(PAGE, include_in_schema=False)
    async def show_page(request: Request) -> HTMLResponse:
        """Show the documentation."""
        root = request.scope.get("root_path", "")
        page = get_swagger_ui_html(
            openapi_url=f"{root}{DOCUMENT}",
            title=f"{app.title} - API",
            swagger_js_url=f"{root}{STATIC}/swagger-ui-bundle.js",
            swagger_css_url=f"{root}{STATIC}/swagger-ui.css",
            swagger_favicon_url=f"{root}{STATIC}/favicon.png",
        )
        policy = make_page_policy(bytes(page.body).decode(), more=_RULES)
        page.headers["Content-Security-Policy"] = policy
        return page
