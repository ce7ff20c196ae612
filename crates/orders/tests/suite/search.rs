//! Finding orders: against an oracle that looks at every order, page by page, and by the plan of the statement.

use std::time::Duration;

use orders::{
    Act, Narrow, Order, OrderQuery, OrderSort, OrderState, OrdersError, PaymentMethod, Tab, order,
    order::NewOrder,
};
use platform::{Ctx, Cursor, db::Dialect};

use crate::shop::{self, priced, twd, two_lines};

/// All pages of a query, each checked to be no longer than asked for.
async fn all_pages(ctx: &Ctx, q: &str, tab: Tab, limit: usize) -> Vec<String> {
    let mut after: Option<Cursor> = None;
    let mut numbers = Vec::new();
    loop {
        let query = OrderQuery {
            q: q.to_owned(),
            tab,
            narrow: Narrow::default(),
            sort: OrderSort::PlacedAt,
            ascending: false,
            after,
            limit,
        };
        let page = ctx
            .read(async move |rx, _| order::search(rx, query).await)
            .await
            .unwrap();
        assert!(page.items.len() <= limit);
        numbers.extend(page.items.into_iter().map(|o| o.number));
        after = page.next_cursor;
        if after.is_none() {
            return numbers;
        }
    }
}

/// A year of orders: several a day now and then, weeks without any, some at the same instant.
async fn a_year(world: &testkit::World) -> Vec<Order> {
    let names = ["王小明", "王大同", "Mei Ling Chen", "陳美玲", "mei wang"];
    let mut placed = Vec::new();
    for n in 0..90_usize {
        let lines = [
            priced(&format!("TEA-{:02}", n % 7), twd(100), 1),
            priced(&format!("tea-x{}", n % 3), twd(50), 2),
        ];
        let method = [
            PaymentMethod::Card,
            PaymentMethod::CashOnDelivery,
            PaymentMethod::BankTransfer,
        ][n % 3];
        let new = NewOrder {
            buyer_name: names[n % names.len()].into(),
            phone: format!("09{:02}-000-{n:03}", n % 4),
            email: format!("shopper{}+x{n}@example.tw", n % 10),
            ..shop::new_order(method, &lines[..1 + n % 2])
        };
        let mut order = world
            .ctx
            .write(async move |tx, ctx| shop::place(tx, ctx, new.clone()).await)
            .await
            .unwrap();
        let acts: &[Act] = match n % 9 {
            0 | 1 => &[],
            2 => &[Act::Cancel],
            3 => &[Act::Pay, Act::Pick],
            _ => &[Act::Pay, Act::Pick, Act::ShipAll, Act::Deliver, Act::Close],
        };
        for act in acts {
            let seen = order.clone();
            order = world
                .ctx
                .write(async move |tx, ctx| shop::act(tx, ctx, &seen.clone(), *act).await)
                .await
                .unwrap();
        }
        placed.push(order);
        let pause = match n % 10 {
            0 | 1 => 0,
            9 => 40 * 86_400,
            k => 3_000 * u64::try_from(k).unwrap(),
        };
        world.pass(Duration::from_secs(pause));
    }
    placed
}

fn in_tab(order: &Order, tab: Tab) -> bool {
    let door = order.payment_method == PaymentMethod::CashOnDelivery;
    match tab {
        Tab::All => true,
        Tab::Unpaid => order.state == OrderState::Placed && !door,
        Tab::ToShip => {
            matches!(
                order.state,
                OrderState::Paid | OrderState::Picked | OrderState::PartlyShipped
            ) || (order.state == OrderState::Placed && door)
        }
        Tab::Shipped => order.state == OrderState::Shipped,
        Tab::Delivered => order.state == OrderState::Delivered,
        Tab::Closed => order.state == OrderState::Closed,
        Tab::Cancelled => matches!(order.state, OrderState::Cancelled | OrderState::Expired),
    }
}

/// The search and every tab show exactly what an oracle finds that looks at every order, newest first, whatever the
/// size of the page.
#[test]
fn the_search_finds_what_there_is() {
    testkit::run(async |world| {
        let placed = a_year(world).await;
        let mut skus = std::collections::HashMap::new();
        for order in &placed {
            let id = order.id;
            let lines = world
                .ctx
                .read(async move |rx, _| order::lines(rx, id).await)
                .await
                .unwrap();
            skus.insert(
                id,
                lines
                    .into_iter()
                    .map(|l| l.sku.to_lowercase())
                    .collect::<Vec<_>>(),
            );
        }
        let queries = [
            "",
            "2",
            "2026",
            "202603",
            "王",
            "王小",
            "chen",
            "MEI",
            "ling chen",
            "0",
            "0901",
            "09-02",
            "+886 900",
            "shopper3",
            "shopper3@example.tw",
            "tea",
            "TEA-03",
            "tea-x1",
            "ＴＥＡ－０１",
            "nothing",
            "示範",
            "%",
            "tea_03",
        ];
        for q in queries {
            for tab in Tab::ALL.iter().copied() {
                let folded = q
                    .replace("ＴＥＡ－０１", "tea-01")
                    .replace("09-02", "0902")
                    .replace("+886 900", "0900")
                    .to_lowercase();
                let mut expected: Vec<&Order> = placed
                    .iter()
                    .filter(|o| in_tab(o, tab))
                    .filter(|o| {
                        let email = o.email.replace(
                            &o.email[o.email.find('+').unwrap()..o.email.find('@').unwrap()],
                            "",
                        );
                        let name = o.buyer_name.to_lowercase();
                        let words = name
                            .match_indices(' ')
                            .map(|(i, _)| name[i + 1..].to_owned());
                        let mut terms = vec![
                            o.number.clone(),
                            o.phone.replace('-', ""),
                            email,
                            "示範顧客甲".into(),
                            "0900000200".into(),
                            name.clone(),
                        ];
                        terms.extend(words.chain(skus[&o.id].iter().cloned()));
                        terms.iter().any(|t| t.starts_with(&folded))
                    })
                    .collect();
                expected.sort_by_key(|o| std::cmp::Reverse((o.placed_at, o.id)));
                let expected: Vec<String> =
                    expected.into_iter().map(|o| o.number.clone()).collect();
                for limit in [7, 100] {
                    assert_eq!(
                        all_pages(&world.ctx, q, tab, limit).await,
                        expected,
                        "{q:?} in {tab} by {limit}"
                    );
                }
            }
        }
    });
}

/// A row of the list says who, what and how much; a cursor of another list is refused.
#[test]
fn a_row_of_the_list_says_what_the_desk_needs() {
    testkit::run(async |world| {
        let lines: Vec<_> = (1..=4)
            .map(|n| priced(&format!("S{n}"), twd(10), n))
            .collect();
        let new = NewOrder {
            note: Some("請白天送".into()),
            ..shop::new_order(PaymentMethod::BankTransfer, &lines)
        };
        let order = world
            .ctx
            .write(async move |tx, ctx| shop::place(tx, ctx, new.clone()).await)
            .await
            .unwrap();
        let page = world
            .ctx
            .read(async |rx, _| order::search(rx, OrderQuery::default()).await)
            .await
            .unwrap();
        let row = &page.items[0];
        assert_eq!(
            (row.summary.as_str(), row.units),
            ("茶 S1 · 茶 S2 × 2 · 茶 S3 × 3 · …", 10)
        );
        assert_eq!(
            (row.total, row.pay_by, row.customer_note.as_deref()),
            (order.total, order.pay_until, Some("請白天送"))
        );
        assert_eq!(page.next_cursor, None);
        let query = OrderQuery {
            after: Some(Cursor::from_text("nonsense")),
            ..OrderQuery::default()
        };
        let refused = world
            .ctx
            .read(async move |rx, _| order::search(rx, query).await)
            .await;
        assert!(matches!(refused, Err(OrdersError::BadCursor)));
    });
}

/// The statements behind the list are ranges of an index on SQLite, whose plan does not depend on how much there is.
/// (The plan of PostgreSQL is looked at where there is much: see `scale`.)
#[test]
fn the_list_is_answered_by_indexes() {
    testkit::run(async |world| {
        shop::order_in(&world.ctx, OrderState::Placed).await;
        if world.ctx.db().dialect() != Dialect::Sqlite {
            return;
        }
        let plan = async |sql: &'static str| {
            let rows = world
                .ctx
                .read(async move |rx, _| rx.rows(&format!("EXPLAIN QUERY PLAN {sql}"), &[]).await)
                .await
                .unwrap();
            rows.iter()
                .map(|r| r.get::<String>("detail").unwrap())
                .collect::<Vec<_>>()
                .join("; ")
        };
        let terms = plan(
            "SELECT t.placed_at, t.order_id FROM order_terms t WHERE t.day IN (1, 2) AND t.term >= 'a' AND t.term < 'b' \
             AND (t.placed_at, t.order_id) < (1, x'00') ORDER BY t.placed_at DESC, t.order_id DESC LIMIT 3",
        ).await;
        assert!(
            terms.contains("USING PRIMARY KEY (day=? AND term>? AND term<?)"),
            "{terms}"
        );
        let tab = plan(
            "SELECT placed_at, id FROM orders WHERE (placed_at, id) < (1, x'00') AND tab = 'closed' ORDER BY placed_at DESC, id DESC LIMIT 3",
        ).await;
        assert!(
            tab.contains("orders_by_tab (tab=? AND (placed_at,id)<(?,?))")
                && !tab.contains("TEMP B-TREE"),
            "{tab}"
        );
        let all = plan(
            "SELECT placed_at, id FROM orders WHERE (placed_at, id) < (1, x'00') ORDER BY placed_at DESC, id DESC LIMIT 3",
        ).await;
        assert!(
            all.contains("orders_by_time ((placed_at,id)<(?,?))") && !all.contains("TEMP B-TREE"),
            "{all}"
        );
        let day = plan("SELECT MAX(day) FROM order_terms WHERE day <= 5").await;
        assert!(day.contains("PRIMARY KEY (day<?)"), "{day}");
        let due = plan(
            "SELECT id FROM orders WHERE state = 'placed' AND pay_until IS NOT NULL AND pay_until <= 9 \
             AND payment_state IN ('pending', 'declined') ORDER BY pay_until LIMIT 3",
        ).await;
        assert!(
            due.contains("orders_to_expire") && !due.contains("TEMP B-TREE"),
            "{due}"
        );
        assert_eq!(two_lines(PaymentMethod::Card).totals.units(), 4);
    });
}
