//! Addresses of failed payments, of the texts that help, and of the page of payments.

use kernel::Permission as P;

use crate::{payment_cases, payments, routes::Desk};

pub(crate) fn all(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/payment-cases/{id}",
            P::OrdersRead,
            "One failed payment: what was tried, whom to call, what to say",
            payment_cases::show,
        )
        .post(
            "/admin/payment-cases/{id}/take",
            P::OrdersWrite,
            "Takes a case upon oneself",
            payment_cases::take,
        )
        .post(
            "/admin/payment-cases/{id}/contacted",
            P::OrdersWrite,
            "Says that the shopper was reached",
            payment_cases::contacted,
        )
        .post(
            "/admin/payment-cases/{id}/close",
            P::OrdersWrite,
            "Closes a case with its reason",
            payment_cases::close,
        )
        .post(
            "/admin/payment-cases/{id}/notes",
            P::OrdersWrite,
            "Writes something down",
            payment_cases::note,
        )
        .get(
            "/admin/payment-help",
            P::MessagesWrite,
            "The texts that help when a payment does not work",
            payment_cases::show_help,
        )
        .post(
            "/admin/payment-help",
            P::MessagesWrite,
            "Keeps these texts",
            payment_cases::save_help,
        )
        .post(
            "/admin/payment-breaks/{id}/take",
            P::PaymentsWrite,
            "Takes a difference between the books upon oneself",
            payments::take_break,
        )
        .post(
            "/admin/payment-breaks/{id}/settle",
            P::PaymentsWrite,
            "Says what became of a difference",
            payments::settle_break,
        )
}
