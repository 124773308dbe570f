-- The setting `tell_after_errors` of a source is called `notify_after_failures`. Stored settings follow; the API and
-- imports go on taking the former name.

update public.monitored_sources
set config = config - 'tell_after_errors'
    || jsonb_build_object('notify_after_failures', coalesce(config -> 'notify_after_failures', config -> 'tell_after_errors'))
where config ? 'tell_after_errors';
