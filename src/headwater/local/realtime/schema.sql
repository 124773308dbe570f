-- What Realtime needs in the database: messages that are sent through it, the functions that send them, and the
-- publications that the change feed reads. Safe to run twice. The schema, roles and grants on the schema come with the
-- foundation, or with hosted Supabase.

create schema if not exists realtime;

-- Messages sent through the database, by day; policies on it say who may read and write which private topic.
create table if not exists realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default (now() at time zone 'utc'),
  inserted_at timestamp not null default (now() at time zone 'utc'),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  primary key (id, inserted_at)
) partition by range (inserted_at);

alter table realtime.messages
  enable row level security;

create index if not exists messages_inserted_at_topic_index
  on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private is true;

-- Makes the days from yesterday to three days ahead, drops those that are older than `keep`.
create or replace function realtime.maintain_messages(keep interval default interval '72 hours')
returns void
language plpgsql
set search_path = ''
as $$
declare
  today date := (now() at time zone 'utc')::date;
  newest date;
  day date;
  old record;
begin
  perform pg_advisory_xact_lock(5210442987015340);
  select max(to_date(right(child.relname, 10), 'YYYY_MM_DD'))
  into newest
  from pg_catalog.pg_inherits
  join pg_catalog.pg_class as child on child.oid = inhrelid
  where inhparent = 'realtime.messages'::regclass
    and child.relname ~ '^messages_\d{4}_\d{2}_\d{2}$';

  for day in
    select generated::date
    from generate_series(today - 1, today + 3, interval '1 day') as generated
  loop
    if to_regclass(format('realtime.%I', 'messages_' || to_char(day, 'YYYY_MM_DD'))) is null then
      execute format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        'messages_' || to_char(day, 'YYYY_MM_DD'), day, day + 1
      );
    end if;
  end loop;

  -- Days are made three ahead and looked at every hour. Where the day after tomorrow was missing, the clock leapt, or
  -- nothing ran: nothing is dropped until the next look finds the clock where this one left it.
  if newest is null or newest < today + 2 then
    return;
  end if;

  for old in
    select child.relname
    from pg_catalog.pg_inherits
    join pg_catalog.pg_class as child on child.oid = inhrelid
    where inhparent = 'realtime.messages'::regclass
      and child.relname ~ '^messages_\d{4}_\d{2}_\d{2}$'
      and to_date(right(child.relname, 10), 'YYYY_MM_DD') < ((now() at time zone 'utc') - keep)::date
  loop
    execute format('drop table realtime.%I', old.relname);
  end loop;
end
$$;

revoke execute on function realtime.maintain_messages(interval) from public;

select realtime.maintain_messages();

-- The topic that a policy is asked about.
create or replace function realtime.topic()
returns text
language sql
stable
as $$
  select nullif(current_setting('realtime.topic', true), '')
$$;

-- Sends a message to a topic. A message that can't be sent warns and never fails the caller's transaction.
create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
returns void
language plpgsql
as $$
declare
  made_id uuid := gen_random_uuid();
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, payload, event, topic, private, extension)
  values (
    made_id,
    case when jsonb_typeof(payload) = 'object' then jsonb_build_object('id', made_id) || payload else payload end,
    event, topic, private, 'broadcast'
  );
exception
  when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;

-- Sends bytes to a topic.
create or replace function realtime.send_binary(payload bytea, event text, topic text, private boolean default true)
returns void
language plpgsql
as $$
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (binary_payload, event, topic, private, extension)
  values (payload, event, topic, private, 'broadcast');
exception
  when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;

-- Sends what a trigger saw of a row, to a private topic.
create or replace function realtime.broadcast_changes(
  topic_name text,
  event_name text,
  operation text,
  table_name text,
  table_schema text,
  new record,
  old record,
  level text default 'ROW'
)
returns void
language plpgsql
as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  if operation not in ('INSERT', 'UPDATE', 'DELETE') then
    raise exception 'Unexpected operation type: %', operation;
  end if;
  perform realtime.send(
    jsonb_build_object(
      'old_record', old,
      'record', new,
      'operation', operation,
      'table', table_name,
      'schema', table_schema
    ),
    event_name,
    topic_name
  );
exception
  when others then
    raise exception 'Failed to process the row: %', sqlerrm;
end
$$;

do $$
declare
  wanted text;
begin
  foreach wanted in array array['anon', 'authenticated', 'service_role'] loop
    if exists (select from pg_roles where rolname = wanted) then
      execute format('grant usage on schema realtime to %I', wanted);
      execute format('grant select, insert, update on realtime.messages to %I', wanted);
      execute format('grant execute on all functions in schema realtime to %I', wanted);
    end if;
  end loop;
  revoke execute on function realtime.maintain_messages(interval) from anon, authenticated, service_role;

  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if not exists (select from pg_publication where pubname = 'supabase_realtime_messages_publication') then
    create publication supabase_realtime_messages_publication
      for table realtime.messages
      with (publish = 'insert', publish_via_partition_root = true);
  end if;
end
$$;
