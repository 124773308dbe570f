"""/admin/users/{id}/factors, for the project's own service: second factors of users who need help with them."""

from __future__ import annotations

from starlette.responses import Response

from headwater.local.auth.accounts import factors
from headwater.local.auth.accounts.showing import show_factor
from headwater.local.auth.bodies import AdminFactor
from headwater.local.auth.call import Call
from headwater.local.auth.routes.admin import find_named_user
from headwater.local.auth.routes.factors import find_factor
from headwater.local.auth.sign_in import audit


async def list_factors(call: Call) -> Response:
    """List a user's second factors."""
    await call.require_admin()
    return call.answer([show_factor(factor) for factor in (await find_named_user(call)).factors])


async def update_factor(call: Call) -> Response:
    """Return a second factor another name."""
    await call.require_admin()
    body, user = call.read(AdminFactor), await find_named_user(call)
    factor_id, _ = find_factor(user, call.request.path_params["factor_id"])
    async with call.server.transaction() as connection:
        if body.friendly_name:
            await factors.rename(connection, user, factor_id, body.friendly_name, now=call.now)
        await audit.record(call, connection, None, "factor_updated", factor_id=str(factor_id))
    return call.answer(show_factor(find_factor(user, str(factor_id))[1]))


async def delete_factor(call: Call) -> Response:
    """Take a second factor from a user, for those who lost theirs."""
    await call.require_admin()
    user = await find_named_user(call)
    factor_id, factor = find_factor(user, call.request.path_params["factor_id"])
    async with call.server.transaction() as connection:
        await factors.remove(connection, user, factor_id, now=call.now)
        await audit.record(call, connection, None, "factor_deleted", factor_id=str(factor_id))
    return call.answer(show_factor(factor))
