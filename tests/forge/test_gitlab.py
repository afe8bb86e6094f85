"""GitLab, against a server that answers as GitLab does."""

from __future__ import annotations

import time

import pytest

from tanada.errors import ForgeError
from tanada.forge.base import PullRequest, Verdict
from tanada.forge.gitlab import GitLab
from tests.forge.conftest import HEAD
from tests.forge.server import GitLabServer
from tests.forge.zips import zipped

MARKER = "<!-- tanada:plan shop -->"
MERGED = "c" * 40


def client(server: GitLabServer, token: str = "project-token", *, pipeline: int | None = None) -> GitLab:
    return GitLab(server.api_url, server.project, token, pipeline=pipeline)


def pull(server: GitLabServer) -> PullRequest:
    return PullRequest(1, HEAD, f"{server.url}/acme/shop/-/merge_requests/1", fork=False)


def verdict(result: str = "changes", headline: str = "2 environments change", key: str = "plan") -> Verdict:
    return Verdict(key, result, headline, "https://ci.example/1", "details")  # type: ignore[arg-type]


def bodies(server: GitLabServer) -> list[str]:
    return [note["body"] for note in server.notes]


# --- the note ---


def test_the_first_plan_makes_a_note_the_next_changes_it_in_place(gitlab: GitLabServer) -> None:
    assert client(gitlab).comment(pull(gitlab), MARKER, "one") == "created"
    assert client(gitlab).comment(pull(gitlab), MARKER, "two") == "updated"
    assert bodies(gitlab) == [f"{MARKER}\ntwo"]


def test_nothing_is_written_where_the_note_already_says_it(gitlab: GitLabServer) -> None:
    gitlab.add_note(1, gitlab.tokens["project-token"], f"{MARKER}\nsame")
    assert client(gitlab).comment(pull(gitlab), MARKER, "same\n") == "unchanged"
    assert gitlab.writes == []


def test_a_project_named_by_its_id_is_the_same_project(gitlab: GitLabServer) -> None:
    assert GitLab(gitlab.api_url, "42", "project-token").pull_request(1).head == HEAD


def test_notes_of_others_of_the_system_and_with_other_markers_are_left_alone(gitlab: GitLabServer) -> None:
    other, own = gitlab.add_token("other", "someone", "Maintainer"), gitlab.tokens["project-token"]
    gitlab.add_note(1, other, f"{MARKER}\nforged")
    gitlab.add_note(1, own, f"{MARKER}\nsystem", system=True)
    gitlab.add_note(1, own, "<!-- tanada:apply shop -->\nanother key")
    gitlab.add_note(1, own, f"> quoted\n{MARKER}")
    before = bodies(gitlab)
    assert client(gitlab).comment(pull(gitlab), MARKER, "mine") == "created"
    assert bodies(gitlab) == [*before, f"{MARKER}\nmine"]


def test_a_note_on_a_later_page_is_found(gitlab: GitLabServer) -> None:
    gitlab.per_page_limit = 2
    other = gitlab.add_token("other", "someone", "Guest")
    for number in range(5):
        gitlab.add_note(1, other, f"chat {number}")
    gitlab.add_note(1, gitlab.tokens["project-token"], f"{MARKER}\nold")
    assert client(gitlab).comment(pull(gitlab), MARKER, "new") == "updated"
    assert sum(call.path.endswith("/notes") for call in gitlab.calls) == 3


def test_of_several_of_ours_the_oldest_stays(gitlab: GitLabServer) -> None:
    for text in ("first", "second", "third"):
        gitlab.add_note(1, gitlab.tokens["project-token"], f"{MARKER}\n{text}")
    oldest = gitlab.notes[0]["id"]
    assert client(gitlab).comment(pull(gitlab), MARKER, "new") == "updated"
    assert [(note["id"], note["body"]) for note in gitlab.notes] == [(oldest, f"{MARKER}\nnew")]


def test_two_jobs_that_comment_at_once_leave_one_note(gitlab: GitLabServer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client(gitlab)
    asked = first._notes
    calls: list[int] = []

    def other_job_comes_between(*arguments: object) -> list[object]:
        answer = asked(*arguments)  # type: ignore[arg-type]
        if not calls:
            gitlab.add_note(1, gitlab.tokens["project-token"], f"{MARKER}\nother job")
        calls.append(1)
        return answer  # type: ignore[return-value]

    monkeypatch.setattr(first, "_notes", other_job_comes_between)
    first.comment(pull(gitlab), MARKER, "mine")
    assert bodies(gitlab) == [f"{MARKER}\nmine"]


def test_a_double_that_another_job_deleted_is_no_error(gitlab: GitLabServer) -> None:
    for text in ("first", "second"):
        gitlab.add_note(1, gitlab.tokens["project-token"], f"{MARKER}\n{text}")
    gitlab.fail(404, method="DELETE", message="404 Not found")
    assert client(gitlab).comment(pull(gitlab), MARKER, "new") == "updated"


# --- what the server and the token refuse ---


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        (401, "401 Unauthorized", ["refuses the token"]),
        (403, "403 Forbidden", ["does not let this token", "Reporter", "scope api"]),
        (404, "404 Not found", ["no such thing in acme/shop"]),
        (400, "400 Bad request", ["invalid"]),
    ],
)
def test_a_refusal_is_one_sentence_that_names_what_is_missing(
    gitlab: GitLabServer, status: int, message: str, words: list[str]
) -> None:
    gitlab.fail(status, path=".*/notes", message=message)
    with pytest.raises(ForgeError) as refused:
        client(gitlab).comment(pull(gitlab), MARKER, "text")
    sentence = str(refused.value)
    assert all(word in sentence for word in words)
    assert "project-token" not in sentence
    assert "\n" not in sentence
    assert refused.value.denied == (status != 400)


def test_no_answer_is_one_sentence(naps: list[float]) -> None:
    with pytest.raises(ForgeError, match="does not answer"):
        GitLab("http://127.0.0.1:9/api/v4", "acme/shop", "secret-token").pull_request(1)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_fault_is_tried_again(gitlab: GitLabServer, naps: list[float], status: int) -> None:
    gitlab.fail(status, method="POST", path=".*/notes", times=2)
    assert client(gitlab).comment(pull(gitlab), MARKER, "text") == "created"
    assert len(gitlab.notes) == 1
    assert naps == [0.1, 0.2]


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"Retry-After": "3600"}, [30] * 10),
        ({"RateLimit-Reset": str(int(time.time()) + 3600)}, [30] * 10),
        ({"Retry-After": "Fri"}, [0.1 * 2**tries for tries in range(10)]),
    ],
)
def test_a_lasting_rate_limit_ends_after_a_bounded_time(
    gitlab: GitLabServer, naps: list[float], headers: dict[str, str], waits: list[float]
) -> None:
    gitlab.fail(429, times=1000, headers=headers)
    with pytest.raises(ForgeError, match="rate limit is used up"):
        client(gitlab).pull_request(1)
    assert naps == pytest.approx(waits)


def test_a_short_rate_limit_is_waited_for_as_told(gitlab: GitLabServer, naps: list[float]) -> None:
    gitlab.fail(429, headers={"Retry-After": "7"})
    client(gitlab).pull_request(1)
    assert naps == [7]


# --- status ---


def test_a_result_is_shown_as_the_pipelines_status(gitlab: GitLabServer) -> None:
    pipeline = gitlab.add_pipeline(HEAD)
    assert client(gitlab, pipeline=pipeline).judge(pull(gitlab), HEAD, verdict("failed", "改" * 300)) == []
    (status,) = gitlab.statuses
    assert (status["name"], status["status"], status["pipeline_id"]) == ("tanada/plan", "failed", pipeline)
    assert len(status["description"]) == 255


def test_the_same_result_again_writes_nothing(gitlab: GitLabServer) -> None:
    client(gitlab).judge(pull(gitlab), HEAD, verdict())
    gitlab.calls.clear()
    assert client(gitlab).judge(pull(gitlab), HEAD, verdict()) == []
    assert gitlab.writes == []
    client(gitlab).judge(pull(gitlab), HEAD, verdict("failed"))
    assert len(gitlab.statuses) == 2


def test_a_reporter_may_set_no_status_and_hears_it(gitlab: GitLabServer) -> None:
    gitlab.add_token("reporter", "kim", "Reporter")
    (sentence,) = client(gitlab, "reporter").judge(pull(gitlab), HEAD, verdict())
    assert "the role Developer" in sentence


# --- the drift issue ---


def test_the_drift_issue_opens_stays_changes_and_closes_itself(gitlab: GitLabServer) -> None:
    def keep(body: str | None) -> str:
        return client(gitlab).issue("<!-- tanada:drift shop -->", "Drift", body, "All is as it was applied.")

    assert keep(None) == "nothing to do"
    assert keep("one") == "created"
    gitlab.calls.clear()
    assert keep("one") == "unchanged"
    assert gitlab.writes == []
    assert keep("two") == "updated"
    assert gitlab.issues[1]["description"].endswith("\ntwo")
    assert keep(None) == "closed"
    assert (gitlab.issues[1]["state"], bodies(gitlab)) == ("closed", ["All is as it was applied."])
    gitlab.calls.clear()
    assert keep(None) == "nothing to do"
    assert gitlab.writes == []
    assert keep("three") == "reopened"
    assert (len(gitlab.issues), gitlab.issues[1]["state"], gitlab.issues[1]["labels"]) == (
        1,
        "opened",
        ["tanada: drift"],
    )


# --- the merge request of a merge, and its reports ---


@pytest.mark.parametrize("how", ["merge", "squash", "fast-forward"])
def test_the_merge_request_of_a_merge_commit_is_found(gitlab: GitLabServer, how: str) -> None:
    assert client(gitlab).merged(MERGED) is None
    commit = HEAD if how == "fast-forward" else MERGED
    gitlab.merge(1, commit, squash=how == "squash")
    if how == "fast-forward":
        gitlab.requests[1]["merge_commit_sha"] = None
    answer = client(gitlab).merged(commit)
    assert answer is not None
    assert (answer.number, answer.head) == (1, HEAD)


def test_where_a_branch_is_now(gitlab: GitLabServer) -> None:
    gitlab.branches["main"] = MERGED
    assert client(gitlab).tip("main") == MERGED
    with pytest.raises(ForgeError, match="can't read the branch gone"):
        client(gitlab).tip("gone")


def test_the_reports_of_the_head_pipeline_and_of_its_children_are_taken(gitlab: GitLabServer) -> None:
    pipeline, child = gitlab.add_pipeline(HEAD, request=1), gitlab.add_pipeline(HEAD)
    foreign = gitlab.add_pipeline(HEAD, project=77)
    gitlab.add_child(pipeline, child)
    gitlab.add_child(pipeline, foreign)
    gitlab.add_job(pipeline, "tanada plan", b"one")
    gitlab.add_job(pipeline, "unit tests", b"no", filename="coverage.zip")
    gitlab.add_job(child, "plan: [2/2]", b"two")
    gitlab.add_job(foreign, "plan", b"foreign")
    answer = list(client(gitlab).reports(pull(gitlab)))
    assert [archive.content for archive in answer] == [b"one", b"two"]
    assert all("/" not in archive.name for archive in answer)


def test_a_merged_results_pipeline_is_the_heads_by_its_parents(gitlab: GitLabServer) -> None:
    gitlab.commits["f" * 40] = ["b" * 40, HEAD]
    gitlab.add_job(gitlab.add_pipeline("f" * 40, request=1), "tanada plan", b"one")
    assert [archive.content for archive in client(gitlab).reports(pull(gitlab))] == [b"one"]


def test_a_pipeline_of_another_commit_is_refused(gitlab: GitLabServer) -> None:
    gitlab.commits["f" * 40] = ["b" * 40, "d" * 40]
    gitlab.add_job(gitlab.add_pipeline("f" * 40, request=1), "tanada plan", b"one")
    with pytest.raises(ForgeError, match="no pipeline of this project"):
        list(client(gitlab).reports(pull(gitlab)))


def test_a_forks_pipeline_is_refused(gitlab: GitLabServer) -> None:
    gitlab.add_job(gitlab.add_pipeline(HEAD, request=1, project=gitlab.fork_id), "tanada plan", b"one")
    with pytest.raises(ForgeError, match="no pipeline of this project"):
        list(client(gitlab).reports(pull(gitlab)))
    number = gitlab.open_request("e" * 40, fork=True)
    with pytest.raises(ForgeError, match="came from a fork"):
        list(client(gitlab).reports(client(gitlab).pull_request(number)))


def test_a_pipeline_without_reports_is_said(gitlab: GitLabServer) -> None:
    gitlab.add_pipeline(HEAD, request=1)
    with pytest.raises(ForgeError, match="may have expired"):
        list(client(gitlab).reports(pull(gitlab)))


def test_the_object_storage_never_sees_the_token(gitlab: GitLabServer) -> None:
    gitlab.add_job(gitlab.add_pipeline(HEAD, request=1), "tanada plan", zipped({"a.json": "{}"}))
    list(client(gitlab).reports(pull(gitlab)))
    assert len(gitlab.storage_headers) == 1
    assert "project-token" not in str(gitlab.storage_headers)
