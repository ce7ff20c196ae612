//! The addresses of bundles, of changes of many products, and of goods as files.

use kernel::Permission as P;

use crate::{bulk, bundles, product_files, routes::Desk};

/// Goods as files, out and in.
pub(crate) fn files_of_goods(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/products/file",
            P::ProductsWrite,
            "All goods as CSV, the shop's own or Shopify's",
            product_files::export,
        )
        .get(
            "/admin/products/import",
            P::ProductsWrite,
            "The form for a file of goods",
            product_files::show,
        )
        .post(
            "/admin/products/import",
            P::ProductsWrite,
            "Looks at a file of goods, or brings it in",
            product_files::import,
        )
        .get(
            "/admin/products/imports/{id}",
            P::ProductsRead,
            "How far the pictures of a file of goods have come",
            product_files::pictures,
        )
}

/// Many products changed at once.
pub(crate) fn many_products(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/products/bulk",
            P::ProductsWrite,
            "What a change of many products would come to",
            bulk::show,
        )
        .post(
            "/admin/products/bulk",
            P::ProductsWrite,
            "Changes many products",
            bulk::begin,
        )
        .get(
            "/admin/products/bulk/{id}",
            P::ProductsRead,
            "How far a change of many products has come",
            bulk::edit,
        )
        .post(
            "/admin/products/bulk/{id}/undo",
            P::ProductsWrite,
            "Undoes it as a whole",
            bulk::undo,
        )
}

/// What bundles are made of.
pub(crate) fn parts_of_bundles(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/variants/{id}/bundle",
            P::ProductsRead,
            "What a variant is made of",
            bundles::show,
        )
        .put(
            "/admin/variants/{id}/bundle",
            P::ProductsWrite,
            "Replaces what a variant is made of",
            bundles::write,
        )
        .post(
            "/admin/variants/{id}/bundle/parts",
            P::ProductsWrite,
            "Puts one more part in",
            bundles::add,
        )
        .delete(
            "/admin/variants/{id}/bundle/parts/{part_id}",
            P::ProductsWrite,
            "Takes a part out",
            bundles::remove,
        )
}
