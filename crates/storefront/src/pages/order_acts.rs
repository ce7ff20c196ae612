//! What a buyer does with an order: the same again, taking a cancellation back.

use std::sync::Arc;

use operations::{
    flows::{
        buyer_acts::{self, LeftOut},
        undo_cancellation,
    },
    views::shop::order::OrderPage,
};
use platform::{
    Ctx,
    web::{Done, Path, Problem, Whole},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::order::{self, TokenPath};
use crate::{Storefront, cart_token};

/// What was put into the cart.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PutAgain {
    /// Units in the cart.
    item_count: i64,
    /// What is not sold any more.
    left_out: Vec<LeftOut>,
}

pub(crate) async fn reorder(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<TokenPath>),
) -> Result<Done<PutAgain>, Problem> {
    let token = cart_token::of(&incoming);
    let done = match buyer_acts::reorder(&ctx, token.clone(), path.token.clone()).await {
        Ok(done) => done,
        Err(error) => return Err(order::refused(&shop, &ctx, &incoming, path.token, error).await),
    };
    let told = if done.left_out.is_empty() {
        "flash-reorder-all"
    } else {
        "flash-reorder-some"
    };
    let units = done.cart.item_count();
    let put = PutAgain {
        item_count: units,
        left_out: done.left_out,
    };
    let fresh = done.fresh_token.as_deref();
    let answer = Done::new(put, "/cart").flash(told);
    Ok(cart_token::kept(
        answer,
        &incoming,
        token.as_deref(),
        fresh,
        units,
    ))
}

pub(crate) async fn undo(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path)): (Whole, Path<TokenPath>),
) -> Result<Done<OrderPage>, Problem> {
    let told = undo_cancellation::undo_cancellation(&ctx, path.token.clone()).await;
    let done = order::after(&shop, &ctx, &incoming, path.token, told).await?;
    Ok(done.flash("flash-order-restored"))
}
