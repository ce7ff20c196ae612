//! Page events: nothing that was promised is lost, nothing counts twice, no page waits.
#![expect(clippy::unwrap_used, reason = "a test speaks by failing")]

use std::time::Duration;

use insight::intake::{NotAccepted, PageEvents};
use kernel::{OrderId, SessionId, VisitorId, event};
use platform::{Ctx, DbError, Visit, events::Event, params};
use serde_json::json;
use testkit::World;
use tokio::sync::watch;

fn visiting(world: &World, device: &str) -> (Ctx, VisitorId) {
    let visitor = VisitorId::new();
    let visit = Visit {
        visitor,
        session: SessionId::new(),
        source: "line".into(),
        device: device.into(),
    };
    (world.ctx.during(Some(visit)), visitor)
}

async fn count(world: &World, visitor: VisitorId) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM events WHERE visitor_id = $1";
    let count: Result<i64, DbError> = world
        .ctx
        .read(async move |rx, _| rx.scalar(sql, params![visitor]).await)
        .await;
    count.unwrap()
}

fn page() -> Event {
    Event::new(event::PAGE_VIEWED, &json!({ "path": "/" }))
}

/// TRF-05: what pages saw is on the stream after a shut-down, none of it twice, crawlers and requests without a visit
/// left out.
#[test]
fn a_shutdown_writes_what_was_gathered() {
    testkit::run(async |world| {
        let (events, writer) = PageEvents::new(world.ctx.clone());
        let (stop, stopped) = watch::channel(false);
        let (ctx, visitor) = visiting(world, "phone");
        let (crawler, robot) = visiting(world, "bot");
        for _ in 0..3_500 {
            assert!(events.record(&ctx, page()));
        }
        assert!(!events.record(&crawler, page()));
        assert!(!events.record(&world.ctx, page()));
        let running = tokio::spawn(writer.run(stopped));
        stop.send(true).unwrap();
        running.await.unwrap();
        assert_eq!(
            (
                count(world, visitor).await,
                count(world, robot).await,
                events.lost()
            ),
            (3_500, 0, 0)
        );
        assert!(!events.record(&ctx, page()));
        assert_eq!(events.lost(), 1);
    });
}

/// TRF-05: events reach the stream within moments, without a shut-down.
#[test]
fn events_are_written_while_the_shop_runs() {
    testkit::run(async |world| {
        let (events, writer) = PageEvents::new(world.ctx.clone());
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(writer.run(stopped));
        let (ctx, visitor) = visiting(world, "desktop");
        events.record(&ctx, page());
        let mut waited = Duration::ZERO;
        while count(world, visitor).await == 0 && waited < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waited += Duration::from_millis(20);
        }
        assert_eq!(count(world, visitor).await, 1);
        stop.send(true).unwrap();
        running.await.unwrap();
    });
}

/// A page never waits: a full buffer drops and counts.
#[test]
fn a_full_buffer_drops_and_counts() {
    testkit::run(async |world| {
        let (events, writer) = PageEvents::new(world.ctx.clone());
        let (ctx, visitor) = visiting(world, "phone");
        let kept = (0..20_100).filter(|_| events.record(&ctx, page())).count();
        assert_eq!((kept, events.lost()), (20_000, 100));
        let full = events.accept(&ctx, "m", page()).await;
        assert_eq!(full, Err(NotAccepted::Full));
        let (stop, stopped) = watch::channel(true);
        writer.run(stopped).await;
        drop(stop);
        assert_eq!(count(world, visitor).await, 20_000);
    });
}

/// J7: a message that was accepted is on the stream, and counts once however often and by however many it is sent.
#[test]
fn a_repeated_message_counts_once() {
    testkit::run(async |world| {
        let (stop, stopped) = watch::channel(false);
        let mut nodes = Vec::new();
        let mut running = Vec::new();
        for _ in 0..3 {
            let (events, writer) = PageEvents::new(world.ctx.clone());
            nodes.push(events);
            running.push(tokio::spawn(writer.run(stopped.clone())));
        }
        let (ctx, visitor) = visiting(world, "phone");
        let mut sending = Vec::new();
        for n in 0..60_usize {
            let (events, ctx) = (nodes[n % 3].clone(), ctx.clone());
            sending.push(tokio::spawn(async move {
                events
                    .accept(&ctx, &format!("message-{}", n % 10), page())
                    .await
            }));
        }
        for sent in sending {
            sent.await.unwrap().unwrap();
        }
        assert_eq!(count(world, visitor).await, 10);
        stop.send(true).unwrap();
        for node in running {
            node.await.unwrap();
        }
    });
}

/// J12: the same message id of another visitor, another event name, or split differently, is another event.
#[test]
fn derived_keys_do_not_collide() {
    testkit::run(async |world| {
        let (events, writer) = PageEvents::new(world.ctx.clone());
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(writer.run(stopped));
        let (ctx, visitor) = visiting(world, "phone");
        let (other, second) = visiting(world, "phone");
        events.accept(&ctx, "1", page()).await.unwrap();
        events
            .accept(&ctx, "1", Event::new(event::CART_VIEWED, &json!({})))
            .await
            .unwrap();
        events.accept(&ctx, "11", page()).await.unwrap();
        events.accept(&ctx, "1|1:1", page()).await.unwrap();
        events.accept(&other, "1", page()).await.unwrap();
        assert_eq!(
            (count(world, visitor).await, count(world, second).await),
            (4, 1)
        );
        stop.send(true).unwrap();
        running.await.unwrap();
    });
}

/// J6: one event that the database refuses does not keep the others from being written.
#[test]
fn a_refused_event_does_not_stop_the_others() {
    testkit::run(async |world| {
        world
            .ctx
            .write(async |tx, _| {
                let sql = if tx.dialect() == platform::db::Dialect::Sqlite {
                    "CREATE TRIGGER planted BEFORE INSERT ON events WHEN NEW.subject_kind = 'order' BEGIN SELECT RAISE(ABORT, 'planted'); END"
                } else {
                    "ALTER TABLE events ADD CONSTRAINT planted CHECK (subject_kind IS DISTINCT FROM 'order')"
                };
                tx.execute(sql, &[]).await
            })
            .await
            .unwrap();
        let (events, writer) = PageEvents::new(world.ctx.clone());
        let (ctx, visitor) = visiting(world, "phone");
        for n in 0..20 {
            let event = if n == 7 {
                page().about(OrderId::new())
            } else {
                page()
            };
            assert!(events.record(&ctx, event));
        }
        let (stop, stopped) = watch::channel(true);
        writer.run(stopped).await;
        drop(stop);
        assert_eq!((count(world, visitor).await, events.lost()), (19, 1));
    });
}
