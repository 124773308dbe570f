"""The statements that read the system catalog. Each gives one row with one JSON array.

They run with an empty search path, so that every name comes back qualified.
"""

# ruff: noqa: S608 - constant texts, put together once

from __future__ import annotations

DOMAIN_BASES = """
domain_bases as (
  with recursive steps as (
    select t.oid, t.oid as step, t.typbasetype as below
    from pg_type t
    union all
    select s.oid, b.oid, b.typbasetype
    from steps s
    join pg_type b on b.oid = s.below
  )
  select s.oid, s.step as base, b.typnamespace as base_schema
  from steps s
  join pg_type b on b.oid = s.step
  where s.below = 0
)
"""

TABLES = (
    "with "
    + DOMAIN_BASES
    + """,
described as (
  select
    a.attrelid as relation,
    json_agg(
      json_build_object(
        'name', a.attname,
        'description', col_description(a.attrelid, a.attnum),
        'nullable', not (a.attnotnull or (t.typtype = 'd' and t.typnotnull)),
        'data_type', case
          when t.typtype = 'd' and b.base_schema = 'pg_catalog'::regnamespace then format_type(b.base, null)
          when t.typtype <> 'd' and t.typnamespace = 'pg_catalog'::regnamespace then format_type(a.atttypid, null)
          else format_type(a.atttypid, a.atttypmod)
        end,
        'nominal_type', format_type(a.atttypid, a.atttypmod),
        'max_length', information_schema._pg_char_max_length(
          information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)
        ),
        'default', case
          when t.typbasetype <> 0 and d.adbin is null then pg_get_expr(t.typdefaultbin, 0)
          when a.attidentity = 'd' then (
            select format('nextval(%L)', s.objid::regclass)
            from pg_depend s
            where s.refobjid = a.attrelid and s.refobjsubid = a.attnum and s.deptype = 'i'
            limit 1
          )
          when a.attgenerated <> '' then null
          else pg_get_expr(d.adbin, d.adrelid)
        end,
        'enum', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = b.base)
      )
      order by a.attnum
    ) as columns
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_type t on t.oid = a.atttypid
  left join domain_bases b on b.oid = t.oid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0
    and not a.attisdropped
    and c.relkind in ('r', 'v', 'm', 'f', 'p')
    and c.relnamespace = any (select oid from pg_namespace where nspname = any ($1::text[]))
  group by a.attrelid
),
keys as (
  select k.conrelid as relation, json_agg(a.attname order by a.attname) as columns
  from pg_constraint k
  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
  where k.contype = 'p'
  group by k.conrelid
)
select coalesce(json_agg(json_build_object(
  'schema', n.nspname,
  'name', c.relname,
  'description', obj_description(c.oid, 'pg_class'),
  'is_view', c.relkind in ('v', 'm'),
  'changes', case when c.relkind in ('r', 'p') then 28
    when c.relkind in ('v', 'f') then pg_relation_is_updatable(c.oid, true) else 0 end,
  'primary_key', k.columns,
  'columns', d.columns
)), '[]')
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join keys k on k.relation = c.oid
left join described d on d.relation = c.oid
where c.relkind in ('r', 'v', 'm', 'f', 'p')
  and n.nspname not in ('pg_catalog', 'information_schema')
  and not pg_is_other_temp_schema(n.oid)
  and not c.relispartition
"""
)

FOREIGN_KEYS = """
with uniques as (
  select conrelid, oid, array_agg(key order by key) as columns
  from pg_constraint, unnest(conkey) key
  where contype in ('p', 'u')
  group by conrelid, oid
)
select coalesce(json_agg(json_build_object(
  'schema', n.nspname,
  'table', c.relname,
  'foreign_schema', fn.nspname,
  'foreign_table', f.relname,
  'is_self', k.conrelid = k.confrelid,
  'constraint', k.conname,
  'columns', (
    select json_agg(json_build_array(a.attname, b.attname) order by u.place)
    from unnest(k.conkey, k.confkey) with ordinality u (here, there, place)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.here
    join pg_attribute b on b.attrelid = k.confrelid and b.attnum = u.there
  ),
  'is_unique', exists (
    select
    from uniques q
    where q.conrelid = k.conrelid
      and q.columns = (select array_agg(x order by x) from unnest(k.conkey) x)
  )
) order by k.conrelid, k.conname), '[]')
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class f on f.oid = k.confrelid
join pg_namespace fn on fn.oid = f.relnamespace
where k.contype = 'f'
  and k.conparentid = 0
"""

VIEWS = """
select coalesce(json_agg(json_build_object(
  'oid', c.oid::bigint,
  'schema', n.nspname,
  'name', c.relname,
  'definition', r.ev_action::text,
  'columns', (
    select json_object_agg(a.attnum, a.attname)
    from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  )
)), '[]')
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN'
where c.relkind in ('v', 'm')
  and n.nspname = any ($1::text[])
"""

KEY_COLUMNS = """
select coalesce(json_agg(json_build_object(
  'constraint', k.conname,
  'kind', u.kind,
  'table', u.relation::bigint,
  'columns', (
    select json_agg(json_build_array(a.attnum, a.attname) order by x.place)
    from unnest(u.columns) with ordinality x (number, place)
    join pg_attribute a on a.attrelid = u.relation and a.attnum = x.number
  ),
  'schema', n.nspname,
  'name', c.relname
)), '[]')
from pg_constraint k
cross join lateral (
  values
    (case k.contype when 'p' then 'primary' else 'here' end, k.conrelid, k.conkey),
    ('there', k.confrelid, k.confkey)
) u (kind, relation, columns)
join pg_class c on c.oid = u.relation
join pg_namespace n on n.oid = c.relnamespace
where k.contype in ('p', 'f')
"""

COMPUTED_RELATIONSHIPS = """
with rows as (
  select reltype
  from pg_class
  where relkind in ('v', 'r', 'm', 'f', 'p')
)
select coalesce(json_agg(json_build_object(
  'schema', n.nspname,
  'function', p.proname,
  'table_schema', an.nspname,
  'table', a.typname,
  'foreign_schema', rn.nspname,
  'foreign_table', r.typname,
  'to_one', not p.proretset or p.prorows = 1
)), '[]')
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_type a on a.oid = p.proargtypes[0]
join pg_namespace an on an.oid = a.typnamespace
join pg_type r on r.oid = p.prorettype
join pg_namespace rn on rn.oid = r.typnamespace
where p.pronargs = 1
  and a.oid in (select reltype from rows)
  and r.oid in (select reltype from rows)
"""

ROUTINES = (
    "with "
    + DOMAIN_BASES
    + """,
inputs as (
  select
    p.oid as routine,
    json_agg(
      json_build_object(
        'name', coalesce(i.name, ''),
        'type', i.type::regtype::text,
        'bound_type', case i.type
          when 'bit'::regtype then 'bit varying'
          when 'bit[]'::regtype then 'bit varying[]'
          when 'character'::regtype then 'character varying'
          when 'character[]'::regtype then 'character varying[]'
          else i.type::regtype::text
        end,
        'required', i.place <= p.pronargs - p.pronargdefaults,
        'variadic', coalesce(i.mode = 'v', false)
      )
      order by i.place
    ) as parameters,
    case count(*) - count(nullif(i.name, ''))
      when 0 then true
      when 1 then count(*) = 1 and (array_agg(i.type))[1]
        in ('bytea'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text'::regtype, 'xml'::regtype)
      else false
    end as callable
  from pg_proc p
  cross join unnest(p.proargnames, p.proargtypes, p.proargmodes) with ordinality i (name, type, mode, place)
  where i.type is not null
  group by p.oid
)
select coalesce(json_agg(json_build_object(
  'schema', n.nspname,
  'name', p.proname,
  'description', obj_description(p.oid, 'pg_proc'),
  'parameters', coalesce(i.parameters, '[]'),
  'return_schema', tn.nspname,
  'return_type', coalesce(c.relname, t.typname),
  'returns_set', p.proretset,
  'returns_composite', t.typtype = 'c' or coalesce(p.proargmodes::text[] && '{t,b,o}', false),
  'volatility', p.provolatile,
  'has_variadic', p.provariadic > 0,
  'settings', p.proconfig
)), '[]')
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join domain_bases b on b.oid = p.prorettype
join pg_type t on t.oid = b.base
join pg_namespace tn on tn.oid = t.typnamespace
left join pg_class c on c.oid = t.typrelid
left join inputs i on i.routine = p.oid
where p.prokind = 'f'
  and t.oid not in ('trigger'::regtype, 'event_trigger'::regtype)
  and coalesce(i.callable, true)
  and n.nspname = any ($1::text[])
"""
)

REPRESENTATIONS = """
select coalesce(json_agg(json_build_object(
  'source', c.castsource::regtype::text,
  'target', c.casttarget::regtype::text,
  'function', c.castfunc::regproc::text
)), '[]')
from pg_cast c
join pg_type s on s.oid = c.castsource
join pg_type t on t.oid = c.casttarget
where c.castcontext = 'i'
  and c.castmethod = 'f'
  and has_function_privilege(c.castfunc, 'execute')
  and (
    (s.typtype = 'd' and c.casttarget in ('json'::regtype, 'text'::regtype))
    or (t.typtype = 'd' and c.castsource in ('json'::regtype, 'text'::regtype))
  )
"""

HANDLERS = """
with media as (
  select t.oid, t.typname, n.nspname
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  where t.typtype = 'd'
    and (t.typname ~ '^[A-Za-z0-9.-]+/[A-Za-z0-9.+-]+$' or t.typname = '*/*')
),
targets as (
  select reltype as oid
  from pg_class
  where relkind in ('v', 'r', 'm', 'f', 'p')
  union
  select 'anyelement'::regtype
)
select coalesce(json_agg(h), '[]')
from (
  select n.nspname as schema, p.proname as function, an.nspname as target_schema, a.typname as target,
    m.typname as media_type
  from pg_aggregate g
  join pg_proc p on p.oid = g.aggfnoid
  join pg_namespace n on n.oid = p.pronamespace
  join media m on m.oid = p.prorettype
  join pg_type a on a.oid = p.proargtypes[0]
  join pg_namespace an on an.oid = a.typnamespace
  where p.pronargs = 1
    and a.oid in (select oid from targets)
    and n.nspname = any ($1::text[])
  union all
  select m.nspname, m.typname, n.nspname, p.proname, m.typname
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  join media m on m.oid = p.prorettype
  where p.prokind = 'f'
    and not p.proretset
    and n.nspname = any ($1::text[])
) h
"""

ROLE_SETTINGS = """
select coalesce(json_agg(json_build_object('role', rolname, 'settings', rolconfig)), '[]')
from pg_roles
where rolconfig is not null
  and (rolsuper is false or rolname = current_user)
  and pg_has_role(current_user, oid, 'member')
"""

SETTABLE = """
select coalesce(json_agg(name), '[]')
from pg_settings
where context = 'user'
  or has_parameter_privilege(current_user, name, 'set')
"""

DATABASE_SETTINGS = """
select coalesce(json_agg(x.setting order by s.setdatabase), '[]')
from pg_db_role_setting s
cross join unnest(s.setconfig) x (setting)
join pg_roles r on r.oid = s.setrole
where r.rolname = coalesce($1, current_user)
  and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
  and x.setting like 'pgrst.%'
"""

CURRENT_SETTINGS = """
select coalesce(json_agg(n.name || '=' || current_setting(n.name, true)), '[]')
from unnest($1::text[]) n (name)
where nullif(current_setting(n.name, true), '') is not null
"""
