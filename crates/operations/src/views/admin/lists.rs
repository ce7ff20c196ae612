//! All lists of the back office in one place: how each is read page by page for a file, and which lists people can
//! keep views of.

use std::future::Future;

use kernel::Permission;
use platform::{
    Ctx, Page, Rx,
    list::{Asked, Listed},
    web::{PageView, Problem},
};

use super::{
    AdminCollections, AdminOrders, AdminProducts, AnnouncedDelaysPage, AuditPage, BankReceiptsPage,
    BulkEditsPage, CardsPage, CustomersPage, InquiriesPage, JobsPage, MessageTemplatesPage,
    MessagesPage, OrderDraftsPage, PaymentCasesPage, PaymentsPage, ShippingQueue, StaffPage,
    StockList, TransfersPage,
    audit::{self, AuditLog},
    bank_receipts::{self, BankReceipts},
    bulk_list::{self, BulkEdits},
    card_list::Cards,
    cards,
    collections::{self, Collections},
    customers::{self, Customers},
    delay_list::{self, AnnouncedDelays},
    inquiries::{self, Inquiries},
    jobs::{self, JobsList},
    message_templates::{self, MessageTemplates},
    messages::{self, Messages},
    order_draft_list::{self, OrderDrafts},
    orders::{self, Orders},
    payment_case_list::{self, PaymentCases},
    payment_list::Payments,
    payments,
    products::{self, Products},
    shipping,
    shipping_list::Shipping,
    staff::{self, Staff},
    stock::{self, Stock},
    transfers::{self, Transfers},
};
use crate::FlowError;

/// A list whose rows can be read page by page, as its file shows them.
pub trait Listing: Listed {
    /// At most `limit` rows after the cursor of `asked`.
    fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> impl Future<Output = Result<Page<Self::Row>, FlowError>>;
}

/// A list with a page.
pub trait Paged: Listing {
    /// The page.
    type View: PageView;
    /// Whether reading the page takes long enough to leave the web server's threads.
    const LONG: bool = false;

    /// The page as it was asked for.
    fn view(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
    ) -> impl Future<Output = Result<Self::View, FlowError>>;
}

macro_rules! pages {
    ($($list:ty => $view:ty, $read:path $(, $long:ident)?;)*) => {$(
        impl Paged for $list {
            type View = $view;
            $(const LONG: bool = { stringify!($long); true };)?

            async fn view(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<$view, FlowError> {
                $read(rx, ctx, asked).await
            }
        }
    )*};
}

pages! {
    AnnouncedDelays => AnnouncedDelaysPage, delay_list::list;
    AuditLog => AuditPage, audit::page;
    BankReceipts => BankReceiptsPage, bank_receipts::page;
    BulkEdits => BulkEditsPage, bulk_list::list;
    Cards => CardsPage, cards::page, long;
    Collections => AdminCollections, collections::list;
    Customers => CustomersPage, customers::list;
    Inquiries => InquiriesPage, inquiries::list;
    JobsList => JobsPage, jobs::page;
    MessageTemplates => MessageTemplatesPage, message_templates::list;
    Messages => MessagesPage, messages::list;
    OrderDrafts => OrderDraftsPage, order_draft_list::list;
    Orders => AdminOrders, orders::list;
    PaymentCases => PaymentCasesPage, payment_case_list::list;
    Payments => PaymentsPage, payments::page;
    Products => AdminProducts, products::list;
    Shipping => ShippingQueue, shipping::queue;
    Staff => StaffPage, staff::page;
    Stock => StockList, stock::list;
    Transfers => TransfersPage, transfers::list;
}

/// A list of which people can keep views.
pub struct Keepable {
    /// Its name.
    pub code: &'static str,
    /// Its page.
    pub path: &'static str,
    /// Who may see it.
    pub permission: Permission,
    read: fn(&str) -> Result<Asked, Problem>,
}

impl Keepable {
    fn of<L: Listed>() -> Self {
        let list = L::list();
        Self {
            code: list.code,
            path: list.path,
            permission: list.permission,
            read: |query| Asked::read(L::list(), query),
        }
    }

    /// The address of a view as the list itself would write it, without a cursor.
    ///
    /// # Errors
    /// 422 when the list does not understand it.
    pub fn query(&self, text: &str) -> Result<String, Problem> {
        (self.read)(text.trim_start_matches('?')).map(|asked| asked.query())
    }
}

/// Every list of which people can keep views.
#[must_use]
pub fn all() -> Vec<Keepable> {
    vec![
        Keepable::of::<AnnouncedDelays>(),
        Keepable::of::<AuditLog>(),
        Keepable::of::<BankReceipts>(),
        Keepable::of::<BulkEdits>(),
        Keepable::of::<Cards>(),
        Keepable::of::<Collections>(),
        Keepable::of::<Customers>(),
        Keepable::of::<Inquiries>(),
        Keepable::of::<JobsList>(),
        Keepable::of::<MessageTemplates>(),
        Keepable::of::<Messages>(),
        Keepable::of::<OrderDrafts>(),
        Keepable::of::<Orders>(),
        Keepable::of::<PaymentCases>(),
        Keepable::of::<Payments>(),
        Keepable::of::<Products>(),
        Keepable::of::<Shipping>(),
        Keepable::of::<Staff>(),
        Keepable::of::<Stock>(),
        Keepable::of::<Transfers>(),
    ]
}

/// The list of a name.
#[must_use]
pub fn keepable(code: &str) -> Option<Keepable> {
    all().into_iter().find(|list| list.code == code)
}
