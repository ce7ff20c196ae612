//! Typed identifiers: UUID version 7 inside, prefixed text outside (`order_01j…`, the TypeID convention).
//!
//! All of them stand in one registry at the end of this file, so that an order can hold a [`CustomerId`] without
//! knowing customers.

use std::{fmt, str::FromStr};

use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_…")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// What all typed ids share; lets the database layer read and write any of them.
pub trait TypedId: Copy + Eq + fmt::Display + Send + Sync + 'static {
    /// The word before the underscore.
    const PREFIX: &'static str;
    /// Wraps a key read from storage.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The key as stored.
    fn uuid(self) -> Uuid;
}

/// A fresh time-ordered key.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where keys are made"
)]
pub fn fresh_uuid() -> Uuid {
    Uuid::now_v7()
}

/// Writes 128 bits as 26 characters of Crockford base 32, most significant first.
#[must_use]
pub fn encode(uuid: Uuid) -> String {
    let value = uuid.as_u128();
    (0..26)
        .rev()
        .map(|i| {
            let digit = usize::try_from((value >> (5 * i)) & 31).unwrap_or_default();
            char::from(ALPHABET.get(digit).copied().unwrap_or(b'0'))
        })
        .collect()
}

/// Reads what [`encode`] wrote; `None` for anything else.
#[must_use]
pub fn decode(text: &str) -> Option<Uuid> {
    let bytes = text.as_bytes();
    if bytes.len() != 26 || bytes.first().is_none_or(|b| *b > b'7') {
        return None;
    }
    let mut value: u128 = 0;
    for byte in bytes {
        let digit = ALPHABET.iter().position(|a| a == byte)?;
        value = (value << 5) | u128::try_from(digit).ok()?;
    }
    Some(Uuid::from_u128(value))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh, time-ordered id.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "two fresh ids are never equal, so there is no default")]
            pub fn new() -> Self {
                Self(fresh_uuid())
            }
        }

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$"),
                })
            }
        }
    )*};
}

ids! {
    /// A product (SPU): what a page shows.
    ProductId = "product";
    /// A variant (SKU): what is sold, held and shipped.
    VariantId = "variant";
    /// A collection of products.
    CollectionId = "collection";
    /// A picture of a product.
    MediaId = "media";
    /// A place where stock lies.
    LocationId = "location";
    /// One row of the stock ledger.
    StockEntryId = "stockentry";
    /// Goods on their way from one place to another.
    StockTransferId = "stocktransfer";
    /// Stock reserved for an order.
    HoldId = "hold";
    /// A person or company that buys.
    CustomerId = "customer";
    /// An address in a customer's book.
    AddressId = "address";
    /// A cart.
    CartId = "cart";
    /// A line of a cart.
    CartLineId = "cartline";
    /// Word that orders leave later than promised.
    DelayId = "delay";
    /// An order.
    OrderId = "order";
    /// A line of an order.
    OrderLineId = "orderline";
    /// One try to collect the money of an order.
    PaymentId = "payment";
    /// Money given back.
    RefundId = "refund";
    /// One row of the double-entry journal.
    TransferId = "transfer";
    /// A message a payment provider sent us.
    ProviderEventId = "providerevent";
    /// A failed payment that somebody helps with.
    PaymentCaseId = "paymentcase";
    /// Something that happened in such a case.
    CaseNoteId = "casenote";
    /// A difference between a provider's books and ours.
    BreakId = "break";
    /// Money that arrived at the bank.
    BankReceiptId = "receipt";
    /// A parcel.
    ParcelId = "parcel";
    /// A way to deliver.
    DeliveryMethodId = "delivery";
    /// Where parcels go at the same rates.
    DeliveryZoneId = "zone";
    /// A message to a person.
    MessageId = "message";
    /// A question or wish a shopper sent through the contact form.
    InquiryId = "inquiry";
    /// Someone who works in the shop.
    StaffId = "staff";
    /// A key for programs.
    ApiKeyId = "key";
    /// A browser that visits.
    VisitorId = "visitor";
    /// One visit.
    SessionId = "session";
    /// A background job.
    JobId = "job";
    /// An event on the stream.
    EventId = "event";
    /// A run of an import.
    ImportId = "import";
    /// A view of a list that somebody keeps.
    SavedViewId = "view";
    /// A change of many products at once.
    BulkEditId = "bulkedit";
    /// Pictures that one file of goods named by their addresses.
    PictureImportId = "pictureimport";
    /// A page of the shop made of blocks.
    PageId = "page";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_wrote() {
        let id = OrderId::new();
        assert_eq!(id.to_string().parse::<OrderId>().unwrap(), id);
        assert_eq!(decode(&encode(Uuid::max())), Some(Uuid::max()));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        assert!(ProductId::new().to_string().parse::<OrderId>().is_err());
        assert!(
            "order_8zzzzzzzzzzzzzzzzzzzzzzzzz"
                .parse::<OrderId>()
                .is_err()
        );
    }
}
