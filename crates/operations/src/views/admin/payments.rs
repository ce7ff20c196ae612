//! Every payment, how cards are charged now, what does not fit, what banks dispute, and whether the books agree (P3, P11).

use kernel::{OrderId, Permission};
use payments::{
    Provider,
    breaks::{self, Comparison, KnownBreak},
    dispute::{self, Dispute},
    quarantine::{self, Quarantined},
    settings,
};
use platform::{
    Ctx, Cursor, Rx,
    list::{Asked, ListView},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{OrderLink, TabCount, order_links},
    lists::Listing,
    payment_list::{self, PaymentLine, PaymentTab, Payments},
};
use crate::FlowError;

/// Rows of each list.
const ROWS: i64 = 50;

/// The page of payments.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PaymentsPage {
    /// How the list of payments is sorted and narrowed.
    pub list: ListView,
    /// The tab.
    pub tab: PaymentTab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// The payments.
    pub items: Vec<PaymentLine>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
    /// Who charges cards; null when nobody does.
    pub cards: Option<Provider>,
    /// Whether the shop is a demonstration, which takes no real money.
    pub test_mode: bool,
    /// Whether the program was started with a key of Stripe.
    pub stripe: bool,
    /// Whether that key takes real money.
    pub stripe_live: bool,
    /// The last comparison with Stripe's books.
    pub comparison: Option<Comparison>,
    /// Differences that somebody must look at.
    pub breaks: Vec<About<KnownBreak>>,
    /// Disputes, those that can be answered first.
    pub disputes: Vec<About<Dispute>>,
    /// Reports that do not fit what was asked for.
    pub quarantined: Vec<About<Quarantined>>,
    /// Whether the reader may settle something.
    pub can_settle: bool,
}

/// Something about an order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct About<T> {
    /// What.
    #[serde(flatten)]
    pub what: T,
    /// The order; null where none is known.
    pub order: Option<OrderLink>,
}

/// The page of payments.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<PaymentsPage, FlowError> {
    let list = ListView::of(rx, ctx, &payment_list::LIST, asked, Vec::new()).await?;
    let limit = asked.limit_of(&payment_list::LIST);
    let found = Payments::rows(rx, ctx, asked, limit).await?;
    let open = payment_list::open(rx).await?;
    let count = |code: &'static str| TabCount {
        code,
        count: (code == "open").then_some(open),
    };
    let known = settings::load(rx).await?;
    let breaks = breaks::open(rx, ROWS).await?;
    let disputes = dispute::list(rx, ROWS).await?;
    let quarantined = quarantine::open(rx, ROWS).await?;
    let ids: Vec<OrderId> = breaks
        .iter()
        .filter_map(|b| b.order_id)
        .chain(disputes.iter().map(|d| d.order_id))
        .chain(quarantined.iter().filter_map(|q| q.order_id))
        .collect();
    let links = order_links(rx, &ids).await?;
    let link = |id: Option<OrderId>| id.and_then(|id| links.get(&id).cloned());
    Ok(PaymentsPage {
        list,
        tab: payment_list::tab(asked),
        tabs: payment_list::TABS.map(count).to_vec(),
        items: found.items,
        next_cursor: found.next_cursor,
        cards: known.cards(),
        test_mode: known.test_mode,
        stripe: known.stripe.is_some(),
        stripe_live: known.stripe.as_ref().is_some_and(|account| account.live),
        comparison: breaks::last_comparison(rx, Provider::Stripe).await?,
        breaks: breaks
            .into_iter()
            .map(|what| About {
                order: link(what.order_id),
                what,
            })
            .collect(),
        disputes: disputes
            .into_iter()
            .map(|what| About {
                order: link(Some(what.order_id)),
                what,
            })
            .collect(),
        quarantined: quarantined
            .into_iter()
            .map(|what| About {
                order: link(what.order_id),
                what,
            })
            .collect(),
        can_settle: ctx.allows(Permission::PaymentsWrite),
    })
}
