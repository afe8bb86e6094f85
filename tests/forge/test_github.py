"""GitHub, against a server that answers as GitHub does."""

from __future__ import annotations

import time

import pytest

from tanada.errors import ForgeError
from tanada.forge.base import PullRequest, Verdict
from tanada.forge.github import GitHub
from tests.forge.conftest import HEAD
from tests.forge.server import GitHubServer
from tests.forge.zips import zipped

MARKER = "<!-- tanada:plan shop -->"
OURS = "github-actions[bot]"
MERGED = "c" * 40


def client(server: GitHubServer, token: str = "workflow-token", *, actions: bool = True) -> GitHub:
    return GitHub(server.api_url, server.repository, token, actions=actions)


def pull(server: GitHubServer) -> PullRequest:
    return PullRequest(1, HEAD, f"{server.url}/acme/shop/pull/1", fork=False)


def verdict(result: str = "changes", headline: str = "2 environments change", key: str = "plan") -> Verdict:
    return Verdict(key, result, headline, "https://ci.example/1", "details")  # type: ignore[arg-type]


def bodies(server: GitHubServer) -> list[str]:
    return [comment["body"] for comment in server.comments]


# --- the comment ---


def test_the_first_plan_makes_a_comment_the_next_changes_it_in_place(github: GitHubServer) -> None:
    assert client(github).comment(pull(github), MARKER, "one") == "created"
    assert client(github).comment(pull(github), MARKER, "two") == "updated"
    assert bodies(github) == [f"{MARKER}\ntwo"]


def test_nothing_is_written_where_the_comment_already_says_it(github: GitHubServer) -> None:
    github.add_comment(1, OURS, f"{MARKER}\r\nsame\r\n")
    assert client(github).comment(pull(github), MARKER, "same") == "unchanged"
    assert github.writes == []


@pytest.mark.parametrize(
    ("login", "body"),
    [
        ("someone", f"{MARKER}\nforged"),
        ("github-actions", f"{MARKER}\nby a user whose name looks like ours"),
        (OURS, f"> quoted\n{MARKER}\nnot first"),
        (OURS, "<!-- tanada:apply shop -->\nanother key"),
        (OURS, "<!-- tanada:plan other -->\nanother system"),
    ],
)
def test_comments_of_others_and_with_other_markers_are_left_alone(github: GitHubServer, login: str, body: str) -> None:
    github.add_comment(1, login, body)
    assert client(github).comment(pull(github), MARKER, "mine") == "created"
    assert bodies(github) == [body, f"{MARKER}\nmine"]


def test_a_comment_on_a_later_page_is_found(github: GitHubServer) -> None:
    github.per_page_limit = 2
    for number in range(5):
        github.add_comment(1, "someone", f"chat {number}")
    github.add_comment(1, OURS, f"{MARKER}\nold")
    assert client(github).comment(pull(github), MARKER, "new") == "updated"
    assert len(github.comments) == 6
    assert sum(call.path.endswith("/issues/1/comments") for call in github.calls) == 3


def test_of_several_of_ours_the_oldest_stays(github: GitHubServer) -> None:
    for text in ("first", "second", "third"):
        github.add_comment(1, OURS, f"{MARKER}\n{text}")
    oldest = github.comments[0]["id"]
    assert client(github).comment(pull(github), MARKER, "new") == "updated"
    assert [(c["id"], c["body"]) for c in github.comments] == [(oldest, f"{MARKER}\nnew")]


def test_two_jobs_that_comment_at_once_leave_one_comment(github: GitHubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client(github)
    asked = first._comments
    calls: list[int] = []

    def other_job_comes_between(*arguments: object) -> list[object]:
        answer = asked(*arguments)  # type: ignore[arg-type]
        if not calls:
            github.add_comment(1, OURS, f"{MARKER}\nother job")
        calls.append(1)
        return answer  # type: ignore[return-value]

    monkeypatch.setattr(first, "_comments", other_job_comes_between)
    first.comment(pull(github), MARKER, "mine")
    assert bodies(github) == [f"{MARKER}\nmine"]


def test_what_may_not_be_deleted_is_hidden(github: GitHubServer) -> None:
    for text in ("first", "second"):
        github.add_comment(1, OURS, f"{MARKER}\n{text}")
    github.fail(403, method="DELETE", message="Must have admin rights to Repository.")
    client(github).comment(pull(github), MARKER, "new")
    assert [c["minimized"] for c in github.comments] == [None, "OUTDATED"]


def test_a_persons_token_comments_as_that_person(github: GitHubServer) -> None:
    github.add_token("mine", "kim")
    github.fail(404, path="/api/graphql", message="Not Found")
    assert client(github, "mine", actions=False).comment(pull(github), MARKER, "text") == "created"
    assert github.comments[0]["user"]["login"] == "kim"


def test_a_workflows_token_without_graphql_is_the_workflows_user(github: GitHubServer) -> None:
    github.add_comment(1, OURS, f"{MARKER}\nold")
    github.fail(404, path="/api/graphql", message="Not Found")
    assert client(github).comment(pull(github), MARKER, "new") == "updated"


def test_the_longest_body_fits(github: GitHubServer) -> None:
    body = "あ" * (GitHub.limit - len(MARKER) - 1)
    assert client(github).comment(pull(github), MARKER, body) == "created"


# --- what the server and the token refuse ---


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        (401, "Bad credentials", ["refuses the token", "expired"]),
        (403, "Resource not accessible by integration", ["does not let this token", "pull-requests: write"]),
        (404, "Not Found", ["no such thing in acme/shop", "pull-requests: write"]),
        (422, "Validation Failed", ["invalid", "Validation Failed"]),
    ],
)
def test_a_refusal_is_one_sentence_that_names_what_is_missing(
    github: GitHubServer, status: int, message: str, words: list[str]
) -> None:
    github.fail(status, path=".*/comments", message=message)
    with pytest.raises(ForgeError) as refused:
        client(github).comment(pull(github), MARKER, "text")
    sentence = str(refused.value)
    assert all(word in sentence for word in words)
    assert "workflow-token" not in sentence
    assert "\n" not in sentence
    assert refused.value.exit_code == 2
    assert refused.value.denied == (status in {401, 403, 404})
    assert refused.value.__cause__ is None


def test_a_wrong_token_is_refused(github: GitHubServer) -> None:
    with pytest.raises(ForgeError, match="refuses the token"):
        client(github, "stolen").pull_request(1)


def test_no_answer_is_one_sentence(naps: list[float]) -> None:
    with pytest.raises(ForgeError, match="does not answer"):
        GitHub("http://127.0.0.1:9/api/v3", "acme/shop", "secret-token").pull_request(1)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_fault_is_tried_again(github: GitHubServer, naps: list[float], status: int) -> None:
    github.fail(status, method="POST", path=".*/comments", times=2)
    assert client(github).comment(pull(github), MARKER, "text") == "created"
    assert len(github.comments) == 1
    assert naps == [2]  # the first try again comes at once


def test_a_lasting_fault_ends_after_a_bounded_time(github: GitHubServer, naps: list[float]) -> None:
    github.fail(503, times=1000, headers={"Retry-After": "3600"})
    with pytest.raises(ForgeError, match="kept answering"):
        client(github).pull_request(1)
    assert naps == [90] * 5


def test_a_secondary_rate_limit_is_waited_for_as_told(github: GitHubServer, naps: list[float]) -> None:
    sentence = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    github.fail(403, method="POST", path=".*/comments", message=sentence, headers={"Retry-After": "7"})
    assert client(github).comment(pull(github), MARKER, "text") == "created"
    assert naps == [7]


def test_a_rate_limit_that_ends_soon_is_waited_for(github: GitHubServer, naps: list[float]) -> None:
    reset = str(int(time.time()) + 20)
    sentence = "API rate limit exceeded for installation ID 1."
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    github.fail(403, path=".*/pulls/1", message=sentence, headers=headers)
    assert client(github).pull_request(1).head == HEAD
    assert 0 < naps[0] < 25


def test_a_rate_limit_that_ends_late_is_said(github: GitHubServer, naps: list[float]) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1800)}
    github.fail(403, path=".*", message="API rate limit exceeded for user ID 1.", headers=headers, times=1000)
    with pytest.raises(ForgeError, match=r"rate limit is used up until \d\d:\d\d UTC") as refused:
        client(github).comment(pull(github), MARKER, "text")
    assert not refused.value.denied
    assert naps == []


# --- status, labels, check run ---


def test_a_result_is_shown_as_status_label_and_check_run(github: GitHubServer) -> None:
    assert client(github).judge(pull(github), HEAD, verdict("dangerous", "1 database is replaced")) == []
    assert [(s["context"], s["state"], s["description"], s["target_url"]) for s in github.statuses] == [
        ("tanada/plan", "success", "1 database is replaced", "https://ci.example/1")
    ]
    assert github.label_names(1) == ["tanada: dangerous"]
    assert github.labels["tanada: dangerous"]["color"] == "b60205"
    assert [(run["head_sha"], run["conclusion"], run["output"]["summary"]) for run in github.check_runs] == [
        (HEAD, "neutral", "details")
    ]


def test_the_same_result_again_writes_nothing(github: GitHubServer) -> None:
    client(github).judge(pull(github), HEAD, verdict())
    github.calls.clear()
    assert client(github).judge(pull(github), HEAD, verdict()) == []
    assert github.writes == []


def test_another_result_takes_our_old_label_away_and_no_other(github: GitHubServer) -> None:
    github.issues[1]["labels"] += [github._label("bug", "ff0000", ""), github._label("tanada: drift", "ff0000", "")]
    client(github).judge(pull(github), HEAD, verdict("changes"))
    client(github).judge(pull(github), HEAD, verdict("failed"))
    assert github.label_names(1) == ["bug", "tanada: drift", "tanada: failed"]
    assert [s["state"] for s in github.statuses] == ["success", "failure"]
    assert len(github.check_runs) == 1
    assert github.check_runs[0]["conclusion"] == "failure"


def test_a_long_headline_is_cut_to_what_a_status_takes(github: GitHubServer) -> None:
    client(github).judge(pull(github), HEAD, verdict(headline="改" * 200))
    description = github.statuses[0]["description"]
    assert (len(description), description[-1]) == (140, "…")


def test_who_may_write_no_checks_gets_the_rest_and_hears_why(github: GitHubServer) -> None:
    github.add_token("mine", "kim")
    sentence = client(github, "mine").judge(pull(github), HEAD, verdict())
    assert [("checks: write" in sentence) for sentence in sentence] == [True]
    assert len(github.statuses) == 1
    assert github.label_names(1) == ["tanada: changes"]


def test_a_token_that_only_reads_hears_of_each_thing_that_it_may_not(github: GitHubServer) -> None:
    github.add_token("reader", "someone", may=frozenset())
    sentence = client(github, "reader").judge(pull(github), HEAD, verdict())
    assert len(sentence) == 3
    assert github.statuses == github.check_runs == []


def test_an_apply_gets_its_own_status_and_no_label(github: GitHubServer) -> None:
    client(github).judge(pull(github), MERGED, verdict(key="apply"))
    assert [(s["sha"], s["context"]) for s in github.statuses] == [(MERGED, "tanada/apply")]
    assert github.label_names(1) == []


# --- the drift issue ---


def test_the_drift_issue_opens_stays_changes_and_closes_itself(github: GitHubServer) -> None:
    def keep(body: str | None) -> str:
        return client(github).issue("<!-- tanada:drift shop -->", "Drift", body, "All is as it was applied.")

    assert keep(None) == "nothing to do"
    assert keep("one") == "created"
    github.calls.clear()
    assert keep("one") == "unchanged"
    assert github.writes == []
    assert keep("two") == "updated"
    assert keep(None) == "closed"
    (number,) = [n for n in github.issues if n != 1]
    assert (github.issues[number]["state"], github.issues[number]["state_reason"]) == ("closed", "completed")
    assert bodies(github) == ["All is as it was applied."]
    github.calls.clear()
    assert keep(None) == "nothing to do"
    assert github.writes == []
    assert keep("three") == "reopened"
    assert github.issues[number]["state"] == "open"
    assert [label["name"] for label in github.issues[number]["labels"]] == ["tanada: drift"]
    assert len(github.issues) == 2


def test_an_issue_of_somebody_else_with_our_marker_is_not_ours(github: GitHubServer) -> None:
    marker = "<!-- tanada:drift shop -->"
    label = github._label("tanada: drift", "ededed", "")
    github.issues[90] = github._issue(90, "Fake", f"{marker}\nfake", "someone", [label])
    assert client(github).issue(marker, "Drift", None, "closed") == "nothing to do"
    assert client(github).issue(marker, "Drift", "real", "closed") == "created"
    assert github.issues[90]["state"] == "open"


def test_of_several_open_drift_issues_one_stays(github: GitHubServer) -> None:
    marker = "<!-- tanada:drift shop -->"
    client(github).issue(marker, "Drift", "one", "")
    label = github._label("tanada: drift", "ededed", "")
    github.issues[90] = github._issue(90, "Drift", f"{marker}\ntwo", OURS, [label])
    assert client(github).issue(marker, "Drift", "three", "") == "updated"
    assert [github.issues[n]["state"] for n in (2, 90)] == ["open", "closed"]


# --- the pull request of a merge, and its reports ---


def test_the_pull_request_of_a_merge_commit_is_found(github: GitHubServer) -> None:
    assert client(github).merged(MERGED) is None
    github.merge(1, MERGED)
    answer = client(github).merged(MERGED)
    assert answer is not None
    assert (answer.number, answer.head, answer.fork) == (1, HEAD, False)


def test_a_pull_request_that_merely_holds_the_commit_is_not_its(github: GitHubServer) -> None:
    assert client(github).merged(HEAD) is None
    github.merge(1, MERGED)
    assert client(github).merged(HEAD) is None, "merged, but as another commit"


def test_the_merge_that_github_tries_on_an_open_pull_request_merged_nothing(github: GitHubServer) -> None:
    github.pulls[1]["merge_commit_sha"] = MERGED
    assert client(github).merged(MERGED) is None


def test_the_reports_of_the_newest_run_on_the_head_commit_are_taken(github: GitHubServer) -> None:
    old, new, lint = github.add_run(HEAD), github.add_run(HEAD), github.add_run(HEAD)
    github.add_artifact(old, f"tanada-reports-{HEAD}", b"old")
    for name in (f"tanada-reports-{HEAD}-1", f"tanada-reports-{HEAD}-2", "tanada-reporter", "coverage"):
        github.add_artifact(new, name, name.encode())
    github.add_artifact(lint, "coverage", b"lint")
    answer = list(client(github).reports(pull(github)))
    assert [(archive.name, archive.content) for archive in answer] == [
        (f"tanada-reports-{HEAD}-1", f"tanada-reports-{HEAD}-1".encode()),
        (f"tanada-reports-{HEAD}-2", f"tanada-reports-{HEAD}-2".encode()),
    ]


def test_a_run_again_replaces_its_artifact(github: GitHubServer) -> None:
    run = github.add_run(HEAD)
    github.add_artifact(run, f"tanada-reports-{HEAD}", b"first attempt")
    github.add_artifact(run, f"tanada-reports-{HEAD}", b"second attempt")
    assert [a.content for a in client(github).reports(pull(github))] == [b"second attempt"]


def test_the_object_storage_never_sees_the_token(github: GitHubServer) -> None:
    github.add_artifact(github.add_run(HEAD), f"tanada-reports-{HEAD}", zipped({"a.json": "{}"}))
    list(client(github).reports(pull(github)))
    assert len(github.storage_headers) == 1
    assert "workflow-token" not in str(github.storage_headers)


def test_a_pull_request_whose_fork_was_deleted_is_one_from_a_fork(github: GitHubServer) -> None:
    github.pulls[1]["head"]["repo"] = None
    assert client(github).pull_request(1).fork


@pytest.mark.parametrize("kind", ["fork", "other commit", "none"])
def test_reports_of_a_fork_or_of_another_commit_are_refused(github: GitHubServer, kind: str) -> None:
    if kind != "none":
        other = HEAD if kind == "fork" else "d" * 40
        run = github.add_run(other, fork=kind == "fork")
        github.add_artifact(run, f"tanada-reports-{other}", zipped({"a.json": "{}"}))
    with pytest.raises(ForgeError, match="of aaaaaaaaaaaa, the last commit"):
        list(client(github).reports(pull(github)))


def test_a_pull_request_from_a_fork_has_no_reports_to_trust(github: GitHubServer) -> None:
    number = github.open_pull("e" * 40, fork=True)
    answer = client(github).pull_request(number)
    assert answer.fork
    with pytest.raises(ForgeError, match="came from a fork"):
        list(client(github).reports(answer))


def test_expired_reports_are_said(github: GitHubServer) -> None:
    github.add_artifact(github.add_run(HEAD), f"tanada-reports-{HEAD}", b"", expired=True)
    with pytest.raises(ForgeError, match="have expired"):
        list(client(github).reports(pull(github)))
