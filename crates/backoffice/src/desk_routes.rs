//! The addresses at which staff make orders for customers, and where it is decided what they may give away.

use kernel::Permission as P;

use crate::{desk_rules, order_drafts, routes::Desk};

/// Orders that staff put together, and how much of a price they may give away.
pub(crate) fn orders_by_staff(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/orders/new",
            P::OrdersWrite,
            "Where an order for a customer begins",
            order_drafts::begin,
        )
        .post(
            "/admin/order-drafts",
            P::OrdersWrite,
            "Begins an order for a customer",
            order_drafts::create,
        )
        .get(
            "/admin/order-drafts/{id}",
            P::OrdersWrite,
            "One order that staff put together",
            order_drafts::show,
        )
        .put(
            "/admin/order-drafts/{id}",
            P::OrdersWrite,
            "Keeps a draft and, when asked to, makes an order of it",
            order_drafts::work,
        )
        .delete(
            "/admin/order-drafts/{id}",
            P::OrdersWrite,
            "Gives a draft up",
            order_drafts::discard,
        )
        .get(
            "/admin/settings/desk",
            P::SettingsWrite,
            "Who may give how much of a price away",
            desk_rules::show,
        )
        .put(
            "/admin/settings/desk",
            P::SettingsWrite,
            "Replaces the limits",
            desk_rules::write,
        )
}
