//! Every address of the shop in one list.

use std::sync::Arc;

use kernel::Permission::Public;
use platform::web::{Route, Routes};

use crate::{
    Storefront,
    pages::{
        cart, checkout, collection, contact, files, home, impressions, lookup, machine, order,
        payment, product, search, text,
    },
};

/// The routes of the shop.
#[must_use]
pub fn routes(face: Arc<Storefront>) -> Vec<Route> {
    Routes::new(face)
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
            "/orders/{token}/payments",
            Public,
            "Pay an unpaid order in another way",
            payment::choose,
        )
        .get(
            "/orders/{token}/payments/{payment_id}",
            Public,
            "The demo card page of a payment",
            payment::show,
        )
        .post(
            "/orders/{token}/payments/{payment_id}",
            Public,
            "Let the demo card page answer in a chosen way",
            payment::pay,
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
        .get(
            "/pages/{handle}",
            Public,
            "A page of text: shipping and returns, privacy, about",
            text::show,
        )
        .post(
            "/v1/impressions",
            Public,
            "Report which product cards came into view",
            impressions::report,
        )
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
            "/llms.txt",
            Public,
            "What assistants should know about the shop",
            machine::llms,
        )
        .finish()
}
