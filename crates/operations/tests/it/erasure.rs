//! Somebody is forgotten: nothing that leads to them is left anywhere, and the books still tie out.

use std::{path::Path, time::Duration};

use customers::{NewInquiry, account, address_book, care, inquiry, link};
use kernel::{Address, CustomerId, Email, OrderId, Quantity, SessionId, VisitorId, event};
use operations::{
    FlowError,
    flows::{
        answer_inquiry, cart, checkout, deliver_parcel,
        edit_order::{self, Proposal},
        end_order, erase_customer, match_receipt,
        place_order::Seen,
        prioritise,
    },
};
use orders::{Cause, CheckoutDraft, PaymentMethod, note};
use payments::receipt::NewReceipt;
use platform::{
    Ctx, DbError, Visit,
    db::Dialect,
    events::{Event, emit},
    params, secret,
};
use serde_json::json;
use testkit::World;

use crate::shop::{DAY, Shop, draft};

const EMAIL: &str = "Canary.Bird@shop.test";

/// What must be found nowhere: each stands in the shop before.
const VALUES: [&str; 15] = [
    "canary.bird@shop.test",
    "955123987",
    "金絲雀",
    "鳥籠街 77 號",
    "鳥籠街 88 號",
    "CANARYGIFT",
    "CANARYNOTE",
    "CANARYSTAFF",
    "CANARYASK",
    "CANARYANSWER",
    "CANARYCANCEL",
    "CANARYEDIT",
    "CANARYURGENT",
    "CANARYCARE",
    "CANARYTAG",
];

fn canary(method: PaymentMethod) -> CheckoutDraft {
    CheckoutDraft {
        email: EMAIL.into(),
        phone: "0955123987".into(),
        address: Address {
            name: "金絲雀".into(),
            phone: "0955123987".into(),
            line1: "鳥籠街 77 號".into(),
            ..draft(method).address
        },
        gift_message: Some("CANARYGIFT".into()),
        note: Some("CANARYNOTE".into()),
        ..draft(method)
    }
}

/// Orders as the canary, in a browser of its own.
async fn order(shop: &Shop, ctx: &Ctx, method: PaymentMethod) -> OrderId {
    let two = Quantity::new(2).unwrap();
    let added = cart::add(ctx, None, shop.tea, two).await.unwrap();
    let token = added.fresh_token.unwrap();
    checkout::save(ctx, Some(token.clone()), canary(method))
        .await
        .unwrap();
    shop.place(&token).await.unwrap().order.id
}

/// Everything a customer can leave behind, and an order that is cancelled beside one that is paid and packed.
async fn lives(shop: &Shop) -> (CustomerId, OrderId) {
    let visit = Visit {
        visitor: VisitorId::new(),
        session: SessionId::new(),
        source: "direct".into(),
        device: "phone".into(),
    };
    let browser = shop.ctx.during(Some(visit));
    let gone = order(shop, &browser, PaymentMethod::BankTransfer).await;
    let kept = order(shop, &browser, PaymentMethod::BankTransfer).await;
    let customer = shop.order(kept).await.customer_id.unwrap();
    prioritise::prioritise(
        &shop.ctx,
        gone,
        Some(shop.ctx.now().plus_seconds(86_400)),
        "CANARYURGENT".into(),
    )
    .await
    .unwrap();
    let known = shop.order(gone).await;
    let elsewhere = Address {
        line1: "鳥籠街 88 號".into(),
        ..known.address.clone()
    };
    let proposal = Proposal {
        address: elsewhere,
        reason: Some("CANARYEDIT".into()),
        ..Proposal::of(&known)
    };
    edit_order::edit(&shop.ctx, gone, proposal, Seen::default())
        .await
        .unwrap();
    let cause = Cause::new("customer_request").noting("CANARYCANCEL");
    end_order::cancel(&shop.ctx, gone, cause).await.unwrap();
    let receipt = NewReceipt {
        payer: "金絲雀".into(),
        last_five: "71717".into(),
        ..shop.receipt(shop.order(kept).await.total)
    };
    match_receipt::record_for_order(&shop.ctx, receipt, kept)
        .await
        .unwrap();
    talks(shop, &browser, customer, kept).await;
    scatters(shop, kept).await;
    shop.drain().await;
    (customer, kept)
}

/// What the canary says and what is said about it.
async fn talks(shop: &Shop, browser: &Ctx, id: CustomerId, order: OrderId) {
    let asked = browser.write(async move |tx, ctx| {
        let email = Email::parse(EMAIL).unwrap();
        account::open(tx, ctx, &email, "金絲雀").await?;
        account::open_session(tx, ctx, id).await?;
        link::make(tx, ctx, link::Purpose::SignIn, &email, None).await?;
        let home = canary(PaymentMethod::Card).address;
        address_book::keep(tx, ctx, id, &home, true).await?;
        care::note(tx, ctx, id, "CANARYCARE").await?;
        care::tag(tx, id, "CANARYTAG").await?;
        note::add(tx, ctx, order, "CANARYSTAFF").await?;
        let search = json!({ "query": EMAIL, "results": 0 });
        emit(tx, ctx, Event::new(event::PRODUCTS_SEARCHED, &search)).await?;
        let new = NewInquiry {
            name: "金絲雀".into(),
            email,
            message: "CANARYASK".into(),
            order_number: None,
        };
        Ok::<_, FlowError>(inquiry::record(tx, ctx, new).await?)
    });
    let asked = asked.await.unwrap();
    answer_inquiry::answer_inquiry(&shop.ctx, asked, "CANARYANSWER".into())
        .await
        .unwrap();
    // A cart of another browser in which the address was typed and nothing bought.
    let one = Quantity::new(1).unwrap();
    let other = cart::add(&shop.ctx, None, shop.pot, one).await.unwrap();
    checkout::save(
        &shop.ctx,
        other.fresh_token,
        canary(PaymentMethod::BankTransfer),
    )
    .await
    .unwrap();
}

/// Where nobody looks for a person: an error, a kept view, a rejected row, a message of a provider.
async fn scatters(shop: &Shop, order: OrderId) {
    let written = shop.ctx.write(async move |tx, ctx| {
        let job = "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, max_attempts, fence, last_error, created_at) \
                   VALUES ($1, 'test.failed', '{}', 'dead', $2, 1, 1, 1, $3, $2)";
        let fresh = kernel::id::fresh_uuid;
        let said = format!("550 <{EMAIL}> unknown");
        tx.execute(job, params![fresh(), ctx.now(), said]).await?;
        let view = "INSERT INTO saved_views (id, list, owner_id, name, query, shared, created_at) VALUES ($1, 'customers', $1, 'one', $2, $3, $4)";
        let query = "q=Canary.Bird%40shop.test";
        tx.execute(view, params![fresh(), query, false, ctx.now()])
            .await?;
        let import = "INSERT INTO imports (id, format, file_hash, state, next_line, progress, started_at) VALUES ($1, 'mall', 'x', 'done', 1, '{}', $2)";
        let id = fresh();
        tx.execute(import, params![id, ctx.now()]).await?;
        let row = "INSERT INTO import_rows (import_id, line, outcome, reason, content) VALUES ($1, 1, 'rejected', 'phone', $2)";
        tx.execute(row, params![id, format!("{EMAIL},0955123987")])
            .await?;
        let told = "INSERT INTO provider_events (id, provider, provider_event_id, kind, raw, outcome, payment_id, received_at) \
                    SELECT $1, 'stripe', 'evt_1', 'charge', $2, 'applied', id, $3 FROM payments WHERE order_id = $4 ORDER BY created_at LIMIT 1";
        let raw = json!({ "billing_details": { "email": EMAIL } });
        tx.execute(told, params![fresh(), raw, ctx.now(), order])
            .await
    });
    written.await.unwrap();
}

/// Where a value stands: every text column of every table, and every file but the database's own.
async fn places(world: &World, value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let ctx = &world.ctx;
    let columns = ctx.read_snapshot(async |rx, ctx| {
        let sql = match ctx.db().dialect() {
            Dialect::Sqlite => {
                "SELECT t.name AS held, c.name AS part FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'TEXT'"
            }
            Dialect::Postgres => {
                "SELECT table_name::text AS held, column_name::text AS part FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'"
            }
        };
        let mut texts: Vec<(String, String)> = Vec::new();
        for row in rx.rows(sql, &[]).await? {
            let (table, column): (String, String) = (row.get("held")?, row.get("part")?);
            let sql = format!("SELECT \"{column}\" AS said FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
            for row in rx.rows(&sql, &[]).await? {
                texts.push((format!("{table}.{column}"), row.get("said")?));
            }
        }
        Ok::<_, DbError>(texts)
    });
    let value = value.to_lowercase();
    for (place, text) in columns.await.unwrap() {
        if text.to_lowercase().contains(&value) {
            found.push(place);
        }
    }
    files(world.folder.path(), &value, &mut found);
    found
}

fn files(folder: &Path, value: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, value, found);
        } else if !name.starts_with("shop.db") {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).to_lowercase();
            if text.contains(value) {
                found.push(name);
            }
        }
    }
}

async fn closes(shop: &Shop, world: &World, id: OrderId) {
    let parcel = shop.pick_and_ship(id).await;
    deliver_parcel::deliver(&shop.ctx, parcel.id).await.unwrap();
    shop.pass(world, 8, Duration::from_secs(DAY)).await;
}

/// GOV-10, A9: of somebody who was forgotten nothing is left in any table, letter or file on either database, while
/// goods, amounts and tax of their orders stay and the books are the same; somebody else keeps everything, and who
/// comes back is a new customer.
#[test]
fn nothing_leads_to_somebody_who_was_forgotten() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let other = shop.paid(&[(shop.tea, 1)]).await.order.id;
        let other = shop.order(other).await;
        let (customer, kept) = lives(&shop).await;
        closes(&shop, world, kept).await;
        for value in VALUES {
            let found = places(world, value).await;
            assert!(!found.is_empty(), "{value} stands nowhere before");
        }
        let (books, before) = (shop.books().await, shop.order(kept).await);

        erase_customer::erase_customer(&shop.ctx, customer)
            .await
            .unwrap();
        shop.drain().await;
        operations::followers::consumers()
            .drain(&shop.ctx)
            .await
            .unwrap();
        for value in VALUES {
            assert_eq!(places(world, value).await, Vec::<String>::new(), "{value}");
        }
        let after = shop.order(kept).await;
        assert_eq!(shop.books().await, books);
        assert_eq!(
            (after.total, after.tax_included, after.placed_at),
            (before.total, before.tax_included, before.placed_at)
        );
        assert_eq!(
            (
                after.address.country.as_str(),
                after.address.region.as_str()
            ),
            ("TW", "臺北市")
        );
        assert_eq!(
            (after.email.as_str(), after.address.city.as_str()),
            ("", "")
        );
        assert_ne!(after.token, before.token, "its link leads nowhere");
        let found = shop.ctx.read(async move |rx, _| {
            let query = orders::OrderQuery {
                q: before.number.clone(),
                ..orders::OrderQuery::default()
            };
            orders::search::search(rx, query).await
        });
        assert_eq!(found.await.unwrap().items.len(), 1, "found by its number");
        assert_eq!(
            shop.order(other.id).await.email,
            other.email,
            "nobody else is touched"
        );

        let again = order(&shop, &shop.ctx, PaymentMethod::BankTransfer).await;
        assert_ne!(shop.order(again).await.customer_id, Some(customer));
    });
}

/// GOV-10: an order that is not over keeps its buyer from being forgotten, and then nothing at all is erased; words that
/// are append-only stay so outside the act, and inside it nothing but words can change.
#[test]
fn what_is_still_needed_stays() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (customer, kept) = lives(&shop).await;
        let refused = erase_customer::erase_customer(&shop.ctx, customer).await;
        assert!(
            matches!(
                refused,
                Err(FlowError::NotErasable("error-erase-open-orders"))
            ),
            "{refused:?}"
        );
        assert_eq!(shop.order(kept).await.email, EMAIL);
        for value in VALUES {
            assert!(!places(world, value).await.is_empty(), "{value} is gone");
        }
        let nobody = erase_customer::erase_customer(&shop.ctx, CustomerId::new()).await;
        assert!(matches!(nobody, Err(FlowError::NotFound)));

        for sql in [
            "UPDATE events SET payload = '{}'",
            "UPDATE order_notes SET text = ''",
            "UPDATE order_history SET note = NULL",
            "UPDATE order_revisions SET reason = ''",
        ] {
            let tried: Result<u64, DbError> = shop
                .ctx
                .write(async move |tx, _| tx.execute(sql, &[]).await)
                .await;
            assert!(
                matches!(tried, Err(DbError::Constraint(_))),
                "{sql}: {tried:?}"
            );
        }
        for sql in [
            "UPDATE events SET name = 'x'",
            "UPDATE order_history SET to_state = 'paid'",
            "UPDATE order_notes SET text = '', actor = 'x'",
            "DELETE FROM order_notes",
        ] {
            let tried: Result<u64, DbError> = shop
                .ctx
                .write(async move |tx, _| {
                    platform::erasing::open(tx, customer.0).await?;
                    tx.execute(sql, &[]).await
                })
                .await;
            assert!(
                matches!(tried, Err(DbError::Constraint(_))),
                "{sql}: {tried:?}"
            );
        }
    });
}

/// A9: a database from before somebody was forgotten forgets them again by the list that lies beside it.
#[test]
fn an_older_backup_forgets_again() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (customer, kept) = lives(&shop).await;
        closes(&shop, world, kept).await;
        let folder = world.folder.path();
        let listed = folder.join("erased-customers.txt");
        assert!(!listed.exists());
        // What a restored backup finds: the person, and a list that names them.
        std::fs::write(&listed, format!("{}\n{customer}\n", CustomerId::new())).unwrap();
        let again = erase_customer::forget_again(&shop.ctx, folder)
            .await
            .unwrap();
        assert_eq!(again, 1);
        assert_eq!(shop.order(kept).await.email, "");
        let again = erase_customer::forget_again(&shop.ctx, folder)
            .await
            .unwrap();
        assert_eq!(again, 0, "once is enough");
        shop.drain().await;
        let lines = std::fs::read_to_string(&listed).unwrap();
        assert_eq!(lines.matches(&customer.to_string()).count(), 1);
        assert!(!lines.contains(&secret::sha256_hex(EMAIL.as_bytes())));
    });
}
