//! Frequent questions and after-sales terms of a product, and the shop's own terms.

use std::{collections::BTreeMap, sync::Arc};

use catalog::{AfterSales, Payer, Question, selling_point, service};
use kernel::Locale;
use operations::{
    FlowError, shop,
    views::admin::{AfterSalesPage, product_service as service_view},
};
use platform::{
    Ctx, settings,
    web::{Done, Page, Path, Problem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Count, Form, Listed, Nothing, explain, filled},
    paths::ProductPath,
    products::{ProductChanged, changed, page_of, product_page},
};

/// The questions of a product, in order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteFaq {
    /// The questions: a list, or rows by number. Rows without words do not count.
    #[serde(default)]
    faq: Listed<WriteQuestion>,
}

/// A question and its answer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteQuestion {
    /// The question.
    #[serde(default)]
    question: BTreeMap<Locale, String>,
    /// The answer; blank lines between paragraphs.
    #[serde(default)]
    answer: BTreeMap<Locale, String>,
    /// Its place, where it shall move; those without one keep their order.
    #[serde(default)]
    place: Option<Count>,
}

/// A product's selling points.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteSellingPoints {
    /// In each language, one on a line; at most five.
    #[serde(default)]
    selling_points: BTreeMap<Locale, String>,
}

/// After-sales terms. What is absent is the shop's own, or nothing where these are the shop's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteTerms {
    /// Days within which goods are taken back; 0 when they are not.
    #[serde(default)]
    return_days: Option<Count>,
    /// Days within which goods are exchanged; 0 when they are not.
    #[serde(default)]
    exchange_days: Option<Count>,
    /// Months of free repair; 0 for none.
    #[serde(default)]
    warranty_months: Option<Count>,
    /// Who pays for the way back.
    #[serde(default)]
    return_cost: Option<Payer>,
    /// Under which conditions goods are taken back.
    #[serde(default)]
    return_conditions: BTreeMap<Locale, String>,
    /// Where customers turn.
    #[serde(default)]
    contact: BTreeMap<Locale, String>,
}

/// The shop's terms stand.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TermsStand {
    /// Always true.
    saved: bool,
}

impl WriteTerms {
    fn terms(self) -> AfterSales {
        let number = |count: Option<Count>| count.map(|Count(n)| n);
        AfterSales {
            return_days: number(self.return_days),
            return_conditions: filled(self.return_conditions),
            exchange_days: number(self.exchange_days),
            warranty_months: number(self.warranty_months),
            return_cost: self.return_cost,
            contact: filled(self.contact),
        }
    }
}

/// The questions in the order of their places.
fn in_order(rows: Vec<(u32, WriteQuestion)>) -> Vec<Question> {
    let mut rows: Vec<(i64, WriteQuestion)> = rows
        .into_iter()
        .zip(1..)
        .map(|((_, row), natural)| {
            // Twice the place, so that a question moved to 2 stands before the one that is there.
            let wanted = row.place.map_or(natural, |Count(place)| place);
            let twice = wanted.saturating_mul(2);
            let place = if wanted < natural {
                twice.saturating_sub(1)
            } else {
                twice.saturating_add(i64::from(wanted > natural))
            };
            (place, row)
        })
        .collect();
    rows.sort_by_key(|(place, _)| *place);
    let question = |(_, row): (i64, WriteQuestion)| Question {
        question: filled(row.question),
        answer: filled(row.answer),
    };
    rows.into_iter().map(question).collect()
}

/// Refuses a question without an answer, and an answer without a question, at its row.
fn check_halves(rows: &[(u32, WriteQuestion)]) -> Result<(), Problem> {
    let empty = |words: &BTreeMap<Locale, String>| words.values().all(|w| w.trim().is_empty());
    let half = rows
        .iter()
        .find(|(_, row)| empty(&row.question) != empty(&row.answer));
    half.map_or(Ok(()), |(number, _)| {
        let wrong = Problem::invalid("error-invalid-input");
        Err(wrong.field(format!("faq.{number}"), "error-answer-missing"))
    })
}

/// Replaces a product's questions.
pub(crate) async fn write_faq(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<WriteFaq>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let rows = value?.faq.list();
        check_halves(&rows)?;
        let faq = in_order(rows);
        let writing = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(service::write_faq(tx, ctx, at.id, faq.clone()).await?)
        });
        writing.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id) + "#faq")))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Replaces what of a product differs from the shop's own terms.
pub(crate) async fn write_terms(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<WriteTerms>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let terms = value?.terms();
        let writing = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(service::write_after_sales(tx, ctx, at.id, terms.clone()).await?)
        });
        writing.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id) + "#after-sales")))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Replaces a product's selling points.
pub(crate) async fn write_selling_points(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<WriteSellingPoints>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let points = filled(value?.selling_points);
        let writing = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(selling_point::write(tx, ctx, at.id, &points).await?)
        });
        writing.await.map_err(explain)?;
        Ok(changed(
            at.id,
            sent.next(page_of(at.id) + "#selling-points"),
        ))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Says that a product's words are plain to its customers.
pub(crate) async fn found_plain(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<Nothing>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let judging = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(selling_point::found_plain(tx, ctx, at.id).await?)
        });
        judging.await.map_err(explain)?;
        Ok(changed(
            at.id,
            sent.next(page_of(at.id) + "#selling-points"),
        ))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

async fn defaults(ctx: &Ctx) -> Result<AfterSalesPage, Problem> {
    Ok(ctx
        .read(async |rx, ctx| service_view::after_sales(rx, ctx).await)
        .await?)
}

/// The shop's own terms.
pub(crate) async fn show_defaults(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<AfterSalesPage>, Problem> {
    Ok(Page::new(defaults(&ctx).await?))
}

/// Replaces the shop's own terms.
pub(crate) async fn write_defaults(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteTerms>,
) -> Result<Done<TermsStand>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let terms = value?.terms();
        terms
            .check()
            .map_err(|error| explain(FlowError::from(error)))?;
        ctx.write(async move |tx, ctx| settings::save(tx, ctx, shop::AFTER_SALES, &terms).await)
            .await?;
        let next = sent.next("/admin/after-sales");
        Ok(Done::new(TermsStand { saved: true }, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, defaults(&ctx)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// STF-25: a question goes to the place that was typed beside it, up or down; the others keep their order.
    #[test]
    fn questions_go_to_their_places() {
        let order = |places: [Option<i64>; 4]| {
            let rows = (0..)
                .zip("abcd".chars().zip(places))
                .map(|(n, (name, place))| {
                    let row = WriteQuestion {
                        question: BTreeMap::from([(Locale::En, name.to_string())]),
                        answer: BTreeMap::new(),
                        place: place.map(Count),
                    };
                    (n, row)
                });
            let found = in_order(rows.collect());
            found
                .iter()
                .map(|q| q.question.get(Locale::En).to_owned())
                .collect::<String>()
        };
        let natural = [Some(1), Some(2), Some(3), Some(4)];
        assert_eq!(order(natural), "abcd");
        assert_eq!(order([None; 4]), "abcd");
        assert_eq!(order([Some(1), Some(2), Some(3), Some(1)]), "dabc");
        assert_eq!(order([Some(3), Some(2), Some(3), Some(4)]), "bcad");
    }
}
