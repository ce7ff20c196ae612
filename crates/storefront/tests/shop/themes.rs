//! Themes through the shop's own pages: what wins, what falls back, who tries one out, what is checked.

use std::{fs, path::Path, sync::Arc};

use jiff::tz::TimeZone;
use kernel::{Email, Role};
use operations::flows::dress_shop;
use platform::{
    auth::{session, staff},
    theme::{BASE, FaultKind, PREVIEW_COOKIE, Themes},
    words::Words,
};
use testkit::World;

use crate::world::Shop;

/// Writes a file of a theme into the data folder of a world.
fn write(world: &World, path: &str, text: &str) {
    let path = world.folder.path().join("themes").join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A price whose markup says that it is this theme's.
const PRICE: &str = "{% macro price(amount, was=none, from=false) %}<em class=\"mine\">{{ amount|money }}</em>{% endmacro %}";

async fn wears(shop: &Shop, theme: &str) {
    let theme = theme.to_owned();
    let choosing = shop
        .ctx
        .write(async move |tx, ctx| dress_shop::choose(tx, ctx, &theme).await);
    choosing.await.unwrap();
}

/// The cookie of somebody of a role who is signed in.
async fn signed_in(shop: &Shop, role: Role) -> String {
    let email = Email::parse(&format!("{role}@shop.test")).unwrap();
    let inviting = shop
        .ctx
        .write(async move |tx, ctx| staff::invite(tx, ctx, &email, "一號", role).await);
    let (id, token) = inviting.await.unwrap();
    staff::accept(&shop.ctx, token, "eleven blue teapots".to_owned())
        .await
        .unwrap();
    let opening = shop
        .ctx
        .write(async move |tx, ctx| session::open(tx, ctx, id).await);
    opening.await.unwrap()
}

/// STF-05: one macro of a theme is on every page that uses it, everything else stays; a page that the theme breaks is
/// shown as the default theme has it, with the content policy that holds for all.
#[test]
fn a_theme_changes_what_it_names() {
    testkit::run(async |world| {
        write(world, "mine/templates/parts/price.html", PRICE);
        write(
            world,
            "mine/templates/cart.html",
            "{% extends \"layout.html\" %}{% block main %}<h1>{{ nothing_here }}</h1>{% endblock %}",
        );
        write(
            world,
            "mine/templates/contact.html",
            "{% extends \"layout.html\" %}{% block main %}",
        );
        let shop = Shop::open(world).await;
        wears(&shop, "mine").await;
        let browser = shop.browser();
        let page = browser.get("/products/dongding-oolong").await.expect(200);
        assert!(
            page.body.contains("<em class=\"mine\">NT$580</em>"),
            "{}",
            page.body
        );
        assert!(page.body.contains("class=\"gallery\""));
        let cart = browser.get("/cart").await.expect(200);
        assert!(cart.body.contains("<h1") && !cart.body.contains("class=\"mine\""));
        browser.get("/contact").await.expect(200);
        for page in [&page, &cart] {
            let policy = page.header("content-security-policy");
            assert!(policy.contains("default-src 'none'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
        }
        // Programs get the same answer whatever the pages look like.
        let json = shop.program().get("/products/dongding-oolong").await.json();
        assert_eq!(json["handle"], "dongding-oolong");
        shop.close().await;
    });
}

/// STF-05, A4: a theme is tried out by people of the shop who may change its settings; nobody else sees it, whatever
/// the cookie says.
#[test]
fn a_preview_is_for_staff() {
    testkit::run(async |world| {
        write(world, "mine/templates/parts/price.html", PRICE);
        let shop = Shop::open(world).await;
        let (owner, packer) = (
            signed_in(&shop, Role::Owner).await,
            signed_in(&shop, Role::Warehouse).await,
        );
        for (cookies, sees) in [
            (vec![(PREVIEW_COOKIE, "mine")], false),
            (
                vec![(PREVIEW_COOKIE, "mine"), ("__Host-staff", "a guess")],
                false,
            ),
            (
                vec![(PREVIEW_COOKIE, "mine"), ("__Host-staff", packer.as_str())],
                false,
            ),
            (
                vec![(PREVIEW_COOKIE, "mine"), ("__Host-staff", owner.as_str())],
                true,
            ),
            (
                vec![
                    (PREVIEW_COOKIE, "../mine"),
                    ("__Host-staff", owner.as_str()),
                ],
                false,
            ),
            (vec![("__Host-staff", owner.as_str())], false),
        ] {
            let browser = shop.browser();
            for (name, value) in &cookies {
                let mut jar = browser.jar.lock().unwrap();
                jar.insert((*name).to_owned(), (*value).to_owned());
            }
            let page = browser.get("/products/glass-cup").await.expect(200).body;
            assert_eq!(page.contains("class=\"mine\""), sees, "{cookies:?}");
            assert_eq!(
                page.contains("action=\"/admin/theme/preview"),
                sees,
                "{cookies:?}"
            );
        }
        shop.close().await;
    });
}

/// STF-10: files of a theme are kept by browsers for a year under the name of their content, smaller where browsers
/// take it; nothing else is served there.
#[test]
fn files_of_a_theme_are_kept() {
    testkit::run(async |world| {
        let css = ".card { color: rebeccapurple; } ".repeat(40);
        write(world, "mine/assets/theme.css", &css);
        let shop = Shop::open(world).await;
        wears(&shop, "mine").await;
        let page = shop.browser().get("/").await.expect(200).body;
        let (_, rest) = page.split_once("href=\"/themes/theme.").unwrap();
        let (hash, _) = rest.split_once('"').unwrap();
        let file = format!("/themes/theme.{hash}");
        let plain = shop.program().get(&file).await.expect(200);
        assert_eq!(plain.body, css);
        assert_eq!(plain.header("content-type"), "text/css; charset=utf-8");
        assert!(plain.header("cache-control").contains("immutable"));
        let packed = shop.program();
        let packed = packed
            .send("GET", &file, None, &[("accept-encoding", "gzip, br")])
            .await
            .expect(200);
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.body.len() < css.len() / 2);
        for other in [
            "/themes/theme.css",
            "/themes/theme.0000000000000000.css",
            "/themes/..%2f..%2fshop.db",
            "/themes/mine",
        ] {
            shop.program().get(other).await.expect(404);
        }
        shop.close().await;
    });
}

fn themes(folder: &Path) -> Themes {
    let words = Arc::new(Words::load().unwrap());
    Themes::new(
        storefront::themes(),
        folder.to_owned(),
        words,
        TimeZone::get("Asia/Taipei").unwrap(),
    )
}

/// STF-05: every theme of the program shows every page with every sample in three languages, with one heading, readable
/// colours and nothing that the content policy forbids.
#[test]
fn themes_of_the_program_are_sound() {
    let folder = tempfile::tempdir().unwrap();
    let themes = themes(folder.path());
    for theme in storefront::themes() {
        let found = storefront::check_theme(&themes, &theme.name);
        assert!(found.is_empty(), "{}: {found:#?}", theme.name);
    }
}

/// STF-05: the check names the file and the line of a variable that there is not, what a browser would not run, and
/// colours that cannot be read.
#[test]
fn the_check_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("mine");
    fs::create_dir_all(mine.join("templates/parts")).unwrap();
    fs::write(
        mine.join("theme.toml"),
        "[settings]\naccent = \"#eeee00\"\n",
    )
    .unwrap();
    let price =
        "{% macro price(amount, was=none, from=false) %}\n<b>{{ amuont }}</b>{% endmacro %}";
    fs::write(mine.join("templates/parts/price.html"), price).unwrap();
    let error = "{% extends \"layout.html\" %}{% block main %}<h1>!</h1><p style=\"x\">\n<script>1</script>{% endblock %}";
    fs::write(mine.join("templates/error.html"), error).unwrap();
    let found = storefront::check_theme(&themes(folder.path()), "mine");
    let of = |kind: FaultKind| found.iter().filter(move |fault| fault.kind == kind);
    let pages: Vec<_> = of(FaultKind::Page).collect();
    assert!(!pages.is_empty());
    for fault in pages {
        assert_eq!(
            (&*fault.theme, &*fault.file),
            ("mine", "templates/parts/price.html")
        );
        assert_eq!(fault.line, Some(2), "{fault:?}");
    }
    let policy: Vec<_> = of(FaultKind::Policy).collect();
    assert_eq!(policy.len(), 2, "{policy:?}");
    assert!(
        policy
            .iter()
            .all(|fault| fault.file == "templates/error.html")
    );
    assert_eq!(of(FaultKind::Contrast).count(), 1);
    let none = storefront::check_theme(&themes(folder.path()), "nobody");
    assert_eq!(none.len(), 1);
    assert!(themes(folder.path()).has(BASE));
}
