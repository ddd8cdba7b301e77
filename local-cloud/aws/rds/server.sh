#!/usr/bin/env bash
# Runs the server of one database instance as the user postgres. At the first start it makes the data directory: beside its
# place and then moved, so that a start that was cut short begins anew.
set -euo pipefail

volume=/var/lib/rds
bin=/usr/lib/postgresql/17/bin
extensions=/usr/share/postgresql/17/extension

as_postgres() { exec setpriv --reuid postgres --regid postgres --init-groups "$@"; }

# On RDS the members of rds_superuser create these; PostgreSQL itself leaves them to superusers unless they are trusted.
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
