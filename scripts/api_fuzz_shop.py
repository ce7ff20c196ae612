"""What a demonstration shop leaves out and its addresses need: a shopper with an order, a cart and an address, and what
the people of the shop keep."""

import json
import re

ADDRESS = {
    "name": "Ada Lin",
    "phone": "0912345678",
    "country": "TW",
    "postal_code": "106",
    "region": "臺北市",
    "city": "大安區",
    "line1": "Ada 路 12 號",
}
SECRET = "a long enough secret"


def enter(owner, log):
    """The owner follows the invitation that the program printed, and has a session from then on."""
    link = re.search(r"/admin/invitations/[\w-]+", log).group(0)
    owner.must("POST", link, {"new_password": SECRET, "new_password_again": SECRET})


def some(owner, path, pattern):
    """What a page of the desk names, in its order."""
    _, page = owner.ask("GET", path, accept="text/html")
    return list(dict.fromkeys(re.findall(pattern, page)))


def fill_cart(shopper, variants, kinds=4):
    """Puts the first goods that there are into the cart, and gives what its lines are called."""
    lines = []
    for variant in variants:
        status, text = shopper.ask("POST", "/cart/lines", {"variant_id": variant, "quantity": 1})
        lines = json.loads(text)["lines"] if status < 400 else lines
        if len(lines) >= kinds:
            break
    return {"/cart/lines/{id}": [[line["id"]] for line in lines]}


def buy(shopper, document, mail, variants):
    """A shopper orders by card, and gives what the addresses of the order and its payment name."""
    fill_cart(shopper, variants, 2)
    details = {"email": mail, "phone": "0912345678", "payment_method": "card", "shipping_address": ADDRESS}
    shopper.must("PUT", "/checkout", details)
    placed = shopper.must("POST", "/checkout/complete", {})
    token, payment = placed["order"]["token"], placed["payment"]["id"]
    paying = "/orders/{token}/payments/{payment_id}"
    return {place: [[token, payment]] for place in document["paths"] if place.startswith(paying)}


def write_down_addresses(shopper):
    """Addresses in the customer's book."""
    for number in range(4):
        shopper.must("POST", "/account/addresses", {"address": {**ADDRESS, "line1": f"Ada 路 {number + 1} 號"}})
    return {"/account/addresses/{id}": [[found] for found in some(shopper, "/account/addresses", r"address_\w{26}")]}


def furnish(owner):
    """What staff keep: people, keys, views, a bulk edit, money that came, refunds, a preview."""
    for number in range(6):
        owner.must("POST", "/admin/staff", {"name": f"Spare {number}", "email": f"spare{number}@people.test", "role": "warehouse"})
        owner.must("POST", "/admin/keys", {"name": f"spare {number}", "role": "warehouse"})
        owner.must("POST", "/admin/bank-receipts", {"amount": f"{number + 1}", "payer_last_five": "12345"})
    views = [owner.must("POST", "/admin/views", {"list": "orders", "name": f"mine {number}"})["id"] for number in range(6)]
    edits = []
    for percent in ("10", "5"):
        edit = {"all": True, "what": "percent_down", "percent": percent, "round": "ten"}
        edits.append(owner.must("POST", "/admin/products/bulk", edit)["id"])
    page = some(owner, "/admin/pages", r"page_\w{26}")[0]
    preview = owner.must("POST", f"/admin/pages/{page}/preview", {})
    token = re.search(r"/preview/([\w-]+)", str(preview))
    for order in some(owner, "/admin/orders?payment=paid", r"order_\w{26}")[:4]:
        owner.ask("POST", f"/admin/orders/{order}/refunds", {"scope": "amount", "amount": "1", "reason": "other"})
    return {
        "/admin/views/{id}": [[view] for view in views],
        "/admin/products/bulk/{id}": [[edit] for edit in edits],
        "/preview/{token}": [[token.group(1)]] if token else [],
        "/sitemaps/{map}": [["0"]],
    }
