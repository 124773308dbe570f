-- As on hosted Supabase: whoever changes the schema needn't tell REST, which reads the catalog anew by itself.

create schema if not exists extensions;

create or replace function extensions.pgrst_ddl_watch()
  returns event_trigger
  language plpgsql
  as $$
declare
  command record;
begin
  for command in
    select *
    from pg_event_trigger_ddl_commands()
  loop
    if command.command_tag in (
      'CREATE SCHEMA', 'ALTER SCHEMA',
      'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE',
      'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE',
      'CREATE VIEW', 'ALTER VIEW',
      'CREATE MATERIALIZED VIEW', 'ALTER MATERIALIZED VIEW',
      'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE PROCEDURE', 'ALTER PROCEDURE', 'CREATE AGGREGATE',
      'CREATE CAST', 'CREATE TRIGGER', 'CREATE TYPE', 'ALTER TYPE', 'CREATE DOMAIN', 'ALTER DOMAIN', 'CREATE RULE',
      'COMMENT'
    )
      -- Nobody asks REST for what only one session sees.
      and command.schema_name is distinct from 'pg_temp'
    then
      notify pgrst, 'reload schema';
      return;
    end if;
  end loop;
end
$$;

create or replace function extensions.pgrst_drop_watch()
  returns event_trigger
  language plpgsql
  as $$
declare
  dropped record;
begin
  for dropped in
    select *
    from pg_event_trigger_dropped_objects()
  loop
    if dropped.object_type in (
      'schema', 'table', 'table column', 'table constraint', 'foreign table', 'view', 'materialized view', 'function',
      'procedure', 'aggregate', 'cast', 'trigger', 'type', 'domain', 'rule'
    )
      and not dropped.is_temporary
    then
      notify pgrst, 'reload schema';
      return;
    end if;
  end loop;
end
$$;

comment on function extensions.pgrst_ddl_watch() is 'Tells REST of what was made or altered.';
comment on function extensions.pgrst_drop_watch() is 'Tells REST of what was dropped.';

do $$
begin
  if not exists (select from pg_event_trigger where evtname = 'pgrst_ddl_watch') then
    create event trigger pgrst_ddl_watch
      on ddl_command_end
      execute function extensions.pgrst_ddl_watch();
  end if;
  if not exists (select from pg_event_trigger where evtname = 'pgrst_drop_watch') then
    create event trigger pgrst_drop_watch
      on sql_drop
      execute function extensions.pgrst_drop_watch();
  end if;
end
$$;
