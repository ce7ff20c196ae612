//! Addresses of what a product says of itself, and of collections.

use kernel::Permission as P;

use crate::{collections, product_service, product_sheet, product_terms, routes::Desk};

/// What a product says, answers and promises, when it is sold and how it is taxed; and what the shop decides of these.
pub(crate) fn details_of_products(routes: Desk) -> Desk {
    routes
        .put(
            "/admin/products/{id}/sheet",
            P::ProductsWrite,
            "Replaces brand, model, tags and attributes",
            product_sheet::write,
        )
        .put(
            "/admin/products/{id}/faq",
            P::ProductsWrite,
            "Replaces a product's questions",
            product_service::write_faq,
        )
        .put(
            "/admin/products/{id}/selling-points",
            P::ProductsWrite,
            "Replaces a product's selling points",
            product_service::write_selling_points,
        )
        .post(
            "/admin/products/{id}/plain-words",
            P::CustomersWrite,
            "Says that a product's words are plain to its customers",
            product_service::found_plain,
        )
        .put(
            "/admin/products/{id}/plan",
            P::ProductsWrite,
            "Sets when a product goes on sale and off",
            product_terms::write_plan,
        )
        .put(
            "/admin/products/{id}/tax-class",
            P::ProductsWrite,
            "Puts a product into a tax class",
            product_terms::choose_tax_class,
        )
        .put(
            "/admin/products/{id}/after-sales",
            P::ProductsWrite,
            "Replaces a product's after-sales terms",
            product_service::write_terms,
        )
        .get(
            "/admin/tax-classes",
            P::ProductsRead,
            "The shop's tax classes",
            product_terms::show_tax_classes,
        )
        .put(
            "/admin/tax-classes",
            P::SettingsWrite,
            "Replaces the shop's tax classes",
            product_terms::write_tax_classes,
        )
        .get(
            "/admin/after-sales",
            P::ProductsRead,
            "The shop's own after-sales terms",
            product_service::show_defaults,
        )
        .put(
            "/admin/after-sales",
            P::SettingsWrite,
            "Replaces the shop's own after-sales terms",
            product_service::write_defaults,
        )
}

/// The tree of collections, each with its rules or members.
pub(crate) fn collections(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/collections/new",
            P::ProductsWrite,
            "The form of a new collection",
            collections::new_form,
        )
        .post(
            "/admin/collections",
            P::ProductsWrite,
            "Creates a collection",
            collections::create,
        )
        .post(
            "/admin/collections/preview",
            P::ProductsWrite,
            "Shows what rules would find",
            collections::preview,
        )
        .get(
            "/admin/collections/{id}",
            P::ProductsRead,
            "One collection with its members",
            collections::show,
        )
        .put(
            "/admin/collections/{id}",
            P::ProductsWrite,
            "Replaces a collection's words, place, sheet and rules",
            collections::write,
        )
        .post(
            "/admin/collections/{id}/place",
            P::ProductsWrite,
            "Moves a collection among those beside it",
            collections::place,
        )
        .put(
            "/admin/collections/{id}/picture",
            P::ProductsWrite,
            "Hangs a picture into a collection",
            collections::hang,
        )
        .delete(
            "/admin/collections/{id}/picture",
            P::ProductsWrite,
            "Takes its picture out of a collection",
            collections::unhang,
        )
        .post(
            "/admin/collections/{id}/archive",
            P::ProductsWrite,
            "Puts a collection away with those below it",
            collections::archive,
        )
        .delete(
            "/admin/collections/{id}/archive",
            P::ProductsWrite,
            "Takes a collection back",
            collections::restore,
        )
}

/// What is in a collection, and in which order.
pub(crate) fn members_of_collections(routes: Desk) -> Desk {
    routes
        .post(
            "/admin/collections/{id}/members",
            P::ProductsWrite,
            "Puts a product into a collection",
            collections::add_member,
        )
        .delete(
            "/admin/collections/{id}/members/{product_id}",
            P::ProductsWrite,
            "Takes a product out of a collection",
            collections::remove_member,
        )
        .post(
            "/admin/collections/{id}/members/{product_id}/place",
            P::ProductsWrite,
            "Moves a product within a collection",
            collections::place_member,
        )
}
