//! Keeping what a shopper filled in, and telling what it will cost (CHK-23).

use fulfilment::pickup;
use kernel::{Address, Email, Phone, address::AddressProblem, event};
use orders::{CheckoutDraft, PaymentMethod, checkout};
use platform::{
    Ctx,
    events::{Event, emit},
    web::FieldProblem,
};
use serde_json::json;

use crate::{
    FlowError,
    flows::cart::find_with_lines,
    payment_terms::Refusal,
    pricing::{self, Priced},
};

/// A cart, what was filled in, and what it costs.
#[derive(Debug, Clone)]
pub struct Quote {
    /// What was filled in, normalised.
    pub draft: CheckoutDraft,
    /// Every figure.
    pub priced: Priced,
}

/// Keeps what was filled in and prices the cart with it.
///
/// # Errors
/// [`FlowError::Fields`] with everything that is missing or wrong; nothing is kept then, the page still has it.
pub async fn save(
    ctx: &Ctx,
    token: Option<String>,
    draft: CheckoutDraft,
) -> Result<Quote, FlowError> {
    ctx.write(async move |tx, ctx| {
        let found = find_with_lines(tx, ctx, token.as_deref()).await?;
        let (cart, lines) = found.ok_or(FlowError::EmptyCart)?;
        if lines.is_empty() {
            return Err(FlowError::EmptyCart);
        }
        let priced = pricing::price(tx, ctx, lines, &draft).await?;
        let wrong = problems(&draft, &priced);
        if !wrong.is_empty() {
            return Err(FlowError::Fields(wrong));
        }
        checkout::save(tx, ctx, cart.id, &draft).await?;
        let payload = json!({
            "cart_id": cart.id, "payment_method": draft.payment_method, "delivery_method": priced.chosen.as_ref().map(|c| &c.code),
            "total": priced.totals.total,
        });
        emit(tx, ctx, Event::new(event::PAYMENT_INFO_ENTERED, &payload).about(cart.id)).await?;
        Ok(Quote { draft: draft.clone(), priced })
    })
    .await
}

/// Everything in a draft that keeps it from being ordered.
#[must_use]
pub fn problems(draft: &CheckoutDraft, priced: &Priced) -> Vec<FieldProblem> {
    let mut found: Vec<FieldProblem> = missing(draft, &destination(draft, priced));
    if !priced.reached {
        found.push(wrong("shipping_address.country", "error-country"));
    }
    match (&draft.delivery_method, &priced.chosen) {
        (Some(_), None) => found.push(wrong("delivery_method", "error-delivery-method")),
        (None, None) => found.push(wrong("delivery_method", "error-no-delivery")),
        (_, Some(chosen))
            if draft.payment_method == Some(PaymentMethod::CashOnDelivery)
                && !chosen.takes_cash(priced.totals.total) =>
        {
            let key = if chosen.cash_on_delivery {
                "error-payment-method-amount"
            } else {
                "error-no-cash-on-delivery"
            };
            found.push(wrong("payment_method", key));
        }
        _ => {}
    }
    if draft.gift_wrap && !priced.gift_wrap.offered {
        found.push(wrong("gift_wrap", "error-gift-wrap-off"));
    }
    if let Some(method) = draft.payment_method {
        let refused = priced.payment_terms.allows(method, priced.totals.total);
        found.extend(refused.err().map(|refusal| {
            let key = match refusal {
                Refusal::Off => "error-payment-method-off",
                Refusal::Amount => "error-payment-method-amount",
            };
            wrong("payment_method", key)
        }));
    }
    found
}

/// Where the parcel goes by the way that was chosen: to an address or to a store.
pub(super) fn destination(draft: &CheckoutDraft, priced: &Priced) -> Address {
    let chosen = priced.chosen.as_ref();
    pickup::destination(&draft.address, chosen.and_then(|way| way.pickup.as_ref()))
}

/// What is missing or cannot be right in the fields themselves.
fn missing(draft: &CheckoutDraft, destination: &Address) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if Email::parse(&draft.email).is_err() {
        found.push(wrong(
            "email",
            if draft.email.trim().is_empty() {
                "error-required"
            } else {
                "error-email"
            },
        ));
    }
    if Phone::parse(&draft.phone).is_err() {
        found.push(wrong(
            "phone",
            if draft.phone.trim().is_empty() {
                "error-required"
            } else {
                "error-phone"
            },
        ));
    }
    if draft.payment_method.is_none() {
        found.push(wrong("payment_method", "error-required"));
    }
    // Most buyers have one number; what is wrong with it is said where they typed it.
    let same_phone = draft.address.phone == draft.phone;
    let told = found.iter().any(|problem| problem.field == "phone");
    for (field, key) in destination.problems() {
        match (field, same_phone) {
            ("phone", true) if told => {}
            ("phone", true) => found.push(wrong("phone", key)),
            _ => found.push(wrong(format!("shipping_address.{field}"), key)),
        }
    }
    found
}

/// What is wrong with an address, at its fields below `name`.
pub(super) fn of_address(name: &str, problems: Vec<AddressProblem>) -> FlowError {
    let fields = problems
        .into_iter()
        .map(|(field, key)| wrong(format!("{name}.{field}"), key));
    FlowError::Fields(fields.collect())
}

fn wrong(field: impl Into<String>, key: &'static str) -> FieldProblem {
    FieldProblem {
        field: field.into(),
        key,
        args: Vec::new(),
    }
}
