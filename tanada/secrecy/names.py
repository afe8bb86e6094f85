"""Names that look like a secret's: of variables, options, labels, tags, outputs; and of a resource's attributes."""

from __future__ import annotations

import functools
import unicodedata

from tanada.patterns import pattern

_LIKELY = (
    *("PASS", "PWD", "SECRET", "TOKEN", "KEY", "CRED", "PRIVATE", "DSN", "AUTH", "SALT", "COOKIE", "SIGNATURE"),
    *("WEBHOOK", "CONNECTIONSTRING", "CONNECTION_STRING", "MNEMONIC"),
)
_JAPANESE = (
    *("パスワード", "パスフレーズ", "暗証番号", "秘密", "トークン", "合言葉", "シークレット", "暗号鍵", "認証情報"),
    *("APIキー", "アクセスキー", "認証キー"),
)
_LONGEST = 200
"""Characters of a name that are read, the last ones."""
_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_ALWAYS = pattern(
    "PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|CREDENTIAL|TOKEN"
    "|(API|ACCESS|PRIVATE|SIGNING|ENCRYPTION|LICEN[CS]E|SHARED|ACCOUNT|AUTH|HMAC)KEY"
    "|CONNECTIONSTRING|WEBHOOK|BASICAUTH"
)
"""What says it wherever it stands in a name, its words written as one."""
_NO_SECRETS = pattern(
    "(CREATION|NEXT|IDEMPOTENCY|CONTINUATION|CLIENTREQUEST)TOKEN"
    "|^(MAX|MIN|NUM|NUMBER|COUNT|LIMIT|PROMPT|INPUT|OUTPUT|COMPLETION|CONTEXT|TOTAL|THINKING|NEW).*TOKENS$"
)
"""Tokens that open nothing, and how many of them."""
_WORDS = pattern(
    "PASS|PWD|PW|PSW|PSWD|PAT|JWT|DSN|SALT|COOKIE|AUTH|AUTHORIZATION|SIG|SIGNATURE|CREDS?|MNEMONIC|PEPPER|CONNSTR"
    # written as one word with what it is of: `DBPASS`, `PGPWD`, `ROOTPW`
    "|(?!(BY|COM|SUR|TRES|OVER|UNDER|ENCOM)PASS$)[A-Z]+(PASS|PWD|CREDS?)|(DB|PG|SQL|MYSQL|ROOT|ADMIN|USER|SMTP|LDAP|BIND)PW"
)
"""What says it as a name's last word."""
_QUALIFIERS = pattern(
    r"\d+|V|PROD|PRODUCTION|PRD|STG|STAGING|DEV|DEVELOPMENT|TEST|QA|LIVE|SANDBOX|LOCAL|OLD|NEW|CURRENT|PREVIOUS|PREV|NEXT"
    "|PRIMARY|SECONDARY|BACKUP|MAIN|DEFAULT|TMP|TEMP|VALUE|PLAIN|PLAINTEXT|RAW|BASE64|B64|HEX|RO|RW|READ|WRITE|JP"
)
"""Last words that say which one: `DB_PASS_PROD`, `MY_PWD_OLD`, `STRIPE_KEY_2`."""
_OF_JAPANESE = pattern(
    rf"(?:{'|'.join(_JAPANESE)}|秘密の?(?:鍵|キー))(?:[\d\W_]|本番|検証|開発|旧|新|現行|予備|管理者|用)*$"
)
"""The same in Japanese: at a name's end, for `トークン数` counts them and `秘密保持契約` is a contract."""
_OPEN_KEYS = pattern(
    "HASH|RANGE|PARTITION|SORT|MON|TUR|DON|HOC|JOC|WHIS|HOT|SHORTCUT|TRANSLATION|I18N|IDEMPOTENCY|PRIMARY|FOREIGN|PUBLIC|KMS|CMK|TAG|OBJECT|S3|CACHE|MAP|INDEX|LABEL|ROUTE|ROUTING|STATE"
    "|SOURCE|TARGET|FILTER|CONTEXT|DIMENSION|BUCKET|LOG|GROUP|SEARCH|TRACE|USAGE|MESSAGE|EVENT|VALUE|FOR|SHARD"
)
"""Words before `key` with which it names a thing, and opens nothing."""
_ABOUT = pattern(
    "IDS?|ARNS?|NAMES?|TTL|TYPE|LENGTH|SIZE|COUNT|LIMIT|MIN|MAX|MINIMUM|MAXIMUM|ENABLED|DISABLED|REQUIRED|VALIDITY|UNITS?"
    "|EXPIRY|EXPIRATION|EXPIRES|LIFETIME|TIMEOUT|DAYS|HOURS|MINUTES|SECONDS|AGE|PREFIX|SUFFIX|MODE|POLICY|ALGORITHM|ALG"
    "|VERSION|USAGE|SPEC|ROTATION|STRATEGY|FILE|PATH|DIR|DIRECTORY|ENDPOINT|ISSUER|AUDIENCE|HOST|PORT|REGION|PARAMETERS?"
    "|REFERENCE|REF|FROM|STATUS|STATE|PERIOD|WINDOW|RESET|RECOVERY|CHARACTERS|PROVIDER|SOURCE|FORMAT|HEADER|FIELD|SERVER"
    "|SERVICE|METHOD|URL|URI|ENCRYPTION|CONFIG|CONFIGURATION"
)
"""Last words with which a name speaks of a secret, and holds none."""

_WRITE_ONLY = pattern(r"(?!has_)[a-z0-9_]{1,200}_wo")
"""The provider's arguments that not even a state may hold; `has_value_wo` says whether there is one."""


_DECLARED = (
    frozenset(("services", "stores", "sites", "accounts", "environments", "images", "image_tags", "registries"))
    | {"hosted_zones", "zone_ids", "load_balancers", "edge_certificates", "name_servers", "permissions", "sidecars"}
    | {"scratch", "volumes", "depends_on", "jobs", "tasks"}
)
"""Maps of declarations, outputs and contracts whose keys a declaration chose: a service may be called `auth`."""


def given(key: str, within: str) -> str:
    """The key as a name that may say what it holds: none where it is the name of a declared thing."""
    return "" if within in _DECLARED else key


_VARIABLES = frozenset(
    {"environment", "environmentvariable", "environmentvariables", "envvars", "env", "variables"}
) | {"runtimeenvironmentvariables"}


def of_variables(name: str) -> bool:
    """Whether environment variables may stand below a name: of ECS, CodeBuild, Batch, Lambda, a declaration."""
    return name.replace("_", "").lower() in _VARIABLES


def looks_secret(name: str) -> bool:
    """Whether an environment variable of this name may hold a secret: rather too often than not."""
    return mentions(name) or names_secret(name)


def mentions(text: str) -> bool:
    """Whether a name or a text, however long, holds a part of a word for a secret."""
    if not text.isascii():
        text = _usual(text)
        if any(word in text for word in _JAPANESE):
            return True
    text = text.upper()
    for word in _LIKELY:  # noqa: SIM110 - `any` takes longer than all that it asks; a pattern does in long texts
        if word in text:
            return True
    return False


def names_secret(name: str) -> bool:
    """Whether what people gave this name holds a secret: a key of a map, a label, a tag, an option, an output."""
    return _names_secret(name[-_LONGEST:])


def attribute_is_secret(name: str) -> bool:
    """The same of a name that a provider gave, which marks its secrets itself: only what can mean nothing else."""
    if name.endswith("_wo") and _WRITE_ONLY.fullmatch(name):
        return True
    return _attribute_is_secret(name if len(name) <= _LONGEST else name[-_LONGEST:])


def speaks_of(name: str) -> bool:
    """Whether a name says by its end that it only speaks of a secret: `TOKEN_URL`, `key_id`."""
    words = _words(name[-_LONGEST:])
    return bool(words) and _ABOUT.fullmatch(words[-1]) is not None


@functools.lru_cache(maxsize=4096)
def _names_secret(name: str) -> bool:
    if not name.isascii():
        name = _usual(name)
        if _OF_JAPANESE.search(name):
            return True
    if _attribute_is_secret(name):
        return True
    words = _words(name)
    if not words or _ABOUT.fullmatch(words[-1]) or _NO_SECRETS.search("".join(words)):
        return False
    return _WORDS.fullmatch(words[-1]) is not None or _is_key(words)


def _is_key(words: list[str]) -> bool:
    """`APP_KEY`, `SSHKEY`; not `HASH_KEY`, `monkey`, nor `key` alone."""
    of, key, after = words[-1].rpartition("KEY")
    if not key or after or words[-3:-1] == ["S", "3"]:
        return False
    return _OPEN_KEYS.fullmatch(of or "".join(words[-2:-1]) or "FOR") is None


@functools.lru_cache(maxsize=4096)
def _attribute_is_secret(name: str) -> bool:
    words = _words(name)
    joined = "".join(words)
    if "WEBHOOK" in joined or "CONNECTIONSTRING" in joined:
        return words[-1] not in {"ID", "ARN", "NAME", "ENABLED"}
    return (
        bool(words)
        and _ABOUT.fullmatch(words[-1]) is None
        and _ALWAYS.search(joined) is not None
        and _NO_SECRETS.search(joined) is None
    )


def _words(name: str) -> list[str]:
    """`dbPassword` → `DB`, `PASSWORD`; of a path such as `/shop/test/db_password` the last part.

    Without the words at the end that say which one of several it is, unless nothing else is left.
    """
    words = [word.upper() for word in _WORD.findall(name.rpartition("/")[2])]
    end = len(words)
    while end > 1 and _QUALIFIERS.fullmatch(words[end - 1]):
        end -= 1
    return words[:end]


def _usual(text: str) -> str:
    """Full-width letters and half-width katakana as they are usually written (Unicode, normalization form NFKC)."""
    return unicodedata.normalize("NFKC", text)
