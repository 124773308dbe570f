-- Controls: what all processes share where there is no Valkey. Rows are short-lived, and losing them in a crash is
-- harmless, so none of it is written ahead. Functions of this schema do one step each; nothing else reads or writes it.

create schema if not exists controls;

comment on schema controls is
    'Limits, circuit breakers, turns at hosts, caches and leases of deployments without Valkey. For the owner alone.';

revoke all on schema controls from public, anon, authenticated, service_role, workspace_job;

-- Rows are updated over and over: room on each page keeps the new version beside the old one, off the index.
create unlogged table if not exists controls.buckets (
    key text primary key,
    full_at bigint not null
) with (fillfactor = 50);

comment on table controls.buckets is
    'Rate limits and budgets: a token bucket by key, as the moment at which it is full again.';
comment on column controls.buckets.full_at is
    'Microseconds since 1970; one that is past says what no row says.';

create unlogged table if not exists controls.circuits (
    key text primary key,
    failures integer not null default 0,
    open_until bigint not null default 0,
    probe_until bigint not null default 0,
    trips integer not null default 0,
    written_at bigint not null,
    expires_at timestamptz not null
) with (fillfactor = 50);

comment on table controls.circuits is
    'Circuit breakers that saw failures, by key; moments in milliseconds since 1970, 0 for none.';
comment on column controls.circuits.written_at is
    'By which what a clock wrote that was ahead is known, and forgotten; so in the other tables.';

create unlogged table if not exists controls.turns (
    key text primary key,
    next_at bigint not null default 0,
    tail bigint not null default 0,
    written_at bigint not null,
    expires_at timestamptz not null
) with (fillfactor = 50);

comment on table controls.turns is
    'When each host may be asked again, and when the last one who was turned away comes back; milliseconds since 1970.';

create unlogged table if not exists controls.entries (
    key text primary key,
    value bytea not null,
    written_at bigint not null,
    expires_at timestamptz not null
);

comment on table controls.entries is
    'The shared cache: bytes by key, until they expire.';

create unlogged table if not exists controls.leases (
    key text primary key,
    token text not null,
    written_at bigint not null,
    expires_at timestamptz not null
) with (fillfactor = 50);

comment on table controls.leases is
    'Who holds a short lease, by its name, until it expires.';

alter table controls.buckets enable row level security;
alter table controls.buckets force row level security;
alter table controls.circuits enable row level security;
alter table controls.circuits force row level security;
alter table controls.turns enable row level security;
alter table controls.turns force row level security;
alter table controls.entries enable row level security;
alter table controls.entries force row level security;
alter table controls.leases enable row level security;
alter table controls.leases force row level security;

revoke all on controls.buckets, controls.circuits, controls.turns, controls.entries, controls.leases
    from public, anon, authenticated, service_role, workspace_job;
grant select, insert, update, delete
    on controls.buckets, controls.circuits, controls.turns, controls.entries, controls.leases
    to current_user;

drop policy if exists platform_functions on controls.buckets;
create policy platform_functions on controls.buckets for all to current_user using (true) with check (true);
comment on policy platform_functions on controls.buckets is
    'All processes connect as the owner; nobody else comes here.';

drop policy if exists platform_functions on controls.circuits;
create policy platform_functions on controls.circuits for all to current_user using (true) with check (true);
comment on policy platform_functions on controls.circuits is
    'All processes connect as the owner; nobody else comes here.';

drop policy if exists platform_functions on controls.turns;
create policy platform_functions on controls.turns for all to current_user using (true) with check (true);
comment on policy platform_functions on controls.turns is
    'All processes connect as the owner; nobody else comes here.';

drop policy if exists platform_functions on controls.entries;
create policy platform_functions on controls.entries for all to current_user using (true) with check (true);
comment on policy platform_functions on controls.entries is
    'All processes connect as the owner; nobody else comes here.';

drop policy if exists platform_functions on controls.leases;
create policy platform_functions on controls.leases for all to current_user using (true) with check (true);
comment on policy platform_functions on controls.leases is
    'All processes connect as the owner; nobody else comes here.';
