//! Forms of the back office: what they send beside their own fields, how amounts are typed, and how a refused form
//! comes back with everything that was typed.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use catalog::CatalogError;
use inventory::InventoryError;
use kernel::{Currency, Locale, Money, Texts};
use operations::FlowError;
use payments::PaymentsError;
use platform::web::{
    FieldProblem, Incoming, Input, Page, PageView, Problem, StatusCode, form, openapi::Operation,
};
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, de::DeserializeOwned};

/// Fields that every form may send beside its own: which form it is, where to go afterwards, and a key that makes a
/// second click the same request.
const ENVELOPE: [&str; 3] = ["form", "return_to", "idempotency_key"];

/// A form of the back office, or the same as JSON.
pub(crate) struct Form<T> {
    /// What was sent, or what is wrong with it.
    pub(crate) value: Result<T, Problem>,
    /// How it was sent.
    pub(crate) sent: Sent,
}

/// How a form was sent.
pub(crate) struct Sent {
    incoming: Arc<Incoming>,
    /// The caller's idempotency key.
    pub(crate) key: Option<String>,
    return_to: Option<String>,
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Form<T> {
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator) {
        operation.body(&schemas.subschema_for::<T>());
        operation.header("Idempotency-Key", "The same key again is the same request.");
    }

    fn read(incoming: &Arc<Incoming>) -> Result<Self, Problem> {
        let mut taken = [None, None, None];
        let value = incoming.body_value().and_then(|mut value| {
            if let Some(fields) = value.as_object_mut() {
                for (name, place) in ENVELOPE.iter().zip(&mut taken) {
                    *place = fields
                        .shift_remove(*name)
                        .and_then(|v| v.as_str().map(str::to_owned));
                }
            }
            form::read(value)
        });
        let [_, return_to, typed_key] = taken;
        let key = incoming.idempotency_key(typed_key)?;
        let return_to = return_to.filter(|path| is_local(path));
        Ok(Self {
            value,
            sent: Sent {
                incoming: Arc::clone(incoming),
                key,
                return_to,
            },
        })
    }
}

impl Sent {
    /// Whether a program sent it.
    pub(crate) fn is_program(&self) -> bool {
        self.incoming.program
    }

    /// Where a browser goes afterwards.
    pub(crate) fn next(&self, otherwise: impl Into<String>) -> String {
        self.return_to.clone().unwrap_or_else(|| otherwise.into())
    }

    /// What was typed, without passwords: they are typed again.
    pub(crate) fn typed(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut typed = self.incoming.typed();
        typed.retain(|name, _| !name.contains("password"));
        typed
    }

    /// Does the work of a form. When it is refused, a browser gets the page of the form back with what was typed.
    pub(crate) async fn or_show<O, V: PageView>(
        &self,
        work: impl Future<Output = Result<O, Problem>> + Send,
        page: impl Future<Output = Result<V, Problem>> + Send,
    ) -> Result<O, Problem> {
        let problem = match work.await {
            Ok(done) => return Ok(done),
            Err(problem) => problem,
        };
        if self.incoming.program || !is_shown_again(problem.status()) {
            return Err(problem);
        }
        match page.await {
            Ok(view) => Err(problem.on(Page::new(view).with_typed(self.typed()))),
            Err(_) => Err(problem),
        }
    }
}

/// Whether a refusal belongs on the page of its form: what was typed does not fit, or not any more, or was tried too
/// often.
fn is_shown_again(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::FORBIDDEN
            | StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::TOO_MANY_REQUESTS
    )
}

/// Whether a text is a path of this shop and cannot lead a browser anywhere else.
pub(crate) fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.len() <= 2_000
        && !path.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// An amount of money: `{"amount": 58000, "currency": "TWD"}` from programs, `580` or `1,280.50` as people type it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Amount {
    /// Minor units of a currency.
    Exact(Money),
    /// Decimal text in the currency of the shop.
    Typed(String),
}

impl Amount {
    /// The amount in a currency.
    ///
    /// # Errors
    /// 422 naming `field` when it is no amount of that currency.
    pub(crate) fn money(&self, currency: Currency, field: &str) -> Result<Money, Problem> {
        let found = match self {
            Self::Exact(money) => Some(*money).filter(|m| m.currency == currency),
            Self::Typed(text) => typed_money(text, currency),
        };
        found.ok_or_else(|| {
            Problem::invalid("error-invalid-input").field(field, "error-invalid-value")
        })
    }
}

/// The amount that a person typed; `None` when it is none, or finer than the currency's minor unit.
fn typed_money(text: &str, currency: Currency) -> Option<Money> {
    let plain: String = text
        .chars()
        .map(half_width)
        .filter(|c| !matches!(c, ',' | ' ' | '_'))
        .collect();
    let digits = plain.strip_prefix(currency.symbol()).unwrap_or(&plain);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let decimals = usize::try_from(currency.exponent()).ok()?;
    let clean = !whole.is_empty() && format!("{whole}{rest}").bytes().all(|b| b.is_ascii_digit());
    if !clean || rest.len() > decimals {
        return None;
    }
    let minor: i64 = format!("{rest:0<decimals$}")
        .parse()
        .or(if decimals == 0 { Ok(0) } else { Err(()) })
        .ok()?;
    let amount = whole
        .parse::<i64>()
        .ok()?
        .checked_mul(currency.scale())?
        .checked_add(minor)?;
    Some(Money::new(amount, currency))
}

/// A share that a person typed in percent, `12.5`, in hundredths of a percent.
///
/// # Errors
/// 422 naming `field` for anything but a number from 0 to 100 with at most two decimals.
pub(crate) fn share(text: &str, field: &str) -> Result<i64, Problem> {
    let plain: String = text.trim().chars().map(half_width).collect();
    let digits = plain.trim_end_matches(['%', ' ']);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let clean = !whole.is_empty() && rest.len() <= 2;
    let hundredths = format!("{whole}{rest:0<2}").parse::<i64>().ok();
    hundredths
        .filter(|n| {
            clean
                && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
                && (0..=10_000).contains(n)
        })
        .ok_or_else(|| Problem::invalid("error-invalid-input").field(field, "error-invalid-value"))
}

/// Chinese keyboards write digits in double width.
fn half_width(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// A whole number, as JSON or as typed.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Count(#[serde(deserialize_with = "form::whole")] pub(crate) i64);

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Words as they were typed in each language: without blanks around them, and absent where nothing was typed.
pub(crate) fn filled(texts: BTreeMap<Locale, String>) -> Texts {
    let trimmed = texts
        .into_iter()
        .map(|(locale, text)| (locale, text.trim().replace("\r\n", "\n")));
    Texts(trimmed.filter(|(_, text)| !text.is_empty()).collect())
}

/// A list as programs send it, or rows by number as a form does.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Listed<T> {
    /// One after another.
    List(Vec<T>),
    /// By number; the numbers only give the order.
    Rows(BTreeMap<String, T>),
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl<T> Listed<T> {
    pub(crate) fn list(self) -> Vec<(u32, T)> {
        match self {
            Self::List(list) => (0..).zip(list).collect(),
            Self::Rows(rows) => {
                let numbered = rows
                    .into_iter()
                    .filter_map(|(n, row)| Some((n.parse().ok()?, row)));
                let mut list: Vec<(u32, T)> = numbered.collect();
                list.sort_by_key(|(number, _)| *number);
                list
            }
        }
    }
}

/// A form without fields of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// The problem of a flow, said at the field that caused it and with what was typed there.
pub(crate) fn explain(error: FlowError) -> Problem {
    let blamed = blamed(&error);
    let problem = Problem::from(error);
    let Some((field, key, args)) = blamed.filter(|_| problem.fields().is_empty()) else {
        return problem;
    };
    let said = args.iter().fold(
        Problem::new(problem.status(), key),
        |said, (name, value)| said.with(name, value),
    );
    said.with_fields(vec![FieldProblem {
        field: field.into_owned(),
        key,
        args,
    }])
}

type Args = Vec<(&'static str, String)>;
type Blame = (Cow<'static, str>, &'static str, Args);

fn blamed(error: &FlowError) -> Option<Blame> {
    if let FlowError::Catalog(error) = error {
        return in_catalog(error);
    }
    let (field, key, args) = elsewhere(error)?;
    Some((field.into(), key, args))
}

fn elsewhere(error: &FlowError) -> Option<(&'static str, &'static str, Args)> {
    match error {
        FlowError::Inventory(error) => match error {
            InventoryError::BelowReserved { .. }
            | InventoryError::InvalidQuantity
            | InventoryError::WrongSign { .. } => Some(("quantity_delta", error.key(), Vec::new())),
            InventoryError::UnknownLocation(_) | InventoryError::PlaceClosed(_) => {
                Some(("location", error.key(), Vec::new()))
            }
            InventoryError::LocationCodeTaken(_) => Some(("code", error.key(), Vec::new())),
            InventoryError::LastPlace => Some(("ships", error.key(), Vec::new())),
            InventoryError::PlaceInvalid { field, .. }
            | InventoryError::TransferInvalid { field, .. } => {
                Some((field, error.key(), Vec::new()))
            }
            _ => None,
        },
        FlowError::Marketing(error) => {
            let field = error.field()?;
            Some((field, error.key(), Vec::new()))
        }
        FlowError::Customers(error) => {
            let field = error.field()?;
            Some((field, error.key(), Vec::new()))
        }
        FlowError::Orders(
            error @ (orders::OrdersError::LineExceeded { .. } | orders::OrdersError::LineNotFound),
        ) => Some(("lines", error.key(), Vec::new())),
        FlowError::Orders(error @ orders::OrdersError::TooLong { field, .. }) => {
            Some((field, error.key(), Vec::new()))
        }
        FlowError::Payments(error) => match error {
            PaymentsError::OverRefund { .. }
            | PaymentsError::NotTheAmountDue { .. }
            | PaymentsError::NotPayable { .. } => Some(("amount", error.key(), Vec::new())),
            PaymentsError::CaseNote => Some(("text", error.key(), Vec::new())),
            PaymentsError::LastFive => Some(("payer_last_five", error.key(), Vec::new())),
            PaymentsError::BankReferenceReused => Some(("reference", error.key(), Vec::new())),
            _ => None,
        },
        FlowError::Fulfilment(error) => {
            let key = error.key();
            match key {
                "error-parcel-carrier" => Some(("carrier", key, Vec::new())),
                "error-parcel-empty" => Some(("lines", key, Vec::new())),
                _ if key.starts_with("error-parcel-tracking") => {
                    Some(("tracking_number", key, Vec::new()))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn in_catalog(error: &CatalogError) -> Option<Blame> {
    match error {
        CatalogError::AttributeMissing { code } => {
            let args = vec![("code", code.clone())];
            return Some((format!("attributes.{code}").into(), error.key(), args));
        }
        CatalogError::AnswerMissing { index } => {
            return Some((format!("faq.{index}").into(), error.key(), Vec::new()));
        }
        CatalogError::AttributeUnfit { code, .. } => {
            return Some((format!("attributes.{code}").into(), error.key(), Vec::new()));
        }
        _ => {}
    }
    let (field, args) = match error {
        CatalogError::HandleTaken { handle } | CatalogError::HandleInvalid { handle } => {
            ("handle", vec![("handle", handle.clone())])
        }
        CatalogError::SkuTaken { sku } => ("sku", vec![("sku", sku.clone())]),
        CatalogError::CodeInvalid { .. } => ("sku", Vec::new()),
        CatalogError::OptionsMismatch { sku } | CatalogError::OptionsTaken { sku } => {
            ("options", vec![("sku", sku.clone())])
        }
        CatalogError::TitleMissing => ("title", Vec::new()),
        CatalogError::PriceInvalid { .. } | CatalogError::CurrencyMixed => ("price", Vec::new()),
        CatalogError::TooLong { field, max } => (*field, vec![("max", max.to_string())]),
        CatalogError::TooMany {
            what: what @ "selling_points",
            max,
        } => (*what, vec![("max", max.to_string())]),
        CatalogError::Reduction(_) => ("reduced_until", Vec::new()),
        CatalogError::CompareAt(_) => ("compare_at_price", Vec::new()),
        CatalogError::VideoUnknown => ("url", Vec::new()),
        CatalogError::MeasureInvalid => ("weight_grams", Vec::new()),
        CatalogError::RulesMissing => ("rules", Vec::new()),
        CatalogError::TooDeep | CatalogError::RulesStandAlone => ("parent_id", Vec::new()),
        CatalogError::AttributeInvalid { .. } | CatalogError::ChoicesMissing { .. } => {
            ("sheet", Vec::new())
        }
        CatalogError::PlanInvalid { field } => (*field, Vec::new()),
        CatalogError::TermInvalid { field, max } => (*field, vec![("max", max.to_string())]),
        CatalogError::NameInvalid { field, max, .. } => (*field, vec![("max", max.to_string())]),
        _ => return None,
    };
    Some((field.into(), error.key(), args))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        let minor = |text: &str, currency| typed_money(text, currency).map(|m| m.amount);
        for (text, amount) in [
            ("580", 58_000),
            ("NT$1,280", 128_000),
            ("580.5", 58_050),
            ("５８０", 58_000),
            (" 12 ", 1_200),
        ] {
            assert_eq!(minor(text, Currency::TWD), Some(amount), "{text}");
        }
        for text in [
            "",
            "-5",
            "5.123",
            "12a",
            ".5",
            "1e3",
            "99999999999999999999",
            "5.",
            "$",
        ] {
            let wanted = if text == "5." { Some(500) } else { None };
            assert_eq!(minor(text, Currency::TWD), wanted, "{text}");
        }
        assert_eq!(minor("1500", Currency::JPY), Some(1_500));
        assert_eq!(minor("15.5", Currency::JPY), None);
        assert_eq!(minor("1.234", Currency::KWD), Some(1_234));
    }

    proptest! {
        /// O3: what is shown to be edited reads back to the same amount.
        #[test]
        fn an_amount_survives_its_form(amount in 0_i64..1_000_000_000_000) {
            for currency in [Currency::TWD, Currency::GBP, Currency::JPY, Currency::KWD] {
                let money = Money::new(amount, currency);
                let shown = if currency == Currency::TWD { Money::new(amount / 100 * 100, currency) } else { money };
                prop_assert_eq!(typed_money(&shown.decimal_text(), currency), Some(shown));
            }
        }
    }

    #[test]
    fn shares_are_read_as_people_type_them() {
        for (text, hundredths) in [
            ("10", 1_000),
            ("12.5", 1_250),
            (" 7.25% ", 725),
            ("１０", 1_000),
            ("100", 10_000),
            ("0", 0),
        ] {
            assert_eq!(share(text, "x").unwrap(), hundredths, "{text}");
        }
        for text in ["", "-1", "101", "1.234", "ten", ".5", "1.2.3"] {
            assert!(share(text, "x").is_err(), "{text}");
        }
    }

    /// A12: a redirect never leaves the shop.
    #[test]
    fn only_paths_of_the_shop_are_followed() {
        for path in ["/admin", "/admin/orders?tab=unpaid&q=%E8%8C%B6", "/"] {
            assert!(is_local(path), "{path}");
        }
        for path in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "admin",
            "",
            "/a\nb",
            "/a b",
            "javascript:alert(1)",
        ] {
            assert!(!is_local(path), "{path}");
        }
    }
}
