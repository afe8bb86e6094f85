"""What makes databases and users in a server that runs: an image with the engine's client, and its script.

The scripts are told what to make in variables, passwords as secrets, and print neither. Each can be run any number of
times: it makes what is missing, gives users the passwords that their secrets hold, and takes nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tanada.declared.engines import MARIADB, Engine

PASSWORD_OF = "PASSWORD_"  # noqa: S105 - the beginning of a variable's name
"""Begins the variable that holds the password of a database's user; behind it stands the database."""

ASKING = """for try in 1 2 3 4 5 6 7 8 9 10 11 12; do
  if asked; then break; fi
  if [ "$try" = 12 ]; then echo 'The server does not let this task in.'; exit 1; fi
  sleep 10
done
"""
"""A server that was just made, or given another password, or that sleeps, may take a while to let anybody in."""
_BEGIN = f"""set -euo pipefail
{ASKING}for each in $DATABASES; do
  database="${{each%%:*}}" user="${{each#*:}}"
  variable="PASSWORD_$database"
  password="${{!variable}}"
"""
_END = """  echo "$database: the database and its user $user are there, who signs in with the password of its secret."
done
"""

POSTGRES = "".join(
    (
        "asked() { psql -XqAtc 'SELECT' >/dev/null; }\n",
        _BEGIN,
        r"""  psql -XqAt -v ON_ERROR_STOP=1 -v database="$database" -v user="$user" -v all="$DATABASES" <<'SQL'
SET client_min_messages = warning;
SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') AS missing \gset
\if :missing
CREATE ROLE :"user" LOGIN;
\else
ALTER ROLE :"user" LOGIN;
\endif
-- Who makes a database for another owner, or drops it later, has to be one of that owner's members.
GRANT :"user" TO CURRENT_USER;
SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') AS missing \gset
\if :missing
CREATE DATABASE :"database" OWNER :"user";
REVOKE CONNECT ON DATABASE :"database" FROM PUBLIC;
\endif
SELECT format('ALTER DATABASE %I OWNER TO %I', datname, :'user') FROM pg_database
  WHERE datname = :'database' AND pg_get_userbyid(datdba) <> :'user' \gexec
-- What everybody may enter, its first database too, is closed but to those who could enter and are not made here.
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', d.datname, r.rolname)
  FROM pg_roles r, pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
  WHERE d.datname IN (current_database(), :'database') AND a.grantee = 0 AND a.privilege_type = 'CONNECT'
  AND r.rolcanlogin AND NOT r.rolsuper AND r.oid <> d.datdba
  AND r.rolname NOT IN (SELECT split_part(e, ':', 2) FROM unnest(string_to_array(:'all', ' ')) e) \gexec
SELECT format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', d.datname)
  FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
  WHERE d.datname IN (current_database(), :'database') AND a.grantee = 0 AND a.privilege_type = 'CONNECT' \gexec
SQL
  # Hashed here: in clear it could stand in the server's log, or in pg_stat_statements.
  printf '%s\n%s\n' "$password" "$password" | psql -Xqc "\password $user" >/dev/null 2>&1 || {
    echo "$database: the server refuses the password of $user."
    exit 1
  }
  PGUSER="$user" PGPASSWORD="$password" PGDATABASE="$database" psql -XqAtc 'SELECT' >/dev/null
""",
        _END,
    )
)
"""PostgreSQL from 9.6 on, by a master user that is no superuser, as RDS's is."""

MYSQL = "".join(
    (
        r"""sql() { $CLIENT --host="$DB_HOST" --port="$DB_PORT" --batch --skip-column-names "$@"; }
asked() { revokes="$(sql --user="$DB_USER" -e "SHOW VARIABLES LIKE 'partial_revokes'")"; }
""",
        _BEGIN,
        r"""  case "$CLIENT" in
    mariadb*) # MariaDB's general log would show it in clear
      hash="$(printf %s "$password" | sha1sum | cut -c-40 | sed 's/../\\x&/g')"
      hash="$(printf "$hash" | sha1sum | cut -c-40)"
      identified="VIA mysql_native_password USING '*${hash^^}'" ;;
    *)
      text="${password//\\/\\\\}"
      identified="BY '${text//\'/\\\'}'" ;;
  esac
  # In a grant _ stands for any letter, but where rights can be revoked in part.
  case "$revokes" in *ON) granted="$database" ;; *) granted="${database//_/\\_}" ;; esac
  # Rights one by one, as nobody can give ALL who lacks one: RDS's master has not all that newer versions know.
  if ! said="$(sql --user="$DB_USER" 2>&1 <<SQL
SET SESSION sql_mode = '';
CREATE DATABASE IF NOT EXISTS \`$database\`;
CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED $identified;
ALTER USER '$user'@'%' IDENTIFIED $identified;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES,
  EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER
  ON \`$granted\`.* TO '$user'@'%';
SQL
  )"; then
    # Of what it says the errors alone: MariaDB's client prints the statement that fails.
    while IFS= read -r line; do
      case "$line" in ERROR*) printf '%s\n' "$line" ;; esac
    done <<<"$said"
    exit 1
  fi
  MYSQL_PWD="$password" sql --user="$user" "$database" -e 'SELECT 1' >/dev/null
""",
        _END,
    )
)
"""MySQL from 5.7 on, and MariaDB. MySQL itself writes no password of these statements into any log (reference manual,
"Passwords and Logging")."""


@dataclass(frozen=True)
class Client:
    """How databases are made in a server of one engine."""

    image: str
    """By the digest of its index for both processors, of Docker's official images as ECR's public registry has them."""
    script: str
    """For bash."""
    password: str
    """The variable from which the client takes the server's own password."""
    variables: Mapping[str, str]
    """What else it is told; `(host)` and the like stand for what they say."""

    def told(self, host: str, port: int, user: str, name: str, users: Mapping[str, str]) -> dict[str, str]:
        """Its variables: `user` is the server's own, `name` its first database, `users` are those to be made by their
        databases."""
        known = {"(host)": host, "(port)": str(port), "(name)": name, "(user)": user}
        listed = " ".join(f"{database}:{user}" for database, user in sorted(users.items()))
        return {**{key: known.get(value, value) for key, value in self.variables.items()}, "DATABASES": listed}


_IMAGES = "public.ecr.aws/docker/library"
_OF_MYSQL = {"DB_HOST": "(host)", "DB_PORT": "(port)", "DB_USER": "(user)"}
_POSTGRES = Client(
    image=f"{_IMAGES}/postgres:17@sha256:5c855ad7b85e68e48a62f34662853f38b57c1c1d80f3a927ab58034fd6d31c5e",
    script=POSTGRES,
    password="PGPASSWORD",  # noqa: S106 - a variable's name
    variables={
        "PGCONNECT_TIMEOUT": "30",
        "PGDATABASE": "(name)",
        "PGHOST": "(host)",
        "PGPORT": "(port)",
        # Encrypted; the image knows none of RDS's authorities, so who answers isn't verified.
        "PGSSLMODE": "require",
        "PGUSER": "(user)",
    },
)
_MYSQL = Client(
    image=f"{_IMAGES}/mysql:8.4@sha256:8dbcf531a03aade657e181b9cf2f1d1803ce621a1d55610cb44cb531ab7d7db6",
    script=MYSQL,
    password="MYSQL_PWD",  # noqa: S106 - a variable's name
    variables={"CLIENT": "mysql --ssl-mode=REQUIRED --connect-timeout=30", **_OF_MYSQL},
)
_MARIADB = Client(
    image=f"{_IMAGES}/mariadb:11.8@sha256:efb4959ef2c835cd735dbc388eb9ad6aab0c78dd64febcd51bc17481111890c4",
    script=MYSQL,
    password="MYSQL_PWD",  # noqa: S106 - a variable's name
    variables={"CLIENT": "mariadb --ssl --skip-ssl-verify-server-cert --connect-timeout=30", **_OF_MYSQL},
)


def client(engine: Engine) -> Client:
    """That of an engine."""
    if engine is MARIADB:
        return _MARIADB
    return _POSTGRES if engine.scheme == "postgres" else _MYSQL
