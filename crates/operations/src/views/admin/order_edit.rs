//! Changing an order before it is packed: what it is, what it is to become, and what that means for its money.

use std::collections::BTreeMap;

use catalog::{
    VariantState,
    sellable::{self, Sellable},
    variant,
};
use fulfilment::zone::{self, Place};
use inventory::stock;
use kernel::{Address, Money, OrderId, OrderLineId, ProductId, VariantId};
use orders::{Order, OrderLine, OrderState, PaymentState, order};
use payments::payment;
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{DestinationCountry, destinations, thumb_url},
    found_goods::{self, FoundGoods},
};
use crate::{
    FlowError, bundles,
    flows::edit_order::{self, Difference, Plan, Proposal},
    packing::{self, WrapOffer},
};

/// An order that is being changed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OrderEditPage {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: OrderState,
    /// What is known about its money.
    pub payment_state: PaymentState,
    /// Why it cannot be changed, as the key of a sentence; null when it can.
    pub obstacle: Option<&'static str>,
    /// Its lines with what is proposed for them.
    pub lines: Vec<EditLine>,
    /// Goods that are to be added.
    pub added: Vec<AddedGoods>,
    /// What goods somebody looked for.
    pub q: String,
    /// Which were found.
    pub found: Vec<FoundGoods>,
    /// Where the letters go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// Code of the way to deliver.
    pub delivery_method: String,
    /// The ways to deliver.
    pub delivery_methods: Vec<DeliveryChoice>,
    /// The countries that it can go to, with their regions.
    pub destinations: Vec<DestinationCountry>,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// Whether it is wrapped as a gift.
    pub gift_wrap: bool,
    /// What wrapping costs this order; null where it is not wrapped and the shop does not wrap.
    pub gift_wrap_offer: Option<WrapOffer>,
    /// The buyer's wish.
    pub note: Option<String>,
    /// Why it changes.
    pub reason: String,
    /// What it costs.
    pub total: Money,
    /// What would be; null before it was asked for.
    pub preview: Option<Preview>,
}

/// A way in which the order can go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeliveryChoice {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether the parcel is collected at a store.
    pub at_store: bool,
}

/// A line of an order that is being changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EditLine {
    /// The line.
    pub id: OrderLineId,
    /// Its SKU.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant; null when the product has one.
    pub variant_title: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// What one costs in this order.
    pub unit_price: Money,
    /// How many were ordered.
    pub quantity: i64,
    /// How many are proposed.
    pub units: i64,
    /// More that can be had of it now.
    pub available: i64,
    /// The variants of its product; empty when it has one, and for a gift.
    pub variants: Vec<VariantChoice>,
    /// Whether it is given to an order of enough goods; it can only be taken out.
    pub gift: bool,
}

/// A variant that a line can be changed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VariantChoice {
    /// The variant.
    pub id: VariantId,
    /// Its title.
    pub title: String,
    /// What it costs today.
    pub price: Money,
    /// How many there are now.
    pub available: i64,
    /// Whether it is the one that is proposed.
    pub selected: bool,
}

/// Goods that are to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AddedGoods {
    /// What.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant; null when the product has one.
    pub variant_title: Option<String>,
    /// What one costs today.
    pub price: Money,
    /// How many.
    pub units: i64,
    /// How many there are now.
    pub available: i64,
}

/// What becomes of the gift of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GiftChange {
    /// `comes` or `goes`.
    pub change: &'static str,
    /// What it is.
    pub variant_id: VariantId,
    /// Its title.
    pub title: String,
}

/// What an order would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Preview {
    /// Goods before discount.
    pub subtotal: Money,
    /// What is taken off them.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Wrapping as a gift; null when it is not wrapped.
    pub gift_wrap: Option<Money>,
    /// Other fees.
    pub fees: Money,
    /// What it costs.
    pub total: Money,
    /// What follows: `none`, `unpaid`, `ask` for more, or `give_back`.
    pub difference: &'static str,
    /// How much that is; null for none.
    pub amount: Option<Money>,
    /// What becomes of the gift; null where nothing does.
    pub gift: Option<GiftChange>,
}

/// An order that is being changed, as proposed. With `planned`, also what that would mean.
///
/// # Errors
/// [`FlowError::NotFound`], or with `planned` what keeps it from being done.
pub async fn page(
    rx: &mut Rx,
    ctx: &Ctx,
    id: OrderId,
    proposal: Option<&Proposal>,
    (q, planned): (String, bool),
) -> Result<OrderEditPage, FlowError> {
    let order = order::by_id(rx, id).await?;
    let stored = order::lines(rx, id).await?;
    let tries = payment::of_order(rx, id).await?;
    let obstacle = edit_order::obstacle(&order, &stored, &tries);
    let as_is = Proposal::of(&order);
    let wanted = proposal.unwrap_or(&as_is);
    let preview = if planned {
        let plan = edit_order::plan(rx, ctx, &order, &stored, wanted).await?;
        Some(preview(&plan, &stored))
    } else {
        None
    };
    let q = q.trim().to_owned();
    let found = if q.is_empty() || obstacle.is_some() {
        Vec::new()
    } else {
        found_goods::for_sale(rx, ctx, &q).await?
    };
    let code = wanted.delivery_method.clone();
    let gift_wrap_offer = wrap_offer(rx, ctx, &order).await?;
    Ok(OrderEditPage {
        id,
        lines: lines(rx, ctx, &stored, wanted).await?,
        added: added(rx, ctx, &wanted.added).await?,
        delivery_methods: deliveries(rx, ctx, &order, &wanted.address).await?,
        delivery_method: code.unwrap_or_else(|| order.delivery_code.clone()),
        number: order.number,
        state: order.state,
        payment_state: order.payment_state,
        obstacle,
        q,
        found,
        email: wanted.email.clone(),
        phone: wanted.phone.clone(),
        shipping_address: wanted.address.clone(),
        destinations: destinations(rx, &wanted.address.country).await?,
        gift_message: wanted.gift_message.clone(),
        gift_wrap: wanted.gift_wrap,
        gift_wrap_offer,
        note: wanted.note.clone(),
        reason: wanted.reason.clone().unwrap_or_default(),
        total: order.total,
        preview,
    })
}

/// Wrapping at the price at which it was ordered, or else as it is offered today.
async fn wrap_offer(rx: &mut Rx, ctx: &Ctx, order: &Order) -> Result<Option<WrapOffer>, FlowError> {
    if let Some(price) = order.gift_wrap {
        return Ok(Some(WrapOffer { price, about: None }));
    }
    let rules = packing::load(rx).await?;
    Ok(rules.gift_wrap.offer(order.currency(), ctx.locale()))
}

fn preview(plan: &Plan, stored: &[OrderLine]) -> Preview {
    let totals = &plan.revision.totals;
    let wrap = totals.gift_wrap.map_or(0, |price| price.amount);
    let (difference, amount) = match plan.difference {
        Difference::None => ("none", None),
        Difference::Unpaid(amount) => ("unpaid", Some(amount)),
        Difference::Ask(amount) => ("ask", Some(amount)),
        Difference::GiveBack(amount) => ("give_back", Some(amount)),
    };
    Preview {
        subtotal: totals.subtotal,
        discount: totals.discount,
        shipping: totals.shipping,
        gift_wrap: totals.gift_wrap,
        fees: Money::new(totals.fees.amount - wrap, totals.currency),
        total: totals.total,
        difference,
        amount,
        gift: gift_change(plan, stored),
    }
}

/// What becomes of the gift, where that changes.
fn gift_change(plan: &Plan, stored: &[OrderLine]) -> Option<GiftChange> {
    let before = stored.iter().find(|line| line.gift);
    let mut after = plan.revision.totals.lines.iter().map(|total| &total.line);
    let (change, (variant_id, title)) = match (before, after.find(|line| line.gift)) {
        (None, Some(line)) => ("comes", (line.variant_id, &line.title)),
        (Some(line), None) => ("goes", (line.variant_id, &line.title)),
        _ => return None,
    };
    Some(GiftChange {
        change,
        variant_id,
        title: title.clone(),
    })
}

async fn lines(
    rx: &mut Rx,
    ctx: &Ctx,
    stored: &[OrderLine],
    wanted: &Proposal,
) -> Result<Vec<EditLine>, FlowError> {
    let mut products: Vec<ProductId> = stored.iter().map(|l| l.product_id).collect();
    products.sort_unstable();
    products.dedup();
    let mut variants = variant::of(rx, &products).await?;
    variants.retain(|v| v.state == VariantState::Active);
    let bundled = variants.iter().filter(|v| v.is_bundle).map(|v| v.id);
    let bundled: Vec<VariantId> = bundled.collect();
    let mut ids: Vec<VariantId> = variants.iter().map(|v| v.id).collect();
    ids.extend(stored.iter().flat_map(|l| l.goods(1)).map(|(id, _)| id));
    let (available, _) = bundles::available(rx, &ids, &bundled).await?;
    let free = |id: VariantId| available.get(&id).copied().unwrap_or_default().max(0);
    let view = |line: &OrderLine| {
        let (units, other) = match wanted.lines.get(&line.id) {
            Some((units, other)) => (*units, other.unwrap_or(line.variant_id)),
            None => (line.quantity, line.variant_id),
        };
        let siblings = variants.iter().filter(|v| v.product_id == line.product_id);
        let choices: Vec<VariantChoice> = siblings
            .map(|v| VariantChoice {
                id: v.id,
                title: v.title(ctx.locale()),
                price: v.price,
                available: free(v.id),
                selected: v.id == other,
            })
            .collect();
        EditLine {
            id: line.id,
            sku: line.sku.clone(),
            product_title: line.title.clone(),
            variant_title: Some(line.variant_title.clone()).filter(|t| !t.is_empty()),
            image_url: thumb_url(line.image_key.as_deref()),
            unit_price: line.unit_price,
            quantity: line.quantity,
            units,
            available: bundles::units(&available, line.goods(1)).max(0),
            gift: line.gift,
            variants: if choices.len() > 1 && !line.gift {
                choices
            } else {
                Vec::new()
            },
        }
    };
    Ok(stored.iter().map(view).collect())
}

async fn added(
    rx: &mut Rx,
    ctx: &Ctx,
    wanted: &BTreeMap<VariantId, i64>,
) -> Result<Vec<AddedGoods>, FlowError> {
    let ids: Vec<VariantId> = wanted
        .iter()
        .filter(|(_, units)| **units != 0)
        .map(|(id, _)| *id)
        .collect();
    let sold = sellable::of(rx, &ids).await?;
    let needed = sold.iter().flat_map(Sellable::needs);
    let mut asked: Vec<VariantId> = needed.map(|(variant, _)| variant).collect();
    asked.sort_unstable();
    asked.dedup();
    let free = stock::available(rx, &asked).await?;
    Ok(sold
        .into_iter()
        .map(|one| AddedGoods {
            variant_title: Some(one.variant_title(ctx.locale())).filter(|t| !t.is_empty()),
            product_title: one.product_title.get(ctx.locale()).to_owned(),
            units: wanted.get(&one.variant_id).copied().unwrap_or_default(),
            available: bundles::units(&free, one.needs()).max(0),
            variant_id: one.variant_id,
            price: one.price,
            sku: one.sku,
        })
        .collect())
}

/// The ways to deliver where the parcel goes; the present one also when it is no longer offered.
async fn deliveries(
    rx: &mut Rx,
    ctx: &Ctx,
    order: &Order,
    address: &Address,
) -> Result<Vec<DeliveryChoice>, FlowError> {
    let tariff = zone::tariff(rx).await?;
    let mut methods: Vec<DeliveryChoice> = tariff
        .at(Place::from(address))
        .iter()
        .map(|method| DeliveryChoice {
            name: method.name.get(ctx.locale()).to_owned(),
            code: method.code.clone(),
            at_store: method.pickup.is_some(),
        })
        .collect();
    if methods.iter().all(|m| m.code != order.delivery_code) {
        let present = DeliveryChoice {
            code: order.delivery_code.clone(),
            name: order.delivery_name.clone(),
            at_store: order.address.store.is_some(),
        };
        methods.insert(0, present);
    }
    Ok(methods)
}
