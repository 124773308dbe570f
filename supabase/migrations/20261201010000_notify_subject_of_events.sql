-- What an event is about is its subject: an id of the product's own, a source of watch or anything else.

do $$
begin
    if exists (
        select
        from pg_catalog.pg_attribute
        where attrelid = 'public.notification_events'::regclass
            and attname = 'source_id'
            and not attisdropped
    ) then
        alter table public.notification_events rename column source_id to subject_id;
    end if;
end
$$;

comment on column public.notification_events.subject_id is
    'The product''s own id of what happened. With the kind it is unique in a workspace, so an event is sent once.';
