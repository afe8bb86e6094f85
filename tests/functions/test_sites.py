"""The code that runs at CloudFront, run by Node as CloudFront would: for browsers, and for crawlers."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from pydantic import ValidationError

from tanada import function_zips
from tanada.declared.moved_pages import MovedPages
from tanada.resources.cloudfront import LARGEST

NODE = shutil.which("node")
LIST = """\
/?p=1632,/blog/1632.html,"Bread & <butter>",https://www.example.jp/1632.png
/?cat=2&p=7,/blog/7.html
/?cat=4,/blog/4/
/old/,/new/
/%e3%83%91%e3%83%b3,/bread/
"""
RUN = """
import { readFileSync } from 'node:fs';
import { handler } from './site.mjs';
const answers = [];
for (const event of JSON.parse(readFileSync(0, 'utf-8'))) { answers.push(await handler(event)); }
console.log(JSON.stringify(answers));
"""
STORE = """
const pairs = %s;
const get = async (key) => { if (key in pairs) { return pairs[key]; } throw new Error('KeyNotFound'); };
export default { kvs: () => ({ get }) };
"""
FACEBOOK = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"


@pytest.fixture(scope="module")
def pages() -> MovedPages:
    return MovedPages(file=LIST, crawlers=("facebookexternalhit",))


@pytest.fixture(scope="module")
def code(pages: MovedPages) -> str:
    said = {"index": "index.html", "query": pages.query, "crawlers": list(pages.crawlers)}
    return f"{function_zips.script('sites', 'redirects.js', 'pages.js')}\nconst SITE = {json.dumps(said)};\n"


def asked(uri: str, agent: str = "Mozilla/5.0", **query: str) -> dict[str, Any]:
    """As CloudFront says it (developer guide, "CloudFront Functions event structure")."""
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "request": {
            "method": "GET",
            "uri": uri,
            "querystring": {name: {"value": value} for name, value in query.items()},
            "headers": {"host": {"value": "www.example.jp"}, "user-agent": {"value": agent}},
            "cookies": {},
        },
    }


def answered(**headers: str) -> dict[str, Any]:
    response = {"statusCode": 200, "headers": {name: {"value": value} for name, value in headers.items()}}
    return {**asked("/"), "context": {"eventType": "viewer-response"}, "response": response}


EVENTS: dict[str, dict[str, Any]] = {
    "root": asked("/"),
    "folder": asked("/news/"),
    "page": asked("/news/1.html"),
    "old": asked("/", p="1632"),
    "followed": asked("/", p="1632", fbclid="x", utm_source="y"),
    "two": asked("/", p="7", cat="2"),
    "one of two": asked("/", p="1632", cat="5"),
    "other of two": asked("/", p="9", cat="4"),
    "unknown": asked("/", p="9"),
    "slash": asked("/old"),
    "bread": asked("/%E3%83%91%E3%83%B3/"),
    "crawler": asked("/", FACEBOOK, p="1632", fbclid="x"),
    "crawler untitled": asked("/old/", FACEBOOK),
    "crawler at a page": asked("/blog/1632.html", FACEBOOK),
    "silent": answered(),
    "said": answered(**{"cache-control": "max-age=60"}),
}


@pytest.fixture(scope="module")
def answers(pages: MovedPages, code: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Of all in one process."""
    assert NODE is not None, "synths need it, too"
    folder = tmp_path_factory.mktemp("site")
    (folder / "site.mjs").write_text(f"{code}\nexport {{ handler }};\n", encoding="utf-8")
    (folder / "run.mjs").write_text(RUN, encoding="utf-8")
    package = folder / "node_modules" / "cloudfront"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "cloudfront", "type": "module", "main": "index.js"}')
    (package / "index.js").write_text(STORE % json.dumps(dict(pages.pairs())))
    said = json.dumps(list(EVENTS.values()))
    done = subprocess.run([NODE, "run.mjs"], cwd=folder, input=said, capture_output=True, text=True, check=True)
    return dict(zip(EVENTS, json.loads(done.stdout), strict=True))


def test_a_field_of_any_length_is_one_sentence() -> None:
    with pytest.raises(ValidationError, match="line 2: expected at most 512 characters of an old address"):
        MovedPages.model_validate({"file": "/a,/b\n/c," + "d" * 140_000})


@pytest.mark.parametrize(
    ("event", "file"),
    [("root", "/index.html"), ("folder", "/news/index.html"), ("page", "/news/1.html"), ("unknown", "/index.html")],
)
def test_a_folder_is_its_index(event: str, file: str, answers: dict[str, Any]) -> None:
    assert answers[event]["uri"] == file


@pytest.mark.parametrize(
    ("event", "new"),
    [
        ("old", "/blog/1632.html"),
        ("followed", "/blog/1632.html"),
        ("two", "/blog/7.html"),
        ("one of two", "/blog/1632.html"),
        ("other of two", "/blog/4/"),
        ("slash", "/new/"),
        ("bread", "/bread/"),
    ],
)
def test_a_browser_is_sent_to_the_new_address(event: str, new: str, answers: dict[str, Any]) -> None:
    answer = answers[event]
    assert (answer["statusCode"], answer["headers"]["location"]["value"]) == (301, new)


def test_a_crawler_is_told_of_the_new_page_under_the_old_address(answers: dict[str, Any]) -> None:
    answer = answers["crawler"]
    body = answer["body"]["data"]
    assert answer["statusCode"] == 200
    assert "location" not in answer["headers"]
    assert '<meta property="og:url" content="https://www.example.jp/?p=1632">' in body
    assert '<meta property="og:title" content="Bread &#38; &#60;butter&#62;">' in body
    assert '<meta property="og:image" content="https://www.example.jp/1632.png">' in body
    assert '<a href="/blog/1632.html">' in body


def test_of_a_page_without_a_title_a_crawler_is_told_the_address(answers: dict[str, Any]) -> None:
    body = answers["crawler untitled"]["body"]["data"]
    assert '<meta property="og:url" content="https://www.example.jp/old/">' in body
    assert '<meta property="og:title" content="/new/">' in body
    assert "og:image" not in body


def test_a_crawler_gets_a_page_as_everybody_does(answers: dict[str, Any]) -> None:
    assert answers["crawler at a page"]["uri"] == "/blog/1632.html"


def test_browsers_ask_again_for_what_says_nothing_of_keeping_it(answers: dict[str, Any]) -> None:
    assert answers["silent"]["headers"]["cache-control"]["value"] == "max-age=0, must-revalidate"
    assert answers["said"]["headers"]["cache-control"]["value"] == "max-age=60"


def test_the_code_is_as_small_as_cloudfront_takes_it(code: str) -> None:
    assert len(code.encode()) < LARGEST


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/a", "line 2: expected an old address, a comma and the new one, and behind these a title"),
        ("/a,/b,c,https://x.jp/d.png,e", "there are 5 columns"),
        ("a,/b", "line 2: expected an old address from the site's slash on"),
        ("/a,b", "line 2: expected a new address such as /blog/1632.html"),
        ("/a,//b", "line 2: expected a new address"),
        ("/a,/b,c,d.png", "line 2: expected a picture's whole address"),
        ("/a b,/b", "line 2: an address holds no blank; write %20"),
        ("/a,/b,c\u202ed", "line 2: the title holds what nobody can see; take it out"),
        (f"/{'a' * 512},/b", "line 2: the old address has 513 characters, and CloudFront keeps 512"),
        (f"/a,/{'b' * 1024}", "line 2: what stands behind the old address has 1,025 bytes, and CloudFront keeps 1,024"),
        ("/first/,/b", "line 2: /first is what line 1 has already; take one of them out"),
        ("/second,/first", "line 1: leads in a circle: /first to /second to /first"),
        ("/a,/a/?x=1", "line 2: leads in a circle: /a to /a"),
    ],
)
def test_a_line_that_is_wrong_is_refused_with_its_number(line: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - pydantic's
        MovedPages(file=f"/first,/second\n{line}\n")
    assert sentence in str(caught.value)


def test_a_list_of_thousands_is_read() -> None:
    lines = "\n".join(f"/?p={number},/blog/{number}.html" for number in range(5000))
    pages = MovedPages(file=f"\ufeff{lines}\r\n# the end\n")
    assert len(pages.pairs()) == 5000
    assert pages.query == ["p"]


def test_of_many_wrong_lines_the_first_are_named() -> None:
    with pytest.raises(ValueError, match=r"line 5: .*; and 4 more"):
        MovedPages(file="/a\n" * 9)
