//! The list of cards: by what it sorts, and its file.

use insight::listing::Listing as CardFigures;
use kernel::{Permission, ProductId};
use platform::{
    Ctx, Page, Rx,
    list::{Asked, Cell, Column, Filter, FilterKind, List, ListError, Listed},
};

use super::{
    cards::{self, CardRow},
    lists::Listing,
};
use crate::FlowError;

/// Cards in a file at most.
const MOST: usize = 4_000;

/// The list of cards.
pub struct Cards;

pub(super) static LIST: List<CardRow> = List {
    code: "cards",
    path: "/admin/funnel/cards",
    permission: Permission::InsightRead,
    columns: &[
        Column::new("product", "admin-product", |c| Cell::text(&c.title)),
        Column::sorting("shown", "admin-cards-shown", |c| {
            Cell::Number(c.listing.shown_to)
        }),
        Column::new("impressions", "list-impressions", |c| {
            Cell::Number(c.listing.impressions)
        }),
        Column::sorting("opened", "admin-cards-opened", |c| {
            Cell::Number(c.listing.opened_by)
        }),
        Column::sorting("rate", "admin-cards-rate", |c| {
            Cell::maybe(c.listing.open_rate, Cell::Ratio)
        }),
        Column::new("list", "admin-products-collections", |c| {
            Cell::maybe(c.check.list.as_deref(), Cell::text)
        }),
        Column::new("rank", "list-rank", |c| {
            Cell::maybe(c.check.rank, Cell::Number)
        }),
        Column::new("price", "admin-price", |c| Cell::Money(c.check.price)),
        Column::new("sold", "list-sold", |c| Cell::Number(c.check.sold)),
    ],
    filters: &[
        Filter::new("from", "admin-from", FilterKind::Day),
        Filter::new("to", "admin-to", FilterKind::Day),
    ],
    sort: "-shown",
    page: 100,
};

impl Listed for Cards {
    type Row = CardRow;

    fn list() -> &'static List<CardRow> {
        &LIST
    }
}

impl Listing for Cards {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        _: usize,
    ) -> Result<Page<CardRow>, FlowError> {
        let asked = Asked {
            limit: Some(MOST),
            ..asked.clone()
        };
        Ok(Page {
            items: cards::page(rx, ctx, &asked).await?.items,
            next_cursor: None,
        })
    }
}

/// Sorts all cards by what was asked; equal ones by how many people they were shown to.
pub(super) fn sort(
    cards: &mut [(ProductId, CardFigures)],
    ctx: &Ctx,
    asked: &Asked,
) -> Result<(), ListError> {
    let (code, descending) = asked.sort_of(ctx, &LIST)?;
    cards.sort_by(|(a_id, a), (b_id, b)| {
        let order = match code {
            "opened" => a.opened_by.cmp(&b.opened_by),
            // Shares are compared as fractions, the unseen below all others.
            "rate" => (i128::from(a.opened_by) * i128::from(b.shown_to))
                .cmp(&(i128::from(b.opened_by) * i128::from(a.shown_to)))
                .then((a.shown_to > 0).cmp(&(b.shown_to > 0))),
            _ => a.shown_to.cmp(&b.shown_to),
        };
        let order =
            order.then((a.shown_to, a.opened_by, *a_id).cmp(&(b.shown_to, b.opened_by, *b_id)));
        if descending { order.reverse() } else { order }
    });
    Ok(())
}
