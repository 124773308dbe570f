-- Controls: the shared cache and leases. The same rules as the scripts for Valkey that stand beside the calls.

create or replace function controls.keep_entry(p_key text, p_value bytea, p_span double precision)
returns bigint
language sql
volatile
set search_path = ''
as $$
    insert into controls.entries as kept (key, value, written_at, expires_at)
    values (
        p_key,
        p_value,
        controls.read_milliseconds(0),
        clock_timestamp() + make_interval(secs => p_span / 1000)
    )
    on conflict (key) do update
    set value = excluded.value,
        written_at = excluded.written_at,
        expires_at = excluded.expires_at;
    select 0::bigint
$$;

comment on function controls.keep_entry(text, bytea, double precision) is
    'Keeps bytes in the cache for so many milliseconds.';

create or replace function controls.read_entry(p_key text)
returns bytea
language sql
volatile
set search_path = ''
as $$
    select value
    from controls.entries
    where key = p_key
        and expires_at > clock_timestamp()
        and written_at <= controls.read_milliseconds(1000)
$$;

comment on function controls.read_entry(text) is
    'The bytes kept in the cache, or null. What was written in the future is a miss.';

create or replace function controls.drop_entry(p_key text)
returns bigint
language sql
volatile
set search_path = ''
as $$
    delete from controls.entries
    where key = p_key;
    select 0::bigint
$$;

comment on function controls.drop_entry(text) is
    'Forgets bytes of the cache.';

create or replace function controls.take_lease(p_key text, p_token text, p_span double precision)
returns bytea
language sql
volatile
set search_path = ''
as $$
    insert into controls.leases as held (key, token, written_at, expires_at)
    values (
        p_key,
        p_token,
        controls.read_milliseconds(0),
        clock_timestamp() + make_interval(secs => p_span / 1000)
    )
    on conflict (key) do update
    set token = excluded.token,
        written_at = controls.read_milliseconds(0),
        expires_at = clock_timestamp() + make_interval(secs => p_span / 1000)
    where held.expires_at <= clock_timestamp()
        or held.written_at > controls.read_milliseconds(1000)
    returning convert_to(token, 'UTF8')
$$;

comment on function controls.take_lease(text, text, double precision) is
    'Takes a lease for so many milliseconds. Returns the token, or null where another holds it.';

create or replace function controls.release_lease(p_key text, p_token text)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
begin
    delete from controls.leases
    where key = p_key
        and token = p_token
        and expires_at > clock_timestamp();
    return case when found then 1 else 0 end;
end
$$;

comment on function controls.release_lease(text, text) is
    'Returns a lease back. Returns 1, or 0 where it was lost before.';

create or replace function controls.extend_lease(p_key text, p_token text, p_span double precision)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
begin
    update controls.leases
    set expires_at = clock_timestamp() + make_interval(secs => p_span / 1000)
    where key = p_key
        and token = p_token
        and expires_at > clock_timestamp();
    return case when found then 1 else 0 end;
end
$$;

comment on function controls.extend_lease(text, text, double precision) is
    'Holds a lease for so many milliseconds from now. Returns 1, or 0 where it was lost.';

revoke execute on all functions in schema controls from public, anon, authenticated, service_role, workspace_job;
