//! The least that stock needs around it: a variant to keep, a place to keep it, an order to hold it for.

use inventory::{Adjustment, EntryKind, InventoryError, Level, location, stock};
use kernel::{LocationId, OrderId, ProductId, VariantId};
use platform::{Ctx, DbError, Tx, params};
use testkit::World;

/// A fresh variant, of which no stock is kept yet.
pub(crate) async fn variant(tx: &mut Tx, ctx: &Ctx) -> Result<VariantId, DbError> {
    let (product, variant) = (ProductId::new(), VariantId::new());
    let sql = "INSERT INTO products (id, handle, state, title, subtitle, description, options, created_at, updated_at) \
               VALUES ($1, $2, 'draft', '{}', '{}', '{}', '[]', $3, $3)";
    tx.execute_one(sql, params![product, product.to_string(), ctx.now()])
        .await?;
    let sql = "INSERT INTO variants (id, product_id, position, sku, option_values, currency, price, state, created_at) \
               VALUES ($1, $2, 0, $3, '[]', 'TWD', 10000, 'active', $4)";
    tx.execute_one(
        sql,
        params![variant, product, format!("SKU-{variant}"), ctx.now()],
    )
    .await?;
    Ok(variant)
}

/// A fresh variant with so many units at the shop's first place.
pub(crate) async fn stocked(world: &World, units: i64) -> VariantId {
    let made = world.ctx.write(async move |tx, ctx| {
        let main = location::ensure_default(tx, ctx).await?;
        let variant = variant(tx, ctx).await?;
        put(tx, ctx, variant, main, units).await?;
        Ok::<_, InventoryError>(variant)
    });
    made.await.unwrap()
}

/// The shop's first place.
pub(crate) async fn main_place(world: &World) -> LocationId {
    world
        .ctx
        .write(async |tx, ctx| location::ensure_default(tx, ctx).await)
        .await
        .unwrap()
}

/// A second place, from which goods leave after the first.
pub(crate) async fn second_place(world: &World) -> LocationId {
    world
        .ctx
        .write(async |tx, ctx| location::create(tx, ctx, "second", "Second", 10).await)
        .await
        .unwrap()
}

/// Brings so many units to a place; none is fine.
pub(crate) async fn put(
    tx: &mut Tx,
    ctx: &Ctx,
    variant: VariantId,
    place: LocationId,
    units: i64,
) -> Result<(), InventoryError> {
    if units > 0 {
        let change = Adjustment::new(variant, units, EntryKind::Receipt, "received");
        stock::adjust(
            tx,
            ctx,
            Adjustment {
                location: Some(place),
                ..change
            },
        )
        .await?;
    }
    Ok(())
}

/// Stock at the shop's first place.
pub(crate) async fn level(world: &World, variant: VariantId) -> Level {
    let levels = world
        .ctx
        .read(async move |rx, _| stock::levels(rx, variant).await)
        .await
        .unwrap();
    levels.into_iter().next().unwrap()
}

/// On hand and reserved at the shop's first place.
pub(crate) async fn units(world: &World, variant: VariantId) -> (i64, i64) {
    let level = level(world, variant).await;
    (level.on_hand, level.reserved)
}

/// Reserves for a fresh order, in a transaction of its own.
pub(crate) async fn reserve(
    ctx: &Ctx,
    lines: &[(VariantId, i64)],
) -> Result<OrderId, InventoryError> {
    let order = OrderId::new();
    reserve_for(ctx, order, lines).await.map(|()| order)
}

/// Reserves for an order, in a transaction of its own.
pub(crate) async fn reserve_for(
    ctx: &Ctx,
    order: OrderId,
    lines: &[(VariantId, i64)],
) -> Result<(), InventoryError> {
    let lines = lines.to_vec();
    ctx.write(async move |tx, ctx| {
        let until = ctx.now().plus_seconds(3 * 24 * 3_600);
        inventory::hold::reserve(tx, ctx, order, &lines, Some(until), "order_placed").await
    })
    .await
}

/// How many events of a name there are.
pub(crate) async fn events(world: &World, name: &'static str) -> i64 {
    let sql = "SELECT COUNT(*) FROM events WHERE name = $1";
    world
        .ctx
        .read(async move |rx, _| rx.scalar(sql, params![name]).await)
        .await
        .map_err(|e: DbError| e)
        .unwrap()
}

/// Tries a raw statement, in a transaction of its own.
pub(crate) async fn raw(
    world: &World,
    sql: &str,
    values: &[platform::db::Value],
) -> Result<u64, DbError> {
    let (sql, values) = (sql.to_owned(), values.to_vec());
    world
        .ctx
        .write(async move |tx, _| tx.execute(&sql, &values).await)
        .await
}
