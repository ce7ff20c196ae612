//! Changing an order before it is packed: the sheet, what it would mean, and the change itself.

use std::{collections::BTreeMap, sync::Arc};

use kernel::{Money, OrderId, OrderLineId, VariantId};
use operations::{
    flows::{
        drop_gift::drop_gift as take_out,
        edit_order::{self, Proposal},
        place_order::Seen,
    },
    views::admin::{OrderEditPage, order_edit as views},
};
use orders::order::MAX_REASON;
use platform::{
    Ctx,
    web::{Done, Page, Path, Problem, Query, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    forms::{Count, Form, Nothing, explain},
    order_actions::OrderStands,
    order_drafts::{GoodsQuery, TypedAddress, currency},
    pages::order_page,
    paths::OrderPath,
};

/// What an order is to become. A line that is not named stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeOrder {
    /// Units of each line by its id; 0 takes it out.
    #[serde(default)]
    lines: BTreeMap<OrderLineId, Count>,
    /// The variant of a line, where it is to be another one of its product.
    #[serde(default)]
    variants: BTreeMap<OrderLineId, VariantId>,
    /// Units of goods to add, by variant.
    #[serde(default)]
    add: BTreeMap<VariantId, Count>,
    /// One unit of this variant is added.
    #[serde(default)]
    plus: Option<VariantId>,
    /// Where the letters go.
    email: String,
    /// Where the shop can call.
    phone: String,
    /// Where the parcel goes.
    shipping_address: TypedAddress,
    /// Code of the way to deliver; as it is when absent.
    #[serde(default)]
    delivery_method: Option<String>,
    /// Words for the card in the parcel.
    #[serde(default)]
    gift_message: Option<String>,
    /// Whether it is wrapped as a gift.
    #[serde(default, deserialize_with = "form::flag")]
    gift_wrap: bool,
    /// The buyer's wish.
    #[serde(default)]
    note: Option<String>,
    /// Why it changes.
    #[serde(default)]
    reason: String,
    /// What to look for next.
    #[serde(default)]
    q: String,
    /// The total in minor units that whoever changes it has seen; another one is refused.
    #[serde(default, deserialize_with = "form::whole_opt")]
    seen_total: Option<i64>,
    /// The gift that whoever changes it has seen come with it; without it nothing is changed.
    #[serde(default)]
    seen_gift: Option<VariantId>,
}

/// Why an order is packed before it is settled.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiver {
    /// In somebody's words.
    reason: String,
}

impl ChangeOrder {
    fn proposal(&self) -> Proposal {
        let of_line =
            |(id, units): (&OrderLineId, &Count)| (*id, (units.0, self.variants.get(id).copied()));
        let lines = self.lines.iter().map(of_line).collect();
        let mut added: BTreeMap<_, _> = self.add.iter().map(|(id, n)| (*id, n.0)).collect();
        if let Some(variant) = self.plus {
            let units = added.entry(variant).or_default();
            *units = (*units).max(1);
        }
        let address = &self.shipping_address;
        Proposal {
            lines,
            added,
            email: self.email.clone(),
            phone: self.phone.clone(),
            address: address.clone().address(self.phone.trim()),
            delivery_method: self.delivery_method.clone(),
            gift_message: self.gift_message.clone(),
            gift_wrap: self.gift_wrap,
            note: self.note.clone(),
            reason: Some(self.reason.clone()),
        }
    }
}

async fn sheet(
    ctx: &Ctx,
    id: OrderId,
    proposal: Option<Proposal>,
    (q, planned): (String, bool),
) -> Result<OrderEditPage, Problem> {
    let read = ctx
        .read(async move |rx, ctx| views::page(rx, ctx, id, proposal.as_ref(), (q, planned)).await);
    read.await.map_err(explain)
}

/// The sheet of an order as it is.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<OrderPath>, Query<GoodsQuery>),
) -> Result<Page<OrderEditPage>, Problem> {
    Ok(Page::new(sheet(&ctx, at.id, None, (query.q, false)).await?))
}

/// The sheet with what a change would mean; nothing is changed.
pub(crate) async fn preview(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<ChangeOrder>),
) -> Result<Page<OrderEditPage>, Problem> {
    let Form { value, sent } = form;
    let known = value.as_ref().ok().map(|v| (v.proposal(), v.q.clone()));
    let (proposal, q) = known.clone().unzip();
    let work = async {
        let wanted = value?;
        // Goods are looked for before everything else is filled in.
        let planned = wanted.q.trim().is_empty();
        let view = sheet(&ctx, at.id, known.map(|k| k.0), (wanted.q, planned)).await?;
        Ok(Page::new(view))
    };
    let again = sheet(&ctx, at.id, proposal, (q.unwrap_or_default(), false));
    sent.or_show(work, again).await
}

/// Changes an order.
pub(crate) async fn change(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<ChangeOrder>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let proposal = value.as_ref().ok().map(ChangeOrder::proposal);
    let wanted = proposal.clone();
    let work = async {
        let typed = value?;
        let total = match typed.seen_total {
            Some(amount) => Some(Money::new(amount, currency(&ctx).await?)),
            None => None,
        };
        let gift = typed.seen_gift;
        let seen = Seen { total, gift };
        let order = edit_order::edit(&ctx, at.id, wanted.unwrap_or_default(), seen)
            .await
            .map_err(explain)?;
        let next = sent.next(format!("/admin/orders/{}", at.id));
        Ok(Done::new(OrderStands::from(&order), next).flash("admin-flash-order-changed"))
    };
    let again = sheet(&ctx, at.id, proposal, (String::new(), false));
    sent.or_show(work, again).await
}

/// Has an order packed although the rest of its money has not come.
pub(crate) async fn waive(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<Waiver>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let reason = value?.reason;
        if reason.chars().count() > MAX_REASON {
            return Err(Problem::invalid("error-invalid-input").field("reason", "error-too-long"));
        }
        let order = edit_order::waive_balance(&ctx, at.id, reason)
            .await
            .map_err(explain)?;
        let next = sent.next(format!("/admin/orders/{}", at.id));
        Ok(Done::created(OrderStands::from(&order), next).flash("admin-flash-saved"))
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

/// Takes a gift that has not left out of an order.
pub(crate) async fn drop_gift(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<Nothing>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let order = take_out(&ctx, at.id).await.map_err(explain)?;
        let next = sent.next(format!("/admin/orders/{}", at.id));
        Ok(Done::new(OrderStands::from(&order), next).flash("desk-gift-dropped"))
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}
