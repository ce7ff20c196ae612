//! Putting an order together for a customer: finding them, goods and figures, and sending it (CHK-22, CHK-25).
//!
//! One form holds the whole draft and every button of it sends the whole form, so that nothing that was typed is lost
//! when goods are added or the way to pay is chosen.

use std::{collections::BTreeMap, sync::Arc};

use kernel::{
    Address, CartId, CartLineId, Currency, CustomerId, Locale, Money, OrderId, VariantId,
    pickup::Store,
};
use operations::{
    FlowError,
    flows::{
        assist_order::{self, Way, Worked},
        place_order::Seen,
    },
    shop,
    views::admin::{NewOrderPage, OrderDraftPage, new_order, order_drafts as views},
};
use orders::{CheckoutDraft, Concession, Discount, OrderState};
use platform::{
    Ctx,
    web::{Done, Page, Path, Problem, Query, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Amount, Count, Form, Nothing, explain, share},
    paths::DraftPath,
};

/// Whom an order is for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomerQuery {
    /// The beginning of a name, telephone number, address or order number.
    #[serde(default)]
    q: String,
}

/// What goods to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoodsQuery {
    /// A part of a title or SKU, or a barcode.
    #[serde(default)]
    pub(crate) q: String,
}

/// A new draft.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDraft {
    /// A customer whom the shop knows; somebody new when absent.
    #[serde(default)]
    customer_id: Option<CustomerId>,
}

/// How the order is to be paid, once it is sent.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Then {
    /// The customer gets a link and chooses.
    PayLink,
    /// By a transfer.
    BankTransfer,
    /// In cash to the courier.
    CashOnDelivery,
}

/// Where a parcel goes, as far as it is known.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TypedAddress {
    /// Who receives.
    pub(crate) name: String,
    /// Their telephone number; the buyer's when absent.
    pub(crate) phone: String,
    /// ISO 3166-1 code; `TW` when absent.
    pub(crate) country: String,
    /// Postal code.
    pub(crate) postal_code: String,
    /// County or city of the first level.
    pub(crate) region: String,
    /// District or township.
    pub(crate) city: String,
    /// District below a city of the mainland.
    pub(crate) district: String,
    /// Street, lane, number, floor.
    pub(crate) line1: String,
    /// Anything more.
    pub(crate) line2: Option<String>,
    /// The store at which the parcel is collected, where the way to deliver ends at one.
    pub(crate) store: Option<TypedStore>,
}

/// A store as staff type it; which chain it belongs to, the way to deliver says.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TypedStore {
    /// Its number within the chain.
    number: String,
    /// What the chain calls it.
    name: String,
}

impl TypedAddress {
    /// The address, with the buyer's number where none of its own was typed.
    pub(crate) fn address(self, phone: &str) -> Address {
        let or = |text: String, otherwise: &str| {
            if text.trim().is_empty() {
                otherwise.to_owned()
            } else {
                text
            }
        };
        let typed = Address {
            name: self.name,
            phone: or(self.phone, phone),
            country: or(self.country, "TW"),
            postal_code: self.postal_code,
            region: self.region,
            city: self.city,
            district: self.district,
            line1: self.line1,
            line2: self.line2,
            store: self
                .store
                .and_then(|store| Store::typed(&store.number, &store.name)),
        };
        typed.tidied()
    }
}

/// The whole draft. Lines that are not named stay as they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkOnDraft {
    /// Where the letters go.
    #[serde(default)]
    email: String,
    /// Where the shop can call.
    #[serde(default)]
    phone: String,
    /// Where the parcel goes.
    #[serde(default)]
    shipping_address: TypedAddress,
    /// The customer's language; as the shop's when absent.
    #[serde(default)]
    customer_locale: Locale,
    /// Code of the way to deliver.
    #[serde(default)]
    delivery_method: Option<String>,
    /// Words for the card in the parcel.
    #[serde(default)]
    gift_message: Option<String>,
    /// Whether it is to be wrapped as a gift.
    #[serde(default, deserialize_with = "form::flag")]
    gift_wrap: bool,
    /// The customer's wish.
    #[serde(default)]
    note: Option<String>,
    /// Units of each line by its id; 0 takes it out.
    #[serde(default)]
    lines: BTreeMap<CartLineId, Count>,
    /// Units of goods to add, by variant.
    #[serde(default)]
    add: BTreeMap<VariantId, Count>,
    /// One unit of this variant is added.
    #[serde(default)]
    plus: Option<VariantId>,
    /// This line is taken out.
    #[serde(default)]
    remove: Option<CartLineId>,
    /// A SKU or barcode of which one is added, or else what to look for next.
    #[serde(default)]
    q: Option<String>,
    /// An amount off the goods; not together with a share.
    #[serde(default)]
    discount_amount: Option<Amount>,
    /// A share of the goods in percent, `12.5`.
    #[serde(default)]
    discount_percent: Option<String>,
    /// Whether the delivery costs nothing.
    #[serde(default, deserialize_with = "form::flag")]
    free_shipping: bool,
    /// Why something is taken off; needed with it.
    #[serde(default)]
    reason: Option<String>,
    /// Send it: how it is to be paid. It is only kept when absent.
    #[serde(default)]
    then: Option<Then>,
    /// The total in minor units that whoever sends it has seen; another one is not sent.
    #[serde(default, deserialize_with = "form::whole_opt")]
    seen_total: Option<i64>,
    /// The gift that whoever sends it has seen; without it it is not sent.
    #[serde(default)]
    seen_gift: Option<VariantId>,
}

/// How a draft stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DraftStands {
    /// The draft.
    id: CartId,
    /// The order it became.
    order: Option<MadeOrder>,
}

/// The order that a draft became.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MadeOrder {
    /// The order.
    id: OrderId,
    /// Its number.
    number: String,
    /// Where it stands.
    state: OrderState,
    /// What it costs.
    total: Money,
    /// The customer's page of it, where it is paid.
    url: String,
}

async fn new_page(ctx: &Ctx, q: String) -> Result<NewOrderPage, Problem> {
    Ok(ctx
        .read(async move |rx, _| new_order::new_order(rx, q).await)
        .await?)
}

async fn page(ctx: &Ctx, id: CartId, q: String) -> Result<OrderDraftPage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::page(rx, ctx, id, q).await)
        .await?)
}

/// Where an order for a customer begins.
pub(crate) async fn begin(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<CustomerQuery>,
) -> Result<Page<NewOrderPage>, Problem> {
    Ok(Page::new(new_page(&ctx, query.q).await?))
}

/// Begins a draft.
pub(crate) async fn create(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<NewDraft>,
) -> Result<Done<DraftStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let id = assist_order::open(&ctx, value?.customer_id)
            .await
            .map_err(explain)?;
        let stands = DraftStands { id, order: None };
        Ok(Done::created(stands, sent.next(address_of(id))))
    };
    sent.or_show(work, new_page(&ctx, String::new())).await
}

fn address_of(id: CartId) -> String {
    format!("/admin/order-drafts/{id}")
}

/// One draft.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<DraftPath>, Query<GoodsQuery>),
) -> Result<Page<OrderDraftPage>, Problem> {
    Ok(Page::new(page(&ctx, at.id, query.q).await?))
}

/// Keeps a draft and, when asked to, sends it.
pub(crate) async fn work(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<DraftPath>, Form<WorkOnDraft>),
) -> Result<Done<DraftStands>, Problem> {
    let Form { value, sent } = form;
    let id = at.id;
    let typed = value.as_ref().ok().and_then(|v| v.q.clone());
    let work = async {
        let wanted = value?;
        let (then, total, gift) = (wanted.then, wanted.seen_total, wanted.seen_gift);
        let currency = currency(&ctx).await?;
        let (sku, q) = sku_or_search(&ctx, wanted.q.clone()).await?;
        let worked = worked(wanted, currency, sku)?;
        assist_order::save(&ctx, id, worked)
            .await
            .map_err(explain)?;
        let Some(then) = then else {
            let next = match q {
                Some(q) => format!("{}?q={}", address_of(id), encoded(&q)),
                None => address_of(id),
            };
            return Ok(Done::new(DraftStands { id, order: None }, sent.next(next)));
        };
        let total = total.map(|amount| Money::new(amount, currency));
        send(&ctx, id, then, Seen { total, gift }).await
    };
    sent.or_show(work, page(&ctx, id, typed.unwrap_or_default()))
        .await
}

async fn send(ctx: &Ctx, id: CartId, then: Then, seen: Seen) -> Result<Done<DraftStands>, Problem> {
    let (way, flash) = match then {
        Then::PayLink => (Way::PayLink, "admin-flash-pay-link"),
        Then::BankTransfer => (Way::BankTransfer, "admin-flash-ordered"),
        Then::CashOnDelivery => (Way::CashOnDelivery, "admin-flash-ordered"),
    };
    let order = assist_order::order(ctx, id, way, seen)
        .await
        .map_err(explain)?;
    let next = format!("/admin/orders/{}", order.id);
    let made = MadeOrder {
        id: order.id,
        number: order.number,
        state: order.state,
        total: order.total,
        url: format!("/orders/{}", order.token),
    };
    let order = Some(made);
    Ok(Done::created(DraftStands { id, order }, next).flash(flash))
}

/// What was typed into the search is a SKU of which one is added, or something to look for.
async fn sku_or_search(
    ctx: &Ctx,
    q: Option<String>,
) -> Result<(Option<String>, Option<String>), Problem> {
    let Some(q) = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty()) else {
        return Ok((None, None));
    };
    let looked = q.clone();
    let exact = ctx.read(async move |rx, _| {
        let found = catalog::variant::by_skus(rx, &[&looked]).await?;
        Ok::<_, FlowError>(!found.is_empty())
    });
    Ok(if exact.await? {
        (Some(q), None)
    } else {
        (None, Some(q))
    })
}

fn worked(wanted: WorkOnDraft, currency: Currency, sku: Option<String>) -> Result<Worked, Problem> {
    let mut lines: BTreeMap<_, _> = wanted.lines.into_iter().map(|(id, n)| (id, n.0)).collect();
    lines.extend(wanted.remove.map(|line| (line, 0)));
    let mut added: BTreeMap<_, _> = wanted.add.into_iter().map(|(id, n)| (id, n.0)).collect();
    if let Some(variant) = wanted.plus {
        let units = added.entry(variant).or_default();
        *units = (*units).max(1);
    }
    let amount = wanted
        .discount_amount
        .map(|a| a.money(currency, "discount_amount"));
    let percent = wanted
        .discount_percent
        .as_deref()
        .map(str::trim)
        .filter(|p| !p.is_empty());
    let discount = match (amount.transpose()?.filter(|a| !a.is_zero()), percent) {
        (Some(_), Some(_)) => {
            return Err(Problem::invalid("error-invalid-input")
                .field("discount_percent", "error-discount-twice"));
        }
        (Some(amount), None) => Discount::Amount(amount),
        (None, Some(percent)) => match share(percent, "discount_percent")? {
            0 => Discount::None,
            share => Discount::Share(share),
        },
        (None, None) => Discount::None,
    };
    Ok(Worked {
        checkout: CheckoutDraft {
            email: wanted.email.trim().to_owned(),
            phone: wanted.phone.trim().to_owned(),
            address: wanted.shipping_address.address(wanted.phone.trim()),
            delivery_method: wanted.delivery_method,
            payment_method: None,
            gift_message: wanted.gift_message,
            gift_wrap: wanted.gift_wrap,
            note: wanted.note,
        },
        locale: wanted.customer_locale,
        lines,
        added,
        sku,
        concession: Concession {
            discount,
            free_shipping: wanted.free_shipping,
        },
        reason: wanted.reason.unwrap_or_default(),
    })
}

/// The currency of the shop.
pub(crate) async fn currency(ctx: &Ctx) -> Result<Currency, Problem> {
    let shop = ctx.read(async |rx, _| shop::load(rx).await).await?;
    Ok(shop.currency)
}

/// A text as the value of a query.
pub(crate) fn encoded(text: &str) -> String {
    serde_urlencoded::to_string([("", text)])
        .map(|pair| pair.trim_start_matches('=').to_owned())
        .unwrap_or_default()
}

/// Gives a draft up.
pub(crate) async fn discard(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<DraftPath>, Form<Nothing>),
) -> Result<Done<DraftStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        assist_order::discard(&ctx, at.id).await.map_err(explain)?;
        let stands = DraftStands {
            id: at.id,
            order: None,
        };
        Ok(Done::new(stands, sent.next("/admin/orders/new")).flash("admin-flash-draft-discarded"))
    };
    sent.or_show(work, page(&ctx, at.id, String::new())).await
}
