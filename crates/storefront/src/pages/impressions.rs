//! Which product cards came into view (展現), as browsers report it in the background.

use std::sync::Arc;

use insight::events::ProductListViewed;
use kernel::{ProductId, event};
use platform::{
    Ctx, cards,
    events::Event,
    web::{Problem, Raw, StatusCode, Whole, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Storefront;

/// Bytes of a report at most.
const LARGEST: usize = 8_192;
/// Cards of a report at most.
const CARDS: usize = 100;
/// Characters of a list's name at most.
const LIST: usize = 120;
/// The last place of a list that counts.
const DEEPEST: u32 = 100_000;

/// A report: plain text, so that a browser may send it while it leaves the page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    list: String,
    product_ids: Vec<ProductId>,
    /// The place of each card in its list, from 1; none where the list does not count them.
    #[serde(default)]
    places: Vec<u32>,
}

pub(crate) async fn report(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Raw, Problem> {
    if incoming.body.len() > LARGEST {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "error-too-large",
        ));
    }
    let wrong = |_: serde_json::Error| Problem::new(StatusCode::BAD_REQUEST, "error-bad-json");
    let mut told: serde_json::Value = serde_json::from_slice(&incoming.body).map_err(wrong)?;
    cards::mask(&mut told);
    let report: Report = form::read(told)?;
    let fits = !report.list.is_empty()
        && report.list.chars().count() <= LIST
        && !report.list.chars().any(char::is_control)
        && (1..=CARDS).contains(&report.product_ids.len())
        && [0, report.product_ids.len()].contains(&report.places.len())
        && report
            .places
            .iter()
            .all(|place| (1..=DEEPEST).contains(place));
    if !fits {
        return Err(Problem::invalid("error-invalid-input"));
    }
    let seen = ProductListViewed {
        list: report.list,
        products: report.product_ids,
        places: report.places,
    };
    shop.note(&ctx, Event::new(event::PRODUCT_LIST_VIEWED, &seen));
    Ok(Raw {
        status: StatusCode::NO_CONTENT,
        content_type: "text/plain",
        bytes: Default::default(),
        headers: Vec::new(),
    })
}
