-- What Postgres keeps and its readers can't: such values are refused in every column that members write.
--
-- Python's datetime ends at the year 9999, knows no infinity and no 24:00; JSON parsers stop at some depth; a list
-- takes no array of arrays; a browser runs `javascript:`. Each constraint is added for new rows first, then the old rows
-- are put right, then it is validated: nobody adds such a row in between, and a second run finds everything done.

do $$
declare
    bound record;
    constraint_name text;
    condition text;
begin
    for bound in
        select *
        from (
            values
                -- table, column, kind, limit, what an unreadable value becomes
                ('profiles', 'last_seen_at', 'moment', 0, 'null'),
                ('profiles', 'previous_visit_at', 'moment', 0, 'null'),
                ('profiles', 'avatar_url', 'address', 0, 'null'),
                ('workspace_invitations', 'token_hash', 'text', 200, 'md5(token_hash)'),
                ('workspace_invitations', 'expires_at', 'moment', 0, '''1970-01-01 00:00:00+00'''),
                ('api_keys', 'scopes', 'list', 3, 'array[''read'']'),
                ('api_keys', 'expires_at', 'moment', 0, '''1970-01-01 00:00:00+00'''),
                ('api_keys', 'revoked_at', 'moment', 0, '''1970-01-01 00:00:00+00'''),
                ('notification_preferences', 'channels', 'list', 3, 'array[''email'', ''webhook'', ''in_app'']'),
                ('notification_preferences', 'quiet_start', 'time', 0, '''00:00'''),
                ('notification_preferences', 'quiet_end', 'time', 0, '''00:00'''),
                ('notification_preferences', 'unsubscribed_at', 'moment', 0, 'headwater.now()'),
                ('webhook_endpoints', 'url', 'address', 0, '''https://removed.invalid/'''),
                ('webhook_endpoints', 'event_kinds', 'list', 50, '''{}'''),
                ('webhook_endpoints', 'secret_sealed', 'text', 2000, '''unreadable'''),
                ('webhook_endpoints', 'previous_secret_expires_at', 'moment', 0, 'null'),
                ('webhook_endpoints', 'disabled_reason', 'text', 1000, 'left(disabled_reason, 1000)'),
                ('webhook_endpoints', 'failures', 'count', 1000000, '0'),
                ('notifications', 'read_at', 'moment', 0, 'headwater.now()'),
                ('notification_deliveries', 'address', 'text', 4096, 'left(address, 4096)'),
                ('notification_deliveries', 'idempotency_key', 'text', 400, 'md5(idempotency_key)'),
                ('notification_deliveries', 'reason', 'text', 2000, 'left(reason, 2000)'),
                ('notification_deliveries', 'due_at', 'moment', 0, 'headwater.now()'),
                ('notification_deliveries', 'first_attempt_at', 'moment', 0, 'null'),
                ('notification_deliveries', 'attempts', 'count', 10000, '10000'),
                ('user_queries', 'refined_query', 'text', 4000, 'left(refined_query, 4000)'),
                ('user_queries', 'error', 'text', 4000, 'left(error, 4000)'),
                ('user_queries', 'config_hints_json', 'json', 16384, '''{}'''),
                ('user_queries', 'suggestions', 'json', 131072, '''[]'''),
                ('monitored_sources', 'url', 'address', 0, '''https://removed.invalid/'' || id'),
                ('monitored_sources', 'normalised_url', 'text', 16384, '''https://removed.invalid/'' || id'),
                ('monitored_sources', 'host', 'text', 300, 'left(host, 300)'),
                ('monitored_sources', 'config', 'json', 65536, '''{}'''),
                ('monitored_sources', 'next_check_at', 'moment', 0, 'headwater.now()'),
                ('monitored_sources', 'last_checked_at', 'moment', 0, 'null'),
                ('monitored_sources', 'last_changed_at', 'moment', 0, 'null'),
                ('monitored_sources', 'checking_until', 'moment', 0, 'null'),
                ('monitored_sources', 'last_error', 'text', 2000, 'left(last_error, 2000)'),
                ('monitored_sources', 'last_error_kind', 'text', 100, 'left(last_error_kind, 100)'),
                ('monitored_sources', 'error_count', 'count', 1000000, '0'),
                ('monitored_sources', 'etag', 'text', 4096, 'null'),
                ('monitored_sources', 'last_modified', 'text', 4096, 'null'),
                ('monitored_sources', 'body_hash', 'text', 200, 'null'),
                -- Nobody but checks writes more than {} here, and they learn of as many places as a page has.
                ('monitored_sources', 'volatility', 'json', 4194304, '''{}'''),
                ('change_alerts', 'acknowledged_at', 'moment', 0, 'headwater.now()'),
                ('alert_feeds', 'token_hash', 'text', 200, 'md5(token_hash)'),
                ('alert_feeds', 'created_at', 'moment', 0, 'headwater.now()')
        ) as listed (on_table, on_column, kind, most, repaired)
    loop
        constraint_name := bound.on_table || '_' || bound.on_column || '_readable';
        condition := replace(
            case bound.kind
                when 'moment' then '@ between ''1970-01-01 00:00:00+00'' and ''2100-01-01 00:00:00+00'''
                when 'time' then '@ < ''24:00'''
                when 'text' then 'char_length(@) <= ' || bound.most
                when 'count' then '@ between 0 and ' || bound.most
                -- As many levels as headwater.core.text takes.
                when 'json' then
                    'octet_length(@::text) <= ' || bound.most
                    || ' and not jsonb_path_exists(@, ''strict $.**{33 to last}'')'
                when 'list' then
                    'coalesce(array_ndims(@), 1) = 1 and cardinality(@) <= ' || bound.most
                    || ' and array_position(@, null) is null and char_length(array_to_string(@, '''')) <= 5000'
                when 'address' then
                    'char_length(@) <= 4096 and @ ~* ''^https?://[^[:space:][:cntrl:]]+$'''
            end,
            '@',
            quote_ident(bound.on_column)
        );
        if exists (
            select
            from pg_catalog.pg_constraint
            where conrelid = format('public.%I', bound.on_table)::regclass
                and conname = constraint_name
        ) then
            continue;
        end if;
        execute format(
            'alter table public.%I add constraint %I check (%s) not valid', bound.on_table, constraint_name, condition
        );
        -- The tables' triggers and policies are for people; what is put right here is nobody's deed.
        execute format('alter table public.%I no force row level security', bound.on_table);
        execute format('alter table public.%I disable trigger user', bound.on_table);
        execute format(
            'update public.%I set %I = %s where not (%s)', bound.on_table, bound.on_column, bound.repaired, condition
        );
        execute format('alter table public.%I enable trigger user', bound.on_table);
        execute format('alter table public.%I force row level security', bound.on_table);
        execute format('alter table public.%I validate constraint %I', bound.on_table, constraint_name);
    end loop;
end
$$;
