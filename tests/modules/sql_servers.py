"""SQL servers for tests: Debian's, each in a folder of its own, with TLS, and with a log of all that it is told."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modules.sql_client import PASSWORD_OF, client
from modules.sql_users import taking_users
from tanada.declared.engines import MARIADB, POSTGRES, USER, Engine
from tests.sql_packages import missing
from tests.sql_packages import postgres as installed

MASTER = "MasterPw1"
_ROOT = "RootPw1"
_USER, _GROUP, _GROUPS = ("nobody", "nogroup", ()) if os.geteuid() == 0 else (None, None, None)
"""Neither server runs as root."""


@dataclass(frozen=True)
class Server:
    """One that runs; `USER` is its master as RDS has one: it may make users and databases, and is no superuser."""

    engine: Engine
    port: int
    told: Path
    """All that it was told."""

    def makes(self, users: Mapping[str, str], passwords: Mapping[str, str], master: str = MASTER) -> tuple[int, str]:
        """Run the script for these databases, with passwords by database: its exit code, and all that it printed."""
        making = client(self.engine)
        environment = {
            # A server that lets nobody in isn't waited for.
            "PATH": f"{Path(__file__).parent / 'without_sleep'}:{os.environ['PATH']}",
            **making.told("127.0.0.1", self.port, USER, "app", users),
            making.password: master,
            **{f"{PASSWORD_OF}{database}": password for database, password in passwords.items()},
        }
        return _ran(making.script, environment)

    def loses_users(self, *keep: str) -> tuple[int, str]:
        """Run the script that takes users away, but for these: the same."""
        taking = taking_users(self.engine)
        environment = {
            "PATH": f"{Path(__file__).parent / 'without_sleep'}:{os.environ['PATH']}",
            **taking.told("127.0.0.1", self.port, USER, "app", {}),
            taking.password: MASTER,
            "KEEP": " ".join(keep),
        }
        return _ran(taking.script, environment)

    def ask(self, user: str, password: str, database: str, sql: str) -> str | None:
        """What one user is answered; None where it is refused."""
        if self.engine is POSTGRES:
            place = ("-h", "127.0.0.1", "-p", str(self.port), "-U", user, "-d", database)
            command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", *place]
        else:
            command = ["mariadb", "--no-defaults", "-N", "-h", "127.0.0.1", "-P", str(self.port), "-u", user, database]
        environment = {**os.environ, "PGPASSWORD": password, "MYSQL_PWD": password}
        run = subprocess.run(command, input=sql, env=environment, capture_output=True, text=True, check=False)
        return run.stdout.strip() if run.returncode == 0 else None

    def as_root(self, sql: str) -> str | None:
        """The same of whoever may do all."""
        return self.ask("boot", _ROOT, "postgres" if self.engine is POSTGRES else "mysql", sql)


def _ran(script: str, environment: Mapping[str, str]) -> tuple[int, str]:
    # Of a session of its own: psql would ask a terminal for the password, and a task has none.
    run = subprocess.run(
        ["bash", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    return run.returncode, run.stdout + run.stderr


@contextmanager
def postgres() -> Iterator[Server]:
    """PostgreSQL, as RDS leaves it: a master user that owns the first database."""
    folder = installed()
    assert folder is not None, missing()
    with _home() as home:
        port = _free_port()
        password = home / "password"
        password.write_text(_ROOT)
        password.chmod(0o644)
        data, told = home / "data", home / "told"
        _run(folder / "initdb", "-D", data, "-U", "boot", "--auth=scram-sha-256", f"--pwfile={password}", "-N")
        _certificate(home)
        options = f"-p {port} -k {home} -c fsync=off -c log_statement=all -c listen_addresses=127.0.0.1"
        options += f" -c ssl=on -c ssl_cert_file={home}/crt -c ssl_key_file={home}/key"
        _run(folder / "pg_ctl", "-D", data, "-w", "-l", told, "-o", options, "start")
        try:
            server = Server(POSTGRES, port, told)
            server.as_root(f"CREATE ROLE {USER} LOGIN CREATEDB CREATEROLE PASSWORD '{MASTER}'")
            assert server.as_root(f"CREATE DATABASE app OWNER {USER}") is not None
            yield server
        finally:
            _run(folder / "pg_ctl", "-D", data, "-m", "immediate", "stop")


_RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, "
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, "
    "ALTER ROUTINE, CREATE USER, EVENT, TRIGGER"
)
"""Of a master user (RDS user guide, "Master user account privileges")."""


@contextmanager
def mariadb() -> Iterator[Server]:
    """MariaDB, the same."""
    with _home() as home:
        port, data, told = _free_port(), home / "data", home / "told"
        plain = ("--no-defaults", f"--datadir={data}")
        _run("mariadb-install-db", *plain, "--auth-root-authentication-method=normal", "--skip-test-db")
        _certificate(home)
        first = home / "first.sql"
        first.write_text(
            f"CREATE USER boot@'%' IDENTIFIED BY '{_ROOT}'; GRANT ALL ON *.* TO boot@'%' WITH GRANT OPTION;"
            f"CREATE DATABASE app; CREATE USER {USER}@'%' IDENTIFIED BY '{MASTER}';"
            f"GRANT {_RIGHTS} ON *.* TO {USER}@'%' WITH GRANT OPTION;".replace(";", ";\n")
        )
        first.chmod(0o644)
        process = subprocess.Popen(
            [
                *("mariadbd", *plain, f"--socket={home}/socket", f"--port={port}", "--bind-address=127.0.0.1"),
                *(f"--ssl-cert={home}/crt", f"--ssl-key={home}/key", f"--init-file={first}", "--log-warnings=1"),
                *("--general-log", f"--general-log-file={told}", "--skip-name-resolve"),
            ],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            user=_USER,
            group=_GROUP,
            extra_groups=_GROUPS,
        )
        assert process.stderr is not None
        try:
            assert any("ready for connections" in line for line in process.stderr), "it ended before it was ready"
            yield Server(MARIADB, port, told)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stderr.close()


@contextmanager
def _home() -> Iterator[Path]:
    """A folder of whoever runs the server: in memory where there is such a one, as nothing is kept."""
    memory = "/dev/shm"
    home = Path(tempfile.mkdtemp(prefix="tanada-sql-", dir=memory if os.access(memory, os.W_OK) else None))
    if _USER is not None:
        shutil.chown(home, _USER, _GROUP)
    try:
        yield home
    finally:
        shutil.rmtree(home)


def _certificate(home: Path) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", home / "key")
    _run("openssl", "req", "-x509", *key, "-out", home / "crt", "-subj", "/CN=test", "-days", "2")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _run(*command: object) -> None:
    # Not piped: a server that is started keeps a pipe open.
    run = subprocess.run(
        [*map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        user=_USER,
        group=_GROUP,
        extra_groups=_GROUPS,
    )
    assert run.returncode == 0, command
