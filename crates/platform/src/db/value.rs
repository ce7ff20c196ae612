//! Values that go into statements and rows that come out, the same for both databases.

use std::sync::Arc;

use kernel::{Currency, Locale, Money, Quantity, Texts, Timestamp, id::TypedId};
use uuid::Uuid;

use super::DbError;

/// One value of a statement or a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number; booleans of SQLite arrive so too.
    Int(i64),
    /// A truth value.
    Bool(bool),
    /// A floating point number; never money.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A key.
    Id(Uuid),
}

/// What can be handed to a statement.
pub trait IntoValue {
    /// The value as the database takes it.
    fn into_value(self) -> Value;
}

macro_rules! into_value {
    ($($type:ty => |$v:ident| $body:expr;)*) => {$(
        impl IntoValue for $type {
            fn into_value(self) -> Value { let $v = self; $body }
        }
    )*};
}

into_value! {
    Value => |v| v;
    i64 => |v| Value::Int(v);
    i32 => |v| Value::Int(i64::from(v));
    u32 => |v| Value::Int(i64::from(v));
    bool => |v| Value::Bool(v);
    f64 => |v| Value::Real(v);
    String => |v| Value::Text(v);
    &str => |v| Value::Text(v.to_owned());
    &String => |v| Value::Text(v.clone());
    Vec<u8> => |v| Value::Blob(v);
    &[u8] => |v| Value::Blob(v.to_vec());
    Uuid => |v| Value::Id(v);
    Timestamp => |v| Value::Int(v.micros());
    Quantity => |v| Value::Int(v.get());
    Currency => |v| Value::Text(v.code().to_owned());
    Locale => |v| Value::Text(v.code().to_owned());
    serde_json::Value => |v| Value::Text(v.to_string());
    &serde_json::Value => |v| Value::Text(v.to_string());
    &Texts => |v| Value::Text(serde_json::to_string(v).unwrap_or_default());
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, IntoValue::into_value)
    }
}

/// A typed id as a statement's value.
pub fn id_value<I: TypedId>(id: I) -> Value {
    Value::Id(id.uuid())
}

macro_rules! typed_ids {
    ($($name:ident)*) => {$(
        impl IntoValue for kernel::$name {
            fn into_value(self) -> Value { Value::Id(self.0) }
        }
        impl FromValue for kernel::$name {
            fn from_value(value: &Value) -> Option<Self> { Uuid::from_value(value).map(Self) }
        }
    )*};
}

typed_ids! {
    ProductId VariantId CollectionId MediaId LocationId StockEntryId HoldId CustomerId CartId CartLineId OrderId OrderLineId
    PaymentId RefundId TransferId ProviderEventId PaymentCaseId CaseNoteId BreakId BankReceiptId ParcelId DeliveryMethodId DeliveryZoneId MessageId InquiryId StaffId ApiKeyId
    VisitorId SessionId JobId EventId ImportId SavedViewId BulkEditId DelayId AddressId StockTransferId PageId PictureImportId
}

/// What can be read from a row.
pub trait FromValue: Sized {
    /// The value, or `None` when the stored one is not of this kind.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(n) => Some(*n),
            Value::Bool(b) => Some(Self::from(*b)),
            _ => None,
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(b) => Some(*b),
            Value::Int(n @ (0 | 1)) => Some(*n == 1),
            _ => None,
        }
    }
}

impl FromValue for f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count shown as a ratio; money never passes here"
    )]
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Real(r) => Some(*r),
            Value::Int(n) => Some(*n as Self),
            _ => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value {
            Some(text.clone())
        } else {
            None
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Blob(bytes) = value {
            Some(bytes.clone())
        } else {
            None
        }
    }
}

impl FromValue for Uuid {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Id(id) => Some(*id),
            Value::Blob(bytes) => Self::from_slice(bytes).ok(),
            _ => None,
        }
    }
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).map(Self::from_micros)
    }
}

impl FromValue for Currency {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value {
            text.parse().ok()
        } else {
            None
        }
    }
}

impl FromValue for Locale {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value {
            text.parse().ok()
        } else {
            None
        }
    }
}

impl FromValue for Quantity {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).and_then(|n| Self::new(n).ok())
    }
}

impl FromValue for serde_json::Value {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value {
            serde_json::from_str(text).ok()
        } else {
            None
        }
    }
}

impl FromValue for Texts {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value {
            serde_json::from_str(text).ok()
        } else {
            None
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if *value == Value::Null {
            Some(None)
        } else {
            T::from_value(value).map(Some)
        }
    }
}

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    pub(super) columns: Arc<[Box<str>]>,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// The value of a column as a domain value.
    ///
    /// # Errors
    /// [`DbError::Inconsistent`] naming the column when it is missing or holds something that cannot be.
    pub fn get<T: FromValue>(&self, column: &'static str) -> Result<T, DbError> {
        self.columns
            .iter()
            .position(|name| **name == *column)
            .and_then(|index| self.values.get(index))
            .and_then(T::from_value)
            .ok_or_else(|| self.inconsistent(column))
    }

    /// The value at a position, for single-column answers.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn at<T: FromValue>(&self, index: usize) -> Result<T, DbError> {
        self.values
            .get(index)
            .and_then(T::from_value)
            .ok_or_else(|| self.inconsistent("(by position)"))
    }

    /// A text column parsed into a domain value such as a state.
    ///
    /// # Errors
    /// [`DbError::Inconsistent`] when the text names no such value.
    pub fn parse<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, DbError> {
        self.get::<String>(column)?
            .parse()
            .map_err(|_| self.inconsistent(column))
    }

    /// A JSON column read into a typed value.
    ///
    /// # Errors
    /// [`DbError::Inconsistent`] when the JSON does not fit.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T, DbError> {
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(|_| self.inconsistent(column))
    }

    /// An amount column together with the row's `currency` column.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn money(&self, column: &'static str) -> Result<Money, DbError> {
        Ok(Money::new(self.get(column)?, self.get("currency")?))
    }

    /// An optional amount together with the row's `currency` column.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn money_opt(&self, column: &'static str) -> Result<Option<Money>, DbError> {
        let currency = self.get("currency")?;
        Ok(self
            .get::<Option<i64>>(column)?
            .map(|amount| Money::new(amount, currency)))
    }

    /// The error for a column whose content cannot be.
    #[must_use]
    pub fn inconsistent(&self, column: &'static str) -> DbError {
        let row = self
            .columns
            .iter()
            .position(|name| &**name == "id")
            .and_then(|index| self.values.get(index))
            .map_or_else(String::new, |id| format!("{id:?}"));
        DbError::Inconsistent { column, row }
    }
}

/// Builds the values of a statement: `params![order.id, quantity, "held"]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::db::IntoValue::into_value($value)),*]
    };
}
