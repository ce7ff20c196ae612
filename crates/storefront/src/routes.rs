//! Every address of the shop in one list.

use std::sync::Arc;

use kernel::Permission::{Account, Public};
use platform::web::{Route, Routes};

use crate::{
    Storefront,
    pages::{
        account::{addresses, data, door, links, messages, orders, overview, settings},
        cart, checkout, collection, consent, contact, files, home, impressions, lookup, machine,
        order, order_acts, order_address, page, payment, product, recent, search, webhooks,
    },
};

/// The routes of the shop.
#[must_use]
pub fn routes(face: Arc<Storefront>) -> Vec<Route> {
    let shop = machines(of_visits(paying(kept_files(Routes::new(face)))))
        .get("/", Public, "The home page", home::show)
        .get(
            "/collections/{handle}",
            Public,
            "A collection and one page of its products",
            collection::show,
        )
        .get(
            "/products/{handle}",
            Public,
            "A product with its variants, prices and stock",
            product::show,
        )
        .get(
            "/search",
            Public,
            "Products found by words, SKU or barcode",
            search::show,
        )
        .get(
            "/cart",
            Public,
            "The cart of the cookie or the Cart-Token header",
            cart::show,
        )
        .post(
            "/cart/lines",
            Public,
            "Put units of a variant into the cart",
            cart::add,
        )
        .patch(
            "/cart/lines/{id}",
            Public,
            "Change how many units a line has",
            cart::change,
        )
        .delete(
            "/cart/lines/{id}",
            Public,
            "Take a line out of the cart",
            cart::remove,
        )
        .get(
            "/checkout",
            Public,
            "What the cart costs with these choices; nothing is kept",
            checkout::show,
        )
        .put(
            "/checkout",
            Public,
            "Keep who orders, where it goes and how it is paid; answers every figure",
            checkout::save,
        )
        .post(
            "/checkout/complete",
            Public,
            "Place the order, once per Idempotency-Key",
            checkout::complete,
        )
        .get(
            "/orders/lookup",
            Public,
            "The page that finds an order",
            lookup::show,
        )
        .post(
            "/orders/lookup",
            Public,
            "Find an order by its number and the buyer's contact",
            lookup::find,
        )
        .get(
            "/orders/{token}",
            Public,
            "An order and how far it is",
            order::show,
        )
        .get(
            "/orders/{token}/result",
            Public,
            "What became of an order that was just placed or paid",
            order::result,
        )
        .post(
            "/orders/{token}/transfer_report",
            Public,
            "Tell from which account a transfer was made",
            order::report_transfer,
        )
        .post(
            "/orders/{token}/cancellation",
            Public,
            "Call an order off before it is picked",
            order::cancel,
        )
        .get(
            "/contact",
            Public,
            "The page to write to the shop",
            contact::show,
        )
        .post("/contact", Public, "Write to the shop", contact::send)
        .post(
            "/v1/impressions",
            Public,
            "Report which product cards came into view",
            impressions::report,
        );
    of_own_data(of_book(of_account(way_in(of_order(of_pages(shop)))))).finish()
}

/// Files that pages load; their names are made of their content.
fn kept_files(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .get(
            "/media/{file}",
            Public,
            "A picture of the shop",
            files::media,
        )
        .get(
            "/assets/{file}",
            Public,
            "A style sheet, script or icon",
            files::asset,
        )
        .get(
            "/themes/{file}",
            Public,
            "A style sheet, picture or font of a theme",
            files::of_theme,
        )
}

/// Pages made of blocks.
fn of_pages(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .get(
            "/pages/{handle}",
            Public,
            "A page made of blocks: a landing page, a policy, a guide",
            page::show,
        )
        .post(
            "/pages/{handle}/objections",
            Public,
            "Say what was missing on a page; the last answer of a browser counts",
            page::object,
        )
        .get(
            "/preview/{token}",
            Public,
            "A draft of a page, for whoever has the link",
            page::preview,
        )
}

/// What a browser looked at.
fn of_visits(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .get(
            "/recently-seen",
            Public,
            "What this browser looked at lately; nothing where visits are not measured",
            recent::show,
        )
        .delete(
            "/recently-seen",
            Public,
            "Show what was looked at so far no longer",
            recent::clear,
        )
}

/// What a buyer does with an order through its link.
fn of_order(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .post(
            "/orders/{token}/reorder",
            Public,
            "Put what was ordered into the cart again; says what is not sold any more",
            order_acts::reorder,
        )
        .get(
            "/orders/{token}/address",
            Public,
            "The form to send an order elsewhere, by country and way to deliver",
            order_address::show,
        )
        .put(
            "/orders/{token}/address",
            Public,
            "Send an order elsewhere, until it is picked; where that costs otherwise, once the new total is agreed to",
            order_address::change,
        )
        .delete(
            "/orders/{token}/cancellation",
            Public,
            "Take a cancellation back, for a while, if the goods can be kept again",
            order_acts::undo,
        )
}

/// Getting in to an account and out of it.
fn way_in(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .get(
            "/account/sign-in",
            Public,
            "The page to sign in",
            door::sign_in_page,
        )
        .get(
            "/account/sign-up",
            Public,
            "The page to open an account",
            door::sign_up_page,
        )
        .get(
            "/account/forgotten",
            Public,
            "The page for a forgotten password",
            door::forgotten_page,
        )
        .post(
            "/account/session",
            Public,
            "Sign in with a password; the cart of the browser joins the account's",
            door::sign_in,
        )
        .delete("/account/session", Public, "Sign out", door::sign_out)
        .post(
            "/account/links",
            Public,
            "Ask for a letter with a link to sign in, open an account or set a password; the answer is the same for every address",
            links::ask,
        )
        .get(
            "/account/sent",
            Public,
            "Says that a letter is on its way",
            links::sent,
        )
        .get(
            "/account/links/{token}",
            Public,
            "What a link of a letter does; it is not used up",
            links::look,
        )
        .post(
            "/account/links/{token}",
            Public,
            "Use a link of a letter, once",
            links::follow,
        )
}

/// What belongs to a signed-in customer.
fn of_account(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .get(
            "/account",
            Account,
            "The customer's account at a glance",
            overview::show,
        )
        .get(
            "/account/orders",
            Account,
            "The customer's orders, newest first",
            orders::list,
        )
        .get(
            "/account/messages",
            Account,
            "Letters about the customer's orders, and their questions with the answers",
            messages::show,
        )
        .get(
            "/account/settings",
            Account,
            "What the customer keeps about themselves and how they sign in",
            settings::show,
        )
        .put(
            "/account/profile",
            Account,
            "Change name, telephone number and language",
            settings::keep_profile,
        )
        .put(
            "/account/password",
            Account,
            "Change the password; other devices are signed out",
            settings::change_password,
        )
        .put(
            "/account/email",
            Account,
            "Ask for a letter that moves the account to another address",
            settings::change_email,
        )
        .delete(
            "/account/sessions",
            Account,
            "Sign out on every device",
            door::sign_out_everywhere,
        )
}

/// What programs that come by are told.
fn machines(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .get(
            "/robots.txt",
            Public,
            "What crawlers may read",
            machine::robots,
        )
        .get(
            "/sitemap.xml",
            Public,
            "Every public page, for search engines",
            machine::sitemap,
        )
        .get(
            "/sitemaps/{map}",
            Public,
            "A part of the map of a large shop",
            machine::part_of_sitemap,
        )
        .get(
            "/llms.txt",
            Public,
            "What assistants should know about the shop",
            machine::llms,
        )
}

/// How an order is paid, and where a card company tells of it.
fn paying(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .post(
            "/orders/{token}/payments",
            Public,
            "Pay an unpaid order in another way",
            payment::choose,
        )
        .get(
            "/orders/{token}/payments/{payment_id}",
            Public,
            "The page before the card company's, or the demo card page",
            payment::show,
        )
        .post(
            "/orders/{token}/payments/{payment_id}",
            Public,
            "Charge a kept card, open the card company's page, or let the demo page answer",
            payment::pay,
        )
        .get(
            "/orders/{token}/payments/{payment_id}/return",
            Public,
            "Where the card company's page leads: asks how the payment went",
            payment::come_back,
        )
        .post(
            "/orders/{token}/payments/{payment_id}/forgetting",
            Public,
            "Have the card company forget a kept card of the signed-in customer",
            payment::forget,
        )
        .post(
            "/orders/{token}/payments/{payment_id}/leaving",
            Public,
            "Have the card company's page closed, to pay another way",
            payment::leave,
        )
        .post(
            "/webhooks/stripe",
            Public,
            "Where Stripe sends its signed messages",
            webhooks::stripe,
        )
}

/// The address book of a signed-in customer.
fn of_book(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .get(
            "/account/addresses",
            Account,
            "The customer's address book",
            addresses::list,
        )
        .post(
            "/account/addresses",
            Account,
            "Keep an address; the same one once",
            addresses::keep,
        )
        .get(
            "/account/addresses/new",
            Account,
            "The form for an address, by country",
            addresses::fresh,
        )
        .get(
            "/account/addresses/{id}",
            Account,
            "One address, to be changed",
            addresses::show,
        )
        .put(
            "/account/addresses/{id}",
            Account,
            "Change an address",
            addresses::change,
        )
        .delete(
            "/account/addresses/{id}",
            Account,
            "Take an address out of the book",
            addresses::remove,
        )
}

/// What people allow, take along and want forgotten.
fn of_own_data(routes: Routes<Storefront>) -> Routes<Storefront> {
    routes
        .get(
            "/consent",
            Public,
            "Whether visits of this browser are measured",
            consent::show,
        )
        .post(
            "/consent",
            Public,
            "Decide whether visits of this browser are measured",
            consent::decide,
        )
        .put(
            "/account/consent",
            Account,
            "Allow letters about offers and news, or take it back",
            data::allow,
        )
        .get(
            "/account/export",
            Account,
            "Everything that is kept about the customer, as one file",
            data::take_along,
        )
        .get(
            "/account/erasure",
            Account,
            "What goes when the customer is forgotten, and what the law has the shop keep",
            data::what_goes,
        )
        .post(
            "/account/erasure",
            Account,
            "Ask the shop to forget the customer; it waits where questions wait",
            data::be_forgotten,
        )
}
