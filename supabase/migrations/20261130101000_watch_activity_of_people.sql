-- A line of the activity log stands for a deed. The update of a check names `status`, and that of a failed delivery
-- `enabled`, whether they change or not; a trigger that goes by the names of columns took each for an edit.

drop trigger if exists touch_updated_at on public.monitored_sources;

create trigger touch_updated_at
    before update of url, kind, name, status, config, check_interval on public.monitored_sources
    for each row
    when (
        (old.url, old.kind, old.name, old.status, old.config, old.check_interval)
        is distinct from (new.url, new.kind, new.name, new.status, new.config, new.check_interval)
    )
    execute function headwater.touch_updated_at();

drop trigger if exists log_activity on public.monitored_sources;

create trigger log_activity
    after insert or delete on public.monitored_sources
    for each row
    execute function headwater.log_activity();

drop trigger if exists log_activity_of_changes on public.monitored_sources;

create trigger log_activity_of_changes
    after update of url, kind, name, status, config, check_interval on public.monitored_sources
    for each row
    when (
        (old.url, old.kind, old.name, old.status, old.config, old.check_interval)
        is distinct from (new.url, new.kind, new.name, new.status, new.config, new.check_interval)
    )
    execute function headwater.log_activity();
