#!/bin/sh
# Reads a backup of backup.sh from standard input into an empty database: all of it or nothing. The server is stopped
# meanwhile. What is restored belongs to the database's owner, whom the server connects as.
#   docker compose exec -T postgres sh /deploy/restore.sh < stratdesk.dump
#   sudo -u postgres sh /opt/stratdesk/deploy/restore.sh < stratdesk.dump
# Connects as backup.sh does, as a superuser or as the database's owner.
set -eu
PGUSER="${PGUSER:-${POSTGRES_USER:-$(id -un)}}"
PGDATABASE="${PGDATABASE:-${POSTGRES_DB:-stratdesk}}"
export PGUSER PGDATABASE
ask() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }

tables=$(ask "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")
if [ "$tables" != 0 ]; then
  echo "The database $PGDATABASE has $tables tables already: restore into a new one, so that nothing is lost or mixed." >&2
  exit 1
fi
owner=$(ask "select pg_get_userbyid(datdba) from pg_database where datname = current_database()")
# Roles and their rights belong to the whole server, so a backup of one database has none of them. The role is made as the
# migration makes it; the parameter is the one by which row security knows whose rows to show.
ask "do \$\$ begin
  if not exists (select from pg_roles where rolname = 'stratdesk_app') then
    create role stratdesk_app nologin nobypassrls nosuperuser;
  end if;
  if not pg_has_role('$owner', 'stratdesk_app', 'member') then
    grant stratdesk_app to \"$owner\";
  end if;
  if not has_parameter_privilege('$owner', 'app.broker_id', 'set') then
    grant set on parameter app.broker_id to \"$owner\";
  end if;
end \$\$"
exec pg_restore --single-transaction --exit-on-error --no-owner --role="$owner" --dbname="$PGDATABASE"
