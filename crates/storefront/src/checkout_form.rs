//! What a shopper or a program fills in to order. Nobody can send a price: fields that are not here are refused (O4).

use kernel::VariantId;
use orders::{CheckoutDraft, PaymentMethod};
use platform::web::form;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::address_input::AddressInput;

/// The checkout as it is sent. What is wrong or missing is told field by field by the flow.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CheckoutForm {
    /// Where messages of the order go.
    email: String,
    /// Where the shop can call.
    phone: String,
    /// Where the parcel goes.
    shipping_address: AddressInput,
    /// Code of the way to deliver; the cheapest where none is named.
    delivery_method: Option<String>,
    /// The way to pay.
    payment_method: Option<PaymentMethod>,
    /// Words for the card in the parcel.
    gift_message: Option<String>,
    /// Whether it is to be wrapped as a gift.
    #[serde(deserialize_with = "form::flag")]
    gift_wrap: bool,
    /// A wish for this order.
    note: Option<String>,
    /// The total that was shown, in minor units; the order is refused if it is no longer that.
    #[serde(deserialize_with = "form::whole_opt")]
    pub(crate) expected_total: Option<i64>,
    /// The gift that was shown; the order is refused, once, if there is none left of it.
    pub(crate) expected_gift: Option<VariantId>,
    /// The key for placing the order once, where a form cannot send the header.
    idempotency_key: Option<String>,
    /// Whether the address goes into the customer's book.
    #[serde(deserialize_with = "form::flag")]
    pub(crate) keep_address: bool,
    /// Whether the buyer wants letters about offers and news.
    #[serde(deserialize_with = "form::flag")]
    pub(crate) marketing_mail: bool,
    /// Only new figures are wanted; nothing is checked or kept.
    #[serde(deserialize_with = "form::flag")]
    pub(crate) recalculate: bool,
}

impl CheckoutForm {
    /// True when nothing about the buyer was sent, as by a program that filled in the checkout before.
    pub(crate) fn is_bare(&self) -> bool {
        self.email.is_empty()
            && self.phone.is_empty()
            && self.shipping_address.name.is_empty()
            && self.shipping_address.line1.is_empty()
            && self.payment_method.is_none()
            && self.delivery_method.is_none()
            && self.gift_message.is_none()
            && !self.gift_wrap
            && self.note.is_none()
    }

    /// What was sent, tidied: no space around words, one telephone number where only one was given.
    pub(crate) fn draft(&self) -> CheckoutDraft {
        let tidy = |text: &str| text.trim().to_owned();
        let more = |text: &Option<String>| text.as_deref().map(tidy).filter(|t| !t.is_empty());
        let sent = &self.shipping_address;
        let or = |text: &str, otherwise: &str| {
            if text.trim().is_empty() {
                tidy(otherwise)
            } else {
                tidy(text)
            }
        };
        CheckoutDraft {
            email: tidy(&self.email),
            phone: or(&self.phone, &sent.phone),
            address: sent.address(&self.phone),
            delivery_method: more(&self.delivery_method),
            payment_method: self.payment_method,
            gift_message: more(&self.gift_message),
            gift_wrap: self.gift_wrap,
            note: more(&self.note),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CHK-23: what people type is tidied, not refused.
    #[test]
    fn what_is_typed_is_tidied() {
        let sent = "email=+a%40b.tw+&phone=0912345678&shipping_address.name=%E7%8E%8B&shipping_address.postal_code=%EF%BC%91%EF%BC%90%EF%BC%96&recalculate=1&expected_total=58000";
        let form: CheckoutForm = form::read(form::to_value(sent.as_bytes())).unwrap();
        let draft = form.draft();
        assert_eq!(
            (draft.email.as_str(), draft.address.phone.as_str()),
            ("a@b.tw", "0912345678")
        );
        assert_eq!(
            (
                draft.address.postal_code.as_str(),
                draft.address.country.as_str()
            ),
            ("106", "TW")
        );
        assert!(form.recalculate && form.expected_total == Some(58_000) && !form.is_bare());
    }

    /// O4: a price that somebody sends is refused, wherever it stands.
    #[test]
    fn prices_cannot_be_sent() {
        for bad in [
            "total=1",
            "shipping=0",
            "discount=100",
            "shipping_address.price=1",
            "lines[]=x",
        ] {
            assert!(
                form::read::<CheckoutForm>(form::to_value(bad.as_bytes())).is_err(),
                "{bad}"
            );
        }
    }
}
