//! What machines read of the shop's pages, held against what people read: schema.org, addresses in each language, what a
//! shared link shows, the map of the site, and the sizes of pictures.
#![expect(
    clippy::indexing_slicing,
    reason = "a helper of a test fails like the test"
)]

use catalog::{CatalogError, NewMedia, media, variant, video};
use kernel::{Locale, Texts};
use platform::pictures;
use serde_json::{Value, json};
use testkit::World;

use crate::world::{Answer, Shop};

/// The things of a page in the words of schema.org, by their type.
fn things(page: &Answer) -> Vec<Value> {
    let open = "<script type=\"application/ld+json\">";
    let text = page.body.split_once(open).unwrap().1;
    let graph: Value = serde_json::from_str(text.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(graph["@context"], "https://schema.org");
    graph["@graph"].as_array().unwrap().clone()
}

fn thing(page: &Answer, kind: &str) -> Value {
    let found = things(page).into_iter().find(|t| t["@type"] == kind);
    found.unwrap_or_else(|| panic!("no {kind}: {:?}", things(page)))
}

/// Fields that must be there and not be empty.
fn has(thing: &Value, fields: &[&str]) {
    for field in fields {
        let value = thing.pointer(&format!("/{}", field.replace('.', "/")));
        let filled = value.is_some_and(|v| {
            !v.is_null() && v.as_str() != Some("") && v.as_array().is_none_or(|a| !a.is_empty())
        });
        assert!(filled, "{field} is missing: {thing}");
    }
}

/// What search engines ask of an offer.
const OFFER: [&str; 9] = [
    "url",
    "price",
    "priceCurrency",
    "availability",
    "itemCondition",
    "shippingDetails.0.shippingRate.value",
    "shippingDetails.0.shippingDestination.addressCountry",
    "shippingDetails.0.deliveryTime.transitTime.maxValue",
    "hasMerchantReturnPolicy.merchantReturnDays",
];

/// Each offer has the price, the stock, the picture and the delivery that the page shows.
fn offers_agree(group: &Value, view: &Value) {
    let (told, shown) = (&group["hasVariant"], &view["variants"]);
    let (told, shown) = (told.as_array().unwrap(), shown.as_array().unwrap());
    assert_eq!(told.len(), shown.len());
    for (told, shown) in told.iter().zip(shown) {
        has(
            told,
            &["sku", "name", "image", "additionalProperty.0.value"],
        );
        let offer = &told["offers"];
        has(offer, &OFFER);
        assert_eq!(told["sku"], shown["sku"]);
        let cents = shown["price"]["amount"].as_i64().unwrap();
        assert_eq!(offer["price"], (cents / 100).to_string());
        assert_eq!(offer["priceCurrency"], shown["price"]["currency"]);
        let gone = offer["availability"] == "https://schema.org/OutOfStock";
        assert_eq!(gone, shown["in_stock"] == false);
        let id = shown["id"].as_str().unwrap();
        let link = format!("https://shop.test/products/dongding-oolong?variant={id}");
        assert_eq!(offer["url"], link);
        let rates = offer["shippingDetails"].as_array().unwrap().iter();
        let rates = rates.map(|d| d["shippingRate"]["value"].as_str().unwrap());
        let lowest = rates.map(|rate| rate.parse::<i64>().unwrap()).min();
        let from = view["delivery"]["rate_from"]["amount"].as_i64();
        assert_eq!(lowest, from.map(|amount| amount / 100));
    }
}

/// Hangs a picture to the small variant, without a file: nothing here looks at it.
async fn hang_to_small(shop: &Shop, key: &'static str) {
    let (small, tea) = (shop.small, shop.tea);
    let hung = shop.ctx.write(async move |tx, ctx| {
        let new = NewMedia {
            file_key: key.to_owned(),
            alt: Texts::default(),
            width: 1_000,
            height: 1_000,
        };
        let id = media::add(tx, ctx, tea, new).await?;
        let words = Texts::one(Locale::Hant, "小包裝");
        media::describe(tx, ctx, tea, id, &words, Some(small)).await
    });
    hung.await.unwrap();
}

/// A product with variants is a group; one with a single variant is a product, in each language.
#[test]
fn a_product_is_described_for_machines() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        hang_to_small(&shop, "0123456789abcdef0123456789abcdef.jpg").await;
        let path = "/products/dongding-oolong";
        let page = shop.browser().get(path).await.expect(200);
        let view = shop.program().get(path).await.expect(200).json();
        let group = thing(&page, "ProductGroup");
        let wanted = [
            "name",
            "description",
            "image.0",
            "productGroupID",
            "variesBy.0",
            "brand.name",
        ];
        has(&group, &wanted);
        assert_eq!(group["url"], format!("https://shop.test{path}"));
        offers_agree(&group, &view);
        let own = "/media/0123456789abcdef0123456789abcdef.jpg";
        let told = &group["hasVariant"][0]["image"];
        assert_eq!(told, &json!(format!("https://shop.test{own}")));
        assert_eq!(view["variants"][0]["image_url"], own);
        let trail = thing(&page, "BreadcrumbList");
        let steps = trail["itemListElement"].as_array().unwrap();
        assert_eq!(steps.len(), 3);
        assert_eq!(steps[1]["position"], 2);
        assert_eq!(steps[1]["item"], "https://shop.test/collections/oolong");
        let cup = "/products/glass-cup?lang=en";
        let page = shop.browser().get(cup).await.expect(200);
        let told = thing(&page, "Product");
        has(&told, &["sku", "image.0", "offers.price"]);
        assert_eq!(told["name"], "Glass cup");
        assert_eq!(told["url"], format!("https://shop.test{cup}"));
        shop.close().await;
    });
}

/// Former prices and empty shelves are told as the page shows them.
#[test]
fn what_is_gone_is_told_as_gone() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let cup = shop.cup;
        let emptied = shop.ctx.write(async move |tx, ctx| {
            let none = inventory::stock::Adjustment::new(
                cup,
                -10,
                inventory::EntryKind::Adjustment,
                "broken",
            );
            inventory::stock::adjust(tx, ctx, none).await
        });
        emptied.await.unwrap();
        let page = shop.browser().get("/products/glass-cup").await.expect(200);
        let told = thing(&page, "Product");
        assert_eq!(
            told["offers"]["availability"],
            "https://schema.org/OutOfStock"
        );
        shop.close().await;
    });
}

/// The home page says who the shop is and how it is searched, a collection what is in it.
#[test]
fn the_shop_introduces_itself() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let home = shop.browser().get("/").await.expect(200);
        let store = thing(&home, "OnlineStore");
        has(
            &store,
            &[
                "name",
                "url",
                "email",
                "contactPoint.email",
                "hasMerchantReturnPolicy.merchantReturnDays",
            ],
        );
        let site = thing(&home, "WebSite");
        assert_eq!(
            site["potentialAction"]["target"]["urlTemplate"],
            "https://shop.test/search?q={search_term_string}"
        );
        let page = shop
            .browser()
            .get("/collections/tea?lang=en")
            .await
            .expect(200);
        let list = thing(&page, "ItemList");
        let first = &list["itemListElement"][0];
        assert_eq!(first["position"], 1);
        assert!(
            first["url"].as_str().unwrap().ends_with("?lang=en"),
            "{first}"
        );
        has(&thing(&page, "BreadcrumbList"), &["itemListElement.1.item"]);
        shop.close().await;
    });
}

/// Each page has one address in each language, whatever was asked for beside it; pages of one person have none.
#[test]
fn every_page_has_an_address_in_each_language() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let page = shop
            .browser()
            .get("/products/glass-cup?lang=en&utm_source=x")
            .await
            .expect(200);
        for line in [
            "<link rel=\"canonical\" href=\"https://shop.test/products/glass-cup?lang=en\">",
            "hreflang=\"zh-Hant\" href=\"https://shop.test/products/glass-cup\">",
            "hreflang=\"zh-Hans\" href=\"https://shop.test/products/glass-cup?lang=zh-Hans\">",
            "hreflang=\"x-default\" href=\"https://shop.test/products/glass-cup\">",
            "<meta property=\"og:type\" content=\"product\">",
            "<meta property=\"og:title\" content=\"Glass cup – Half-Day Tea\">",
            "<meta property=\"og:locale\" content=\"en_US\">",
            "<meta name=\"twitter:card\" content=\"summary_large_image\">",
        ] {
            assert!(page.body.contains(line), "{line}: {}", page.body);
        }
        let picture = format!(
            "<meta property=\"og:image\" content=\"https://shop.test/media/{}\">",
            shop.picture
        );
        assert!(page.body.contains(&picture), "{picture}");
        let sorted = shop
            .browser()
            .get("/collections/tea?sort=newest")
            .await
            .expect(200);
        assert!(
            sorted
                .body
                .contains("rel=\"canonical\" href=\"https://shop.test/collections/tea\"")
        );
        for private in ["/cart", "/orders/lookup", "/search?q=x"] {
            let page = shop.browser().get(private).await.expect(200);
            assert!(
                page.body.contains("name=\"robots\" content=\"noindex\""),
                "{private}"
            );
            assert!(!page.body.contains("rel=\"canonical\""), "{private}");
        }
        shop.close().await;
    });
}

/// The map names each page in each language, with its picture.
#[test]
fn the_map_names_every_language() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let map = shop.browser().get("/sitemap.xml").await.expect(200).body;
        assert_eq!(map.matches("<url>").count(), map.matches("</url>").count());
        for line in [
            "<loc>https://shop.test/products/glass-cup?lang=en</loc>",
            "<xhtml:link rel=\"alternate\" hreflang=\"zh-Hans\" href=\"https://shop.test/products/glass-cup?lang=zh-Hans\"/>",
            "hreflang=\"x-default\" href=\"https://shop.test/products/glass-cup\"/>",
        ] {
            assert!(map.contains(line), "{line}: {map}");
        }
        assert!(map.contains(&format!(
            "<image:loc>https://shop.test/media/{}</image:loc>",
            shop.picture
        )));
        assert!(!map.contains("/orders/"));
        assert_eq!(
            shop.browser().get("/sitemaps/0").await.expect(200).body,
            map
        );
        for missing in ["/sitemaps/1", "/sitemaps/-1", "/sitemaps/x"] {
            shop.browser().get(missing).await.expect(404);
        }
        let told = shop.browser().get("/llms.txt").await.expect(200).body;
        assert!(
            told.contains("[English](https://shop.test/?lang=en)")
                && told.contains("hello@shop.test"),
            "{told}"
        );
        shop.close().await;
    });
}

/// STF-05, STF-10, STF-12, TRF-18: pages offer each uploaded picture in every width, a missing one is served large and kept by
/// nobody, and the film is a link of which nothing is loaded.
#[test]
fn pictures_come_in_widths() {
    testkit::run(async |world: &World| {
        let shop = Shop::open(world).await;
        let image = webp_rust::ImageBuffer {
            width: 1_000,
            height: 1_000,
            rgba: [180, 90, 40, 255].repeat(1_000 * 1_000),
        };
        let config = webp_rust::LossyEncodingConfig::default();
        let photo = webp_rust::encode_lossy_with_config(&image, &config, None).unwrap();
        let kept = pictures::take(&shop.files, photo.into()).await.unwrap();
        let (tea, key) = (shop.tea, kept.key.clone());
        let hung = shop.ctx.write(async move |tx, ctx| {
            let new = NewMedia {
                file_key: key.clone(),
                alt: Texts::one(Locale::Hant, "茶湯"),
                width: 1_000,
                height: 1_000,
            };
            media::add(tx, ctx, tea, new).await?;
            let film = video::read("https://vimeo.com/76979871")?;
            video::set(tx, ctx, tea, Some(&film)).await?;
            Ok::<_, CatalogError>(variant::of(tx, &[tea]).await?.len())
        });
        assert_eq!(hung.await.unwrap(), 2);
        let page = shop
            .browser()
            .get("/products/dongding-oolong")
            .await
            .expect(200)
            .body;
        let stem = kept.key.trim_end_matches(".jpg");
        let widths = format!(
            "/media/{stem}-320.webp 320w, /media/{stem}-640.webp 640w, /media/{stem}-1280.webp 1000w"
        );
        assert!(page.contains(&widths), "{widths}: {page}");
        assert!(page.contains(&format!("href=\"/media/{}\" data-zoom", kept.key)));
        assert!(page.contains("width=\"1000\" height=\"1000\""));
        assert!(page.contains(
            "href=\"https://vimeo.com/76979871\" target=\"_blank\" rel=\"noopener noreferrer\""
        ));
        let again = shop.browser().get("/products/dongding-oolong").await;
        assert!(!again.header("content-security-policy").contains("vimeo"));
        let small = format!("/media/{stem}-320.webp");
        let early = shop.browser().get(&small).await.expect(200);
        assert_eq!(
            (early.header("content-type"), early.header("cache-control")),
            ("image/jpeg", "no-cache")
        );
        pictures::make_sizes(&shop.files, kept.key.clone())
            .await
            .unwrap();
        let made = shop.browser().get(&small).await.expect(200);
        assert_eq!(made.header("content-type"), "image/webp");
        assert!(made.header("cache-control").contains("immutable"));
        shop.browser()
            .get("/media/ffffffffffffffffffffffffffffffff-320.webp")
            .await
            .expect(404);
        shop.close().await;
    });
}
