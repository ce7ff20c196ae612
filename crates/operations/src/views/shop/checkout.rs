//! The checkout: one page, every figure worked out by the server before anything is ordered (CHK-23).

use customers::{account, address_book, customer};
use fulfilment::{DeliveryMethod, DeliveryQuote, PickupTerms};
use kernel::{Address, AddressId, Money};
use orders::{CartLine, CheckoutDraft, PaymentMethod};
use payments::settings as payment_settings;
use platform::{Actor, Ctx, Rx, secret, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    account::addresses::{AddressCard, cards},
    address::{self, AddressFields},
    cart::summary_line,
    facts::Facts,
    gift_offer::GiftOffer,
    parts::{self, Cutoff, Estimate, FreeShipping, SummaryLine, filled},
};
use crate::{
    FlowError, flows,
    packing::WrapOffer,
    pricing::{self, Priced},
};

/// The checkout with every figure: what programs get back for what they filled in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckoutPage {
    /// What is ordered.
    pub lines: Vec<SummaryLine>,
    /// Units ordered.
    pub item_count: i64,
    /// Price times quantity of all lines.
    pub subtotal: Money,
    /// What is taken off the goods.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Wrapping as a gift; null when it is not chosen.
    pub gift_wrap: Option<Money>,
    /// The tax contained in the total.
    pub tax_included: Money,
    /// What the buyer pays.
    pub total: Money,
    /// Ways to deliver this cart.
    pub delivery_methods: Vec<DeliveryOption>,
    /// Ways to pay it.
    pub payment_methods: Vec<PaymentOption>,
    /// When an order that is paid now leaves.
    pub cutoff: Option<Cutoff>,
    /// How far it is from free shipping.
    pub free_shipping: Option<FreeShipping>,
    /// What is given with it, or would be with more goods; null where nothing is, and while there is none to give.
    pub gift: Option<GiftOffer>,
    /// Where messages of the order go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// How wrapping as a gift is offered; null where the shop does not wrap.
    pub gift_wrap_offer: Option<WrapOffer>,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// A wish for this order.
    pub note: Option<String>,
    /// The fields of its address, by its country.
    pub address_fields: AddressFields,
    /// Addresses of the customer's book; empty for a guest.
    pub addresses: Vec<AddressCard>,
    /// The address of the account of a signed-in customer.
    pub account_email: Option<String>,
    /// A fresh key for placing the order once.
    pub idempotency_key: String,
}

impl PageView for CheckoutPage {
    const TEMPLATE: &'static str = "checkout.html";
}

/// A way to deliver.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeliveryOption {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What is to know about it.
    pub description: Option<String>,
    /// What it costs for this cart.
    pub rate: Money,
    /// From what sum of goods it is free.
    pub free_over: Option<Money>,
    /// When the parcel arrives.
    pub estimate: Estimate,
    /// Whether the order can then be paid on delivery.
    pub supports_cash_on_delivery: bool,
    /// At which stores the parcel is collected; null where it is brought to the address.
    pub pickup: Option<PickupOption>,
    /// Whether it is chosen.
    pub selected: bool,
}

/// Collecting a parcel at a store that the buyer names (CHK-04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PickupOption {
    /// Code of the chain.
    pub chain: String,
    /// Its name.
    pub chain_name: &'static str,
    /// Digits of a store's number.
    pub digits: usize,
    /// The chain's own page to look a store up.
    pub finder_url: &'static str,
    /// Days for which a store keeps the parcel.
    pub keep_days: i64,
}

impl PickupOption {
    pub(super) fn of(terms: &PickupTerms) -> Option<Self> {
        let chain = terms.known_chain()?;
        Some(Self {
            chain: terms.chain.clone(),
            chain_name: chain.name,
            digits: chain.digits,
            finder_url: chain.finder,
            keep_days: terms.keep_days,
        })
    }
}

/// A way to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentOption {
    /// Its code.
    pub code: PaymentMethod,
    /// Whether this order can be paid so.
    pub available: bool,
    /// Why not: `delivery` when the chosen way to deliver does not allow it, `amount` when the order is too small or too
    /// large for it.
    pub reason: Option<&'static str>,
    /// Whether it is cash that the store takes when it hands the parcel over.
    pub at_store: bool,
    /// Whether it is chosen.
    pub selected: bool,
}

/// What whoever hands a parcel over does with cash.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cash {
    /// Whether they take any.
    taken: bool,
    /// Whether they take as much as this order costs.
    enough: bool,
    /// Whether they are the clerk of a store.
    at_store: bool,
}

impl Cash {
    fn by_quote(way: &DeliveryQuote, total: Money) -> Self {
        Self {
            taken: way.cash_on_delivery,
            enough: way.takes_cash(total),
            at_store: way.pickup.is_some(),
        }
    }

    pub(super) fn by_method(way: &DeliveryMethod, total: Money) -> Self {
        Self {
            taken: way.cash_on_delivery,
            enough: way.takes_cash(total),
            at_store: way.pickup.is_some(),
        }
    }
}

/// What the checkout shows beside what was kept: choices of the moment that are not kept.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Code of a way to deliver.
    pub delivery_method: Option<String>,
    /// A way to pay.
    pub payment_method: Option<PaymentMethod>,
    /// Whether it is wrapped as a gift.
    pub gift_wrap: Option<bool>,
    /// The country of the address.
    pub country: Option<String>,
    /// The region of the address.
    pub region: Option<String>,
    /// The city of the address.
    pub city: Option<String>,
    /// An address of the customer's book.
    pub address: Option<AddressId>,
}

/// The checkout of the cart behind a token, with `choices` in place of what was kept; nothing is kept.
///
/// # Errors
/// [`FlowError::EmptyCart`], an amount that cannot be computed, or whatever the database says.
pub async fn checkout_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    token: Option<&str>,
    choices: Choices,
) -> Result<CheckoutPage, FlowError> {
    let found = flows::cart::find_with_lines(rx, ctx, token).await?;
    let (cart, lines) = found.ok_or(FlowError::EmptyCart)?;
    let mut draft = known(rx, ctx, cart.checkout, choices.address).await?;
    draft.delivery_method = choices.delivery_method.or(draft.delivery_method);
    draft.payment_method = choices.payment_method.or(draft.payment_method);
    draft.gift_wrap = choices.gift_wrap.unwrap_or(draft.gift_wrap);
    draft.address.country = choices.country.unwrap_or(draft.address.country);
    draft.address.region = choices.region.unwrap_or(draft.address.region);
    draft.address.city = choices.city.unwrap_or(draft.address.city);
    priced_page(rx, ctx, facts, lines, draft).await
}

/// The checkout of the cart behind a token, with this draft whether or not it is complete; nothing is kept.
///
/// # Errors
/// As [`checkout_page`].
pub async fn quote_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    token: Option<&str>,
    draft: CheckoutDraft,
) -> Result<CheckoutPage, FlowError> {
    let found = flows::cart::find_with_lines(rx, ctx, token).await?;
    let (_, lines) = found.ok_or(FlowError::EmptyCart)?;
    priced_page(rx, ctx, facts, lines, draft).await
}

async fn priced_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    lines: Vec<CartLine>,
    draft: CheckoutDraft,
) -> Result<CheckoutPage, FlowError> {
    if lines.is_empty() {
        return Err(FlowError::EmptyCart);
    }
    let mut priced = pricing::price(rx, ctx, lines.clone(), &draft).await?;
    if priced.chosen.is_none() {
        priced = pricing::price(
            rx,
            ctx,
            lines,
            &CheckoutDraft {
                delivery_method: None,
                ..draft.clone()
            },
        )
        .await?;
    }
    let methods = payment_options(rx, ctx, facts, &priced, draft.payment_method).await?;
    let book = book(rx, ctx).await?;
    view(ctx, facts, draft, &priced, (methods, book))
}

/// The checkout after what was filled in was kept.
///
/// # Errors
/// An amount that cannot be computed, or whatever the database says.
pub async fn kept_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    quote: flows::checkout::Quote,
) -> Result<CheckoutPage, FlowError> {
    let methods =
        payment_options(rx, ctx, facts, &quote.priced, quote.draft.payment_method).await?;
    let book = book(rx, ctx).await?;
    view(ctx, facts, quote.draft, &quote.priced, (methods, book))
}

/// What is known of a signed-in customer: their addresses and that of their account.
#[derive(Default)]
struct Book {
    addresses: Vec<AddressCard>,
    email: Option<String>,
}

async fn book(rx: &mut Rx, ctx: &Ctx) -> Result<Book, FlowError> {
    let Actor::Customer(id) = ctx.actor() else {
        return Ok(Book::default());
    };
    let known = account::of(rx, *id).await?;
    Ok(Book {
        addresses: cards(rx, *id).await?,
        email: known.map(|a| a.email),
    })
}

/// What a signed-in customer need not type again: their address of the account, their telephone number, and the
/// address that they chose or that is filled in first.
async fn known(
    rx: &mut Rx,
    ctx: &Ctx,
    mut draft: CheckoutDraft,
    chosen: Option<AddressId>,
) -> Result<CheckoutDraft, FlowError> {
    let Actor::Customer(id) = ctx.actor() else {
        return Ok(draft);
    };
    if draft.email.is_empty()
        && let Some(known) = account::of(rx, *id).await?
    {
        draft.email = known.email;
    }
    let kept = match chosen {
        Some(address) => Some(address_book::one(rx, *id, address).await?.address),
        None if draft.address.line1.is_empty() && draft.address.store.is_none() => {
            let first = address_book::list(rx, *id).await?.into_iter().next();
            first.map(|kept| kept.address)
        }
        None => None,
    };
    if let Some(kept) = kept {
        draft.address = Address {
            store: draft.address.store.take(),
            ..kept
        };
    }
    let person = customer::by_id(rx, *id).await?;
    if let Some(person) = person {
        if draft.address.name.is_empty() {
            draft.address.name = person.name;
        }
        if draft.phone.is_empty() {
            draft.phone = person.phone.unwrap_or_else(|| draft.address.phone.clone());
        }
    }
    Ok(draft)
}

fn view(
    ctx: &Ctx,
    facts: &Facts,
    draft: CheckoutDraft,
    priced: &Priced,
    (payment_methods, book): (Vec<PaymentOption>, Book),
) -> Result<CheckoutPage, FlowError> {
    let totals = &priced.totals;
    let address_fields = address::fields(&draft.address, &facts.countries());
    let terms = priced.chosen.as_ref().and_then(|way| way.pickup.as_ref());
    let mut store = draft.address.store;
    if let (Some(store), Some(terms)) = (&mut store, terms) {
        store.chain.clone_from(&terms.chain);
        store.keep_days = terms.keep_days;
    }
    let given = priced.given().map(|gift| GiftOffer::of(gift, ctx.locale()));
    let given = given.map(|offer| Ok(offer.line()));
    Ok(CheckoutPage {
        lines: priced
            .lines
            .iter()
            .map(|l| summary_line(l, ctx.locale()))
            .chain(given)
            .collect::<Result<_, _>>()?,
        item_count: priced.item_count(),
        subtotal: totals.subtotal,
        discount: totals.discount,
        shipping: totals.shipping,
        gift_wrap: totals.gift_wrap,
        gift_wrap_offer: priced.gift_wrap.offer(totals.currency, ctx.locale()),
        tax_included: totals.tax_included,
        total: totals.total,
        delivery_methods: delivery_options(ctx, priced),
        payment_methods,
        cutoff: Some(parts::cutoff(ctx.now(), &facts.calendar)),
        free_shipping: parts::free_shipping(&facts.methods, totals.subtotal),
        gift: priced
            .gift
            .as_ref()
            .map(|gift| GiftOffer::of(gift, ctx.locale())),
        email: draft.email,
        phone: draft.phone,
        shipping_address: Address {
            country: address_fields.country.clone(),
            store,
            ..draft.address
        },
        gift_message: draft.gift_message,
        note: draft.note,
        address_fields,
        addresses: book.addresses,
        account_email: book.email,
        idempotency_key: secret::random_token(),
    })
}

fn delivery_options(ctx: &Ctx, priced: &Priced) -> Vec<DeliveryOption> {
    let locale = ctx.locale();
    let chosen = priced.chosen.as_ref().map(|q| q.code.as_str());
    let quotes = priced.delivery.iter().map(|quote| DeliveryOption {
        code: quote.code.clone(),
        name: quote.name.get(locale).to_owned(),
        description: filled(quote.description.get(locale)),
        rate: quote.rate,
        free_over: quote.free_over,
        estimate: quote.estimate.into(),
        supports_cash_on_delivery: quote.takes_cash(priced.totals.total),
        pickup: quote.pickup.as_ref().and_then(PickupOption::of),
        selected: chosen == Some(quote.code.as_str()),
    });
    quotes.collect()
}

async fn payment_options(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    priced: &Priced,
    wanted: Option<PaymentMethod>,
) -> Result<Vec<PaymentOption>, FlowError> {
    let total = priced.totals.total;
    let chosen = priced.chosen.as_ref();
    let cash = chosen.map_or_else(Cash::default, |way| Cash::by_quote(way, total));
    let mut options = offered(rx, ctx, facts, cash, total).await?;
    select(&mut options, wanted);
    Ok(options)
}

/// The ways to pay that the shop offers for an order of this total; `cash` tells whether whoever hands it over takes
/// cash.
pub(super) async fn offered(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    cash: Cash,
    total: Money,
) -> Result<Vec<PaymentOption>, FlowError> {
    let cards = payment_settings::recent(rx, ctx).await?.cards().is_some();
    let transfers = !facts.shop.bank.account_number.is_empty();
    let by_any = cash.taken || facts.methods.iter().any(|m| m.cash_on_delivery);
    let all = [
        (PaymentMethod::Card, cards, true),
        (PaymentMethod::BankTransfer, transfers, true),
        (PaymentMethod::CashOnDelivery, by_any, cash.taken),
    ];
    let offered = all
        .into_iter()
        .filter(|(code, offered, _)| *offered && facts.payment_terms.of(*code).on)
        .map(|(code, _, possible)| {
            let in_cash = code == PaymentMethod::CashOnDelivery;
            let fits = facts.payment_terms.allows(code, total).is_ok()
                && (!in_cash || !cash.taken || cash.enough);
            PaymentOption {
                code,
                available: possible && fits,
                reason: match (possible, fits) {
                    (false, _) => Some("delivery"),
                    (true, false) => Some("amount"),
                    (true, true) => None,
                },
                at_store: in_cash && cash.at_store,
                selected: false,
            }
        });
    Ok(offered.collect())
}

/// The ways in which a priced cart can be paid.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn possible(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    priced: &Priced,
) -> Result<Vec<PaymentMethod>, FlowError> {
    let options = payment_options(rx, ctx, facts, priced, None).await?;
    let available = options.into_iter().filter(|option| option.available);
    Ok(available.map(|option| option.code).collect())
}

/// Chooses the wanted way to pay, or the first that is possible.
pub(super) fn select(options: &mut [PaymentOption], wanted: Option<PaymentMethod>) {
    let fits = |o: &&mut PaymentOption| o.available && Some(o.code) == wanted;
    if let Some(option) = options.iter_mut().find(fits) {
        option.selected = true;
    } else if let Some(first) = options.iter_mut().find(|o| o.available) {
        first.selected = true;
    }
}
