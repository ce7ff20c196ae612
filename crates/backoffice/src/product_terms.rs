//! When a product goes on sale and off, and its tax class; and the shop's tax classes.

use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use catalog::{Plan, product};
use jiff::civil;
use kernel::{Locale, Timestamp};
use operations::{
    FlowError, shop,
    shop::TaxClass,
    views::admin::{TaxClassesPage, product_terms as terms_view},
};
use platform::{
    Ctx, settings,
    web::{Done, Page, Path, Problem},
};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Listed, explain, filled},
    paths::ProductPath,
    products::{ProductChanged, changed, page_of, product_page},
};

/// Tax classes beside the standard one.
const MOST_CLASSES: usize = 20;

/// When a product goes on sale and off. What is absent is taken away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WritePlan {
    /// When it goes on sale: an instant, or a date and time in the shop's zone as in `2026-12-24T10:00`.
    #[serde(default)]
    publish_at: Option<String>,
    /// When it goes off sale.
    #[serde(default)]
    unpublish_at: Option<String>,
}

/// The tax class of a product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChooseTaxClass {
    /// Its code.
    tax_class: String,
}

/// The shop's tax classes. The standard class is not among them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteTaxClasses {
    /// The classes: a list, or rows by number. Rows without a code do not count.
    #[serde(default)]
    classes: Listed<WriteTaxClass>,
}

/// One tax class.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteTaxClass {
    /// Its code, lower-case.
    #[serde(default)]
    code: String,
    /// Its name.
    #[serde(default)]
    name: BTreeMap<Locale, String>,
    /// The rate in per cent: `5`.
    #[serde(default)]
    percent: String,
}

/// The shop's tax classes stand.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TaxClassesStand {
    /// The codes.
    codes: Vec<String>,
}

/// An instant as programs write it, or a date and time in the shop's zone.
pub(crate) fn instant(ctx: &Ctx, text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = Timestamp::from_str(text) {
        return Some(at);
    }
    let local = civil::DateTime::from_str(text).ok()?;
    let zoned = local.to_zoned(ctx.zone().clone()).ok()?;
    Some(Timestamp::from(zoned.timestamp()))
}

/// Sets when a product goes on sale and off.
pub(crate) async fn write_plan(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<WritePlan>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let read = |field: &str, text: Option<String>| {
            let wrong =
                || Problem::invalid("error-invalid-input").field(field, "error-invalid-value");
            text.map(|text| instant(&ctx, &text).ok_or_else(wrong))
                .transpose()
        };
        let plan = Plan {
            publish_at: read("publish_at", wanted.publish_at)?,
            unpublish_at: read("unpublish_at", wanted.unpublish_at)?,
        };
        let planning = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(product::plan(tx, ctx, at.id, plan).await?)
        });
        planning.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id) + "#terms")))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Puts a product into a tax class.
pub(crate) async fn choose_tax_class(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<ChooseTaxClass>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let class = value?.tax_class;
        let choosing = ctx.write(async move |tx, ctx| {
            let decided = shop::load(tx).await?;
            let known =
                class == shop::STANDARD_TAX || decided.tax_classes.iter().any(|c| c.code == class);
            if known {
                product::set_tax_class(tx, ctx, at.id, &class).await?;
            }
            Ok::<_, FlowError>(known)
        });
        if !choosing.await.map_err(explain)? {
            let wrong = Problem::invalid("error-invalid-input");
            return Err(wrong.field("tax_class", "error-invalid-value"));
        }
        Ok(changed(at.id, sent.next(page_of(at.id) + "#terms")))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

async fn classes_page(ctx: &Ctx) -> Result<TaxClassesPage, Problem> {
    Ok(ctx
        .read(async |rx, ctx| terms_view::tax_classes(rx, ctx).await)
        .await?)
}

/// The shop's tax classes.
pub(crate) async fn show_tax_classes(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<TaxClassesPage>, Problem> {
    Ok(Page::new(classes_page(&ctx).await?))
}

/// Replaces the shop's tax classes. Orders that were placed keep their figures.
pub(crate) async fn write_tax_classes(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteTaxClasses>,
) -> Result<Done<TaxClassesStand>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let classes = classes(value?.classes.list())?;
        let codes = classes.iter().map(|c| c.code.clone()).collect();
        ctx.write(async move |tx, ctx| {
            let decided = shop::Shop {
                tax_classes: classes.clone(),
                ..shop::load(tx).await?
            };
            settings::save(tx, ctx, shop::SHOP, &decided).await
        })
        .await?;
        let next = sent.next("/admin/tax-classes");
        Ok(Done::new(TaxClassesStand { codes }, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, classes_page(&ctx)).await
}

/// The classes that were typed.
fn classes(rows: Vec<(u32, WriteTaxClass)>) -> Result<Vec<TaxClass>, Problem> {
    let mut found: Vec<TaxClass> = Vec::new();
    for (number, row) in rows {
        let (code, name) = (row.code.trim().to_owned(), filled(row.name));
        if code.is_empty() && name.is_empty() {
            continue;
        }
        let wrong = |field: &str, key| {
            Problem::invalid("error-invalid-input").field(format!("classes.{number}.{field}"), key)
        };
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let taken = code == shop::STANDARD_TAX || found.iter().any(|c| c.code == code);
        if code.is_empty() || code.len() > 40 || !code.bytes().all(plain) || taken {
            return Err(wrong("code", "error-tax-class-code"));
        }
        if name.is_empty() {
            return Err(wrong("name", "error-required"));
        }
        let percent = row.percent.trim().trim_end_matches('%');
        let rate = percent
            .parse::<Decimal>()
            .ok()
            .map(|p| p / Decimal::ONE_HUNDRED);
        let rate = rate.filter(|r| *r >= Decimal::ZERO && *r < Decimal::ONE && r.scale() <= 6);
        found.push(TaxClass {
            code,
            name,
            rate: rate.ok_or_else(|| wrong("percent", "error-tax-rate"))?,
        });
    }
    if found.len() > MOST_CLASSES {
        return Err(Problem::invalid("error-too-many").with("max", MOST_CLASSES));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(code: &str, percent: &str) -> WriteTaxClass {
        WriteTaxClass {
            code: code.to_owned(),
            name: BTreeMap::from([(Locale::En, code.to_owned())]),
            percent: percent.to_owned(),
        }
    }

    /// O1: rates are read as people write them, and each wrong one is named by its row.
    #[test]
    fn rates_are_read_as_typed() {
        let found = classes(vec![(0, row("reduced", "2.5%")), (1, row("zero", "0"))]).unwrap();
        assert_eq!(found[0].rate, Decimal::new(25, 3));
        assert_eq!(found[1].rate, Decimal::ZERO);
        for (code, percent, field) in [
            ("standard", "5", "classes.3.code"),
            ("Low", "5", "classes.3.code"),
            ("low", "-1", "classes.3.percent"),
            ("low", "100", "classes.3.percent"),
            ("low", "five", "classes.3.percent"),
        ] {
            let refused = classes(vec![(3, row(code, percent))]).unwrap_err();
            assert_eq!(refused.fields()[0].field, field, "{code} {percent}");
        }
    }
}
