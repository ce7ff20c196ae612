//! What a product promises and answers, as shoppers read it (STF-17, STF-25).

use catalog::{AfterSales, Payer, Service};
use kernel::Locale;
use schemars::JsonSchema;
use serde::Serialize;

use super::{facts::Facts, parts::filled};

/// What holds after the sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Promises {
    /// Days within which goods are taken back; null when nothing is promised, 0 when they are not.
    pub return_days: Option<i64>,
    /// Under which conditions.
    pub return_conditions: Option<String>,
    /// Days within which goods are exchanged.
    pub exchange_days: Option<i64>,
    /// Months of free repair.
    pub warranty_months: Option<i64>,
    /// Who pays for the way back: `shop`, `customer` or `depends`.
    pub return_cost: Option<Payer>,
    /// Where to turn.
    pub contact: Option<String>,
}

/// A frequent question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QuestionView {
    /// The question.
    pub question: String,
    /// The answer; blank lines between paragraphs.
    pub answer: String,
}

/// The terms of a product, with the shop's own wherever it says nothing.
pub(super) fn promises(facts: &Facts, own: AfterSales, locale: Locale) -> Promises {
    let terms = own.or(&facts.after_sales);
    Promises {
        return_days: terms.return_days,
        return_conditions: filled(terms.return_conditions.get(locale)),
        exchange_days: terms.exchange_days,
        warranty_months: terms.warranty_months,
        return_cost: terms.return_cost,
        contact: filled(terms.contact.get(locale)),
    }
}

/// The questions of a product.
pub(super) fn questions(service: &Service, locale: Locale) -> Vec<QuestionView> {
    let one = |q: &catalog::Question| QuestionView {
        question: q.question.get(locale).to_owned(),
        answer: q.answer.get(locale).to_owned(),
    };
    service.faq.iter().map(one).collect()
}
