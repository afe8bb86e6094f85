"""What takes away the users of a copy of a server, but for its own: a script for the client of `modules/sql_client.py`.

It prints names of users and no data. Users whose names `KEEP` holds, of databases that are declared, stay for what is
theirs, without the password that they had. Whatever can't be taken away fails it.
"""

from __future__ import annotations

from dataclasses import replace

from modules.sql_client import ASKING, MYSQL, POSTGRES, Client, client
from tanada.declared.engines import Engine

_OF_POSTGRES = "".join(
    (
        "set -euo pipefail\nasked() { psql -XqAtc 'SELECT' >/dev/null; }\n",
        ASKING,
        r"""sql() { psql -XqAt -v ON_ERROR_STOP=1 -v keep="$KEEP" "$@"; }
# No superuser on RDS is anybody's but RDS's, nor a group that is called so.
theirs="FROM pg_roles WHERE rolname <> CURRENT_USER AND NOT rolsuper AND rolname !~ '^pg_'
  AND (rolcanlogin OR rolname !~ '^rds_') AND rolname NOT IN ('rdsproxyadmin', 'rdsrepladmin', 'rdstopmgr')"
gone="$theirs AND NOT rolname = ANY (string_to_array(:'keep', ' '))"
# Who takes what others own has to be one of them.
sql <<SQL
SET client_min_messages = warning;
SELECT format('GRANT %I TO CURRENT_USER', rolname) $gone AND NOT pg_has_role(oid, 'USAGE') \gexec
SQL
sql -c "SELECT datname FROM pg_database WHERE datallowconn AND datname NOT IN ('rdsadmin', 'template0')" |
  while IFS= read -r database; do
    PGDATABASE="$database" sql <<SQL
SET client_min_messages = warning;
SELECT format('REASSIGN OWNED BY %I TO CURRENT_USER', rolname) $gone \gexec
SELECT format('DROP OWNED BY %I', rolname) $gone \gexec
SQL
  done
sql <<SQL
SET client_min_messages = warning;
SELECT 'dropped: ' || rolname $gone ORDER BY 1;
SELECT format('DROP ROLE %I', rolname) $gone \gexec
SELECT format('ALTER ROLE %I NOLOGIN PASSWORD NULL', rolname) $theirs \gexec
SQL
echo 'Nobody signs in to it but its own user.'
""",
    )
)
_OF_MYSQL = "".join(
    (
        r"""set -euo pipefail
sql() { $CLIENT --host="$DB_HOST" --port="$DB_PORT" --user="$DB_USER" --batch --skip-column-names "$@"; }
asked() { sql -e 'SELECT 1' >/dev/null; }
""",
        ASKING,
        r"""users="$(sql -e "SELECT User, Host FROM mysql.user WHERE User NOT IN ('mariadb.sys', 'mysql.infoschema',
  'mysql.session', 'mysql.sys', 'rdsadmin', 'rds_superuser_role', 'rdsproxyadmin', 'rdsrepladmin')
  AND User NOT REGEXP '^AWS_[A-Z0-9_]+_ACCESS$'
  AND NOT (User = '$DB_USER' AND Host = '%') AND NOT (User = 'PUBLIC' AND Host = '')")"
quoted() { local text="${1//\\/\\\\}"; printf "'%s'" "${text//\'/\\\'}"; }
while IFS=$'\t' read -r user host; do
  if [ -z "$user$host" ]; then continue; fi
  account="$(quoted "$user")@$(quoted "$host")"
  case " $KEEP " in
    *" $user "*)
      if [ "$host" = % ]; then
        password="$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')Aa1!"
        sql -e "SET SESSION sql_mode = ''; ALTER USER $account IDENTIFIED BY '$password'"
        continue
      fi ;;
  esac
  # A role of MariaDB's has no host.
  if [ -n "$host" ]; then sql -e "SET SESSION sql_mode = ''; DROP USER $account"
  else sql -e "SET SESSION sql_mode = ''; DROP ROLE $(quoted "$user")"; fi
  echo "dropped: $user"
done <<<"$users"
echo 'Nobody signs in to it but its own user.'
""",
    )
)


def taking_users(engine: Engine) -> Client:
    """The client of an engine with this script."""
    making = client(engine)
    return replace(making, script={POSTGRES: _OF_POSTGRES, MYSQL: _OF_MYSQL}[making.script])
