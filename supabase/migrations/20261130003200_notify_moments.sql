-- Moments of messages that were written by a clock ahead of time.

create or replace function headwater.pull_back_notify(p_offset interval)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    present constant timestamptz := pg_catalog.now() + p_offset;
    pulled bigint;
    changed bigint;
begin
    with ahead as (
        select id
        from public.notification_deliveries
        where status in ('pending', 'failed', 'sending')
            and updated_at > present
        for update skip locked
    )
    update public.notification_deliveries as delivery
    set due_at = case
            -- A window for digests stands at an hour of the day, which moving it by whole days, or hours, keeps.
            when delivery.due_at <= present then delivery.due_at
            when delivery.mode = 'daily'
                then delivery.due_at
                    - pg_catalog.floor(extract(epoch from delivery.due_at - present) / 86400) * interval '1 day'
            when delivery.mode = 'hourly'
                then delivery.due_at
                    - pg_catalog.floor(extract(epoch from delivery.due_at - present) / 3600) * interval '1 hour'
            else greatest(delivery.due_at - (delivery.updated_at - present), present)
        end,
        sending_since = least(delivery.sending_since, present),
        first_attempt_at = least(delivery.first_attempt_at, present),
        -- How many letters of verification may be asked for is counted by it.
        created_at = least(delivery.created_at, present)
    from ahead
    where delivery.id = ahead.id;
    get diagnostics pulled = row_count;

    update public.webhook_endpoints
    set last_delivered_at = least(last_delivered_at, present),
        previous_secret_expires_at = least(previous_secret_expires_at, present + interval '24 hours')
    where last_delivered_at > present
        or previous_secret_expires_at > present + interval '24 hours';
    get diagnostics changed = row_count;
    return pulled + changed;
end
$$;

comment on function headwater.pull_back_notify(interval) is
    'After the clock went back: messages planned ahead are due within their own wait. Gives how many rows changed.';

revoke execute on function headwater.pull_back_notify(interval) from public, anon;
grant execute on function headwater.pull_back_notify(interval) to service_role;
