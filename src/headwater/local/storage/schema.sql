-- The tables of Storage as hosted Supabase has them. Safe to run twice.

create schema if not exists storage;
grant usage on schema storage to anon, authenticated, service_role;

-- One row a bucket.
create table if not exists storage.buckets (
  id text not null primary key,
  name text not null,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  public boolean default false,
  avif_autodetection boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text
);
comment on table storage.buckets is 'Storage: one row a bucket.';
comment on column storage.buckets.owner is 'Field is deprecated, use owner_id instead';
create unique index if not exists bname on storage.buckets (name);

-- One row an object; the bytes lie on disk, found through the version.
create table if not exists storage.objects (
  id uuid not null default gen_random_uuid() primary key,
  bucket_id text references storage.buckets (id),
  name text,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  version text,
  owner_id text,
  user_metadata jsonb
);
comment on table storage.objects is 'Storage: one row an object.';
comment on column storage.objects.owner is 'Field is deprecated, use owner_id instead';
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);
create index if not exists idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");

-- Which file holds the bytes of a version. Several versions of equal content share one file.
-- Nobody but Storage itself reaches it: who could write it could read any file by naming its digest.
create table if not exists storage.contents (
  version text not null primary key,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  created_at timestamptz not null default now()
);
comment on table storage.contents is 'Storage: which file on disk holds the bytes of an object''s version.';
create index if not exists contents_digest_idx on storage.contents (digest);

alter table storage.buckets enable row level security;
alter table storage.buckets force row level security;
alter table storage.objects enable row level security;
alter table storage.objects force row level security;
alter table storage.contents enable row level security;
alter table storage.contents force row level security;

grant all on storage.buckets, storage.objects to service_role, supabase_storage_admin;
grant select, insert, update, delete on storage.buckets, storage.objects to anon, authenticated;
grant select, insert, update, delete on storage.contents to service_role;
revoke all on storage.contents from anon, authenticated;

-- The folders of an object's name, for policies.
create or replace function storage.foldername(name text)
  returns text[]
  language sql
  immutable
  parallel safe
  as $$
    select (string_to_array(name, '/'))[1:cardinality(string_to_array(name, '/')) - 1]
  $$;

-- The last part of an object's name.
create or replace function storage.filename(name text)
  returns text
  language sql
  immutable
  parallel safe
  as $$
    select (string_to_array(name, '/'))[cardinality(string_to_array(name, '/'))]
  $$;

-- What follows the last dot of the last part.
create or replace function storage.extension(name text)
  returns text
  language sql
  immutable
  parallel safe
  as $$
    select reverse(split_part(reverse(storage.filename(name)), '.', 1))
  $$;

-- Which operation of the server a policy is asked for.
create or replace function storage.operation()
  returns text
  language sql
  stable
  as $$
    select current_setting('storage.operation', true)
  $$;

-- Bytes kept by bucket.
create or replace function storage.get_size_by_bucket()
  returns table (size bigint, bucket_id text)
  language sql
  stable
  as $$
    select sum((objects.metadata ->> 'size')::bigint)::bigint, objects.bucket_id
    from storage.objects
    group by objects.bucket_id
  $$;

create or replace function storage.update_updated_at_column()
  returns trigger
  language plpgsql
  as $$
  begin
    new.updated_at = now();
    return new;
  end
  $$;

create or replace function storage.protect_delete()
  returns trigger
  language plpgsql
  as $$
  begin
    if coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' then
      raise exception 'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
        using hint = 'This prevents accidental data loss from orphaned objects.', errcode = '42501';
    end if;
    return null;
  end
  $$;

create or replace trigger update_objects_updated_at
  before update on storage.objects
  for each row
  execute function storage.update_updated_at_column();

create or replace trigger protect_buckets_delete
  before delete on storage.buckets
  for each statement
  execute function storage.protect_delete();

create or replace trigger protect_objects_delete
  before delete on storage.objects
  for each statement
  execute function storage.protect_delete();

grant execute on all functions in schema storage to anon, authenticated, service_role;
