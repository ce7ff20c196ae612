"""localstripe with what a shop needs beyond it: pages for cards, keys that make a call one call, and lost answers.

localstripe knows payment intents, kept cards, refunds, balance and signed messages. Added here, in Stripe's own shapes:

- Checkout Sessions: made, read, closed; `GET /pay/{id}` is the page on which a person picks a trial card. The money is
  taken by a payment intent of localstripe's.
- `Idempotency-Key`: the same key and path answer what they answered before.
- `POST /_config/lose` with `path`, `when` (before, after), `times`: the next calls whose path contains `path` get no
  answer, before or after they did what they were asked.
- `POST /_config/hold` with `path` and `when`: the next call whose path ends with `path` waits, before or after it does
  what it was asked, until `POST /_config/release`; `GET /_config/held` says how many wait.
- `POST /_config/charge`: what a shopper does on the page, for tests: `session`, `card`.

Nothing is kept on disk, and it listens on 127.0.0.1 only.
"""

import argparse
import asyncio
import html
import sys
import time

from aiohttp import web
from localstripe import resources
from localstripe.errors import UserError
from localstripe.resources import PaymentIntent, PaymentMethod, StripeObject, store
from localstripe.server import app, get_post_data, json_response, unflatten_data
from localstripe.webhooks import schedule_webhook

CARDS = {
    "pm_card_visa": "4242 4242 4242 4242: accepted",
    "pm_card_chargeCustomerFail": "4000 0000 0000 0341: refused",
}
sessions = {}
answers = {}
losses = []
holds = []
held = []


class Session(StripeObject):
    """A page for one payment."""

    object = "checkout.session"
    _id_prefix = "cs_test_"

    def __init__(self, base, data):
        super().__init__()
        line = data["line_items"][0]
        price = line["price_data"]
        intent = data.get("payment_intent_data", {})
        self.url = f"{base}/pay/{self.id}"
        self.status = "open"
        self.payment_status = "unpaid"
        self.amount_total = int(price["unit_amount"]) * int(line["quantity"])
        self.currency = price["currency"]
        self.client_reference_id = data.get("client_reference_id")
        self.metadata = data.get("metadata", {})
        self.customer = data.get("customer")
        self.expires_at = int(data.get("expires_at", time.time() + 86400))
        self.success_url = data["success_url"]
        self.cancel_url = data.get("cancel_url")
        self.payment_intent = None
        self._title = price["product_data"]["name"]
        self._intent = intent
        if data.get("mode") != "payment" or self.expires_at < time.time() + 1740:
            raise UserError(400, "expires_at must be at least 30 minutes from now")
        sessions[self.id] = self

    def _shown(self, expand):
        exported = self._export()
        if self.payment_intent and "payment_intent" in expand:
            exported["payment_intent"] = PaymentIntent._api_retrieve(self.payment_intent)._export()
        return exported

    def _pay(self, card):
        """What happens when a card is typed: the intent is made with the first one and charged with each."""
        if self.status != "open":
            raise UserError(400, "This page is closed.")
        method = PaymentMethod._api_retrieve(card)
        if self.payment_intent is None:
            intent = PaymentIntent(
                amount=self.amount_total,
                currency=self.currency,
                customer=self.customer,
                metadata=self._intent.get("metadata", {}),
            )
            self.payment_intent = intent.id
        intent = PaymentIntent._api_retrieve(self.payment_intent)
        intent.payment_method = method.id
        intent.latest_charge = None
        try:
            intent._confirm(on_failure_now=intent._report_failure)
        except UserError as refused:
            return refused.body["error"].get("message") or "refused"
        if self._intent.get("setup_future_usage") and self.customer:
            PaymentMethod._api_attach(method.id, customer=self.customer)
        self.status = "complete"
        self.payment_status = "paid"
        schedule_webhook(resources.Event("checkout.session.completed", self))
        return None

    def _expire(self):
        if self.status != "open":
            raise UserError(400, "Only open sessions can be expired.")
        if self.payment_intent:
            PaymentIntent._api_cancel(self.payment_intent)
        self.status = "expired"
        schedule_webhook(resources.Event("checkout.session.expired", self))


def session_of(request):
    found = sessions.get(request.match_info["id"])
    if found is None:
        raise UserError(404, "No such checkout.session")
    if found.status == "open" and found.expires_at <= time.time():
        found._expire()
    return found


async def create(request):
    data = await get_post_data(request)
    return json_response(Session(f"http://{request.host}", data)._shown([]))


async def retrieve(request):
    expand = unflatten_data(request.query).get("expand", [])
    return json_response(session_of(request)._shown(expand))


async def expire(request):
    found = session_of(request)
    found._expire()
    return json_response(found._shown([]))


def page(title, body):
    text = f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>{title}</title>{body}"
    return web.Response(text=text, content_type="text/html")


async def show(request):
    found = session_of(request)
    title = html.escape(f"Trial payment for {found._title}")
    if found.status != "open":
        return page(title, f"<h1>This page is {found.status}</h1>")
    choices = "".join(
        f"<p><label><input type=radio name=card value={name} {'checked' if place == 0 else ''}> {text}</label></p>"
        for place, (name, text) in enumerate(CARDS.items())
    )
    refused = "<p role=alert><strong>The card was refused. Try another one.</strong></p>" if "refused" in request.query else ""
    return page(
        title,
        f"<h1>{title}</h1><p>{found.amount_total} {html.escape(found.currency)} (in the smallest unit). No money is taken.</p>"
        f"{refused}<form method=post>{choices}<button>Pay</button></form>"
        f"<p><a href='{html.escape(found.cancel_url or '/')}'>Back to the shop</a></p>",
    )


async def typed(request):
    found = session_of(request)
    data = await request.post()
    refused = found._pay(data.get("card", "pm_card_visa"))
    raise web.HTTPSeeOther(f"/pay/{found.id}?refused" if refused else found.success_url)


async def charge(request):
    data = await get_post_data(request)
    found = sessions.get(data["session"])
    if found is None:
        raise UserError(404, "No such checkout.session")
    return web.json_response({"refused": found._pay(data["card"])})


async def lose(request):
    data = await get_post_data(request)
    losses.extend([(data["path"], data["when"])] * int(data.get("times", 1)))
    return web.Response()


async def hold(request):
    data = await get_post_data(request)
    holds.append((data["path"], data["when"]))
    return web.Response()


async def tell_held(request):
    return web.json_response({"held": len(held)})


async def release(request):
    for waiting in held:
        waiting.set()
    held.clear()
    return web.Response()


async def stand_still(request, when):
    for wanted in holds:
        if request.path.endswith(wanted[0]) and wanted[1] == when:
            holds.remove(wanted)
            waiting = asyncio.Event()
            held.append(waiting)
            await waiting.wait()
            return


def lost(request, when):
    for loss in losses:
        if loss[0] in request.path and loss[1] == when:
            losses.remove(loss)
            return True
    return False


def hang_up(request):
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=500)


@web.middleware
async def front(request, handler):
    """Keys, losses, and the way of browsers, who have no key of the account."""
    if request.path.startswith("/_config/"):
        return await handler(request)
    if lost(request, "before"):
        return hang_up(request)
    # What was sent is read first: whoever sent it may be gone when it is done.
    sent = await request.read()
    await stand_still(request, "before")
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    known = answers.get((request.path, key)) if key else None
    if known is not None:
        first, status, body = known
        if first != sent:
            raise UserError(400, "Keys for idempotent requests can only be used with the same parameters.")
        response = web.Response(status=status, body=body, content_type="application/json")
    else:
        try:
            response = await handler(request)
        except UserError as refused:
            response = refused.to_response()
        if key and response.status < 500:
            answers[(request.path, key)] = (sent, response.status, response.body)
    await stand_still(request, "after")
    return hang_up(request) if lost(request, "after") else response


@web.middleware
async def doors(request, handler):
    if request.path.startswith("/pay/"):
        return await handler(request)
    return await guarded(request, handler)


def main():
    global guarded
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8420)
    port = parser.parse_args().port
    # Nothing of a trial outlives it.
    store.dump_to_disk = lambda: None
    middlewares = list(app.middlewares)
    guarded = middlewares[1]
    middlewares[1] = doors
    middlewares.insert(1, front)
    app._middlewares = web.Application(middlewares=middlewares)._middlewares
    router = app.router
    router.add_post("/v1/checkout/sessions", create)
    router.add_get("/v1/checkout/sessions/{id}", retrieve)
    router.add_post("/v1/checkout/sessions/{id}/expire", expire)
    router.add_get("/pay/{id}", show)
    router.add_post("/pay/{id}", typed)
    router.add_post("/_config/charge", charge)
    router.add_post("/_config/lose", lose)
    router.add_post("/_config/hold", hold)
    router.add_post("/_config/release", release)
    router.add_get("/_config/held", tell_held)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    sys.exit(main())
