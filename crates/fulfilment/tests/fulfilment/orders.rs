//! The least that a parcel needs around it: an order with lines.

use kernel::{OrderId, OrderLineId, ProductId, VariantId};
use platform::{Ctx, DbError, Tx, params};
use testkit::World;

/// A placed order with one line for each number of units.
pub(crate) async fn order(world: &World, units: &[i64]) -> (OrderId, Vec<OrderLineId>) {
    let units = units.to_vec();
    world
        .ctx
        .write(async move |tx, ctx| insert(tx, ctx, &units).await)
        .await
        .unwrap()
}

async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    units: &[i64],
) -> Result<(OrderId, Vec<OrderLineId>), DbError> {
    let order = OrderId::new();
    let total = units.iter().sum::<i64>() * 100;
    let sql = "INSERT INTO orders (id, number, token, token_expires_at, state, payment_state, payment_method, stock_decision, currency, \
               subtotal, discount, shipping, fees, tax_included, total, email, phone, buyer_name, address, delivery_code, delivery_name, \
               locale, inquired, placed_at, updated_at) VALUES ($1, $2, $2, $3, 'placed', 'pending', 'bank_transfer', FALSE, 'TWD', \
               $4, 0, 0, 0, 0, $4, '', '', '', '{}', 'home', '', 'zh-Hant', FALSE, $3, $3)";
    tx.execute_one(sql, params![order, order.to_string(), ctx.now(), total])
        .await?;
    let sql = "INSERT INTO order_history (order_id, to_state, cause, actor, at) VALUES ($1, 'placed', 'placed', 'test', $2)";
    tx.execute_one(sql, params![order, ctx.now()]).await?;
    tx.execute_one(
        "INSERT INTO order_money (order_id, currency, due) VALUES ($1, 'TWD', $2)",
        params![order, total],
    )
    .await?;
    let mut lines = Vec::new();
    for (position, quantity) in (0_i64..).zip(units) {
        let line = OrderLineId::new();
        let sql = "INSERT INTO order_lines (id, order_id, position, product_id, variant_id, sku, title, variant_title, currency, unit_price, \
                   quantity, discount, tax_included, total) VALUES ($1, $2, $3, $4, $5, '', '', '', 'TWD', 100, $6, 0, 0, $7)";
        let values = params![
            line,
            order,
            position,
            ProductId::new(),
            VariantId::new(),
            *quantity,
            quantity * 100
        ];
        tx.execute_one(sql, values).await?;
        lines.push(line);
    }
    Ok((order, lines))
}

/// Counts units as shipped, as the order's own command does. False when fewer are left.
pub(crate) async fn record_shipped(
    tx: &mut Tx,
    lines: &[(OrderLineId, i64)],
) -> Result<bool, DbError> {
    let mut all = true;
    for (line, quantity) in lines {
        let sql = "UPDATE order_lines SET shipped = shipped + $2 WHERE id = $1 AND shipped + $2 <= quantity - cancelled";
        all &= tx.execute(sql, params![*line, *quantity]).await? == 1;
    }
    Ok(all)
}
