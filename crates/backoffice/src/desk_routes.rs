//! The addresses at which staff work on orders themselves: making one for a customer, changing one, sending one first,
//! telling of a delay.

use kernel::Permission as P;

use crate::{delays, desk_rules, order_drafts, order_edit, order_priority, routes::Desk};

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

/// Orders that change before they are packed, go first, or leave later.
pub(crate) fn changes_of_orders(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/orders/{id}/edit",
            P::OrdersWrite,
            "The sheet on which an order is changed before it is packed",
            order_edit::show,
        )
        .post(
            "/admin/orders/{id}/edit/preview",
            P::OrdersWrite,
            "What a change would mean for an order's money; nothing is changed",
            order_edit::preview,
        )
        .post(
            "/admin/orders/{id}/edit",
            P::OrdersWrite,
            "Changes an order before it is packed",
            order_edit::change,
        )
        .post(
            "/admin/orders/{id}/balance-waiver",
            P::OrdersWrite,
            "Has an order packed although the rest of its money has not come",
            order_edit::waive,
        )
        .delete(
            "/admin/orders/{id}/gift",
            P::OrdersWrite,
            "Takes a gift that has not left out of an order",
            order_edit::drop_gift,
        )
        .post(
            "/admin/orders/{id}/priority",
            P::OrdersWrite,
            "Has an order go before all others",
            order_priority::first,
        )
        .delete(
            "/admin/orders/{id}/priority",
            P::OrdersWrite,
            "Lets an order go in its turn again",
            order_priority::in_turn,
        )
        .get(
            "/admin/delays",
            P::OrdersWrite,
            "Whom word of a delay would reach, and what was announced before",
            delays::show,
        )
        .post(
            "/admin/delays",
            P::OrdersWrite,
            "Moves the promise of orders and tells their buyers once",
            delays::announce,
        )
}
