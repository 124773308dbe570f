-- Controls: circuit breakers and turns at hosts. The same rules as the scripts for Valkey that stand beside the calls.

create or replace function controls.read_milliseconds(p_offset double precision)
returns bigint
language sql
volatile
set search_path = ''
as $$
    select (floor(date_part('epoch', clock_timestamp()) * 1000) + p_offset)::bigint
$$;

comment on function controls.read_milliseconds(double precision) is
    'The present moment in milliseconds since 1970, moved by as many, which only tests do.';

create or replace function controls.admit_to_circuit(
    p_key text,
    p_offset double precision,
    p_probe double precision
)
returns bigint[]
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept controls.circuits;
    present bigint;
    closed_until bigint;
begin
    -- Most circuits are closed or open, and reading that holds nobody up.
    loop
        select *
        into kept
        from controls.circuits
        where key = p_key and expires_at > clock_timestamp();
        present := controls.read_milliseconds(p_offset);
        if not found then
            return array[0, 0, 0];
        end if;
        if kept.written_at > present + 1000 then
            delete from controls.circuits
            where key = p_key and written_at = kept.written_at;
            return array[0, 0, 0];
        end if;
        if kept.open_until = 0 then
            return array[0, kept.failures, 0];
        end if;
        closed_until := case when present < kept.open_until then kept.open_until else kept.probe_until end;
        if present < closed_until then
            return array[1, 0, closed_until - present];
        end if;
        -- The probe is whoever changes the row first; the others look again.
        update controls.circuits
        set probe_until = present + round(p_probe), written_at = present
        where key = p_key and open_until = kept.open_until and probe_until = kept.probe_until;
        if found then
            return array[2, 0, 0];
        end if;
    end loop;
end
$$;

comment on function controls.admit_to_circuit(text, double precision, double precision) is
    'Asks a breaker. Arguments: offset of the clock in ms, ms that a probe may take. Returns 0 closed, 1 refused or 2
probe, the failures so far, and the ms to wait.';

create or replace function controls.fail_circuit(
    p_key text,
    p_offset double precision,
    p_threshold double precision,
    p_open double precision,
    p_longest double precision,
    p_window double precision
)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept controls.circuits;
    present bigint;
    span double precision;
begin
    loop
        select *
        into kept
        from controls.circuits
        where key = p_key
        for update;
        exit when found;
        insert into controls.circuits (key, written_at, expires_at)
        values (p_key, 0, clock_timestamp())
        on conflict (key) do nothing;
    end loop;
    present := controls.read_milliseconds(p_offset);
    if kept.expires_at <= clock_timestamp() or kept.written_at > present + 1000 then
        kept.failures := 0;
        kept.open_until := 0;
        kept.probe_until := 0;
        kept.trips := 0;
    end if;
    kept.failures := kept.failures + 1;
    if kept.open_until > present then
        update controls.circuits
        set failures = kept.failures, written_at = present
        where key = p_key;
        return 0;
    end if;
    span := 0;
    if kept.open_until > 0 or kept.failures >= p_threshold then
        -- Thirty doublings are longer than any rest; without the bound they would be more than the type holds.
        span := least(p_open * 2 ^ least(kept.trips, 30), p_longest);
        kept.open_until := present + round(span);
        kept.probe_until := 0;
        kept.trips := kept.trips + 1;
    end if;
    update controls.circuits
    set failures = kept.failures,
        open_until = kept.open_until,
        probe_until = kept.probe_until,
        trips = kept.trips,
        written_at = present,
        expires_at = clock_timestamp() + make_interval(secs => (span + p_window) / 1000)
    where key = p_key;
    return case when span > 0 then 1 else 0 end;
end
$$;

comment on function controls.fail_circuit(
    text, double precision, double precision, double precision, double precision, double precision
) is
    'Counts a failure. Arguments: offset of the clock in ms, failures that open it, ms that it is open at first and at
most, ms after which failures are forgotten. Returns 1 where this failure opened it.';

create or replace function controls.give_back_probe(p_key text)
returns bigint
language sql
volatile
set search_path = ''
as $$
    update controls.circuits
    set probe_until = 0
    where key = p_key;
    select 0::bigint
$$;

comment on function controls.give_back_probe(text) is
    'Lets another caller be the probe.';

create or replace function controls.close_circuit(p_key text)
returns bigint
language sql
volatile
set search_path = ''
as $$
    delete from controls.circuits
    where key = p_key;
    select 0::bigint
$$;

comment on function controls.close_circuit(text) is
    'Forgets the failures of a circuit.';

create or replace function controls.read_circuit(p_key text, p_offset double precision)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept controls.circuits;
    present constant bigint := controls.read_milliseconds(p_offset);
begin
    select *
    into kept
    from controls.circuits
    where key = p_key and expires_at > clock_timestamp();
    if not found or kept.open_until = 0 or kept.written_at > present + 1000 then
        return 0;
    end if;
    return case when present < kept.open_until then 1 else 2 end;
end
$$;

comment on function controls.read_circuit(text, double precision) is
    'How a circuit is: 0 closed, 1 open, 2 half-open.';

create or replace function controls.lock_turn(p_key text, p_offset double precision)
returns controls.turns
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept controls.turns;
begin
    loop
        select *
        into kept
        from controls.turns
        where key = p_key
        for update;
        exit when found;
        insert into controls.turns (key, written_at, expires_at)
        values (p_key, 0, clock_timestamp())
        on conflict (key) do nothing;
    end loop;
    if kept.expires_at <= clock_timestamp() or kept.written_at > controls.read_milliseconds(p_offset) + 1000 then
        kept.next_at := 0;
        kept.tail := 0;
    end if;
    return kept;
end
$$;

comment on function controls.lock_turn(text, double precision) is
    'Holds the row of a host until the statement ends, and makes it where it isn''t there. Returns what of it counts.';

create or replace function controls.keep_turn(p_key text, p_present bigint, p_next bigint, p_tail bigint)
returns void
language sql
volatile
set search_path = ''
as $$
    update controls.turns
    set next_at = p_next,
        tail = p_tail,
        written_at = p_present,
        expires_at = clock_timestamp()
            + make_interval(secs => (greatest(p_next, p_tail) - p_present + 1000) / 1000.0)
    where key = p_key
$$;

comment on function controls.keep_turn(text, bigint, bigint, bigint) is
    'Writes what was found for a host, to be kept until its last turn is over.';

create or replace function controls.take_turn(
    p_key text,
    p_offset double precision,
    p_interval double precision,
    p_longest double precision
)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept constant controls.turns := controls.lock_turn(p_key, p_offset);
    present constant bigint := controls.read_milliseconds(p_offset);
    wait constant bigint := greatest(kept.next_at - present, 0);
    tail_at bigint := greatest(kept.tail, kept.next_at);
begin
    if wait <= p_longest then
        if p_interval > 0 then
            perform controls.keep_turn(p_key, present, present + wait + p_interval::bigint, kept.tail);
        end if;
        return wait;
    end if;
    if tail_at > present + wait + 3600000 then
        tail_at := kept.next_at;
    end if;
    perform controls.keep_turn(p_key, present, kept.next_at, tail_at + greatest(p_interval, 1)::bigint);
    return -greatest(tail_at - present, 1);
end
$$;

comment on function controls.take_turn(text, double precision, double precision, double precision) is
    'Takes the turn at a host. Arguments: offset of the clock, interval, and longest wait with the turn taken, in ms.
Returns the ms to wait with the turn taken, or the negative ms after which to come back.';

create or replace function controls.hold_host(p_key text, p_offset double precision, p_span double precision)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept constant controls.turns := controls.lock_turn(p_key, p_offset);
    present constant bigint := controls.read_milliseconds(p_offset);
begin
    perform controls.keep_turn(p_key, present, greatest(kept.next_at, present + p_span::bigint), kept.tail);
    return 0;
end
$$;

comment on function controls.hold_host(text, double precision, double precision) is
    'Lets nobody ask a host. Arguments: offset of the clock, and for how long, in ms.';
