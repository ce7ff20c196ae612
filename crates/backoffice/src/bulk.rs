//! Changing many products at once: choose, look at what would come of it, do it, undo it.

use std::sync::Arc;

use catalog::bulk::{BulkAct, BulkChange, PERCENT, PriceStep, Rounding, WasPrice};
use kernel::{BulkEditId, CollectionId, Currency, Money, ProductId};
use operations::{
    FlowError,
    flows::bulk_edit,
    shop,
    views::admin::{
        BulkEditPage, BulkPage,
        bulk::{self as views, Asked},
        products::ProductTab,
    },
};
use platform::{
    Ctx,
    web::{Done, Page, Path, Problem, Query, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Amount, Form, Nothing, explain},
    paths::BulkEditPath,
};

/// What can be changed, as the form names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// This price for everything.
    PriceTo,
    /// An amount more.
    PriceUp,
    /// An amount less.
    PriceDown,
    /// A share more.
    PercentUp,
    /// A share less.
    PercentDown,
    /// The was-price becomes what it really cost before.
    WasMark,
    /// The was-price goes.
    WasDrop,
    /// On sale.
    Publish,
    /// Off sale.
    Unpublish,
    /// Put away.
    Archive,
    /// Out of the archive.
    Restore,
    /// Into a collection.
    CollectionAdd,
    /// Out of a collection.
    CollectionRemove,
    /// One tag more.
    TagAdd,
    /// One tag less.
    TagRemove,
    /// The alert level of stock.
    Alert,
}

impl What {
    const ALL: [(Self, &'static str); 16] = [
        (Self::PercentDown, "percent_down"),
        (Self::PercentUp, "percent_up"),
        (Self::PriceDown, "price_down"),
        (Self::PriceUp, "price_up"),
        (Self::PriceTo, "price_to"),
        (Self::WasMark, "was_mark"),
        (Self::WasDrop, "was_drop"),
        (Self::Publish, "publish"),
        (Self::Unpublish, "unpublish"),
        (Self::Archive, "archive"),
        (Self::Restore, "restore"),
        (Self::CollectionAdd, "collection_add"),
        (Self::CollectionRemove, "collection_remove"),
        (Self::TagAdd, "tag_add"),
        (Self::TagRemove, "tag_remove"),
        (Self::Alert, "alert"),
    ];

    fn code(self) -> &'static str {
        let found = Self::ALL.into_iter().find(|(what, _)| *what == self);
        found.map_or("", |(_, code)| code)
    }
}

/// Which products, and what becomes of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkAsk {
    /// Everything that the filter finds, and not only the products that are named.
    #[serde(default, deserialize_with = "form::flag")]
    all: bool,
    /// The filter's words.
    #[serde(default)]
    q: String,
    /// The filter's tab.
    #[serde(default)]
    state: ProductTab,
    /// The filter's collection.
    #[serde(default)]
    within: Option<CollectionId>,
    /// The products, one by one.
    #[serde(default)]
    products: Vec<ProductId>,
    /// What is to be changed.
    #[serde(default)]
    what: Option<What>,
    /// The price, or how much more or less.
    #[serde(default)]
    amount: Option<Amount>,
    /// How many per cent more or less: `12.5`.
    #[serde(default)]
    percent: Option<String>,
    /// To what the new price is rounded.
    #[serde(default)]
    round: Rounding,
    /// What becomes of the was-price.
    #[serde(default)]
    was: WasPrice,
    /// The collection.
    #[serde(default)]
    collection: Option<CollectionId>,
    /// The tag.
    #[serde(default)]
    tag: Option<String>,
    /// The alert level; none when absent.
    #[serde(default, deserialize_with = "form::whole_opt")]
    low_at: Option<i64>,
    /// Whether the form has been filled in, so that an empty level means none.
    #[serde(default, deserialize_with = "form::flag")]
    preview: bool,
}

/// An edit that was begun.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EditBegun {
    /// The edit.
    id: BulkEditId,
}

impl BulkAsk {
    /// The change, or the field that cannot be read; none until there is enough to go by.
    fn change(&self, currency: Currency) -> Option<Result<BulkChange, &'static str>> {
        let what = self.what?;
        let state = |act| Some(Ok(BulkChange::State { act }));
        match what {
            What::Publish => state(BulkAct::Publish),
            What::Unpublish => state(BulkAct::Unpublish),
            What::Archive => state(BulkAct::Archive),
            What::Restore => state(BulkAct::Restore),
            What::WasMark => Some(Ok(BulkChange::Was {
                was: WasPrice::Mark,
            })),
            What::WasDrop => Some(Ok(BulkChange::Was {
                was: WasPrice::Drop,
            })),
            What::CollectionAdd | What::CollectionRemove => {
                let into = what == What::CollectionAdd;
                self.collection
                    .map(|id| Ok(BulkChange::Collection { id, into }))
            }
            What::TagAdd | What::TagRemove => {
                let tag = self.tag.as_deref().map(str::trim)?;
                let add = what == What::TagAdd;
                Some(if tag.is_empty() {
                    Err("tag")
                } else {
                    Ok(BulkChange::Tag {
                        tag: tag.to_owned(),
                        add,
                    })
                })
            }
            What::Alert if !self.preview => None,
            What::Alert => Some(match self.low_at {
                Some(level) if level < 0 => Err("low_at"),
                low_at => Ok(BulkChange::Alert { low_at }),
            }),
            What::PercentUp | What::PercentDown => {
                let percent = self.percent.as_deref()?;
                Some(self.price(
                    hundredths(percent).map(|share| PriceStep::Percent {
                        hundredths: if what == What::PercentDown {
                            -share
                        } else {
                            share
                        },
                    }),
                    "percent",
                ))
            }
            What::PriceTo | What::PriceUp | What::PriceDown => {
                let amount = self.amount.as_ref()?.money(currency, "amount").ok();
                let step = amount.map(|amount| match what {
                    What::PriceTo => PriceStep::To { price: amount },
                    What::PriceUp => PriceStep::Add { amount },
                    _ => PriceStep::Add {
                        amount: Money::new(-amount.amount, currency),
                    },
                });
                Some(self.price(step, "amount"))
            }
        }
    }

    fn price(
        &self,
        step: Option<PriceStep>,
        field: &'static str,
    ) -> Result<BulkChange, &'static str> {
        let by = step.ok_or(field)?;
        if let PriceStep::Percent { hundredths } = by
            && !PERCENT.contains(&hundredths)
        {
            return Err(field);
        }
        Ok(BulkChange::Price {
            by,
            round: self.round,
            was: self.was,
        })
    }

    async fn asked(self, ctx: &Ctx) -> Result<Asked, Problem> {
        let shop = ctx
            .read(async |rx, _| shop::load(rx).await)
            .await
            .map_err(FlowError::from)?;
        Ok(Asked {
            change: self.change(shop.currency),
            all: self.all,
            q: self.q.trim().to_owned(),
            state: self.state,
            within: self.within,
            products: self.products,
            what: self.what.map(|what| what.code().to_owned()),
            choices: What::ALL.into_iter().map(|(_, code)| code).collect(),
        })
    }
}

/// `12.5` as 1250; none for what is no share, or finer than a hundredth.
fn hundredths(typed: &str) -> Option<i64> {
    let typed = typed.trim().trim_end_matches(['%', '％']).trim();
    let (whole, rest) = typed.split_once('.').unwrap_or((typed, ""));
    let digits = !whole.is_empty()
        && rest.len() <= 2
        && format!("{whole}{rest}").bytes().all(|b| b.is_ascii_digit());
    let text = digits.then(|| format!("{whole}{rest:0<2}"))?;
    text.parse().ok().filter(|share| *share > 0)
}

async fn page(ctx: &Ctx, ask: BulkAsk) -> Result<BulkPage, Problem> {
    let asked = ask.asked(ctx).await?;
    Ok(ctx
        .read(async move |rx, ctx| views::form(rx, ctx, asked.clone()).await)
        .await?)
}

/// The form of an edit, with what would come of it.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(ask): Query<BulkAsk>,
) -> Result<Page<BulkPage>, Problem> {
    Ok(Page::new(page(&ctx, ask).await?))
}

/// Begins an edit.
pub(crate) async fn begin(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<BulkAsk>,
) -> Result<Done<EditBegun>, Problem> {
    let Form { value, sent } = form;
    let ask = value?;
    let again = ask.clone();
    let work = async {
        let asked = ask.asked(&ctx).await?;
        let selection = asked.selection();
        let change = match asked.change {
            Some(Ok(change)) => change,
            Some(Err(field)) => {
                return Err(
                    Problem::invalid("error-invalid-input").field(field, "error-invalid-value")
                );
            }
            None => {
                return Err(Problem::invalid("error-invalid-input").field("what", "error-required"));
            }
        };
        let id = bulk_edit::begin(&ctx, selection, change)
            .await
            .map_err(|error| match error {
                FlowError::WrongState => Problem::conflict("error-bulk-nothing"),
                other => explain(other),
            })?;
        Ok(Done::created(
            EditBegun { id },
            sent.next(format!("/admin/products/bulk/{id}")),
        ))
    };
    sent.or_show(work, page(&ctx, again)).await
}

/// An edit as it stands.
pub(crate) async fn edit(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<BulkEditPath>,
) -> Result<Page<BulkEditPage>, Problem> {
    Ok(Page::new(edit_page(&ctx, at.id).await?))
}

async fn edit_page(ctx: &Ctx, id: BulkEditId) -> Result<BulkEditPage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::edit(rx, ctx, id).await)
        .await?)
}

/// Begins to undo an edit as a whole.
pub(crate) async fn undo(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BulkEditPath>, Form<Nothing>),
) -> Result<Done<EditBegun>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        bulk_edit::undo(&ctx, at.id).await.map_err(explain)?;
        Ok(Done::new(
            EditBegun { id: at.id },
            sent.next(format!("/admin/products/bulk/{}", at.id)),
        ))
    };
    sent.or_show(work, edit_page(&ctx, at.id)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_people_type_them() {
        for (typed, share) in [
            ("10", Some(1_000)),
            ("12.5 %", Some(1_250)),
            ("0.25", Some(25)),
            ("0", None),
            ("-5", None),
            ("1.234", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(hundredths(typed), share, "{typed}");
        }
    }
}
