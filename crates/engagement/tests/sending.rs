//! Messages over SMTP: each leaves at most once, whatever the mail server or the worker does in between (M1).
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test speaks by failing"
)]

mod sink;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use engagement::{
    Mailer, Message, MessageKind, MessageState, NewMessage,
    message::{self, JOB},
    send, template,
};
use kernel::{Email, Locale, OrderId, event};
use platform::{
    DbError, events,
    jobs::{self, Handlers, Workers},
    params,
};
use sink::{Mood, Sink};
use testkit::World;

fn mailer(sink: &Sink) -> Mailer {
    Mailer::from_url(&sink.url(), Email::parse("shop@example.tw").unwrap()).unwrap()
}

/// A worker that gives the mail server `patience` at each of the two steps.
fn worker(world: &World, sink: &Sink, patience: Duration) -> Workers {
    let mut handlers = Handlers::default();
    send::register(&mut handlers, mailer(sink).waiting(patience, patience));
    Workers::new(world.ctx.clone(), handlers)
}

fn shipped(order: OrderId) -> NewMessage {
    NewMessage {
        content: template::samples(MessageKind::OrderShipped, Locale::Hant).remove(0),
        recipient: Email::parse("mei@example.tw").unwrap(),
        order_id: Some(order),
        customer_id: None,
        occurrence: "parcel-1".into(),
        locale: Locale::Hant,
    }
}

async fn queue(world: &World, new: NewMessage) -> bool {
    world
        .ctx
        .write(async move |tx, ctx| message::queue(tx, ctx, new.clone()).await)
        .await
        .unwrap()
}

async fn only(world: &World, order: OrderId) -> Message {
    let found = world
        .ctx
        .read(async move |rx, _| message::of_order(rx, order).await)
        .await
        .unwrap();
    let [one] = <[Message; 1]>::try_from(found).unwrap();
    one
}

async fn told(world: &World, order: OrderId) -> Vec<String> {
    let timeline = world
        .ctx
        .read(async move |rx, _| events::timeline(rx, order).await)
        .await
        .unwrap();
    timeline.into_iter().map(|event| event.name).collect()
}

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(300);

/// Runs the worker through every retry there is.
async fn exhaust(world: &World, worker: &Workers) {
    for _ in 0..14 {
        worker.drain().await.unwrap();
        world.pass(Duration::from_secs(3_700));
    }
}

/// ORD-03, M1: a shipped message reaches the mail server once, with its headers and both its parts, and is on the
/// order's timeline.
#[test]
fn a_message_is_sent_once() {
    testkit::run(async |world| {
        let sink = Sink::in_moods(&[]).await;
        let order = OrderId::new();
        assert!(queue(world, shipped(order)).await);
        assert!(!queue(world, shipped(order)).await);
        exhaust(world, &worker(world, &sink, LONG)).await;
        let message = only(world, order).await;
        assert_eq!((message.state, message.error), (MessageState::Sent, None));
        assert_eq!(
            message.subject.as_deref(),
            Some("訂單 20260302-000123 出貨了｜山間茶行")
        );
        assert_eq!(told(world, order).await, [event::MESSAGE_SENT]);
        let letters = sink.letters.lock().unwrap().clone();
        let [letter] = letters.as_slice() else {
            panic!("{} letters", letters.len())
        };
        for header in [
            "To: mei@example.tw\n",
            "<shop@example.tw>\n",
            "Auto-Submitted: auto-generated\n",
            "Subject: =?utf-8?",
            "multipart/alternative",
            "Reply-To: service@shop.example.tw\n",
            "Date: Mon, 02 Mar 2026 02:00:00 +0000\n",
        ] {
            assert!(letter.contains(header), "{header} is not in {letter}");
        }
        assert!(
            letter.contains(&format!("Message-ID: <{}@example.tw>", message.id)),
            "{letter}"
        );
        let parts = parts(letter);
        let [text, html] = parts.as_slice() else {
            panic!("{} parts", parts.len())
        };
        for fact in [
            "林小姐",
            "阿里山高山烏龍",
            "150 克 / 中焙火",
            "黑貓宅急便",
            "900123456789",
            "https://tracking.example.tw/900123456789",
            "重慶南路一段 1 號",
        ] {
            assert!(text.contains(fact) && html.contains(fact), "{fact}");
        }
    });
}

/// The bodies of a letter's parts, decoded from either way of writing them in seven bits.
fn parts(letter: &str) -> Vec<String> {
    let blocks: Vec<&str> = letter
        .split("Content-Transfer-Encoding: ")
        .skip(1)
        .collect();
    let body = |block: &str| {
        let (encoding, rest) = block.split_once("\n\n").unwrap();
        let lines: Vec<&str> = rest
            .lines()
            .take_while(|line| !line.starts_with("--"))
            .collect();
        let bytes = match encoding.lines().next().unwrap() {
            "base64" => STANDARD.decode(lines.concat()).unwrap(),
            "quoted-printable" => unquoted(&lines.join("\n").replace("=\n", "")),
            _ => lines.join("\n").into_bytes(),
        };
        String::from_utf8(bytes).unwrap()
    };
    blocks.into_iter().map(body).collect()
}

fn unquoted(text: &str) -> Vec<u8> {
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    bytes
}

/// M1: 64 flows that want the same message at once make one.
#[test]
fn a_race_makes_one_message() {
    testkit::run(async |world| {
        let sink = Sink::in_moods(&[]).await;
        let order = OrderId::new();
        let racing = (0..64).map(|_| {
            let ctx = world.ctx.clone();
            tokio::spawn(async move {
                ctx.write(async move |tx, ctx| message::queue(tx, ctx, shipped(order)).await)
                    .await
            })
        });
        let mut made = 0;
        for task in racing.collect::<Vec<_>>() {
            made += i32::from(task.await.unwrap().unwrap());
        }
        assert_eq!(made, 1);
        let workers: Vec<_> = (0..4).map(|_| worker(world, &sink, LONG)).collect();
        let draining = workers
            .into_iter()
            .map(|worker| tokio::spawn(async move { worker.drain().await }));
        for task in draining.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        assert_eq!(
            (sink.count(), only(world, order).await.state),
            (1, MessageState::Sent)
        );
    });
}

/// M1: a queued message exists exactly when its transaction committed.
#[test]
fn a_rolled_back_flow_sends_nothing() {
    testkit::run(async |world| {
        let order = OrderId::new();
        let undone: Result<(), engagement::EngagementError> = world
            .ctx
            .write(async move |tx, ctx| {
                message::queue(tx, ctx, shipped(order)).await?;
                Err(DbError::Busy.into())
            })
            .await;
        assert!(undone.is_err());
        let found = world
            .ctx
            .read(async move |rx, _| message::of_order(rx, order).await)
            .await
            .unwrap();
        assert!(found.is_empty());
    });
}

/// J2: a server that is busy, or away, or mute, gets the message later, and once.
#[test]
fn a_busy_server_is_asked_again() {
    testkit::run(async |world| {
        let moods = [
            Mood::Recipient("451 try later"),
            Mood::Letter("452 no room"),
            Mood::Mute,
            Mood::Recipient("421 closing"),
        ];
        let sink = Sink::in_moods(&moods).await;
        let order = OrderId::new();
        queue(world, shipped(order)).await;
        let worker = worker(world, &sink, SHORT);
        worker.drain().await.unwrap();
        let waiting = only(world, order).await;
        assert_eq!(
            (waiting.state, waiting.error.is_some()),
            (MessageState::Queued, true)
        );
        exhaust(world, &worker).await;
        // The letter that was read and refused did not leave; the one that was taken did.
        assert_eq!(
            (sink.count(), only(world, order).await.state),
            (2, MessageState::Sent)
        );
        assert_eq!(told(world, order).await, [event::MESSAGE_SENT]);
    });
}

/// J2, J6: a refused address is a failure at once, on the timeline and among the dead letters; a person can try again.
#[test]
fn a_refused_address_fails_at_once() {
    testkit::run(async |world| {
        let sink = Sink::in_moods(&[Mood::Recipient("550 no such user")]).await;
        let order = OrderId::new();
        queue(world, shipped(order)).await;
        let worker = worker(world, &sink, LONG);
        exhaust(world, &worker).await;
        let message = only(world, order).await;
        assert_eq!((message.state, sink.count()), (MessageState::Failed, 0));
        assert!(message.error.unwrap().contains("no such user"));
        assert_eq!(told(world, order).await, [event::MESSAGE_FAILED]);
        let dead = world
            .ctx
            .read(async |rx, _| jobs::list(rx, "dead", 10).await)
            .await
            .unwrap();
        assert_eq!((dead.len(), dead[0].kind.as_str()), (1, JOB));
        let id = dead[0].id;
        world
            .ctx
            .write(async move |tx, ctx| jobs::retry(tx, ctx, id).await)
            .await
            .unwrap();
        exhaust(world, &worker).await;
        assert_eq!(
            (only(world, order).await.state, sink.count()),
            (MessageState::Sent, 1)
        );
    });
}

/// J2: a server that never comes back leaves a failure, not a message that waits for ever.
#[test]
fn a_lost_server_is_a_failure_in_the_end() {
    testkit::run(async |world| {
        let sink = Sink {
            port: 1,
            ..Sink::in_moods(&[]).await
        };
        let order = OrderId::new();
        queue(world, shipped(order)).await;
        exhaust(world, &worker(world, &sink, SHORT)).await;
        assert_eq!(only(world, order).await.state, MessageState::Failed);
        assert_eq!(told(world, order).await, [event::MESSAGE_FAILED]);
    });
}

/// M1: when the line breaks, or no answer comes, after the letter was handed over, nobody knows; it is never sent again.
#[test]
fn an_unknown_message_is_never_sent_again() {
    testkit::run(async |world| {
        for mood in [Mood::HangUp, Mood::Hold] {
            let sink = Sink::in_moods(&[mood]).await;
            let order = OrderId::new();
            let new = NewMessage {
                occurrence: format!("{mood:?}"),
                ..shipped(order)
            };
            queue(world, new).await;
            exhaust(world, &worker(world, &sink, SHORT)).await;
            assert_eq!(
                (sink.count(), only(world, order).await.state),
                (1, MessageState::Unknown),
                "{mood:?}"
            );
            assert_eq!(told(world, order).await, [event::MESSAGE_FAILED]);
        }
        let counts = world
            .ctx
            .read(async |rx, _| jobs::counts(rx).await)
            .await
            .unwrap();
        assert_eq!(counts, [("done".to_owned(), 2)]);
    });
}

/// M1: a worker that dies between the claim and the answer leaves a message that may have left; it is never sent again.
#[test]
fn a_dead_worker_leaves_unknown() {
    testkit::run(async |world| {
        let sink = Sink::in_moods(&[Mood::Hold]).await;
        let order = OrderId::new();
        queue(world, shipped(order)).await;
        let doomed = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let dying = worker(world, &sink, LONG);
        doomed.spawn(async move { dying.drain().await });
        sink.has_read(1).await;
        assert_eq!(only(world, order).await.state, MessageState::Claimed);
        doomed.shutdown_background();
        let heir = worker(world, &sink, LONG);
        heir.drain().await.unwrap();
        assert_eq!(only(world, order).await.state, MessageState::Claimed);
        world.pass(Duration::from_secs(120));
        exhaust(world, &heir).await;
        assert_eq!(
            (sink.count(), only(world, order).await.state),
            (1, MessageState::Unknown)
        );
        assert_eq!(told(world, order).await, [event::MESSAGE_FAILED]);
    });
}

/// J3, M1: a slow worker that was given up still tells the truth when its answer comes, and nothing is sent twice.
#[test]
fn a_late_answer_is_the_truth() {
    testkit::run(async |world| {
        let sink = Sink::in_moods(&[Mood::Hold]).await;
        let order = OrderId::new();
        queue(world, shipped(order)).await;
        let slow = worker(world, &sink, LONG);
        let running = tokio::spawn(async move { slow.drain().await });
        sink.has_read(1).await;
        world.pass(Duration::from_secs(120));
        worker(world, &sink, LONG).drain().await.unwrap();
        assert_eq!(only(world, order).await.state, MessageState::Unknown);
        sink.release.send(true).unwrap();
        running.await.unwrap().unwrap();
        assert_eq!(
            (sink.count(), only(world, order).await.state),
            (1, MessageState::Sent)
        );
        assert_eq!(
            told(world, order).await,
            [event::MESSAGE_FAILED, event::MESSAGE_SENT]
        );
    });
}

/// M1, J6: of letters that are sent together each ends as the mail server answered it; one that is refused or unknown
/// keeps no other from being recorded, and the next round sends none again.
#[test]
fn letters_that_leave_together_end_each_for_itself() {
    testkit::run(async |world| {
        let moods = [
            Mood::Take,
            Mood::Recipient("550 5.1.1 nobody"),
            Mood::HangUp,
            Mood::Take,
        ];
        let sink = Sink::in_moods(&moods).await;
        let orders: Vec<OrderId> = (0..40).map(|_| OrderId::new()).collect();
        for order in &orders {
            assert!(
                queue(
                    world,
                    NewMessage {
                        occurrence: order.to_string(),
                        ..shipped(*order)
                    }
                )
                .await
            );
        }
        let worker = worker(world, &sink, LONG);
        exhaust(world, &worker).await;
        let mut ends = std::collections::BTreeMap::new();
        for order in &orders {
            let message = only(world, *order).await;
            *ends.entry(message.state.code()).or_insert(0) += 1;
            let sent = message.state == MessageState::Sent;
            let subject =
                message.subject.as_deref() == Some("訂單 20260302-000123 出貨了｜山間茶行");
            assert_eq!((subject, message.sent_at.is_some()), (sent, sent));
            let name = if sent {
                event::MESSAGE_SENT
            } else {
                event::MESSAGE_FAILED
            };
            assert_eq!(told(world, *order).await, [name]);
        }
        assert_eq!(
            ends.into_iter().collect::<Vec<_>>(),
            [("failed", 1), ("sent", 38), ("unknown", 1)]
        );
        // The one whose answer never came was read to its end, too.
        assert_eq!(sink.letters.lock().unwrap().len(), 39);
        let counts = world
            .ctx
            .read(async |rx, _| jobs::counts(rx).await)
            .await
            .unwrap();
        assert_eq!(counts, [("dead".to_owned(), 1), ("done".to_owned(), 39)]);
    });
}

/// J6: a message that cannot be read is a failure of its own; those that were claimed with it leave.
#[test]
fn a_message_that_cannot_be_read_holds_up_no_other() {
    testkit::run(async |world| {
        let sink = Sink::in_moods(&[]).await;
        let orders: Vec<OrderId> = (0..5).map(|_| OrderId::new()).collect();
        for order in &orders {
            let new = NewMessage {
                occurrence: order.to_string(),
                ..shipped(*order)
            };
            assert!(queue(world, new).await);
        }
        let broken = orders[2];
        let spoil: Result<(), DbError> = world
            .ctx
            .write(async move |tx, _| {
                let sql = "UPDATE messages SET context = '{}' WHERE order_id = $1";
                tx.execute_one(sql, params![broken]).await
            })
            .await;
        spoil.unwrap();
        exhaust(world, &worker(world, &sink, LONG)).await;
        for order in &orders {
            let sent = only(world, *order).await.state == MessageState::Sent;
            assert_eq!(sent, *order != broken);
        }
        let counts = world
            .ctx
            .read(async |rx, _| jobs::counts(rx).await)
            .await
            .unwrap();
        assert_eq!(counts, [("dead".to_owned(), 1), ("done".to_owned(), 4)]);
    });
}

/// A template of the shop that broke since it was saved gives way to the default words.
#[test]
fn a_broken_template_does_not_keep_the_letter() {
    testkit::run(async |world| {
        let sink = Sink::in_moods(&[]).await;
        let order = OrderId::new();
        let plant = "INSERT INTO message_templates (kind, locale, subject, body, updated_at, updated_by) VALUES \
                     ('order_shipped', 'zh-Hant', '{{ gone }}', '<p>x</p>', 0, '')";
        let planted: Result<u64, DbError> = world
            .ctx
            .write(async move |tx, _| tx.execute(plant, params![]).await)
            .await;
        planted.unwrap();
        queue(world, shipped(order)).await;
        exhaust(world, &worker(world, &sink, LONG)).await;
        assert_eq!(
            only(world, order).await.subject.as_deref(),
            Some("訂單 20260302-000123 出貨了｜山間茶行")
        );
    });
}

/// While developing, letters are files.
#[test]
fn letters_can_go_into_a_folder() {
    testkit::run(async |world| {
        let folder = world.folder.path().join("mail");
        let url = format!("folder:{}", folder.display());
        let mut handlers = Handlers::default();
        send::register(
            &mut handlers,
            Mailer::from_url(&url, Email::parse("shop@example.tw").unwrap()).unwrap(),
        );
        let order = OrderId::new();
        queue(world, shipped(order)).await;
        Workers::new(world.ctx.clone(), handlers)
            .drain()
            .await
            .unwrap();
        let message = only(world, order).await;
        let file = std::fs::read_to_string(folder.join(format!("{}.eml", message.id))).unwrap();
        assert!(file.contains("To: mei@example.tw") && message.state == MessageState::Sent);
    });
}
