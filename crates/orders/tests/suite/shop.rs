//! What the tests stand on: variants, carts, orders, and the rows that other domains would write beside them.

use kernel::{
    Address, CartId, Currency, Money, OrderId, OrderLineId, ParcelId, ProductId, Quantity,
    TransferId, VariantId,
};
use orders::{
    Act, Cart, Order, OrderState, OrdersError, PaymentMethod, PricedLine, Totals, cart,
    order::{self, NewOrder, PayWindow},
};
use platform::{Ctx, DbError, Tx, params};
use rust_decimal::Decimal;

pub(crate) fn twd(dollars: i64) -> Money {
    Money::new(dollars * 100, Currency::TWD)
}

pub(crate) fn five_percent() -> Decimal {
    Decimal::new(5, 2)
}

/// A variant with its product, named by its SKU.
pub(crate) async fn variant(tx: &mut Tx, sku: &str) -> Result<(ProductId, VariantId), DbError> {
    let (product, variant) = (ProductId::new(), VariantId::new());
    let sql = "INSERT INTO products (id, handle, state, title, subtitle, description, options, created_at, updated_at) \
               VALUES ($1, $2, 'draft', '{}', '{}', '{}', '[]', 0, 0)";
    tx.execute_one(sql, params![product, sku.to_lowercase()])
        .await?;
    let sql = "INSERT INTO variants (id, product_id, position, sku, option_values, currency, price, state, created_at) \
               VALUES ($1, $2, 0, $3, '[]', 'TWD', 58000, 'active', 0)";
    tx.execute_one(sql, params![variant, product, sku]).await?;
    Ok((product, variant))
}

pub(crate) fn priced(sku: &str, price: Money, quantity: i64) -> PricedLine {
    PricedLine {
        variant_id: VariantId::new(),
        product_id: ProductId::new(),
        sku: sku.to_owned(),
        title: format!("茶 {sku}"),
        variant_title: String::new(),
        image_key: None,
        unit_price: price,
        unit_cost: None,
        tax_rate: five_percent(),
        quantity: Quantity::new(quantity).unwrap(),
        parts: Vec::new(),
        gift: false,
    }
}

/// An order of two lines, three and one units, NT$1,390 and delivery.
pub(crate) fn two_lines(method: PaymentMethod) -> NewOrder {
    let lines = [
        priced("TEA-DD-075", twd(580), 3),
        priced("WARE-GP-300", twd(360), 1),
    ];
    new_order(method, &lines)
}

pub(crate) fn new_order(method: PaymentMethod, lines: &[PricedLine]) -> NewOrder {
    let address = Address {
        name: "示範顧客甲".into(),
        phone: "0900-000-200".into(),
        country: "TW".into(),
        postal_code: "106".into(),
        region: "臺北市".into(),
        city: "大安區".into(),
        line1: "示範路 1 號".into(),
        line2: None,
        district: String::new(),
        store: None,
    };
    NewOrder {
        cart: None,
        customer_id: None,
        totals: Totals::compute(Currency::TWD, lines, twd(100), twd(0), five_percent()).unwrap(),
        email: "shopper+tea@example.tw".into(),
        phone: "0900-000-100".into(),
        buyer_name: "示範顧客甲".into(),
        address,
        delivery_code: "home".into(),
        delivery_name: "宅配到府".into(),
        payment_method: method,
        gift_message: None,
        note: None,
        pay_until: PayWindow::default().ends(testkit::START, method),
        ship_by: None,
        inquired: false,
    }
}

/// Places an order and opens its money, as the flow of checkout does.
pub(crate) async fn place(tx: &mut Tx, ctx: &Ctx, new: NewOrder) -> Result<Order, OrdersError> {
    let (order, _) = order::place(tx, ctx, new).await?;
    open_money(tx, &order).await?;
    Ok(order)
}

pub(crate) async fn open_money(tx: &mut Tx, order: &Order) -> Result<(), DbError> {
    let sql = "INSERT INTO order_money (order_id, currency, due) VALUES ($1, $2, $3)";
    tx.execute_one(sql, params![order.id, order.currency(), order.total.amount])
        .await
}

/// The money of an order came: what payments would write.
pub(crate) async fn capture(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE order_money SET captured = due WHERE order_id = $1",
        params![order.id],
    )
    .await?;
    let sql = "INSERT INTO journal (id, entry, debit, credit, currency, amount, order_id, effect_key, at, actor) \
               VALUES ($1, 'capture', 'asset:card', 'liability:customer_orders', $2, $3, $4, $5, $6, 'test')";
    let key = format!("capture:{}", order.id);
    tx.execute_one(
        sql,
        params![
            TransferId::new(),
            order.currency(),
            order.total.amount,
            order.id,
            key,
            ctx.now()
        ],
    )
    .await
}

/// A parcel with these units, as fulfilment would write it.
pub(crate) async fn parcel(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    units: &[(OrderLineId, i64)],
) -> Result<(), DbError> {
    let parcel = ParcelId::new();
    let sql = "INSERT INTO parcels (id, order_id, number, carrier, tracking_number, state, shipped_at, actor) \
               SELECT $1, o.id, (SELECT COUNT(*) + 1 FROM parcels p WHERE p.order_id = o.id), 'tcat', $2, 'shipped', $3, 'test' \
               FROM orders o WHERE o.id = $4";
    tx.execute_one(sql, params![parcel, parcel.to_string(), ctx.now(), id])
        .await?;
    for (line, quantity) in units {
        let sql =
            "INSERT INTO parcel_lines (parcel_id, order_line_id, quantity) VALUES ($1, $2, $3)";
        tx.execute_one(sql, params![parcel, *line, *quantity])
            .await?;
    }
    Ok(())
}

/// An open cart with one line of a fresh variant.
pub(crate) async fn cart_with_tea(ctx: &Ctx, token: &'static str) -> Cart {
    let opened = ctx.write(async move |tx, ctx| {
        let (_, tea) = variant(tx, &format!("TEA-{token}")).await?;
        let opened = cart::open(tx, ctx, token, None).await?;
        cart::add(tx, ctx, opened.id, tea, Quantity::ONE).await?;
        cart::by_id(tx, opened.id).await
    });
    opened.await.unwrap()
}

/// The legal road from `placed` to a state.
pub(crate) fn road(to: OrderState) -> &'static [Act] {
    match to {
        OrderState::Placed => &[],
        OrderState::Paid => &[Act::Pay],
        OrderState::Picked => &[Act::Pay, Act::Pick],
        OrderState::PartlyShipped => &[Act::Pay, Act::Pick, Act::ShipPart],
        OrderState::Shipped => &[Act::Pay, Act::Pick, Act::ShipAll],
        OrderState::Delivered => &[Act::Pay, Act::Pick, Act::ShipAll, Act::Deliver],
        OrderState::Closed => &[Act::Pay, Act::Pick, Act::ShipAll, Act::Deliver, Act::Close],
        OrderState::Cancelled => &[Act::Cancel],
        OrderState::Expired => &[Act::Expire],
    }
}

/// Does one act and what other domains write with it.
pub(crate) async fn act(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    act: Act,
) -> Result<Order, OrdersError> {
    let after = order::apply(tx, ctx, order, act, "test").await?;
    if matches!(act, Act::Pay | Act::Reopen) {
        capture(tx, ctx, &after).await?;
    }
    Ok(after)
}

/// A card order in a state.
pub(crate) async fn order_in(ctx: &Ctx, state: OrderState) -> Order {
    let made = ctx.write(async move |tx, ctx| {
        let mut order = place(tx, ctx, two_lines(PaymentMethod::Card)).await?;
        for step in road(state) {
            order = act(tx, ctx, &order, *step).await?;
        }
        Ok::<_, OrdersError>(order)
    });
    made.await.unwrap()
}

/// The answer of a query with one whole number.
pub(crate) async fn number(ctx: &Ctx, sql: &'static str) -> i64 {
    ctx.read(async move |rx, _| rx.scalar::<i64>(sql, &[]).await)
        .await
        .unwrap()
}

/// How often an event of an order stands on the stream.
pub(crate) async fn events_of(ctx: &Ctx, id: OrderId, name: &'static str) -> usize {
    let line = ctx
        .read(async move |rx, _| platform::events::timeline(rx, id).await)
        .await
        .unwrap();
    line.iter().filter(|event| event.name == name).count()
}

/// The lines of an order by position.
pub(crate) async fn line_ids(ctx: &Ctx, id: OrderId) -> Vec<OrderLineId> {
    ctx.read(async move |rx, _| order::lines(rx, id).await)
        .await
        .unwrap()
        .iter()
        .map(|line| line.id)
        .collect()
}

pub(crate) async fn cart_now(ctx: &Ctx, id: CartId) -> Cart {
    ctx.read(async move |rx, _| cart::by_id(rx, id).await)
        .await
        .unwrap()
}
