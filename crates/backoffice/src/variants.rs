//! Variants: what is sold. A new one, and everything about one, its price included.

use std::{collections::BTreeMap, sync::Arc};

use catalog::{
    NewVariant, Variant, VariantDetails, VariantState, price, product, reduction, variant,
};
use kernel::{Currency, Money, ProductId, Texts, Timestamp, VariantId};
use operations::FlowError;
use platform::{
    Ctx,
    web::{Done, Path, Problem, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Amount, Form, explain},
    paths::{ProductPath, VariantPath},
    product_terms::instant,
    products::product_page,
};

/// Why a price was changed, as the history keeps it.
const REASON: &str = "back_office";

/// A new variant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddVariant {
    /// Its SKU.
    sku: String,
    /// What it costs.
    price: Amount,
    /// Its value in each option, by the option's place from 0.
    #[serde(default)]
    options: BTreeMap<String, String>,
}

/// Everything about a variant, replaced together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteVariant {
    /// Its SKU.
    sku: String,
    /// What the scanner reads.
    #[serde(default)]
    barcode: Option<String>,
    /// Whether it can be bought; as it is when absent.
    #[serde(default)]
    state: Option<VariantState>,
    /// What it costs.
    price: Amount,
    /// What it really cost before; none when absent.
    #[serde(default)]
    compare_at_price: Option<Amount>,
    /// When it costs that again: an instant, or a date and time in the shop's zone. As it is when absent.
    #[serde(default)]
    reduced_until: Option<String>,
    /// What it costs the merchant; unknown when absent.
    #[serde(default)]
    cost: Option<Amount>,
    /// Weight with packing; 0 when absent.
    #[serde(default, deserialize_with = "form::whole_opt")]
    weight_grams: Option<i64>,
    /// Length with packing; the three go together.
    #[serde(default, deserialize_with = "form::whole_opt")]
    length_mm: Option<i64>,
    /// Width with packing.
    #[serde(default, deserialize_with = "form::whole_opt")]
    width_mm: Option<i64>,
    /// Height with packing.
    #[serde(default, deserialize_with = "form::whole_opt")]
    height_mm: Option<i64>,
}

/// A variant that was made or changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VariantChanged {
    /// The variant.
    id: VariantId,
    /// Its product.
    product_id: ProductId,
}

async fn known(ctx: &Ctx, id: VariantId) -> Result<Variant, Problem> {
    let found = ctx
        .read(async move |rx, _| Ok::<_, FlowError>(variant::by_id(rx, id).await?))
        .await?;
    found.ok_or_else(Problem::not_found)
}

/// Adds a variant to a product.
pub(crate) async fn add(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<AddVariant>),
) -> Result<Done<VariantChanged>, Problem> {
    let Form { value, sent } = form;
    let product_id = at.id;
    let work = async {
        let wanted = value?;
        let currency = currency_of(&ctx, product_id).await?;
        let price = wanted.price.money(currency, "price")?;
        let (sku, chosen) = (wanted.sku.trim().to_owned(), wanted.options);
        let adding = ctx.write(async move |tx, ctx| {
            let owner = product::by_id(tx, product_id)
                .await?
                .ok_or(FlowError::NotFound)?;
            let others = product::variants_of(tx, &[product_id]).await?;
            let values = (0..owner.options.len()).map(|index| {
                let typed = chosen
                    .get(&index.to_string())
                    .map_or("", |text| text.trim());
                value_of(ctx, &others, index, typed)
            });
            let new = NewVariant {
                option_values: values.collect(),
                ..NewVariant::new(sku.clone(), price)
            };
            Ok::<_, FlowError>(variant::add(tx, ctx, product_id, new).await?)
        });
        let id = adding.await.map_err(explain)?;
        let next = sent.next(format!("/admin/products/{product_id}#{id}"));
        Ok(Done::created(VariantChanged { id, product_id }, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, product_page(&ctx, product_id)).await
}

/// The value that somebody typed, with its other languages when another variant has it already.
fn value_of(ctx: &Ctx, others: &[Variant], index: usize, typed: &str) -> Texts {
    let same = others
        .iter()
        .filter_map(|v| v.option_values.get(index))
        .find(|texts| texts.get(ctx.locale()) == typed);
    same.cloned()
        .unwrap_or_else(|| Texts::one(ctx.locale(), typed))
}

/// The currency in which a product is sold; the shop's for one without variants.
async fn currency_of(ctx: &Ctx, id: ProductId) -> Result<Currency, Problem> {
    let found = ctx.read(async move |rx, _| {
        let first = product::variants_of(rx, &[id]).await?.into_iter().next();
        match first {
            Some(variant) => Ok::<_, FlowError>(variant.price.currency),
            None => Ok(operations::shop::load(rx).await?.currency),
        }
    });
    Ok(found.await?)
}

/// Replaces everything about a variant. A price that changes goes into the history (CAT-18).
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<VariantPath>, Form<WriteVariant>),
) -> Result<Done<VariantChanged>, Problem> {
    let Form { value, sent } = form;
    let before = known(&ctx, at.id).await?;
    let (id, product_id) = (before.id, before.product_id);
    let work = async {
        let Written {
            details,
            price,
            compare_at,
            until,
        } = written(&ctx, &before, value?)?;
        let writing = ctx.write(async move |tx, ctx| {
            price::set(tx, ctx, id, price, compare_at, REASON).await?;
            if let Some(until) = until {
                reduction::announce(tx, ctx, id, until).await?;
            }
            Ok::<_, FlowError>(variant::update(tx, ctx, id, details.clone()).await?)
        });
        writing.await.map_err(explain)?;
        let next = sent.next(format!("/admin/products/{product_id}#{id}"));
        Ok(Done::new(VariantChanged { id, product_id }, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, product_page(&ctx, product_id)).await
}

/// What a form makes of a variant.
struct Written {
    details: VariantDetails,
    price: Money,
    compare_at: Option<Money>,
    until: Option<Timestamp>,
}

/// A form's field holds whole minutes.
fn same_minute(at: Timestamp, other: Option<Timestamp>) -> bool {
    let minute = |at: Timestamp| at.micros().div_euclid(60_000_000);
    other.is_some_and(|other| minute(at) == minute(other))
}

fn written(ctx: &Ctx, before: &Variant, form: WriteVariant) -> Result<Written, Problem> {
    let currency = before.price.currency;
    let amount =
        |amount: Option<Amount>, field: &str| amount.map(|a| a.money(currency, field)).transpose();
    let size_mm = match (form.length_mm, form.width_mm, form.height_mm) {
        (None, None, None) => None,
        (Some(length), Some(width), Some(height)) => Some((length, width, height)),
        (length, width, _) => {
            let missing = if length.is_none() {
                "length_mm"
            } else if width.is_none() {
                "width_mm"
            } else {
                "height_mm"
            };
            return Err(Problem::invalid("error-invalid-input").field(missing, "error-required"));
        }
    };
    let compare_at = amount(form.compare_at_price, "compare_at_price")?;
    let typed = form.reduced_until.filter(|text| !text.trim().is_empty());
    let wrong =
        || Problem::invalid("error-invalid-input").field("reduced_until", "error-invalid-value");
    let until = typed
        .map(|text| instant(ctx, &text).ok_or_else(wrong))
        .transpose()?;
    // As it was in the form: nothing to announce, also where the reduction itself is taken away.
    let until = until.filter(|at| !same_minute(*at, before.reduced_until));
    Ok(Written {
        until,
        compare_at,
        price: form.price.money(currency, "price")?,
        details: VariantDetails {
            sku: form.sku.trim().to_owned(),
            barcode: form
                .barcode
                .map(|code| code.trim().to_owned())
                .filter(|code| !code.is_empty()),
            option_values: before.option_values.clone(),
            cost: amount(form.cost, "cost")?,
            weight_g: form.weight_grams.unwrap_or_default(),
            size_mm,
            state: form.state.unwrap_or(before.state),
        },
    })
}
