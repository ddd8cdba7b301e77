#!/usr/bin/env bash
# Runs the server of a database instance as the user postgres. The first start creates the data
# directory under another name and then renames it, so that an interrupted start begins anew.
set -euo pipefail

volume=/var/lib/rds
bin=/usr/lib/postgresql/17/bin
extensions=/usr/share/postgresql/17/extension

as_postgres() { exec setpriv --reuid postgres --regid postgres --init-groups "$@"; }

# Members of rds_superuser may create these extensions on RDS. PostgreSQL lets only superusers do
# so, unless an extension is trusted.
for name in dblink pg_buffercache pg_prewarm pg_stat_statements pgstattuple postgres_fdw; do
  grep -q '^trusted' "$extensions/$name.control" || echo 'trusted = true' >>"$extensions/$name.control"
done

install -d -o postgres -g postgres -m 2775 /var/run/postgresql
chown postgres:postgres "$volume" "$volume"/server.* "$volume"/*.conf
chmod 0700 "$volume"
if [[ ! -e $volume/data ]]; then
  rm -rf "$volume/data.new"
  (as_postgres "$bin/initdb" --pgdata "$volume/data.new" --username rdsadmin --encoding UTF8 --locale C.UTF-8 \
    --auth-local peer --auth-host reject --no-sync >/dev/null)
  mv "$volume/data.new" "$volume/data"
fi
as_postgres "$bin/postgres" -D "$volume/data" -c "config_file=$volume/postgresql.conf"
