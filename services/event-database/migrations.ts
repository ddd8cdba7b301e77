/**
 * A step of the schema. Applied steps never change: a change is a new step with the next version.
 */
export interface Migration {
  version: number;
  name: string;
  sql: string;
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: "requests and stock",
    sql: /* sql */ `
      create type gifticon_outcome as enum ('issued', 'duplicate', 'sold_out');

      -- One terminal row for each request, whatever its outcome.
      create table gifticon_request (
        request_id   uuid primary key,
        user_id      bigint not null check (user_id > 0),
        outcome      gifticon_outcome not null,
        code         text,
        requested_at timestamptz not null,
        decided_at   timestamptz not null default clock_timestamp(),
        constraint gifticon_code_when_issued check ((outcome = 'issued') = (code is not null)),
        constraint gifticon_code_unique unique (code)
      );

      create unique index gifticon_one_per_user on gifticon_request (user_id) where outcome = 'issued';

      -- One row. Locking it is what makes decisions happen one batch after another.
      create table gifticon_stock (
        singleton boolean primary key default true check (singleton),
        total     bigint not null check (total >= 0),
        remaining bigint not null check (remaining between 0 and total)
      );
    `,
  },
  {
    version: 2,
    name: "issue function",
    // One function, instead of a transaction of several statements from the client. So the lock on
    // the stock is held only for the server's work, and a client that freezes or dies in between
    // can't block all others. The function plans its queries at each call: otherwise PostgreSQL
    // would keep the plan for an empty table while the table grows.
    sql: /* sql */ `
      create function issue_gifticons(
        request_ids uuid[], user_ids bigint[], requested_at_ms bigint[], codes text[],
        out issued bigint, out duplicate bigint, out sold_out bigint, out remaining bigint
      )
      language plpgsql
      set plan_cache_mode = force_custom_plan
      as $$
      begin
        -- Read after the lock is ours: the statements below see all that the previous holder committed.
        select s.remaining into strict remaining from gifticon_stock s for update;

        with asked as (
          select distinct on (a.request_id) a.*
          from unnest(request_ids, user_ids, requested_at_ms, codes)
            with ordinality as a (request_id, user_id, requested_at_ms, code, position)
          order by a.request_id, a.position
        ), fresh as (
          select a.* from asked a
          where not exists (select from gifticon_request r where r.request_id = a.request_id)
        ), judged as (
          select f.*,
            exists (select from gifticon_request r where r.user_id = f.user_id and r.outcome = 'issued') as has_one,
            row_number() over (partition by f.user_id order by f.position) as nth_of_user
          from fresh f
        ), ranked as (
          select j.*, count(*) filter (where not j.has_one and j.nth_of_user = 1) over (order by j.position) as rank
          from judged j
        ), decided as (
          -- A user's later requests follow the first: duplicates of an issued one, sold out like one that came too late.
          select r.*, (case
            when r.has_one then 'duplicate'
            when min(r.rank) over (partition by r.user_id) > issue_gifticons.remaining then 'sold_out'
            when r.nth_of_user = 1 then 'issued'
            else 'duplicate'
          end)::gifticon_outcome as outcome
          from ranked r
        ), recorded as (
          insert into gifticon_request (request_id, user_id, outcome, code, requested_at)
          select d.request_id, d.user_id, d.outcome, case d.outcome when 'issued' then d.code end,
            to_timestamp(d.requested_at_ms / 1000.0)
          from decided d
          order by d.position
          on conflict (request_id) do nothing
          returning outcome
        )
        select count(*) filter (where r.outcome = 'issued'),
               count(*) filter (where r.outcome = 'duplicate'),
               count(*) filter (where r.outcome = 'sold_out')
        into issued, duplicate, sold_out
        from recorded r;

        if issued > 0 then
          update gifticon_stock s set remaining = s.remaining - issued returning s.remaining into remaining;
        end if;
      end
      $$;
    `,
  },
  {
    version: 3,
    name: "tally of rejections",
    // The outcomes are counted with the decision, in the row that is locked anyway: counting
    // millions of requests would take seconds. Only the last statement of the function differs from
    // version 2.
    sql: /* sql */ `
      alter table gifticon_stock
        add column rejected_duplicate bigint not null default 0,
        add column rejected_sold_out bigint not null default 0;

      update gifticon_stock set
        rejected_duplicate = (select count(*) from gifticon_request where outcome = 'duplicate'),
        rejected_sold_out = (select count(*) from gifticon_request where outcome = 'sold_out');

      create or replace function issue_gifticons(
        request_ids uuid[], user_ids bigint[], requested_at_ms bigint[], codes text[],
        out issued bigint, out duplicate bigint, out sold_out bigint, out remaining bigint
      )
      language plpgsql
      set plan_cache_mode = force_custom_plan
      as $$
      begin
        -- Read after the lock is ours: the statements below see all that the previous holder committed.
        select s.remaining into strict remaining from gifticon_stock s for update;

        with asked as (
          select distinct on (a.request_id) a.*
          from unnest(request_ids, user_ids, requested_at_ms, codes)
            with ordinality as a (request_id, user_id, requested_at_ms, code, position)
          order by a.request_id, a.position
        ), fresh as (
          select a.* from asked a
          where not exists (select from gifticon_request r where r.request_id = a.request_id)
        ), judged as (
          select f.*,
            exists (select from gifticon_request r where r.user_id = f.user_id and r.outcome = 'issued') as has_one,
            row_number() over (partition by f.user_id order by f.position) as nth_of_user
          from fresh f
        ), ranked as (
          select j.*, count(*) filter (where not j.has_one and j.nth_of_user = 1) over (order by j.position) as rank
          from judged j
        ), decided as (
          -- A user's later requests follow the first: duplicates of an issued one, sold out like one that came too late.
          select r.*, (case
            when r.has_one then 'duplicate'
            when min(r.rank) over (partition by r.user_id) > issue_gifticons.remaining then 'sold_out'
            when r.nth_of_user = 1 then 'issued'
            else 'duplicate'
          end)::gifticon_outcome as outcome
          from ranked r
        ), recorded as (
          insert into gifticon_request (request_id, user_id, outcome, code, requested_at)
          select d.request_id, d.user_id, d.outcome, case d.outcome when 'issued' then d.code end,
            to_timestamp(d.requested_at_ms / 1000.0)
          from decided d
          order by d.position
          on conflict (request_id) do nothing
          returning outcome
        )
        select count(*) filter (where r.outcome = 'issued'),
               count(*) filter (where r.outcome = 'duplicate'),
               count(*) filter (where r.outcome = 'sold_out')
        into issued, duplicate, sold_out
        from recorded r;

        if issued + duplicate + sold_out > 0 then
          update gifticon_stock s
          set remaining = s.remaining - issued,
            rejected_duplicate = s.rejected_duplicate + duplicate,
            rejected_sold_out = s.rejected_sold_out + sold_out
          returning s.remaining into remaining;
        end if;
      end
      $$;
    `,
  },
  {
    version: 4,
    name: "replayed dead letters",
    sql: /* sql */ `
      -- Dead letters that were put back on the topic, so that none is put back again.
      create table dead_letter_replay (
        letter_id   uuid primary key,
        replayed_at timestamptz not null default clock_timestamp()
      );
    `,
  },
  {
    version: 5,
    name: "the usual batch at once",
    // When all requests are new, each of another user, and the stock suffices, a plain insert
    // decides them in two thirds of the time ("on conflict" does each lookup twice). For any other
    // batch that insert fails, early when many requests differ, and the batch is decided as in
    // version 3. Codes are compared byte by byte, because the comparison by the database's language
    // is slower and has no use.
    sql: /* sql */ `
      alter table gifticon_request alter column code type text collate "C";

      create or replace function issue_gifticons(
        request_ids uuid[], user_ids bigint[], requested_at_ms bigint[], codes text[],
        out issued bigint, out duplicate bigint, out sold_out bigint, out remaining bigint
      )
      language plpgsql
      set plan_cache_mode = force_custom_plan
      as $$
      begin
        -- Read after the lock is ours: the statements below see all that the previous holder committed.
        select s.remaining into strict remaining from gifticon_stock s for update;
        issued := 0;
        duplicate := 0;
        sold_out := 0;

        if remaining >= cardinality(request_ids) then
          begin
            insert into gifticon_request (request_id, user_id, outcome, code, requested_at)
            select a.request_id, a.user_id, 'issued'::gifticon_outcome, a.code,
              to_timestamp(a.requested_at_ms / 1000.0::double precision)
            from unnest(request_ids, user_ids, requested_at_ms, codes)
              with ordinality as a (request_id, user_id, requested_at_ms, code, position)
            order by a.position;
            get diagnostics issued = row_count;
          exception when unique_violation then
            null;
          end;
        end if;

        if issued < cardinality(request_ids) then
          with asked as (
            select distinct on (a.request_id) a.*
            from unnest(request_ids, user_ids, requested_at_ms, codes)
              with ordinality as a (request_id, user_id, requested_at_ms, code, position)
            order by a.request_id, a.position
          ), fresh as (
            select a.* from asked a
            where not exists (select from gifticon_request r where r.request_id = a.request_id)
          ), judged as (
            select f.*,
              exists (select from gifticon_request r where r.user_id = f.user_id and r.outcome = 'issued') as has_one,
              row_number() over (partition by f.user_id order by f.position) as nth_of_user
            from fresh f
          ), ranked as (
            select j.*, count(*) filter (where not j.has_one and j.nth_of_user = 1) over (order by j.position) as rank
            from judged j
          ), decided as (
            -- A user's later requests follow the first: duplicates of an issued one, sold out like one that came too late.
            select r.*, (case
              when r.has_one then 'duplicate'
              when min(r.rank) over (partition by r.user_id) > issue_gifticons.remaining then 'sold_out'
              when r.nth_of_user = 1 then 'issued'
              else 'duplicate'
            end)::gifticon_outcome as outcome
            from ranked r
          ), recorded as (
            insert into gifticon_request (request_id, user_id, outcome, code, requested_at)
            select d.request_id, d.user_id, d.outcome, case d.outcome when 'issued' then d.code end,
              to_timestamp(d.requested_at_ms / 1000.0)
            from decided d
            order by d.position
            on conflict (request_id) do nothing
            returning outcome
          )
          select count(*) filter (where r.outcome = 'issued'),
                 count(*) filter (where r.outcome = 'duplicate'),
                 count(*) filter (where r.outcome = 'sold_out')
          into issued, duplicate, sold_out
          from recorded r;
        end if;

        if issued + duplicate + sold_out > 0 then
          update gifticon_stock s
          set remaining = s.remaining - issued,
            rejected_duplicate = s.rejected_duplicate + duplicate,
            rejected_sold_out = s.rejected_sold_out + sold_out
          returning s.remaining into remaining;
        end if;
      end
      $$;
    `,
  },
  {
    version: 6,
    name: "the rights of the services",
    // The services connect as a role that owns nothing (roles.ts). These functions run with the
    // rights of their owner, so callers get only the rights to their effect. A later version of a
    // function must set this again: "create or replace" resets it.
    sql: /* sql */ `
      alter function issue_gifticons(uuid[], bigint[], bigint[], text[])
        security definer set search_path = pg_catalog, public, pg_temp;

      -- Others' connections show whether they are active only to who may read all statistics.
      create function count_connections(out "all" bigint, out active bigint)
      language sql
      stable
      security definer
      set search_path = pg_catalog, pg_temp
      as $$
        select count(*), count(*) filter (where state = 'active')
        from pg_stat_activity where backend_type = 'client backend' and application_name <> 'load-agent'
      $$;
    `,
  },
  {
    version: 7,
    name: "topics that were read",
    sql: /* sql */ `
      -- The topics that the issuer has met, by their ids: one that was deleted and created again has another id.
      create table topic_met (
        topic_id text primary key,
        topic    text not null,
        met_at   timestamptz not null default clock_timestamp(),
        -- Records that waited in the topic before it when the issuer looked last; null when it didn't look.
        waited   bigint check (waited >= 0)
      );
    `,
  },
];

/** Version of the schema that this program needs. */
export const SCHEMA_VERSION = Math.max(...migrations.map(({ version }) => version));
