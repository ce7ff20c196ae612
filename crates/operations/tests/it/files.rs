//! Goods as files: out, in, and out again.

use std::{collections::BTreeMap, sync::LazyLock};

use catalog::{
    AttributeDefinition, AttributeKind, Choice, NewCollection, NewMedia, NewProduct, NewVariant,
    ProductOption,
    attribute::{Attribute, AttributeValue},
    bundle, collection, media,
    product::{self, ProductIdentity},
    variant,
};
use inventory::{EntryKind, location, stock, stock::Adjustment};
use kernel::{CollectionId, Currency, Locale, Money, Texts, VariantId};
use operations::{
    FlowError,
    goods_csv::{
        archive::Taken,
        export::{self, Format},
        import::{self, Report},
        pictures::Shelf,
        read_any,
        shopify::Generation,
    },
};
use platform::{Ctx, files::Files, outgoing::Fetcher};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use rust_decimal::Decimal;
use testkit::World;

async fn file(ctx: &Ctx, format: Format) -> Vec<u8> {
    let read =
        ctx.read_snapshot(async move |rx, _| export::file(rx, format, SHOP, Vec::new()).await);
    read.await.unwrap()
}

/// The address of the shop that files were written by and are brought into.
const SHOP: &str = "https://shop.example";

/// The pictures of every shop of these tests.
static FILES: LazyLock<Files> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("goods-files");
    Files::open(folder).unwrap()
});

async fn bring_in(ctx: &Ctx, file: &[u8], dry_run: bool) -> Report {
    bring_into(ctx, SHOP, file, dry_run).await
}

/// Brings a file into a shop that is found at `public_url`.
async fn bring_into(ctx: &Ctx, public_url: &str, file: &[u8], dry_run: bool) -> Report {
    let read = read_any(file, Locale::Hant, Currency::TWD).unwrap();
    let (fetcher, taken) = (Fetcher::of_the_internet().unwrap(), Taken::new());
    let shelf = Shelf {
        files: &FILES,
        fetcher: &fetcher,
        public_url,
        taken: &taken,
    };
    let read = shelf.settle(ctx, read).await.unwrap();
    import::import(ctx, read, dry_run, |_, _| {}).await.unwrap()
}

/// A text in some of the languages; spreadsheets would take some of them for formulas.
fn words() -> impl Strategy<Value = Texts> {
    let text = "[=+@'-]{0,2}[a-z茶壺，\" ]{1,8}(\n[a-z|]{1,4})?";
    prop::collection::btree_map(prop::sample::select(Locale::ALL.to_vec()), text, 1..=3)
        .prop_map(Texts)
}

/// Option value, price, cost, weight, units, and whether it has a barcode.
type DraftedVariant = (Texts, i64, Option<i64>, i64, Option<i64>, bool);

/// Products as merchants write them, without was-prices: those are only borne out by the shop's own record.
#[derive(Debug, Clone)]
struct Drafted {
    title: Texts,
    subtitle: Texts,
    description: Texts,
    option: Option<Texts>,
    variants: Vec<DraftedVariant>,
    published: bool,
    collected: bool,
    pictures: usize,
    said: Drafting,
    tags: Vec<String>,
}

/// What a product of the collection says: its origin, its capacity in tenths, its roast, whether it is organic.
type Drafting = (Option<Texts>, Option<i64>, Option<usize>, Option<bool>);

/// The choices of the roast.
const ROASTS: [&str; 3] = ["light", "middle", "strong"];

fn drafted() -> impl Strategy<Value = Drafted> {
    let variant = (
        words(),
        1_i64..90_000,
        prop::option::of(0_i64..50_000),
        0_i64..900,
        prop::option::of(0_i64..80),
        any::<bool>(),
    );
    let of = (
        words(),
        words(),
        words(),
        prop::option::of(words()),
        prop::collection::vec(variant, 1..4),
        any::<bool>(),
        any::<bool>(),
        0_usize..3,
        (
            prop::option::of(words()),
            prop::option::of(-9_000_i64..9_000),
            prop::option::of(0_usize..3),
            prop::option::of(any::<bool>()),
        ),
        prop::collection::vec("[=a-z茶|\\\\]{1,6}", 0..4),
    );
    of.prop_map(
        |(
            title,
            subtitle,
            description,
            option,
            variants,
            published,
            collected,
            pictures,
            said,
            tags,
        )| {
            Drafted {
                title,
                subtitle,
                description,
                option,
                variants,
                published,
                collected,
                pictures,
                said,
                tags,
            }
        },
    )
}

impl Drafted {
    /// What it says, where its collection asks.
    fn attributes(&self) -> Vec<Attribute> {
        let (origin, capacity, roast, organic) = &self.said;
        let said = [
            ("origin", origin.clone().map(AttributeValue::Text)),
            (
                "capacity",
                capacity.map(|tenths| AttributeValue::Number(Decimal::new(tenths, 1))),
            ),
            (
                "roast",
                roast.map(|n| AttributeValue::Choice(ROASTS[n].to_owned())),
            ),
            ("organic", organic.map(AttributeValue::YesNo)),
        ];
        let said = said.into_iter().filter(|_| self.collected);
        said.filter_map(|(code, value)| {
            Some(Attribute {
                code: code.to_owned(),
                value: value?,
            })
        })
        .collect()
    }

    /// The product of this draft, and the units of each of its variants.
    fn product(&self, n: usize, gifts: CollectionId) -> (NewProduct, Vec<(VariantId, i64)>) {
        let several = self.option.is_some();
        let mut seen = BTreeMap::new();
        let taken = if several { self.variants.len() } else { 1 };
        let drafts = self.variants.iter().take(taken).enumerate();
        let drafts: Vec<_> = drafts
            .filter(|(_, v)| seen.insert(format!("{:?}", v.0), ()).is_none())
            .collect();
        let variants: Vec<NewVariant> = drafts
            .iter()
            .map(|(m, v)| NewVariant {
                id: Some(VariantId::new()),
                barcode: (*m == 0).then(|| format!("471{n:04}{m:04}")),
                option_values: several.then(|| v.0.clone()).into_iter().collect(),
                cost: v.2.map(|cost| Money::new(cost, Currency::TWD)),
                weight_g: v.3,
                size_mm: (v.3 > 100).then_some((v.3, 20, 30)),
                ..NewVariant::new(format!("SKU-{n}-{m}"), Money::new(v.1 * 100, Currency::TWD))
            })
            .collect();
        let shelves = variants.iter().zip(&drafts);
        let shelves = shelves.filter_map(|(v, (_, d))| Some((v.id?, d.4.unwrap_or_default())));
        let shelves: Vec<(VariantId, i64)> = shelves.collect();
        let picture = |p: usize| NewMedia {
            file_key: FILES.put(format!("{n} {p}").as_bytes(), "svg").unwrap(),
            alt: match p {
                0 => self.subtitle.clone(),
                1 => Texts::one(Locale::En, "a | b \\ c"),
                _ => Texts::default(),
            },
            width: 800,
            height: 600,
        };
        let name = |name: &Texts| ProductOption { name: name.clone() };
        let new = NewProduct {
            handle: format!("goods-{n}"),
            title: self.title.clone(),
            subtitle: self.subtitle.clone(),
            description: self.description.clone(),
            options: self.option.iter().map(name).collect(),
            collections: self.collected.then_some(gifts).into_iter().collect(),
            media: (0..self.pictures).map(picture).collect(),
            attributes: self.attributes(),
            identity: ProductIdentity::typed("=Leaf", "", self.tags.iter().map(String::as_str)),
            variants,
            ..NewProduct::default()
        };
        (new, shelves)
    }
}

/// Writes drafted goods with the commands of a merchant, and a bundle of the first two variants.
async fn write(ctx: &Ctx, goods: Vec<Drafted>) {
    ctx.write(async move |tx, ctx| {
        location::ensure_default(tx, ctx).await?;
        let gifts = collection::create(tx, ctx, gifts()).await?;
        let mut sold: Vec<VariantId> = Vec::new();
        for (n, one) in goods.iter().enumerate() {
            let (new, shelves) = one.product(n, gifts);
            let id = product::create(tx, ctx, new).await?;
            let hung = media::of(tx, &[id]).await?;
            if let (Some(one), [_, (shown, _), ..]) = (hung.first(), shelves.as_slice()) {
                media::describe(tx, ctx, id, one.id, &one.alt, Some(*shown)).await?;
            }
            for (variant, units) in &shelves {
                if *units > 0 {
                    let opening = Adjustment::new(*variant, *units, EntryKind::Opening, "opening");
                    stock::adjust(tx, ctx, opening).await?;
                }
            }
            if one.published {
                product::publish(tx, ctx, id).await?;
            }
            sold.extend(shelves.iter().map(|(variant, _)| *variant));
        }
        let new = NewProduct {
            handle: "box".into(),
            title: Texts::one(Locale::Hant, "=禮盒"),
            variants: vec![NewVariant::new("BOX", Money::new(9_900, Currency::TWD))],
            ..NewProduct::default()
        };
        let id = product::create(tx, ctx, new).await?;
        let itself = variant::of(tx, &[id]).await?[0].id;
        let parts = sold.iter().take(2).zip(2..);
        let parts: Vec<(VariantId, i64)> = parts.map(|(part, units)| (*part, units)).collect();
        bundle::set(tx, ctx, itself, &parts).await?;
        Ok::<_, FlowError>(())
    })
    .await
    .unwrap();
}

fn gifts() -> NewCollection {
    let name = |text: &str| Texts::one(Locale::Hant, text);
    let line = |code: &str, kind| AttributeDefinition {
        kind,
        ..AttributeDefinition::text(code, name(code))
    };
    let choice = |code: &str| Choice {
        code: code.to_owned(),
        name: name(code),
    };
    let unit = name("毫升");
    let choices = ROASTS.map(choice).to_vec();
    NewCollection {
        attributes: vec![
            line("origin", AttributeKind::Text),
            line("capacity", AttributeKind::Number { unit }),
            line("roast", AttributeKind::Choice { choices }),
            line("organic", AttributeKind::YesNo),
        ],
        handle: "gifts".into(),
        title: Texts::one(Locale::Hant, "禮物"),
        ..NewCollection::default()
    }
}

/// CAT-01, CAT-16, A17: what was exported and brought into an empty shop exports to the same bytes; looking at it first
/// writes nothing, and bringing it in again changes nothing.
#[test]
fn a_file_brings_the_same_goods() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..10 {
        let goods = prop::collection::vec(drafted(), 1..6)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        testkit::run(async |world| {
            write(&world.ctx, goods.clone()).await;
            let first = file(&world.ctx, Format::Own).await;
            let again = bring_in(&world.ctx, &first, false).await;
            assert_eq!(
                (again.created, again.changed, again.left_out),
                (0, 0, 0),
                "{:?}",
                again.remarks
            );
            let other = World::sqlite().await;
            let made = other.ctx.write(async |tx, ctx| {
                location::ensure_default(tx, ctx).await?;
                Ok::<_, FlowError>(collection::create(tx, ctx, gifts()).await?)
            });
            made.await.unwrap();
            let looked = bring_in(&other.ctx, &first, true).await;
            assert_eq!(
                (looked.created, looked.left_out),
                (goods.len() + 1, 0),
                "{:?}",
                looked.remarks
            );
            let count = other
                .ctx
                .read(async |rx, _| product::count(rx, &catalog::ProductFilter::default()).await);
            assert_eq!(count.await.unwrap(), 0, "nothing is written yet");
            let brought = bring_in(&other.ctx, &first, false).await;
            assert_eq!(
                (brought.created, brought.left_out),
                (goods.len() + 1, 0),
                "{:?}",
                brought.remarks
            );
            let second = file(&other.ctx, Format::Own).await;
            assert_eq!(
                String::from_utf8_lossy(&second),
                String::from_utf8_lossy(&first)
            );
            let same = bring_in(&other.ctx, &second, false).await;
            assert_eq!(
                (same.same, same.changed, same.created),
                (goods.len() + 1, 0, 0)
            );
            other.check().await;
        });
    }
}

/// Goods of a Shopify file come in once, and go out as a file that says the same in both generations.
#[test]
fn shopify_files_come_in_and_go_out() {
    testkit::run(async |world| {
        let place = world
            .ctx
            .write(async |tx, ctx| location::ensure_default(tx, ctx).await);
        place.await.unwrap();
        let older = "Handle,Title,Body (HTML),Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Barcode,Status\n\
            oolong,凍頂烏龍,<p>焙火溫潤。</p>,TRUE,重量,75 公克,OL-75,95,12,580,4710000010669,active\n\
            oolong,,,,,150 公克,OL-150,180,3,1080,,\n\
            cup,品茗杯,,FALSE,Title,Default Title,CUP,310,5,320,,draft\n";
        let report = bring_in(&world.ctx, older.as_bytes(), false).await;
        assert_eq!(
            (report.created, report.left_out),
            (2, 0),
            "{:?}",
            report.remarks
        );
        for generation in [Generation::Older, Generation::Newer] {
            let out = file(&world.ctx, Format::Shopify(generation)).await;
            let again = bring_in(&world.ctx, &out, false).await;
            assert_eq!(
                (again.created, again.changed, again.same, again.left_out),
                (0, 0, 2, 0),
                "{:?}",
                again.remarks
            );
            let text = String::from_utf8(out).unwrap();
            assert!(
                text.starts_with('\u{feff}')
                    && text.contains("OL-150")
                    && text.contains("<p>焙火溫潤。</p>")
            );
        }
    });
}

/// Bad rows are named with line, column and reason, and the others come in; a was-price that nobody ever paid does not
/// (GOV-08), nor does a part that is not there.
#[test]
fn bad_rows_leave_good_ones_alone() {
    testkit::run(async |world| {
        let place = world
            .ctx
            .write(async |tx, ctx| location::ensure_default(tx, ctx).await);
        place.await.unwrap();
        let text = "handle,title:zh-Hant,sku,price,compare_at,stock:main,parts,colour\r\n\
            tea,茶,TEA,580,640,12,,green\r\n\
            tea,,TEA-2,abc,,,,\r\n\
            pot,壺,POT,2400,,-1,,\r\n\
            box,盒,BOX,900,,,2xTEA|1xNONE,\r\n\
            bad handle,字,BAD,10,,,,\r\n\
            copy,抄,TEA,10,,,,\r\n";
        let report = bring_in(&world.ctx, text.as_bytes(), false).await;
        let said: Vec<(u64, &str, &str, bool)> = report
            .remarks
            .iter()
            .map(|r| (r.line, r.column.as_str(), r.key, r.row_left_out))
            .collect();
        for expected in [
            (1, "colour", "csv-no-home", false),
            (2, "compare_at", "error-compare-at-no-history", false),
            (3, "price", "csv-amount", true),
            (4, "stock", "error-stock-quantity", true),
            (5, "parts", "error-catalog-not-found", true),
            (6, "handle", "error-handle-invalid", true),
            (7, "sku", "error-sku-taken", true),
        ] {
            assert!(said.contains(&expected), "{expected:?} of {said:?}");
        }
        assert_eq!(report.created, 3);
        let file = file(&world.ctx, Format::Own).await;
        let text = String::from_utf8(file).unwrap();
        assert!(text.contains("TEA") && text.contains("POT") && !text.contains("TEA-2"));
    });
}

/// CAT-01: pictures of a file that another shop wrote are fetched from that shop, each once; what this shop does not have
/// or what is nowhere on the internet is named with its column, and the goods come in all the same.
#[test]
fn pictures_of_another_shop_are_fetched_once() {
    testkit::run(async |world| {
        let place = world
            .ctx
            .write(async |tx, ctx| location::ensure_default(tx, ctx).await);
        place.await.unwrap();
        let kept = FILES.put(b"of this shop", "svg").unwrap();
        let text = format!(
            "handle,title:zh-Hant,sku,price,pictures\n\
             tea,茶,TEA,580,https://other.example/media/a.jpg#800x600|{SHOP}/media/{kept}#10x20\n\
             pot,壺,POT,900,{SHOP}/media/00ff.jpg#8x6|http://other.example/b.jpg|https://10.0.0.1/c.jpg|d.jpg\n"
        );
        let looked = bring_in(&world.ctx, text.as_bytes(), true).await;
        assert_eq!((looked.pictures, looked.picture_import_id), (1, None));
        let report = bring_in(&world.ctx, text.as_bytes(), false).await;
        assert_eq!((report.created, report.left_out), (2, 0));
        assert!(report.pictures == 1 && report.picture_import_id.is_some());
        let said: Vec<(u64, &str, &str)> = report
            .remarks
            .iter()
            .map(|r| (r.line, r.column.as_str(), r.key))
            .collect();
        for key in [
            "csv-picture-unknown",
            "error-fetch-address",
            "error-fetch-not-public",
            "csv-picture-file",
        ] {
            assert!(said.contains(&(3, "pictures", key)), "{key} of {said:?}");
        }
        let out = String::from_utf8(file(&world.ctx, Format::Own).await).unwrap();
        let shown = format!("{SHOP}/media/{kept}#10x20");
        assert!(out.contains(&shown), "{out}");
        let again = bring_in(&world.ctx, text.as_bytes(), false).await;
        assert_eq!((again.pictures, again.same), (0, 2), "it is on its way");
        let elsewhere = bring_into(&world.ctx, "https://new.example", out.as_bytes(), true).await;
        assert_eq!(elsewhere.pictures, 1);
    });
}
