#!/bin/sh
# Writes a backup of the database to standard output: one consistent moment of it, while the server goes on.
#   docker compose exec -T postgres sh /deploy/backup.sh > stratdesk.dump
#   sudo -u postgres sh /opt/stratdesk/deploy/backup.sh > stratdesk.dump
# Connects as psql does: PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE say where, if not to this machine's own.
set -eu
PGUSER="${PGUSER:-${POSTGRES_USER:-$(id -un)}}"
PGDATABASE="${PGDATABASE:-${POSTGRES_DB:-stratdesk}}"
export PGUSER PGDATABASE

sees_all=$(psql -XAtq -c 'select rolsuper or rolbypassrls from pg_roles where rolname = current_user')
if [ "$sees_all" != t ]; then
  echo "The role $PGUSER is held to row security and would back up nobody's rows: use a superuser or a role with BYPASSRLS." >&2
  exit 1
fi
exec pg_dump --format=custom
