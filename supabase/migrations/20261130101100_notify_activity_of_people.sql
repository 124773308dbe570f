-- As with sources: counting a failure names `enabled` and leaves it as it is, which is no deed.

drop trigger if exists log_activity on public.webhook_endpoints;

create trigger log_activity
    after insert or delete on public.webhook_endpoints
    for each row
    execute function headwater.log_activity();

drop trigger if exists log_activity_of_changes on public.webhook_endpoints;

create trigger log_activity_of_changes
    after update of url, secret_sealed, enabled on public.webhook_endpoints
    for each row
    when (
        (old.url, old.secret_sealed, old.enabled) is distinct from (new.url, new.secret_sealed, new.enabled)
    )
    execute function headwater.log_activity();
