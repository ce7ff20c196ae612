//! Drafts, versions and publishing of pages, on both databases; what people say they missed.
#![expect(clippy::unwrap_used, reason = "a test speaks by failing")]

use kernel::{Locale, PageId, SessionId, Texts, VisitorId, event};
use marketing::{
    Block, BlockKind, Content, MarketingError, NewObjection, NewPage, Page, PageKind, Places,
    Reason,
    block::Fields,
    objection,
    page::{self, publish, write},
};
use platform::{Ctx, DbError, Visit};

fn hant(text: &str) -> Texts {
    Texts::one(Locale::Hant, text)
}

fn new(handle: &str, title: &str) -> NewPage {
    NewPage {
        handle: handle.into(),
        kind: PageKind::Landing,
        content: Content {
            title: hant(title),
            ..Content::default()
        },
        places: Places::default(),
    }
}

async fn made(ctx: &Ctx, handle: &str) -> PageId {
    let new = new(handle, "冬茶");
    ctx.write(async move |tx, ctx| write::create(tx, ctx, new.clone()).await)
        .await
        .unwrap()
}

async fn read(ctx: &Ctx, id: PageId) -> Page {
    let read: Result<Option<Page>, DbError> =
        ctx.read(async move |rx, _| page::by_id(rx, id).await).await;
    read.unwrap().unwrap()
}

async fn add(ctx: &Ctx, id: PageId, kind: BlockKind, title: &str) -> String {
    let title = title.to_owned();
    ctx.write(async move |tx, ctx| {
        let fields = Fields {
            title: hant(&title),
            ..Fields::default()
        };
        write::add_block(tx, ctx, id, (kind, fields), None).await
    })
    .await
    .unwrap()
}

fn titles(content: &Content) -> Vec<&str> {
    let blocks = content.blocks.iter();
    blocks.map(|b| b.fields.title.get(Locale::Hant)).collect()
}

/// STF-20, STF-22, STF-25: every shop begins with a home page, a guide, questions and its policies, all public.
#[test]
fn a_new_shop_has_its_pages() {
    testkit::run(async |world| {
        let all: Result<Vec<Page>, DbError> =
            world.ctx.read(async |rx, _| page::all(rx).await).await;
        let all = all.unwrap();
        let names: Vec<&str> = all.iter().map(|p| p.handle.as_str()).collect();
        assert_eq!(
            names,
            [
                "home",
                "about",
                "ordering",
                "questions",
                "delivery",
                "payment",
                "returns",
                "privacy",
                "terms"
            ]
        );
        assert!(all.iter().all(|p| p.live.is_some() && p.is_untouched()));
        assert!(
            all.iter()
                .all(|p| !p.has_changes() && !p.draft.blocks.is_empty())
        );
        let checked = all[0].draft.clone().checked().unwrap();
        assert_eq!(checked, all[0].draft, "what the program brings is clean");
        let policies = all.iter().filter(|p| p.places.checkout);
        assert_eq!(policies.count(), 4);
    });
}

/// STF-20: blocks are added, moved, hidden, written and removed; each change can be undone, one after the other.
#[test]
fn a_draft_is_arranged_and_undone() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let id = made(ctx, "winter").await;
        let first = add(ctx, id, BlockKind::Picture, "一").await;
        let second = add(ctx, id, BlockKind::RichText, "二").await;
        assert_ne!(first, second);
        let moved = second.clone();
        ctx.write(async move |tx, ctx| write::move_block(tx, ctx, id, &moved, 0).await)
            .await
            .unwrap();
        assert_eq!(titles(&read(ctx, id).await.draft), ["二", "一"]);
        let hidden = first.clone();
        ctx.write(async move |tx, ctx| write::hide_block(tx, ctx, id, &hidden, true).await)
            .await
            .unwrap();
        assert_eq!(read(ctx, id).await.draft.shown().count(), 1);
        let gone = second.clone();
        ctx.write(async move |tx, ctx| write::remove_block(tx, ctx, id, &gone).await)
            .await
            .unwrap();
        let missing = ctx
            .write(async move |tx, ctx| {
                write::write_block(tx, ctx, id, "b99", Fields::default()).await
            })
            .await;
        assert!(matches!(missing, Err(MarketingError::NoBlock)));
        let undo = async || {
            ctx.write(async move |tx, ctx| write::undo(tx, ctx, id, None).await)
                .await
        };
        undo().await.unwrap();
        assert_eq!(titles(&read(ctx, id).await.draft), ["二", "一"]);
        undo().await.unwrap();
        assert_eq!(read(ctx, id).await.draft.shown().count(), 2);
        for _ in 0..3 {
            undo().await.unwrap();
        }
        assert!(read(ctx, id).await.draft.blocks.is_empty());
        assert!(matches!(undo().await, Err(MarketingError::NothingToUndo)));
    });
}

/// An earlier draft comes back with the present one kept; only so many are kept.
#[test]
fn versions_are_kept() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let id = made(ctx, "winter").await;
        for n in 0..page::VERSIONS + 5 {
            add_or_replace(ctx, id, &format!("第 {n} 版")).await;
        }
        let kept = ctx
            .read(async move |rx, _| page::versions(rx, id).await)
            .await;
        let kept: Result<_, DbError> = kept;
        let kept = kept.unwrap();
        assert_eq!(kept.len(), usize::try_from(page::VERSIONS).unwrap());
        let oldest = kept.last().unwrap();
        let (revision, title) = (oldest.revision, oldest.content.title.clone());
        ctx.write(async move |tx, ctx| write::restore(tx, ctx, id, revision).await)
            .await
            .unwrap();
        assert_eq!(read(ctx, id).await.draft.title, title);
        let lost = ctx
            .write(async move |tx, ctx| write::restore(tx, ctx, id, 1).await)
            .await;
        assert!(matches!(lost, Err(MarketingError::NoVersion)));
    });
}

async fn add_or_replace(ctx: &Ctx, id: PageId, title: &str) {
    let title = hant(title);
    ctx.write(async move |tx, ctx| {
        let title = title.clone();
        write::edit(tx, ctx, id, None, |content| {
            content.title = title;
            Ok(())
        })
        .await
    })
    .await
    .unwrap();
}

/// Publishing copies exactly the draft that was looked at, or nothing: a draft that changed meanwhile is refused.
#[test]
fn only_what_was_seen_is_published() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let id = made(ctx, "winter").await;
        add(ctx, id, BlockKind::Hot, "一").await;
        let seen = read(ctx, id).await.revision;
        add(ctx, id, BlockKind::Hot, "二").await;
        let late = ctx
            .write(async move |tx, ctx| publish::publish(tx, ctx, id, Some(seen)).await)
            .await;
        assert!(matches!(late, Err(MarketingError::Stale)));
        assert!(read(ctx, id).await.live.is_none());
        let seen = read(ctx, id).await.revision;
        ctx.write(async move |tx, ctx| publish::publish(tx, ctx, id, Some(seen)).await)
            .await
            .unwrap();
        let page = read(ctx, id).await;
        assert_eq!(titles(page.live.as_ref().unwrap()), ["一", "二"]);
        assert!(!page.has_changes());
        add(ctx, id, BlockKind::Hot, "三").await;
        let page = read(ctx, id).await;
        assert!(page.has_changes(), "a draft is not public");
        assert_eq!(page.live.unwrap().blocks.len(), 2);
        ctx.write(async move |tx, ctx| publish::discard(tx, ctx, id).await)
            .await
            .unwrap();
        assert_eq!(read(ctx, id).await.draft.blocks.len(), 2);
        ctx.write(async move |tx, ctx| publish::withdraw(tx, ctx, id).await)
            .await
            .unwrap();
        assert!(read(ctx, id).await.live.is_none());
        let kept = ctx
            .write(async move |tx, _| write::remove(tx, id).await)
            .await;
        assert!(matches!(kept, Err(MarketingError::MustStay)));
        let nobody = PageId::new();
        let none = ctx
            .write(async move |tx, ctx| publish::publish(tx, ctx, nobody, None).await)
            .await;
        assert!(matches!(none, Err(MarketingError::NoPage)));
    });
}

/// Many who add a block at once all have theirs on the page, and whoever publishes meanwhile publishes a whole draft.
#[test]
fn nobody_overwrites_anybody() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let id = made(ctx, "winter").await;
        let mut all = Vec::new();
        for n in 0..8 {
            let ctx = ctx.clone();
            all.push(tokio::spawn(async move {
                add(&ctx, id, BlockKind::Hot, &format!("{n}")).await
            }));
            if n == 4 {
                let ctx = world.ctx.clone();
                all.push(tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| publish::publish(tx, ctx, id, None).await)
                        .await
                        .unwrap();
                    "published".to_owned()
                }));
            }
        }
        for one in all {
            one.await.unwrap();
        }
        let page = read(ctx, id).await;
        let mut found = titles(&page.draft);
        found.sort_unstable();
        assert_eq!(found, ["0", "1", "2", "3", "4", "5", "6", "7"]);
        let names: std::collections::HashSet<&str> =
            page.draft.blocks.iter().map(|b| b.id.as_str()).collect();
        assert_eq!(names.len(), 8);
        let live = page.live.unwrap();
        assert_eq!(live.blocks[..], page.draft.blocks[..live.blocks.len()]);
    });
}

/// A page has a handle of its own; there is one home page and it stays; a page nobody read can be removed.
#[test]
fn pages_keep_apart() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let id = made(ctx, "winter").await;
        let refused = async |new: NewPage| {
            ctx.write(async move |tx, ctx| write::create(tx, ctx, new.clone()).await)
                .await
                .unwrap_err()
                .key()
        };
        assert_eq!(refused(new("winter", "x")).await, "error-page-handle-taken");
        assert_eq!(refused(new("Winter", "x")).await, "error-page-handle");
        assert_eq!(refused(new("other", " ")).await, "error-page-title");
        let second = NewPage {
            kind: PageKind::Home,
            ..new("second", "x")
        };
        assert_eq!(refused(second).await, "error-page-one-home");
        let all: Result<Vec<Page>, DbError> = ctx.read(async |rx, _| page::all(rx).await).await;
        let home = all.unwrap()[0].id;
        let off = ctx
            .write(async move |tx, ctx| publish::withdraw(tx, ctx, home).await)
            .await;
        assert!(matches!(off, Err(MarketingError::MustStay)));
        ctx.write(async move |tx, _| write::move_to(tx, id, 0).await)
            .await
            .unwrap();
        let all: Result<Vec<Page>, DbError> = ctx.read(async |rx, _| page::all(rx).await).await;
        assert_eq!(all.unwrap()[1].id, id);
        ctx.write(async move |tx, _| write::remove(tx, id).await)
            .await
            .unwrap();
        let gone: Result<_, DbError> = ctx.read(async move |rx, _| page::by_id(rx, id).await).await;
        assert!(gone.unwrap().is_none());
    });
}

/// STF-20: a page gets another address and keeps the one that shoppers had; one that nobody read leaves none behind. What
/// leads to one page leads to no other, and a page takes its own address back.
#[test]
fn a_page_moves() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let id = made(ctx, "winter").await;
        let move_to = async |id: PageId, handle: &str| {
            let handle = handle.to_owned();
            ctx.write(async move |tx, ctx| write::change_handle(tx, ctx, id, &handle).await)
                .await
                .map_err(|error| error.key())
        };
        let leads_to = async |handle: &str| {
            let handle = handle.to_owned();
            let found: Result<_, DbError> = ctx
                .read(async move |rx, _| page::at_address(rx, &handle).await)
                .await;
            found.unwrap()
        };
        assert_eq!(move_to(id, "first-frost").await, Ok(()));
        assert_eq!(leads_to("winter").await, None, "nobody had it yet");
        ctx.write(async move |tx, ctx| publish::publish(tx, ctx, id, None).await)
            .await
            .unwrap();
        assert_eq!(move_to(id, "winter-tea").await, Ok(()));
        assert_eq!(move_to(id, "winter-tea").await, Ok(()));
        for handle in ["first-frost", "winter-tea"] {
            assert_eq!(leads_to(handle).await, Some(id));
        }
        let former: Result<_, DbError> = ctx
            .read(async move |rx, _| page::former_handles(rx, id).await)
            .await;
        assert_eq!(former.unwrap(), ["first-frost"]);

        let other = made(ctx, "spring").await;
        let refused = move_to(other, "first-frost").await;
        assert_eq!(refused, Err("error-page-handle-leads-elsewhere"));
        let refused = move_to(other, "winter-tea").await;
        assert_eq!(refused, Err("error-page-handle-taken"));
        let refused = move_to(other, "Winter Tea").await;
        assert_eq!(refused, Err("error-page-handle"));
        let taken = new("first-frost", "x");
        let making = ctx
            .write(async move |tx, ctx| write::create(tx, ctx, taken.clone()).await)
            .await;
        assert!(matches!(making, Err(MarketingError::HandleLeadsElsewhere)));
        let all: Result<Vec<Page>, DbError> = ctx.read(async |rx, _| page::all(rx).await).await;
        let home = all.unwrap()[0].id;
        assert_eq!(move_to(home, "start").await, Err("error-page-home-address"));

        assert_eq!(move_to(id, "first-frost").await, Ok(()), "its own is free");
        assert_eq!(read(ctx, id).await.handle, "first-frost");
        assert_eq!(leads_to("winter-tea").await, Some(id));
        let told = ctx
            .read(async move |rx, _| platform::events::timeline(rx, id).await)
            .await
            .unwrap();
        let told = told.iter().filter(|e| e.name == event::PAGE_MOVED);
        assert_eq!(told.count(), 3);
    });
}

/// STF-20: of two pages that want one address at once, one gets it.
#[test]
fn an_address_leads_to_one_page() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let mut all = Vec::new();
        for n in 0..6 {
            let id = made(ctx, &format!("page-{n}")).await;
            let ctx = ctx.clone();
            all.push(tokio::spawn(async move {
                ctx.write(async move |tx, ctx| write::change_handle(tx, ctx, id, "sale").await)
                    .await
                    .is_ok()
            }));
        }
        let mut won = 0;
        for one in all {
            won += usize::from(one.await.unwrap());
        }
        assert_eq!(won, 1);
    });
}

/// A link to a draft works for an hour, and only the last one.
#[test]
fn a_draft_is_looked_at_through_a_link() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let id = made(ctx, "winter").await;
        let open = async || {
            ctx.write(async move |tx, ctx| publish::open_preview(tx, ctx, id).await)
                .await
                .unwrap()
        };
        let behind = async |token: &str| {
            let token = token.to_owned();
            ctx.read(async move |rx, ctx| publish::by_preview(rx, ctx, &token).await)
                .await
                .unwrap()
                .map(|page| page.id)
        };
        let first = open().await;
        assert_eq!(behind(&first).await, Some(id));
        let second = open().await;
        assert_eq!(
            (behind(&first).await, behind(&second).await),
            (None, Some(id))
        );
        world.pass(std::time::Duration::from_secs(3_601));
        assert_eq!(behind(&second).await, None);
    });
}

/// TRF-14: what people miss is kept once for each browser, counted for the page, and told on the stream.
#[test]
fn objections_are_counted() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let id = made(ctx, "winter").await;
        let visit = || Visit {
            visitor: VisitorId::new(),
            session: SessionId::new(),
            source: "direct".into(),
            device: "phone".into(),
        };
        let give = async |ctx: Ctx, reason, text: &str| {
            let text = text.to_owned();
            ctx.write(async move |tx, ctx| {
                let text = text.clone();
                objection::give(tx, ctx, id, NewObjection { reason, text }).await
            })
            .await
        };
        let browser = visit();
        let one = ctx.during(Some(browser.clone()));
        let draft = give(one.clone(), Reason::Price, "").await;
        assert!(matches!(draft, Err(MarketingError::NoPage)));
        ctx.write(async move |tx, ctx| publish::publish(tx, ctx, id, None).await)
            .await
            .unwrap();
        let long = give(one.clone(), Reason::Price, &"太貴".repeat(300)).await;
        assert!(matches!(long, Err(MarketingError::TooLong { .. })));
        give(one.clone(), Reason::Price, "太貴").await.unwrap();
        give(one, Reason::Choice, "想要小包裝").await.unwrap();
        give(ctx.during(Some(visit())), Reason::Choice, "")
            .await
            .unwrap();
        give(ctx.during(None), Reason::Looking, "").await.unwrap();
        give(ctx.during(None), Reason::Looking, "").await.unwrap();
        let counts = ctx
            .read(async move |rx, _| objection::counts(rx, id).await)
            .await;
        let counts: Result<_, DbError> = counts;
        let counts: Vec<_> = counts
            .unwrap()
            .iter()
            .map(|c| (c.reason, c.people))
            .collect();
        assert_eq!(counts, [(Reason::Choice, 2), (Reason::Looking, 2)]);
        let said: Result<_, DbError> = ctx
            .read(async move |rx, _| objection::said(rx, id, 10).await)
            .await;
        let said = said.unwrap();
        assert_eq!((said.len(), said[0].text.as_str()), (1, "想要小包裝"));
        let who = browser.visitor;
        ctx.write(async move |tx, _| objection::forget(tx, None, Some(who)).await)
            .await
            .unwrap();
        let said: Result<_, DbError> = ctx
            .read(async move |rx, _| objection::said(rx, id, 10).await)
            .await;
        assert!(
            said.unwrap().is_empty(),
            "whoever is forgotten said nothing"
        );
        let told = ctx
            .read(async move |rx, _| platform::events::timeline(rx, id).await)
            .await
            .unwrap();
        let told = told.iter().filter(|e| e.name == event::OBJECTION_GIVEN);
        assert_eq!(told.count(), 5);
    });
}

/// A17: what is written into a page is cleaned before it is stored, also when a whole page is made at once.
#[test]
fn what_is_stored_is_clean() {
    testkit::run(async |world| {
        let ctx = &world.ctx;
        let fields = Fields {
            text: hant("<p>茶<img src=x onerror=alert(1)></p><script>alert(1)</script>"),
            ..Fields::default()
        };
        let mut page = new("winter", "茶");
        page.content.blocks = vec![Block {
            id: String::new(),
            kind: BlockKind::RichText,
            hidden: false,
            fields,
        }];
        let id = ctx
            .write(async move |tx, ctx| write::create(tx, ctx, page.clone()).await)
            .await
            .unwrap();
        let stored = read(ctx, id).await.draft;
        assert_eq!(stored.blocks[0].fields.text.get(Locale::Hant), "<p>茶</p>");
        assert_eq!(stored.blocks[0].id, "b1");
    });
}
