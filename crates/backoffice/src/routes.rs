//! Every address of the back office: what it needs, what it does.

use std::sync::Arc;

use kernel::Permission as P;
use platform::web::{Route, Routes};

use crate::{
    Backoffice, account, audit, bank_receipts, desk_routes, detail_routes, erase_customer, gift,
    goods_routes, help, inquiries, jobs, list_routes, message_templates, order_actions,
    order_refunds, pages, payment_routes, pictures, printing, product_state, products,
    second_factor, settings, shop_pages, sign_in, staff, start, stock, system, themes, transfers,
    variants, warehouses,
};

/// All routes of the back office, and those for machines.
#[must_use]
pub fn routes(desk: Arc<Backoffice>) -> Vec<Route> {
    let groups = [
        machines,
        door,
        orders,
        desk_routes::orders_by_staff,
        desk_routes::changes_of_orders,
        inquiries_of_customers,
        warehouse,
        warehouses::routes,
        transfers::routes,
        printing::routes,
        money,
        payment_routes::all,
        products,
        variants_of_products,
        goods_routes::parts_of_bundles,
        goods_routes::many_products,
        goods_routes::files_of_goods,
        pictures::routes,
        detail_routes::details_of_products,
        detail_routes::collections,
        detail_routes::members_of_collections,
        stock_of_variants,
        people,
        audit::routes,
        second_factor::routes,
        settings::routes::routes,
        gift::routes,
        themes::routes,
        shop_pages::routes,
        start::routes,
        help::routes,
        work,
        messages,
        list_routes::lists,
        list_routes::people_who_buy,
        erase_customer::routes,
        list_routes::kept_views,
    ];
    let none = Routes::new(desk);
    groups
        .into_iter()
        .fold(none, |routes, add: fn(Desk) -> Desk| add(routes))
        .finish()
}

/// The routes of the back office, group by group.
pub(crate) type Desk = Routes<Backoffice>;

fn machines(routes: Desk) -> Desk {
    routes
        .get(
            "/healthz",
            P::Public,
            "Whether the process lives",
            system::healthz,
        )
        .get(
            "/readyz",
            P::Public,
            "Whether the shop can serve",
            system::readyz,
        )
        .get(
            "/metrics",
            P::Public,
            "Figures for a monitor on this machine, or for a key with insight.read",
            system::metrics,
        )
        .get("/openapi.json", P::Public, "This document", system::openapi)
}

fn door(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/sign-in",
            P::Public,
            "The door of the back office",
            sign_in::show,
        )
        .post("/admin/sign-in", P::Public, "Signs in", sign_in::sign_in)
        .post("/admin/sign-out", P::Public, "Signs out", sign_in::sign_out)
        .get(
            "/admin/invitations/{token}",
            P::Public,
            "What an invitation is for",
            account::show_invitation,
        )
        .post(
            "/admin/invitations/{token}",
            P::Public,
            "Takes up an invitation",
            account::accept_invitation,
        )
        .get(
            "/admin/account",
            P::SignedIn,
            "One's own account",
            account::show,
        )
        .post(
            "/admin/account/password",
            P::SignedIn,
            "Changes one's password; other sessions end",
            account::change_password,
        )
        .get(
            "/admin",
            P::SignedIn,
            "How the day goes, and what waits for somebody",
            pages::home,
        )
}

fn orders(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/orders/{id}",
            P::OrdersRead,
            "One order with its timeline",
            pages::order,
        )
        .post(
            "/admin/orders/{id}/hold",
            P::OrdersWrite,
            "Holds the goods that a paid order lacks",
            order_actions::hold,
        )
        .post(
            "/admin/orders/{id}/payments",
            P::PaymentsWrite,
            "Takes in the money of an order",
            order_actions::take_payment,
        )
        .post(
            "/admin/orders/{id}/refunds",
            P::RefundsWrite,
            "Gives money back",
            order_refunds::refund,
        )
        .post(
            "/admin/orders/{id}/refunds/{refund_id}/settlement",
            P::RefundsWrite,
            "Says that a refund was given back by hand",
            order_refunds::settle,
        )
        .post(
            "/admin/orders/{id}/cancellation",
            P::OrdersWrite,
            "Calls an order off",
            order_actions::cancel,
        )
        .post(
            "/admin/orders/{id}/notes",
            P::OrdersWrite,
            "Writes a note that only the staff see",
            order_actions::add_note,
        )
}

fn inquiries_of_customers(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/inquiries/{id}",
            P::CustomersRead,
            "One question with its answer",
            inquiries::show,
        )
        .post(
            "/admin/inquiries/{id}/answer",
            P::InquiriesAnswer,
            "Answers by e-mail",
            inquiries::answer,
        )
}

fn warehouse(routes: Desk) -> Desk {
    routes
        .post(
            "/admin/orders/{id}/picking",
            P::FulfilmentWrite,
            "Marks an order as picked",
            order_actions::pick,
        )
        .post(
            "/admin/orders/{id}/parcels",
            P::FulfilmentWrite,
            "Sends a parcel",
            order_actions::ship,
        )
        .post(
            "/admin/orders/{id}/parcels/{parcel_id}/delivery",
            P::FulfilmentWrite,
            "Marks a parcel as delivered",
            order_actions::deliver,
        )
}

fn money(routes: Desk) -> Desk {
    routes
        .post(
            "/admin/bank-receipts",
            P::PaymentsWrite,
            "Records money that arrived",
            bank_receipts::record,
        )
        .post(
            "/admin/bank-receipts/{id}/match",
            P::PaymentsWrite,
            "Says which order a receipt pays",
            bank_receipts::assign,
        )
        .post(
            "/admin/bank-receipts/{id}/return",
            P::PaymentsWrite,
            "Says that money was sent back",
            bank_receipts::give_back,
        )
        .get(
            "/admin/funnel",
            P::InsightRead,
            "The five points by source",
            pages::funnel,
        )
}

fn people(routes: Desk) -> Desk {
    routes
        .post(
            "/admin/staff",
            P::StaffWrite,
            "Adds somebody; the link is shown once",
            staff::invite,
        )
        .patch(
            "/admin/staff/{id}",
            P::StaffWrite,
            "Gives somebody another job",
            staff::change_role,
        )
        .post(
            "/admin/staff/{id}/invitation",
            P::StaffWrite,
            "Makes a fresh link; it is shown once",
            staff::invite_again,
        )
        .post(
            "/admin/staff/{id}/deactivation",
            P::StaffWrite,
            "Ends somebody's access at once",
            staff::deactivate,
        )
        .delete(
            "/admin/staff/{id}/deactivation",
            P::StaffWrite,
            "Lets somebody in again",
            staff::reactivate,
        )
        .post(
            "/admin/keys",
            P::StaffWrite,
            "Makes a key; it is shown once",
            staff::create_key,
        )
        .delete(
            "/admin/keys/{id}",
            P::StaffWrite,
            "Ends a key at once",
            staff::revoke_key,
        )
}

fn work(routes: Desk) -> Desk {
    routes
        .post(
            "/admin/jobs/{id}/retry",
            P::JobsWrite,
            "Tries a failed job again",
            jobs::retry,
        )
        .delete(
            "/admin/jobs/{id}",
            P::JobsWrite,
            "Gives up a job that is not under way",
            jobs::discard,
        )
}

fn messages(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/message-templates/{kind}",
            P::MessagesWrite,
            "The words of one kind",
            message_templates::show,
        )
        .put(
            "/admin/message-templates/{kind}",
            P::MessagesWrite,
            "Replaces the words",
            message_templates::save,
        )
        .delete(
            "/admin/message-templates/{kind}",
            P::MessagesWrite,
            "Goes back to the program's words",
            message_templates::reset,
        )
        .get(
            "/admin/message-templates/{kind}/preview",
            P::MessagesWrite,
            "The letter of an example",
            message_templates::preview,
        )
        .post(
            "/admin/message-templates/{kind}/preview",
            P::MessagesWrite,
            "The letter with unsaved words",
            message_templates::try_out,
        )
}

fn products(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/products/new",
            P::ProductsWrite,
            "The form of a new product",
            products::new_form,
        )
        .post(
            "/admin/products",
            P::ProductsWrite,
            "Creates a draft",
            products::create,
        )
        .get(
            "/admin/products/{id}",
            P::ProductsRead,
            "One product",
            products::show,
        )
        .patch(
            "/admin/products/{id}",
            P::ProductsWrite,
            "Moves a product to another address",
            products::place,
        )
        .put(
            "/admin/products/{id}/texts",
            P::ProductsWrite,
            "Replaces a product's words",
            products::write_texts,
        )
        .put(
            "/admin/products/{id}/collections",
            P::ProductsWrite,
            "Puts it into these collections",
            products::choose_collections,
        )
        .post(
            "/admin/products/{id}/publication",
            P::ProductsWrite,
            "Puts it on sale",
            product_state::publish,
        )
        .delete(
            "/admin/products/{id}/publication",
            P::ProductsWrite,
            "Takes it off sale",
            product_state::unpublish,
        )
        .post(
            "/admin/products/{id}/archive",
            P::ProductsWrite,
            "Puts it away; it is off sale and out of the lists",
            product_state::archive,
        )
        .delete(
            "/admin/products/{id}/archive",
            P::ProductsWrite,
            "Takes it out of the archive, as a draft",
            product_state::restore,
        )
}

fn variants_of_products(routes: Desk) -> Desk {
    routes
        .post(
            "/admin/products/{id}/options",
            P::ProductsWrite,
            "Adds an option",
            products::add_option,
        )
        .patch(
            "/admin/products/{id}/options/{option}",
            P::ProductsWrite,
            "Renames an option",
            products::rename_option,
        )
        .post(
            "/admin/products/{id}/variants",
            P::ProductsWrite,
            "Adds a variant",
            variants::add,
        )
        .put(
            "/admin/variants/{id}",
            P::ProductsWrite,
            "Replaces everything about a variant",
            variants::write,
        )
}

fn stock_of_variants(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/inventory/variants/{id}",
            P::StockRead,
            "One variant's stock, ledger and holds",
            stock::item,
        )
        .put(
            "/admin/inventory/variants/{id}/threshold",
            P::StockWrite,
            "Sets an alert level",
            stock::set_threshold,
        )
        .post(
            "/admin/inventory/adjustments",
            P::StockWrite,
            "Changes stock by hand",
            stock::adjust,
        )
}
