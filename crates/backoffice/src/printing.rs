//! What the warehouse prints, and the page on which the shop says how it packs (ORD-08, ORD-13, ORD-14,
//! ORD-15).

use std::{collections::BTreeMap, sync::Arc};

use kernel::{Locale, OrderId, Permission as P, StockTransferId, Texts};
use operations::{
    packing::{GiftWrap, PACKING, Packing},
    views::admin::{
        LabelsPage, PackingPage, PickListPage, SlipsPage, TransferSlipPage, packing as views,
        pick_list as picking,
        print::{self, MOST, Paper},
        transfer_slip,
    },
};
use platform::{
    Ctx, DbError, settings,
    web::{Done, Page, Path, Problem, Query, form as fields},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    forms::{Amount, Form, filled},
    order_drafts::currency,
    paths::TransferPath,
    routes::Desk,
};

/// Characters of the words about packing, in one language.
const WORDS: usize = 1_000;
/// Characters of what the gift wrap is, in one language.
const WRAP_WORDS: usize = 120;

/// The addresses of what is printed.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/print/pick-list",
            P::FulfilmentWrite,
            "The pick list of chosen orders or of the whole queue, to print",
            pick_list,
        )
        .get(
            "/admin/print/packing-slips",
            P::FulfilmentWrite,
            "Packing slips of chosen orders or of the whole queue, to print",
            slips,
        )
        .get(
            "/admin/print/labels",
            P::FulfilmentWrite,
            "Shipping labels of chosen orders or of the whole queue, to print",
            labels,
        )
        .get(
            "/admin/transfers/{id}/slip",
            P::StockRead,
            "The slip that goes with a transfer, to print",
            transfer_slip,
        )
        .get(
            "/admin/settings/packing",
            P::SettingsWrite,
            "How the shop packs",
            show,
        )
        .put(
            "/admin/settings/packing",
            P::SettingsWrite,
            "Replaces how the shop packs",
            write,
        )
}

/// Which orders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenOrders {
    /// The orders, at most 100; the first hundred of the queue when absent.
    #[serde(default)]
    orders: Vec<OrderId>,
    /// The paper of packing slips, `a4` or `a5`.
    #[serde(default)]
    paper: Paper,
}

impl ChosenOrders {
    fn checked(self) -> Result<(Vec<OrderId>, Paper), Problem> {
        if self.orders.len() > MOST {
            return Err(Problem::invalid("error-print-too-many").with("most", MOST));
        }
        Ok((self.orders, self.paper))
    }
}

/// The pick list.
pub(crate) async fn pick_list(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(chosen): Query<ChosenOrders>,
) -> Result<Page<PickListPage>, Problem> {
    let (ids, _) = chosen.checked()?;
    let page = ctx
        .read(async move |rx, ctx| picking::pick_list(rx, ctx, &ids).await)
        .await?;
    Ok(Page::new(page))
}

/// Packing slips.
pub(crate) async fn slips(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(chosen): Query<ChosenOrders>,
) -> Result<Page<SlipsPage>, Problem> {
    let (ids, paper) = chosen.checked()?;
    let page = ctx
        .read(async move |rx, ctx| print::slips(rx, ctx, &ids, paper).await)
        .await?;
    Ok(Page::new(page))
}

/// Shipping labels.
pub(crate) async fn labels(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(chosen): Query<ChosenOrders>,
) -> Result<Page<LabelsPage>, Problem> {
    let (ids, _) = chosen.checked()?;
    let page = ctx
        .read(async move |rx, ctx| print::labels(rx, ctx, &ids).await)
        .await?;
    Ok(Page::new(page))
}

/// The slip of a transfer.
pub(crate) async fn transfer_slip(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<TransferPath>,
) -> Result<Page<TransferSlipPage>, Problem> {
    let id: StockTransferId = at.id;
    let page = ctx
        .read(async move |rx, ctx| transfer_slip::slip(rx, ctx, id).await)
        .await?;
    Ok(Page::new(page))
}

/// How the shop packs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WritePacking {
    /// How every parcel is packed, for the shop's own people, by language.
    #[serde(default)]
    instructions: BTreeMap<Locale, String>,
    /// A word of thanks on the packing slip, by language.
    #[serde(default)]
    thanks: BTreeMap<Locale, String>,
    /// Wrapping as a gift; not offered when absent.
    #[serde(default)]
    gift_wrap: WriteGiftWrap,
}

/// Whether presents are wrapped.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WriteGiftWrap {
    /// Whether the shop wraps presents.
    #[serde(deserialize_with = "fields::flag")]
    offered: bool,
    /// What it costs; free of charge when absent.
    price: Option<Amount>,
    /// What the wrap is, by language.
    words: BTreeMap<Locale, String>,
}

async fn page(ctx: &Ctx) -> Result<PackingPage, Problem> {
    Ok(ctx.read(async |rx, _| views::page(rx).await).await?)
}

/// How the shop packs.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<PackingPage>, Problem> {
    Ok(Page::new(page(&ctx).await?))
}

/// Replaces how the shop packs.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WritePacking>,
) -> Result<Done<PackingPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let currency = currency(&ctx).await?;
        let price = typed.gift_wrap.price.as_ref();
        let price = price.map(|amount| amount.money(currency, "gift_wrap.price"));
        let decided = Packing {
            instructions: words(typed.instructions, "instructions", WORDS)?,
            thanks: words(typed.thanks, "thanks", WORDS)?,
            gift_wrap: GiftWrap {
                offered: typed.gift_wrap.offered,
                price: price.transpose()?.map_or(0, |price| price.amount),
                words: words(typed.gift_wrap.words, "gift_wrap.words", WRAP_WORDS)?,
            },
        };
        ctx.write(async move |tx, ctx| {
            settings::save(tx, ctx, PACKING, &decided).await?;
            Ok::<_, DbError>(())
        })
        .await?;
        let next = sent.next("/admin/settings/packing");
        Ok(Done::new(page(&ctx).await?, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx)).await
}

fn words(typed: BTreeMap<Locale, String>, field: &str, most: usize) -> Result<Texts, Problem> {
    let texts = filled(typed);
    for (locale, text) in &texts.0 {
        if text.chars().count() > most {
            return Err(Problem::invalid("error-invalid-input")
                .field(format!("{field}.{locale}"), "error-too-long"));
        }
    }
    Ok(texts)
}
