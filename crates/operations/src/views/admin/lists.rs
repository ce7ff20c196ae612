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
    AdminOrders, AdminProducts, BankReceiptsPage, CardsPage, CustomersPage, InquiriesPage,
    JobsPage, MessageTemplatesPage, ShippingQueue, StaffPage, StockList,
    bank_receipts::{self, BankReceipts},
    card_list::Cards,
    cards,
    customers::{self, Customers},
    inquiries::{self, Inquiries},
    jobs::{self, JobsList},
    message_templates::{self, MessageTemplates},
    orders::{self, Orders},
    products::{self, Products},
    shipping,
    shipping_list::Shipping,
    staff::{self, Staff},
    stock::{self, Stock},
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
    BankReceipts => BankReceiptsPage, bank_receipts::page;
    Cards => CardsPage, cards::page, long;
    Customers => CustomersPage, customers::list;
    Inquiries => InquiriesPage, inquiries::list;
    JobsList => JobsPage, jobs::page;
    MessageTemplates => MessageTemplatesPage, message_templates::list;
    Orders => AdminOrders, orders::list;
    Products => AdminProducts, products::list;
    Shipping => ShippingQueue, shipping::queue;
    Staff => StaffPage, staff::page;
    Stock => StockList, stock::list;
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

/// The list of a name.
#[must_use]
pub fn keepable(code: &str) -> Option<Keepable> {
    [
        Keepable::of::<BankReceipts>(),
        Keepable::of::<Cards>(),
        Keepable::of::<Customers>(),
        Keepable::of::<Inquiries>(),
        Keepable::of::<JobsList>(),
        Keepable::of::<MessageTemplates>(),
        Keepable::of::<Orders>(),
        Keepable::of::<Products>(),
        Keepable::of::<Shipping>(),
        Keepable::of::<Staff>(),
        Keepable::of::<Stock>(),
    ]
    .into_iter()
    .find(|list| list.code == code)
}
