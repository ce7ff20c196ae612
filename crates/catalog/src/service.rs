//! What a shop promises and answers about one product: frequent questions, and the terms that hold after the sale.

use kernel::{ProductId, Texts, Timestamp};
use platform::{Ctx, Rx, Tx, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CatalogError,
    events::Change,
    product,
    rules::{MAX_TITLE, check_count, check_texts},
};

/// Questions of a product.
pub const MAX_QUESTIONS: usize = 30;
/// Characters of an answer or of conditions in one language.
pub const MAX_ANSWER: usize = 3_000;
/// Days and months beyond which a promise is a slip of the pen.
const MOST_DAYS: i64 = 3_650;
const MOST_MONTHS: i64 = 600;

/// A question that shoppers ask again and again, with its answer (常見問題).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The question.
    pub question: Texts,
    /// The answer, plain, with blank lines between paragraphs.
    pub answer: Texts,
}

/// What holds after the sale (售後保障). A product says what differs from the shop's own terms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AfterSales {
    /// Days within which goods are taken back; 0 when they are not.
    pub return_days: Option<i64>,
    /// Under which conditions.
    pub return_conditions: Texts,
    /// Days within which goods are exchanged; 0 when they are not.
    pub exchange_days: Option<i64>,
    /// Months within which the shop repairs free of charge; 0 for none.
    pub warranty_months: Option<i64>,
    /// Who pays for the way back.
    pub return_cost: Option<Payer>,
    /// Where customers turn.
    pub contact: Texts,
}

/// Who pays for the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// The shop.
    Shop,
    /// The customer.
    Customer,
    /// The shop for faulty goods, the customer who changed their mind.
    Depends,
}

/// Questions and terms of one product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Service {
    /// The questions in order.
    pub faq: Vec<Question>,
    /// What differs from the shop's own terms.
    pub after_sales: AfterSales,
    /// Its selling points, one on a line ([`crate::selling_point`]).
    pub selling_points: Texts,
    /// When somebody found its words plain, and who, as `kind:name`.
    pub read: Option<(Timestamp, String)>,
}

impl AfterSales {
    /// These terms, with the shop's own wherever nothing is said.
    #[must_use]
    pub fn or(self, shop: &Self) -> Self {
        let words = |own: Texts, shop: &Texts| {
            let mut all = shop.clone();
            let said = own.0.into_iter().filter(|(_, text)| !text.is_empty());
            // Words in one language replace those in all: they would contradict each other.
            let said: Vec<_> = said.collect();
            if !said.is_empty() {
                all = Texts(said.into_iter().collect());
            }
            all
        };
        Self {
            return_days: self.return_days.or(shop.return_days),
            return_conditions: words(self.return_conditions, &shop.return_conditions),
            exchange_days: self.exchange_days.or(shop.exchange_days),
            warranty_months: self.warranty_months.or(shop.warranty_months),
            return_cost: self.return_cost.or(shop.return_cost),
            contact: words(self.contact, &shop.contact),
        }
    }

    /// Refuses days and months that nobody means and words that nobody reads.
    ///
    /// # Errors
    /// [`CatalogError::TermInvalid`] naming the field, or [`CatalogError::TooLong`].
    pub fn check(&self) -> Result<(), CatalogError> {
        for (field, value, most) in [
            ("return_days", self.return_days, MOST_DAYS),
            ("exchange_days", self.exchange_days, MOST_DAYS),
            ("warranty_months", self.warranty_months, MOST_MONTHS),
        ] {
            if value.is_some_and(|n| !(0..=most).contains(&n)) {
                return Err(CatalogError::TermInvalid { field, max: most });
            }
        }
        check_texts("return_conditions", &self.return_conditions, MAX_ANSWER)?;
        check_texts("contact", &self.contact, MAX_TITLE)
    }
}

/// Questions and terms of a product.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn of(rx: &mut Rx, id: ProductId) -> Result<Service, CatalogError> {
    let sql = "SELECT faq, after_sales, selling_points, words_read_by, words_read_at FROM products WHERE id = $1";
    let row = rx
        .row(sql, params![id])
        .await?
        .ok_or(CatalogError::NotFound("product"))?;
    Ok(Service {
        faq: row.json("faq")?,
        after_sales: row.json("after_sales")?,
        selling_points: row.get("selling_points")?,
        read: row
            .get::<Option<Timestamp>>("words_read_at")?
            .zip(row.get("words_read_by")?),
    })
}

/// Replaces a product's questions. One without words in any language does not count.
///
/// # Errors
/// [`CatalogError::AnswerMissing`] for a question without an answer or the other way round, [`CatalogError::TooMany`],
/// [`CatalogError::TooLong`], [`CatalogError::NotFound`], or the database's.
pub async fn write_faq(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    mut faq: Vec<Question>,
) -> Result<(), CatalogError> {
    faq.retain(|q| !q.question.is_empty() || !q.answer.is_empty());
    check_count("questions", faq.len(), MAX_QUESTIONS)?;
    for (index, one) in faq.iter().enumerate() {
        if one.question.is_empty() || one.answer.is_empty() {
            return Err(CatalogError::AnswerMissing { index });
        }
        check_texts("question", &one.question, MAX_TITLE)?;
        check_texts("answer", &one.answer, MAX_ANSWER)?;
    }
    let product = product::lock(tx, id).await?;
    let sql = "UPDATE products SET faq = $2 WHERE id = $1";
    tx.execute_one(sql, params![id, product::json(&faq)])
        .await?;
    product::changed(tx, ctx, &product, Change::Texts).await
}

/// Replaces what of a product differs from the shop's own terms.
///
/// # Errors
/// What [`AfterSales::check`] refuses, [`CatalogError::NotFound`], or the database's.
pub async fn write_after_sales(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    terms: AfterSales,
) -> Result<(), CatalogError> {
    terms.check()?;
    let product = product::lock(tx, id).await?;
    let sql = "UPDATE products SET after_sales = $2 WHERE id = $1";
    tx.execute_one(sql, params![id, product::json(&terms)])
        .await?;
    product::changed(tx, ctx, &product, Change::Texts).await
}

#[cfg(test)]
mod tests {
    use kernel::Locale;

    use super::*;

    /// CAT-07: a product says what differs; everything else is the shop's, and 0 is something that is said.
    #[test]
    fn a_product_says_what_differs() {
        let shop = AfterSales {
            return_days: Some(7),
            warranty_months: Some(12),
            return_cost: Some(Payer::Depends),
            contact: Texts::one(Locale::Hant, "客服"),
            ..AfterSales::default()
        };
        let own = AfterSales {
            return_days: Some(0),
            contact: Texts::one(Locale::En, "The potter"),
            ..AfterSales::default()
        };
        let both = own.or(&shop);
        assert_eq!(
            (both.return_days, both.warranty_months),
            (Some(0), Some(12))
        );
        assert_eq!(both.return_cost, Some(Payer::Depends));
        assert_eq!(both.contact.get(Locale::Hant), "The potter");
    }

    /// CAT-07: nobody promises a hundred years by mistake.
    #[test]
    fn promises_are_within_reason() {
        for days in [-1, 4_000] {
            let terms = AfterSales {
                exchange_days: Some(days),
                ..AfterSales::default()
            };
            let refused = terms.check().unwrap_err();
            assert!(
                matches!(refused, CatalogError::TermInvalid { field, .. } if field == "exchange_days")
            );
        }
    }
}
