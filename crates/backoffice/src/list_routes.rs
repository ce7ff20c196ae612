//! The addresses of all lists: each has a page and a file, both for those whom the list itself names.

use kernel::Permission as P;
use operations::views::admin::{
    audit::AuditLog,
    bank_receipts::BankReceipts,
    bulk_list::BulkEdits,
    card_list::Cards,
    collections::Collections,
    customers::Customers,
    delay_list::AnnouncedDelays,
    inquiries::Inquiries,
    jobs::JobsList,
    lists::Paged,
    message_templates::MessageTemplates,
    messages::Messages,
    order_draft_list::OrderDrafts,
    orders::Orders,
    payment_case_list::PaymentCases,
    payment_list::Payments,
    products::Products,
    shipping_list::Shipping,
    staff::{Keys, Staff},
    stock::Stock,
    transfers::Transfers,
};
use platform::list::Listed;

use crate::{
    customers,
    lists::{self as handlers, export, show},
    routes::Desk,
};

/// Every list: its page and its file, with one sentence for each.
pub(crate) fn lists(routes: Desk) -> Desk {
    let routes = of_the_desk(routes);
    let routes = of_the_money(routes);
    let routes = of_the_goods(routes);
    let routes = of_the_house(routes);
    routes.get(
        "/admin/keys/export",
        Keys::list().permission,
        "Keys for programs, as a file",
        export::<Keys>,
    )
}

/// What comes in and goes out every day.
fn of_the_desk(routes: Desk) -> Desk {
    let routes = list::<Orders>(
        routes,
        ["/admin/orders", "/admin/orders/export"],
        ["The list of orders, newest first", "Orders, as a file"],
    );
    let routes = list::<OrderDrafts>(
        routes,
        ["/admin/order-drafts", "/admin/order-drafts/export"],
        [
            "Orders that staff put together, the last changed first",
            "Orders that staff put together, as a file",
        ],
    );
    let routes = list::<AnnouncedDelays>(
        routes,
        [
            "/admin/delays/announcements",
            "/admin/delays/announcements/export",
        ],
        [
            "Delays that were announced",
            "Delays that were announced, as a file",
        ],
    );
    let routes = list::<PaymentCases>(
        routes,
        ["/admin/payment-cases", "/admin/payment-cases/export"],
        [
            "Cards that failed, and who helps",
            "Cards that failed, as a file",
        ],
    );
    let routes = list::<Inquiries>(
        routes,
        ["/admin/inquiries", "/admin/inquiries/export"],
        [
            "What customers ask, the longest wait first",
            "What customers ask, as a file",
        ],
    );
    let routes = list::<Customers>(
        routes,
        ["/admin/customers", "/admin/customers/export"],
        ["Who buys here", "Who buys here, as a file"],
    );
    list::<Shipping>(
        routes,
        ["/admin/shipping", "/admin/shipping/export"],
        [
            "What has to leave, by promise time",
            "What has to leave, as a file",
        ],
    )
}

/// Money that comes in.
fn of_the_money(routes: Desk) -> Desk {
    let routes = list::<Payments>(
        routes,
        ["/admin/payments", "/admin/payments/export"],
        [
            "Every payment, who charges cards, disputes, and whether the books agree",
            "Payments, as a file",
        ],
    );
    list::<BankReceipts>(
        routes,
        ["/admin/bank-receipts", "/admin/bank-receipts/export"],
        [
            "Money that arrived at the bank",
            "Money that arrived, as a file",
        ],
    )
}

/// What the shop sells, and how it is found.
fn of_the_goods(routes: Desk) -> Desk {
    let routes = list::<Transfers>(
        routes,
        ["/admin/transfers", "/admin/transfers/export"],
        [
            "Goods that move between warehouses, the newest first",
            "Goods that move between warehouses, as a file",
        ],
    );
    let routes = list::<Products>(
        routes,
        ["/admin/products", "/admin/products/export"],
        ["The list of products", "Products, as a file"],
    );
    let routes = list::<Stock>(
        routes,
        ["/admin/inventory", "/admin/inventory/export"],
        ["The list of stock", "Stock, as a file"],
    );
    let routes = list::<Collections>(
        routes,
        ["/admin/collections", "/admin/collections/export"],
        ["The tree of collections", "Collections, as a file"],
    );
    let routes = list::<BulkEdits>(
        routes,
        [
            "/admin/products/bulk/edits",
            "/admin/products/bulk/edits/export",
        ],
        [
            "Changes of many products, newest first",
            "Changes of many products, as a file",
        ],
    );
    list::<Cards>(
        routes,
        ["/admin/funnel/cards", "/admin/funnel/cards/export"],
        [
            "How each card did, and why people do not open it",
            "How each card did, as a file",
        ],
    )
}

/// Who works here and how.
fn of_the_house(routes: Desk) -> Desk {
    let routes = list::<AuditLog>(
        routes,
        ["/admin/audit", "/admin/audit/export"],
        [
            "What staff and programs changed, newest first",
            "What staff and programs changed, as a file",
        ],
    );
    let routes = list::<Messages>(
        routes,
        ["/admin/messages", "/admin/messages/export"],
        [
            "Letters that left or did not, newest first",
            "Letters that left or did not, as a file",
        ],
    );
    let routes = list::<Staff>(
        routes,
        ["/admin/staff", "/admin/staff/export"],
        [
            "Who works here, and keys for programs",
            "Who works here, as a file",
        ],
    );
    let routes = list::<JobsList>(
        routes,
        ["/admin/jobs", "/admin/jobs/export"],
        [
            "Background work, schedules and followers",
            "Background work, as a file",
        ],
    );
    list::<MessageTemplates>(
        routes,
        [
            "/admin/message-templates",
            "/admin/message-templates/export",
        ],
        ["All kinds of messages", "All kinds of messages, as a file"],
    )
}

fn list<L: Paged>(
    routes: Desk,
    [page, file]: [&'static str; 2],
    [shows, writes]: [&'static str; 2],
) -> Desk {
    let needs = L::list().permission;
    routes
        .get(page, needs, shows, show::<L>)
        .get(file, needs, writes, export::<L>)
}

/// Views of lists that people keep.
pub(crate) fn kept_views(routes: Desk) -> Desk {
    routes
        .post(
            "/admin/views",
            P::SignedIn,
            "Keeps a view of a list under a name",
            handlers::keep,
        )
        .delete(
            "/admin/views/{id}",
            P::SignedIn,
            "Removes a view of one's own",
            handlers::remove,
        )
        .put(
            "/admin/views/{id}/opening",
            P::SignedIn,
            "Lets one's own list open with a view",
            handlers::open_with,
        )
        .delete(
            "/admin/views/{id}/opening",
            P::SignedIn,
            "Lets one's own list open as it is",
            handlers::open_plain,
        )
}

/// One customer, and what the palette finds.
pub(crate) fn people_who_buy(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/customers/{id}",
            P::CustomersRead,
            "One customer with the one timeline",
            customers::show,
        )
        .get(
            "/admin/customers/{id}/export",
            P::CustomersWrite,
            "Everything that is kept about one person",
            customers::everything,
        )
        .put(
            "/admin/customers/{id}/contact",
            P::CustomersWrite,
            "Changes how a customer is reached",
            customers::write_contact,
        )
        .post(
            "/admin/customers/{id}/notes",
            P::CustomersWrite,
            "Writes a note that only the staff see",
            customers::add_note,
        )
        .post(
            "/admin/customers/{id}/tags",
            P::CustomersWrite,
            "Gives a customer a tag",
            customers::add_tag,
        )
        .delete(
            "/admin/customers/{id}/tags",
            P::CustomersWrite,
            "Takes a tag away",
            customers::remove_tag,
        )
        .get(
            "/admin/find",
            P::SignedIn,
            "Orders, customers and products by their first letters",
            customers::find,
        )
}
