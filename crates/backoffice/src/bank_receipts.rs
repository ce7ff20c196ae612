//! Money that arrived at the bank: recorded, matched to its order, or sent back.

use std::sync::Arc;

use kernel::{BankReceiptId, OrderId, Timestamp};
use operations::{
    FlowError,
    flows::match_receipt,
    shop,
    views::admin::{BankReceiptsPage, bank_receipts as receipts},
};
use orders::order;
use payments::receipt::{self, NewReceipt, ReceiptState};
use platform::{
    Ctx,
    list::Asked,
    secret,
    web::{Done, Path, Problem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Amount, Form, Nothing, explain},
    paths::ReceiptPath,
};

/// Money that arrived.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMoney {
    /// How much.
    pub(crate) amount: Amount,
    /// The last five digits of the sender's account.
    #[serde(default)]
    pub(crate) payer_last_five: Option<String>,
    /// When the bank got it; now when absent. Without a zone it is the shop's time.
    #[serde(default)]
    pub(crate) received_at: Option<String>,
    /// The bank's own name for it; the same name is the same money.
    #[serde(default)]
    pub(crate) reference: Option<String>,
    /// Who sent it, as the bank writes it.
    #[serde(default)]
    pub(crate) payer: Option<String>,
}

/// Which order money pays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchReceipt {
    /// The order.
    #[serde(default)]
    order_id: Option<OrderId>,
    /// Or its number.
    #[serde(default)]
    order_number: Option<String>,
}

/// How a receipt stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReceiptStands {
    /// The receipt.
    id: BankReceiptId,
    /// `suspense`, `matched` or `returned`.
    state: ReceiptState,
    /// The order it pays.
    order_id: Option<OrderId>,
}

const LIST: &str = "/admin/bank-receipts";

async fn list(ctx: &Ctx) -> Result<BankReceiptsPage, Problem> {
    Ok(ctx
        .read(async |rx, ctx| receipts::page(rx, ctx, &Asked::default()).await)
        .await?)
}

/// Records money that arrived.
pub(crate) async fn record(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<NewMoney>,
) -> Result<Done<ReceiptStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let new = received(&ctx, value?, sent.key.as_deref()).await?;
        let kept = match_receipt::record(&ctx, new).await.map_err(explain)?;
        let stands = ReceiptStands {
            id: kept.id,
            state: kept.state,
            order_id: kept.order_id,
        };
        Ok(Done::created(stands, sent.next(LIST)).flash("admin-flash-recorded"))
    };
    sent.or_show(work, list(&ctx)).await
}

/// Money as it is recorded. Without a bank reference the request's own key stands for it, so that a second click is the
/// same money.
pub(crate) async fn received(
    ctx: &Ctx,
    money: NewMoney,
    key: Option<&str>,
) -> Result<NewReceipt, Problem> {
    let currency = ctx.read(async |rx, _| shop::load(rx).await).await?.currency;
    let received_at = match &money.received_at {
        Some(text) => arrived(ctx, text)?,
        None => ctx.now(),
    };
    let plain = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let reference = plain(money.reference);
    if reference
        .as_ref()
        .is_some_and(|text| text.chars().count() > 100)
    {
        return Err(Problem::invalid("error-invalid-input").field("reference", "error-too-long"));
    }
    Ok(NewReceipt {
        amount: money.amount.money(currency, "amount")?,
        received_at,
        payer: plain(money.payer)
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect(),
        last_five: plain(money.payer_last_five).unwrap_or_default(),
        bank_reference: reference.unwrap_or_else(|| {
            format!(
                "hand:{}",
                key.map_or_else(secret::random_token, str::to_owned)
            )
        }),
    })
}

/// An instant as programs write it, or the shop's local time as forms do.
pub(crate) fn instant(ctx: &Ctx, text: &str, field: &str) -> Result<Timestamp, Problem> {
    let wrong = || Problem::invalid("error-invalid-input").field(field, "error-invalid-value");
    Ok(match text.parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) => {
            let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
            local
                .to_zoned(ctx.zone().clone())
                .map_err(|_| wrong())?
                .timestamp()
                .into()
        }
    })
}

/// When money arrived; never in the future.
fn arrived(ctx: &Ctx, text: &str) -> Result<Timestamp, Problem> {
    let at = instant(ctx, text, "received_at")?;
    if at > ctx.now().plus_seconds(60) {
        let wrong = Problem::invalid("error-invalid-input");
        Err(wrong.field("received_at", "error-invalid-value"))
    } else {
        Ok(at)
    }
}

/// Says which order a receipt pays.
pub(crate) async fn assign(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ReceiptPath>, Form<MatchReceipt>),
) -> Result<Done<ReceiptStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let order_id = wanted_order(&ctx, value?).await?;
        match_receipt::match_to_order(&ctx, at.id, order_id)
            .await
            .map_err(explain)?;
        Ok(Done::new(stands(&ctx, at.id).await?, sent.next(LIST)).flash("admin-flash-paid"))
    };
    sent.or_show(work, list(&ctx)).await
}

async fn wanted_order(ctx: &Ctx, wanted: MatchReceipt) -> Result<OrderId, Problem> {
    let number = match (wanted.order_id, wanted.order_number) {
        (Some(id), _) => return Ok(id),
        (None, Some(number)) => number.trim().to_owned(),
        (None, None) => {
            return Err(
                Problem::invalid("error-invalid-input").field("order_number", "error-required")
            );
        }
    };
    let found = ctx
        .read(async move |rx, _| Ok::<_, FlowError>(order::by_number(rx, &number).await?))
        .await?;
    found.map(|order| order.id).ok_or_else(|| {
        Problem::invalid("error-order-not-found").field("order_number", "error-order-not-found")
    })
}

/// Says that money without an order was sent back.
pub(crate) async fn give_back(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ReceiptPath>, Form<Nothing>),
) -> Result<Done<ReceiptStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let id = at.id;
        ctx.write(async move |tx, ctx| Ok::<_, FlowError>(receipt::give_back(tx, ctx, id).await?))
            .await
            .map_err(explain)?;
        Ok(Done::new(stands(&ctx, id).await?, sent.next(LIST)).flash("admin-flash-returned"))
    };
    sent.or_show(work, list(&ctx)).await
}

async fn stands(ctx: &Ctx, id: BankReceiptId) -> Result<ReceiptStands, Problem> {
    let found = ctx
        .read(async move |rx, _| Ok::<_, FlowError>(receipt::by_id(rx, id).await?))
        .await?;
    Ok(ReceiptStands {
        id: found.id,
        state: found.state,
        order_id: found.order_id,
    })
}
