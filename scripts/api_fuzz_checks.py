"""What is held against every answer beside schemathesis' own checks, and how questions come to name what is there."""

import json
import os
import pathlib
import re
import zlib

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection

# Words of the inside: no answer has them (A20).
INSIDE = ("INSERT INTO", "sqlite", "postgres", "panicked at", "stack backtrace", ".rs:", "/tmp/")
# What there is, by address and parameter, as the walk over the pages found it; what a shopper's browser keeps; and where
# the answers are counted.
THINGS = json.loads(pathlib.Path(os.environ["SHOP_THINGS"]).read_text())
COOKIES = json.loads(os.environ["SHOP_COOKIES"])
ANSWERS = pathlib.Path(os.environ["SHOP_ANSWERS"])
# An id: the word of its kind, then its key.
ID = re.compile(r"([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}")
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "origin",
    "content-security-policy": "frame-ancestors",
}


def ids():
    """Every id that is known, by the word of its kind."""
    found = {}
    for rows in THINGS.values():
        for value in (value for row in rows for value in row if ID.fullmatch(value)):
            kind = found.setdefault(ID.fullmatch(value).group(1), [])
            if value not in kind:
                kind.append(value)
    return found


IDS = ids()


def there(value, draw):
    """A value in which ids are those of things that are there."""
    if isinstance(value, dict):
        return {there(name, draw): there(inner, draw) for name, inner in value.items()}
    if isinstance(value, list):
        return [there(inner, draw + place) for place, inner in enumerate(value)]
    kind = isinstance(value, str) and ID.fullmatch(value)
    known = IDS.get(kind.group(1)) if kind else None
    return known[draw % len(known)] if known else value


@schemathesis.hook
def before_call(context, case, kwargs):
    """Three questions of four that fit their address name things that are there; the fourth stays as it was made.

    Which, follows from the question alone, so that the same seed asks the same.
    """
    if COOKIES:
        # A cookie or a key that was made up would otherwise take the place of who asks.
        case.cookies = {**(case.cookies or {}), **COOKIES}
        (case.headers or {}).pop("Authorization", None)
    draw = zlib.crc32(f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body}".encode(errors="replace"))
    if draw % 4 == 0 or case.meta is None:
        return
    rows = THINGS.get(case.path)
    if rows and case.path_parameters and not case.meta.is_negative_at(ParameterLocation.PATH):
        names = re.findall(r"\{([^}]*)\}", case.path)
        case.path_parameters = dict(zip(names, rows[draw // 4 % len(rows)]))
    if isinstance(case.body, dict) and not case.meta.is_negative_at(ParameterLocation.BODY):
        case.body = there(case.body, draw // 4)


@schemathesis.hook
def after_call(context, case, response):
    """Counts the answers by their status."""
    with ANSWERS.open("a") as out:
        out.write(f"{response.status_code} {case.method} {case.path}\n")


@schemathesis.check
def unfit_data_is_refused(ctx, response, case):
    """Unfit data is refused, where "unfit" is what the shop means by it.

    In a form and in an address everything is a text and an empty text is nothing, so only JSON bodies can be held to
    the types of the schema.
    """
    if case.body is not None and case.media_type == "application/json" and not case.query:
        return negative_data_rejection(ctx, response, case)
    return None


@schemathesis.check
def nothing_of_the_inside(ctx, response, case):
    """Failures say nothing of how the shop is made; what was asked may be shown again."""
    if response.status_code >= 400:
        text = response.content.decode("utf-8", errors="replace")
        asked = f"{response.request.url} {case.query} {case.body} {case.path_parameters}"
        found = [word for word in INSIDE if word in text and word not in asked]
        assert not found, f"the answer tells of {found}"


@schemathesis.check
def guarded(ctx, response, case):
    """Every answer carries its headers (A20)."""
    for name, part in HEADERS.items():
        values = response.headers.get(name, [])
        assert any(part in value for value in values), f"{name} is {values}"
