"""What is held against every answer beside schemathesis' own checks."""

import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection

# Words of the inside: no answer has them (A20).
INSIDE = ("INSERT INTO", "sqlite", "postgres", "panicked at", "stack backtrace", ".rs:", "/tmp/")
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "origin",
    "content-security-policy": "frame-ancestors",
}


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
