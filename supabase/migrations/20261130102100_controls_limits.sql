-- Controls: rate limits and budgets, and the sweep. The same rules as the scripts for Valkey beside the calls.

create or replace function controls.lock_bucket(p_key text)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept bigint;
begin
    loop
        select full_at
        into kept
        from controls.buckets
        where key = p_key
        for update;
        exit when found;
        insert into controls.buckets (key, full_at)
        values (p_key, 0)
        on conflict (key) do nothing;
    end loop;
    return kept;
end
$$;

comment on function controls.lock_bucket(text) is
    'Holds the row of a bucket until the statement ends, and makes it where it isn''t there. Returns when it is full.';

create or replace function controls.take_token(
    p_key text,
    p_token double precision,
    p_burst double precision,
    p_cost double precision,
    p_offset double precision
)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept constant bigint := controls.lock_bucket(p_key);
    -- Read once the row is held: whoever waited for it must not judge by a moment before the wait.
    present constant double precision := floor(date_part('epoch', clock_timestamp()) * 1000000) + p_offset;
    filled_at constant double precision := least(greatest(kept, present), present + p_token * p_burst);
    filled_after constant double precision := filled_at + p_token * p_cost;
    excess constant double precision := filled_after - present - p_token * p_burst;
begin
    if excess > 0 then
        return ceil(excess);
    end if;
    update controls.buckets
    set full_at = round(filled_after)
    where key = p_key;
    return 0;
end
$$;

comment on function controls.take_token(
    text, double precision, double precision, double precision, double precision
) is
    'Takes tokens from a rate limit. Arguments: µs a token, burst, cost, offset of the clock in µs. Returns 0, or the µs
until there are enough.';

create or replace function controls.take_share(
    p_key text,
    p_offset double precision,
    p_token double precision,
    p_full double precision,
    p_wanted double precision
)
returns bigint[]
language plpgsql
volatile
set search_path = ''
as $$
declare
    kept constant bigint := controls.lock_bucket(p_key);
    present constant double precision := floor(date_part('epoch', clock_timestamp()) * 1000000) + p_offset;
    filled_at constant double precision := least(greatest(kept, present), present + p_token * p_full);
    room constant double precision := floor((present + p_token * p_full - filled_at) / p_token + 0.000001);
    taken constant double precision := greatest(0, least(p_wanted, room));
begin
    if taken = 0 then
        return array[0, 0, ceil(filled_at + p_token - present - p_token * p_full)];
    end if;
    update controls.buckets
    set full_at = round(filled_at + p_token * taken)
    where key = p_key;
    return array[taken, room - taken, 0];
end
$$;

comment on function controls.take_share(
    text, double precision, double precision, double precision, double precision
) is
    'Takes a share of a budget. Arguments: offset of the clock in µs, µs a token, tokens of a full bucket, tokens wanted.
Returns what was taken, what is left for others, and the µs until there is one.';

create or replace function controls.sweep(p_limit bigint)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    -- After a leap of the clock nothing is older than it was before it.
    present constant timestamptz := headwater.bound_by_clock(clock_timestamp());
    present_us constant bigint := floor(date_part('epoch', present) * 1000000);
    -- Written by a clock that was ahead: whoever reads it forgets it.
    ahead constant bigint := floor(date_part('epoch', clock_timestamp()) * 1000) + 1000;
    one text;
    condition text;
    swept bigint;
    total bigint := 0;
begin
    foreach one in array array['buckets', 'circuits', 'turns', 'entries', 'leases'] loop
        condition := case
            when one = 'buckets' then 'full_at < $2'
            else '(expires_at < $1 or written_at > $3)'
        end;
        -- A row that somebody holds is in use, and is left for the next sweep: the sweep waits for nobody.
        execute format(
            'delete from controls.%1$I where key in (select key from controls.%1$I where %2$s limit $4'
            ' for update skip locked)',
            one,
            condition
        )
        using present, present_us, ahead, p_limit;
        get diagnostics swept = row_count;
        total := total + swept;
    end loop;
    return total;
end
$$;

comment on function controls.sweep(bigint) is
    'Deletes at most so many expired rows of each table. Returns how many there were.';
