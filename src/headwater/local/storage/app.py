"""The ASGI application of Storage, to be mounted at `/storage/v1`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from headwater.core.auth import TokenVerifier
from headwater.core.clock import Clock, SystemClock
from headwater.core.errors import HeadwaterError
from headwater.core.telemetry import get_logger
from headwater.local.storage.calls import Call, answer_json
from headwater.local.storage.config import StorageConfig
from headwater.local.storage.contents.arrivals import Arrivals
from headwater.local.storage.contents.files import FileStore
from headwater.local.storage.contents.resumable import UploadStore
from headwater.local.storage.contents.stores import ContentStore, StoreAway
from headwater.local.storage.errors import (
    StorageError,
    database_away,
    render_error,
    store_away,
    translate_disk_error,
    translate_error,
    unexpected,
)
from headwater.local.storage.images import ImageRenderer
from headwater.local.storage.routes import buckets, downloading, objects, rendering, resuming, uploading
from headwater.local.storage.server import StorageServer
from headwater.local.storage.signing import UrlSigner

logger = get_logger(__name__)
VERSION = "1.90.0"
"""The version of Supabase Storage whose interface this is."""
Handler = Callable[[Call], Awaitable[Response]]


async def get_status(_: Call) -> Response:
    """Say that the server runs."""
    return Response(status_code=200)


async def get_version(_: Call) -> Response:
    """Say which interface this is."""
    return answer_json({"version": VERSION})


_ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/status", get_status),
    ("GET", "/version", get_version),
    ("POST", "/bucket", buckets.create),
    ("GET", "/bucket", buckets.list_all),
    ("POST", "/bucket/{bucket}/empty", buckets.empty),
    ("GET", "/bucket/{bucket}", buckets.get),
    ("PUT", "/bucket/{bucket}", buckets.update),
    ("DELETE", "/bucket/{bucket}", buckets.delete),
    ("POST", "/object/list/{bucket}", objects.list_folder),
    ("POST", "/object/list-v2/{bucket}", objects.list_pages),
    ("POST", "/object/move", objects.move),
    ("POST", "/object/copy", objects.copy),
    ("POST", "/object/sign/{bucket}", objects.sign_many),
    ("POST", "/object/sign/{bucket}/{name:path}", objects.sign),
    ("GET", "/object/sign/{bucket}/{name:path}", downloading.download_signed),
    ("POST", "/object/upload/sign/{bucket}/{name:path}", uploading.sign_upload),
    ("PUT", "/object/upload/sign/{bucket}/{name:path}", uploading.upload_signed),
    ("GET", "/object/info/public/{bucket}/{name:path}", downloading.describe_public),
    ("GET", "/object/info/authenticated/{bucket}/{name:path}", downloading.describe_authenticated),
    ("GET", "/object/info/{bucket}/{name:path}", downloading.describe),
    ("GET", "/object/public/{bucket}/{name:path}", downloading.download_public),
    ("GET", "/object/authenticated/{bucket}/{name:path}", downloading.download_authenticated),
    ("DELETE", "/object/{bucket}", objects.delete_many),
    ("POST", "/object/{bucket}/{name:path}", uploading.upload),
    ("PUT", "/object/{bucket}/{name:path}", uploading.update),
    ("GET", "/object/{bucket}/{name:path}", downloading.download),
    ("DELETE", "/object/{bucket}/{name:path}", objects.delete_one),
    ("GET", "/render/image/authenticated/{bucket}/{name:path}", rendering.render_authenticated),
    ("GET", "/render/image/public/{bucket}/{name:path}", rendering.render_public),
    ("GET", "/render/image/sign/{bucket}/{name:path}", rendering.render_signed),
    *(
        (method, f"/upload/resumable{kind}{upload}", handler)
        # The signed form first: a path of the other form would take "sign" for an upload.
        for kind in ("/sign", "")
        for method, upload, handler in (
            ("POST", "", resuming.create),
            ("POST", "/", resuming.create),
            ("OPTIONS", "", resuming.describe),
            ("OPTIONS", "/{upload}", resuming.describe),
            ("HEAD", "/{upload}", resuming.measure),
            ("PATCH", "/{upload}", resuming.append),
            ("DELETE", "/{upload}", resuming.delete),
        )
    ),
]


def create_storage_app(
    config: StorageConfig,
    pool: asyncpg.Pool,
    *,
    verifier: TokenVerifier,
    folder: Path,
    signing_secret: str,
    store: ContentStore | None = None,
    clock: Clock | None = None,
) -> Starlette:
    """Return the application; `app.state.storage` is its server, which `sweep_storage` takes.

    The pool must be that of a user who may become anon, authenticated and service_role. `store` keeps the files;
    without one they lie in `folder`, and every process that serves the same database must have the same folder. With
    one, `folder` holds what is being uploaded, and a resumable upload must be gone on with where it was begun.
    `signing_secret` signs URLs and must not be known elsewhere.
    """
    clock, arrivals = clock or SystemClock(), Arrivals(folder)
    server = StorageServer(
        config=config,
        pool=pool,
        verifier=verifier,
        arrivals=arrivals,
        files=store or FileStore(folder),
        uploads=UploadStore(arrivals.uploads),
        signer=UrlSigner(signing_secret, clock=clock),
        renderer=ImageRenderer(pixel_limit=config.image_pixel_limit, cache_limit=config.image_cache_limit),
        clock=clock,
    )
    routes = [Route(path, _answer_with(handler, server), methods=[method]) for method, path, handler in _ROUTES]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _answer_unknown, Exception: _answer_fault})
    app.state.storage = server
    return app


def _answer_with(handler: Handler, server: StorageServer) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return await handler(Call(request, server))
        except StorageError as error:
            return render_error(error)
        except HeadwaterError:
            # The verifier can't reach the keys of tokens.
            return render_error(database_away())
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError, ConnectionError) as error:
            logger.error("storage_database_away", reason=f"{type(error).__name__}: {error}")
            return render_error(database_away())
        except asyncpg.PostgresError as error:
            refusal = translate_error(error)
            if refusal is None:
                logger.exception("storage_database_refused", path=request.url.path)
            return render_error(refusal or unexpected())
        except OSError as error:
            logger.error("storage_disk_refused", reason=f"{type(error).__name__}: {error}")
            return render_error(translate_disk_error(error))
        except StoreAway as error:
            logger.error("storage_store_away", reason=str(error))
            return render_error(store_away())

    return answer


async def _answer_unknown(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    message = "Method not allowed" if status == 405 else "Route not found"
    return render_error(StorageError(status, "not_found", message, wire_status=status))


async def _answer_fault(_: Request, __: Exception) -> Response:
    return render_error(unexpected())
