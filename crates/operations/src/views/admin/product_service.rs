//! Frequent questions and after-sales terms of a product, as their forms show them, and the shop's own terms.

use std::collections::BTreeMap;

use catalog::{AfterSales, service};
use kernel::{Locale, Permission, ProductId, Timestamp};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::person;
use crate::{FlowError, shop};

/// What a product answers and promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductService {
    /// Its questions in order.
    pub faq: Vec<QuestionField>,
    /// What differs from the shop's own terms; empty where the shop's hold.
    pub terms: TermFields,
    /// The shop's own terms.
    pub defaults: TermFields,
    /// Selling points in each language, one on a line.
    pub selling_points: BTreeMap<Locale, String>,
    /// Who read its words as customers would and found them plain; null since they changed.
    pub read_by: Option<String>,
    /// When.
    pub read_at: Option<Timestamp>,
    /// Whether the reader of this page talks to customers and can say so.
    pub can_judge: bool,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QuestionField {
    /// The question in each language.
    pub question: BTreeMap<Locale, String>,
    /// The answer in each language.
    pub answer: BTreeMap<Locale, String>,
}

/// After-sales terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TermFields {
    /// Days within which goods are taken back.
    pub return_days: Option<i64>,
    /// Days within which goods are exchanged.
    pub exchange_days: Option<i64>,
    /// Months of free repair.
    pub warranty_months: Option<i64>,
    /// `shop`, `customer` or `depends`.
    pub return_cost: Option<catalog::Payer>,
    /// Conditions in each language.
    pub return_conditions: BTreeMap<Locale, String>,
    /// Where customers turn, in each language.
    pub contact: BTreeMap<Locale, String>,
}

/// The shop's own after-sales terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AfterSalesPage {
    /// The terms.
    pub terms: TermFields,
    /// The languages of the shop's words.
    pub locales: [Locale; 3],
    /// Whether the reader may change them.
    pub can_write: bool,
}

impl TermFields {
    fn of(terms: AfterSales) -> Self {
        Self {
            return_days: terms.return_days,
            exchange_days: terms.exchange_days,
            warranty_months: terms.warranty_months,
            return_cost: terms.return_cost,
            return_conditions: terms.return_conditions.0,
            contact: terms.contact.0,
        }
    }
}

/// What a product answers and promises.
pub(super) async fn of(rx: &mut Rx, ctx: &Ctx, id: ProductId) -> Result<ProductService, FlowError> {
    let known = service::of(rx, id).await?;
    let question = |q: catalog::Question| QuestionField {
        question: q.question.0,
        answer: q.answer.0,
    };
    Ok(ProductService {
        faq: known.faq.into_iter().map(question).collect(),
        terms: TermFields::of(known.after_sales),
        defaults: TermFields::of(shop::after_sales(rx).await?),
        selling_points: known.selling_points.0,
        read_by: known.read.as_ref().and_then(|(_, actor)| person(actor)),
        read_at: known.read.map(|(at, _)| at),
        can_judge: ctx.allows(Permission::CustomersWrite),
    })
}

/// The shop's own after-sales terms.
///
/// # Errors
/// Whatever the database says.
pub async fn after_sales(rx: &mut Rx, ctx: &Ctx) -> Result<AfterSalesPage, FlowError> {
    Ok(AfterSalesPage {
        terms: TermFields::of(shop::after_sales(rx).await?),
        locales: Locale::ALL,
        can_write: ctx.allows(Permission::SettingsWrite),
    })
}
