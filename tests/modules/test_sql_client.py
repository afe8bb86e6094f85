"""What makes databases and users in a server, against servers that run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tanada.declared.engines import USER
from tests.modules.sql_servers import MASTER, Server, mariadb, postgres
from tests.sql_packages import missing

pytestmark = pytest.mark.sql
ODD = """a'b\\c$d"e`f`%s&!"""


@pytest.fixture(scope="module", params=[postgres, mariadb])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if (lacking := missing()) is not None:
        pytest.fail(f"tests with SQL servers: {lacking}")
    with request.param() as running:
        yield running


def test_databases_are_made_once_with_users_that_see_no_other(server: Server) -> None:
    assert server.ask(USER, MASTER, "app", "CREATE TABLE kept (x int); INSERT INTO kept VALUES (1)") == ""
    assert server.as_root("CREATE DATABASE redashx1") is not None
    users, passwords = {"metabase": "reader", "redash_1": "redash_1"}, {"metabase": ODD, "redash_1": "Letters9"}
    first = server.makes(users, passwords)
    assert first == (
        0,
        "metabase: the database and its user reader are there, who signs in with the password of its secret.\n"
        "redash_1: the database and its user redash_1 are there, who signs in with the password of its secret.\n",
    )
    assert server.ask("reader", ODD, "metabase", "CREATE TABLE own (x int); INSERT INTO own VALUES (7)") == ""
    assert server.makes(users, passwords) == first
    assert server.ask("reader", ODD, "metabase", "SELECT x FROM own") == "7"
    assert server.ask("redash_1", "Letters9", "redash_1", "SELECT 1") == "1"
    for database in ("metabase", "app"):
        assert server.ask("redash_1", "Letters9", database, "SELECT 1") is None, database
    assert server.ask("reader", ODD, "app", "SELECT 1") is None
    assert server.ask(USER, MASTER, "app", "SELECT x FROM kept") == "1"
    if server.engine.scheme == "mysql":
        assert server.ask("redash_1", "Letters9", "redashx1", "SELECT 1") is None, "_ stands for itself"


def test_a_user_gets_the_password_that_its_secret_holds_and_what_is_declared_no_more_stays(server: Server) -> None:
    server.makes({"changing": "changing", "left": "left"}, {"changing": "Before1", "left": "Left1"})
    assert server.makes({"changing": "changing"}, {"changing": "After1"})[0] == 0
    assert server.ask("changing", "After1", "changing", "SELECT 1") == "1"
    assert server.ask("changing", "Before1", "changing", "SELECT 1") is None
    assert server.ask("left", "Left1", "left", "SELECT 1") == "1"


def test_no_password_is_printed_or_told_to_the_log_of_the_server(server: Server) -> None:
    password = "InNoLogAtAll1"
    code, said = server.makes({"logged": "logged"}, {"logged": password})
    assert code == 0
    assert password not in said
    told = server.told.read_text(errors="replace")
    assert "logged" in told
    assert password not in told


def test_what_the_server_refuses_ends_the_task_and_shows_no_password(server: Server) -> None:
    """A user that is a superuser's own can't be changed by a master that is none."""
    password = "RefusedPw1"
    if server.engine.scheme == "postgres":
        assert server.as_root("CREATE ROLE theirs SUPERUSER") is not None
    else:
        assert server.as_root(f"REVOKE CREATE USER, INSERT, UPDATE ON *.* FROM {USER}@'%'") is not None
    code, said = server.makes({"refused": "theirs"}, {"refused": password})
    if server.engine.scheme == "mysql":
        server.as_root(f"GRANT CREATE USER, INSERT, UPDATE ON *.* TO {USER}@'%' WITH GRANT OPTION")
    assert code != 0
    assert "ERROR" in said
    assert password not in said
    assert "IDENTIFIED" not in said
    code, said = server.makes({"refused": "refused"}, {"refused": password}, master="Wrong1")
    assert code == 1
    assert "The server does not let this task in.\n" in said


def test_who_could_enter_the_first_database_still_can(server: Server) -> None:
    """In PostgreSQL everybody may enter a database, until that is taken back."""
    if server.engine.scheme == "mysql":
        server.as_root("CREATE USER bi@'%' IDENTIFIED BY 'BiPw1'; GRANT SELECT ON app.* TO bi@'%'")
    else:
        server.as_root("CREATE ROLE bi LOGIN PASSWORD 'BiPw1'; GRANT CONNECT ON DATABASE app TO PUBLIC")
    assert server.makes({"later": "later"}, {"later": "LaterPw1"})[0] == 0
    assert server.ask("bi", "BiPw1", "app", "SELECT 1") == "1"
    assert server.ask("bi", "BiPw1", "later", "SELECT 1") is None
    assert server.ask("later", "LaterPw1", "app", "SELECT 1") is None


def test_of_a_copy_all_users_go_but_ours_and_what_they_had_stays(server: Server) -> None:
    """The last test here: no other user is left."""
    sql = server.engine.scheme == "mysql"
    server.makes({"declared": "owner"}, {"declared": "Before1"})
    assert server.ask("owner", "Before1", "declared", "CREATE TABLE own (x int); INSERT INTO own VALUES (7)") == ""
    if sql:
        people = "CREATE USER 'ann o''hara'@'%' IDENTIFIED BY 'AnnPw1'; GRANT SELECT ON app.* TO 'ann o''hara'@'%';"
        people += "CREATE USER owner@'10.%' IDENTIFIED BY 'Old1'; CREATE ROLE readers;"
    else:
        people = "CREATE ROLE \"ann o'hara\" LOGIN PASSWORD 'AnnPw1'; GRANT CREATE ON SCHEMA public TO \"ann o'hara\";"
        people += "CREATE ROLE readers;"
    assert server.ask(USER, MASTER, "app", people) is not None
    if not sql:
        assert server.as_root('GRANT ALL ON DATABASE app TO "ann o\'hara"') is not None
        assert server.ask("ann o'hara", "AnnPw1", "app", "CREATE TABLE hers (x int); INSERT INTO hers VALUES (1)") == ""
    assert server.ask("ann o'hara", "AnnPw1", "app", "SELECT 1") == "1"
    # MariaDB's own here, which a server of RDS's has not.
    code, said = server.loses_users("owner", *(("boot", "root", "mysql") if sql else ()))
    assert code == 0, said
    assert "dropped: ann o'hara" in said
    assert "dropped: readers" in said
    assert server.ask("ann o'hara", "AnnPw1", "app", "SELECT 1") is None
    assert server.ask("owner", "Before1", "declared", "SELECT 1") is None, "production's password opens nothing"
    if not sql:
        assert server.ask(USER, MASTER, "app", "SELECT x FROM hers") == "1"
    # What is made of the snapshot has the declared users again, with what was theirs.
    assert server.makes({"declared": "owner"}, {"declared": "After1"})[0] == 0
    assert server.ask("owner", "After1", "declared", "SELECT x FROM own") == "7"
