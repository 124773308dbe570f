-- watch: vectors are kept where a model made them, and nothing is indexed before somebody searches.

-- Nothing asked these; keeping them took most of a first check.
drop index if exists public.content_embeddings_384_idx;
drop index if exists public.content_embeddings_1536_idx;

-- The owner's functions and jobs reach every row here, as they do in the platform's own tables.
do $$
begin
    drop policy if exists platform_functions on public.content_embeddings;
    execute format(
        'create policy platform_functions on public.content_embeddings for all to %I using (true) with check (true)',
        current_user
    );
    comment on policy platform_functions on public.content_embeddings is
        'The owner''s functions reach every row; nobody signs in as the owner.';
end
$$;

-- What the lexical embedder makes again in microseconds.
delete from public.content_embeddings
where model_name like 'hashing-%';

comment on table public.content_embeddings is
    'The vector that a model gave a passage: one a text and model, however many versions and sources carry the passage.'
    ' Without a model there are none.';

comment on table public.scraped_contents is
    'One row a distinct version of a page: content has a line a passage, passages what markup said of each (element,'
    ' region, hints, heading, what moves by itself).';

alter table public.scraped_contents
    add column if not exists embedded_by text;

comment on column public.scraped_contents.embedded_by is
    'The model that every passage of this version has a vector of; null where none has been asked, or none could be.';

-- Whose vectors are searched in a workspace with so many that an index is worth its price. A job then makes it.
create table if not exists headwater.searched_models (
    model_name text not null,
    dimensions integer not null check (dimensions between 1 and 4000),
    searched_at timestamptz not null default now(),
    indexed_at timestamptz,
    primary key (model_name, dimensions)
);

comment on table headwater.searched_models is
    'Models by whose vectors large workspaces search. indexed_at: since when public.content_embeddings has an index of them.';

alter table headwater.searched_models enable row level security;
alter table headwater.searched_models force row level security;
revoke all on headwater.searched_models from public, anon, authenticated, workspace_job;
grant select on headwater.searched_models to service_role;

do $$
begin
    drop policy if exists platform_functions on headwater.searched_models;
    execute format(
        'create policy platform_functions on headwater.searched_models for all to %I using (true) with check (true)',
        current_user
    );
    comment on policy platform_functions on headwater.searched_models is
        'Written by the owner''s functions and jobs; nobody signs in as the owner.';
end
$$;

create or replace function headwater.find_vector_index(p_model text, p_dimensions integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    found_at timestamptz;
begin
    select searched.indexed_at
    into found_at
    from headwater.searched_models as searched
    where searched.model_name = p_model
        and searched.dimensions = p_dimensions;

    if not found and exists (
        select
        from public.content_embeddings as vector
        where vector.model_name = p_model
            and vector.dimensions = p_dimensions
    ) then
        insert into headwater.searched_models (model_name, dimensions)
        values (p_model, p_dimensions)
        on conflict (model_name, dimensions) do nothing;
    end if;
    return found_at is not null;
end
$$;

comment on function headwater.find_vector_index(text, integer) is
    'Whether the vectors of a model have an index. The first time that one is missed it is noted, for a job to make it.';

revoke execute on function headwater.find_vector_index(text, integer) from public, anon;
grant execute on function headwater.find_vector_index(text, integer) to authenticated, service_role;
