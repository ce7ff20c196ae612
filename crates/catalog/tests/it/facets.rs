//! What shoppers narrow a list by.

use catalog::{
    Attribute, AttributeDefinition, AttributeKind, AttributeValue, CatalogError, Choice, Facet,
    FacetChoice, FacetCount, NewCollection, NewProduct, ProductFilter, ProductIdentity,
    ProductSort, ProductState, Tally, collection, facet, price, product,
};
use kernel::{CollectionId, ProductId, Texts};
use testkit::World;

use crate::{created, hant, on_sale, tea, twd};

fn numbers(name: &str, unit: &str) -> AttributeDefinition {
    AttributeDefinition {
        kind: AttributeKind::Number { unit: hant(unit) },
        filterable: true,
        ..AttributeDefinition::text("capacity", hant(name))
    }
}

fn roasts() -> AttributeDefinition {
    let choice = |code: &str, name: &str| Choice {
        code: code.to_owned(),
        name: hant(name),
    };
    AttributeDefinition {
        kind: AttributeKind::Choice {
            choices: vec![choice("light", "輕焙"), choice("dark", "重焙")],
        },
        filterable: true,
        ..AttributeDefinition::text("roast", hant("焙火"))
    }
}

async fn shelf(world: &World) -> CollectionId {
    let make = world.ctx.write(async move |tx, ctx| {
        let new = NewCollection {
            handle: "tea".into(),
            title: hant("茶"),
            attributes: vec![numbers("容量", "毫升"), roasts()],
            ..NewCollection::default()
        };
        collection::create(tx, ctx, new).await
    });
    make.await.unwrap()
}

fn roast(code: &str) -> Attribute {
    Attribute {
        code: "roast".into(),
        value: AttributeValue::Choice(code.to_owned()),
    }
}

fn goods(
    handle: &str,
    shelf: CollectionId,
    brand: &str,
    tags: &[&str],
    roasted: &str,
    dollars: i64,
) -> NewProduct {
    let mut new = tea(handle, handle);
    new.variants[0].price = twd(dollars);
    NewProduct {
        collections: vec![shelf],
        identity: ProductIdentity::typed(brand, "", tags.iter().copied()),
        attributes: vec![roast(roasted)],
        ..new
    }
}

fn within(shelf: CollectionId) -> ProductFilter {
    ProductFilter {
        state: Some(ProductState::Published),
        collection: Some(shelf),
        ..ProductFilter::default()
    }
}

fn choice(facet: Facet, values: &[&str]) -> FacetChoice {
    FacetChoice {
        facet,
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    }
}

async fn counts(world: &World, filter: ProductFilter) -> Vec<(String, String, i64)> {
    let offered = [
        Facet::Brand,
        Facet::Tag,
        Facet::Attribute("roast".into()),
        Facet::Attribute("capacity".into()),
    ];
    let read = world
        .ctx
        .read(async move |rx, _| facet::counts(rx, &filter, &offered).await);
    let plain = |c: FacetCount| (c.facet.key(), c.value, c.count);
    let mut found: Vec<_> = read.await.unwrap().into_iter().map(plain).collect();
    found.sort();
    found
}

async fn handles(world: &World, filter: ProductFilter) -> Vec<String> {
    let read = world
        .ctx
        .read(async move |rx, _| product::list(rx, &filter, None, 100).await);
    let page = read.await.unwrap();
    page.items.into_iter().map(|p| p.handle).collect()
}

async fn three(world: &World) -> CollectionId {
    let shelf = shelf(world).await;
    on_sale(
        world,
        goods("a", shelf, "山陽", &["春茶", "送禮"], "light", 300),
    )
    .await;
    on_sale(world, goods("b", shelf, "山陽", &["春茶"], "dark", 500)).await;
    on_sale(world, goods("c", shelf, "河岸", &["送禮"], "light", 900)).await;
    created(world, goods("draft", shelf, "河岸", &[], "light", 900)).await;
    shelf
}

/// STF-02: values come with the number of products, a choice narrows the counts of everything else but not its own, and
/// drafts do not count.
#[test]
fn values_are_counted_within_what_is_chosen() {
    testkit::run(async |world| {
        let shelf = three(world).await;
        let row = |facet: &str, value: &str, n| (facet.to_owned(), value.to_owned(), n);
        assert_eq!(
            counts(world, within(shelf)).await,
            [
                row("attribute:roast", "dark", 1),
                row("attribute:roast", "light", 2),
                row("brand", "山陽", 2),
                row("brand", "河岸", 1),
                row("tag", "春茶", 2),
                row("tag", "送禮", 2),
            ]
        );
        let chosen = ProductFilter {
            chosen: vec![choice(Facet::Brand, &["河岸"])],
            ..within(shelf)
        };
        assert_eq!(
            counts(world, chosen.clone()).await,
            [
                row("attribute:roast", "light", 1),
                row("brand", "山陽", 2),
                row("brand", "河岸", 1),
                row("tag", "送禮", 1),
            ]
        );
        assert_eq!(handles(world, chosen).await, ["c"]);
    });
}

/// STF-02: several values of one kind add up, several kinds narrow each other, prices narrow too.
#[test]
fn a_list_is_narrowed_by_several_values() {
    testkit::run(async |world| {
        let shelf = three(world).await;
        let brands = choice(Facet::Brand, &["山陽", "河岸"]);
        let light = choice(Facet::Attribute("roast".into()), &["light"]);
        let both = ProductFilter {
            chosen: vec![brands, light],
            ..within(shelf)
        };
        assert_eq!(handles(world, both.clone()).await, ["a", "c"]);
        let dear = ProductFilter {
            price_from: Some(twd(400).amount),
            ..both.clone()
        };
        assert_eq!(handles(world, dear).await, ["c"]);
        let cheap = ProductFilter {
            price_to: Some(twd(300).amount),
            ..both.clone()
        };
        assert_eq!(handles(world, cheap).await, ["a"]);
        let stocked = ProductFilter {
            in_stock: true,
            ..both.clone()
        };
        assert!(handles(world, stocked).await.is_empty());
        assert_eq!(
            tally(world, both).await.prices,
            Some((twd(300).amount, twd(900).amount))
        );
    });
}

async fn tally(world: &World, filter: ProductFilter) -> Tally {
    let read = world
        .ctx
        .read(async move |rx, _| facet::tally(rx, &filter).await);
    read.await.unwrap()
}

/// STF-02: a list is counted as it is and as each plain condition would leave it; the range of prices stays that of the
/// whole choice; what is reduced follows the price; what a search found narrows like any other list.
#[test]
fn plain_conditions_are_counted_before_they_are_chosen() {
    testkit::run(async |world| {
        let shelf = three(world).await;
        let one = within(shelf);
        let found = world
            .ctx
            .read(async move |rx, _| product::ids(rx, &one, 10).await)
            .await
            .unwrap();
        let reduced = ProductFilter {
            reduced: true,
            ..within(shelf)
        };
        assert!(handles(world, reduced.clone()).await.is_empty());
        let id = found[0];
        world.pass(std::time::Duration::from_secs(2 * 86_400));
        let write = world.ctx.write(async move |tx, ctx| {
            let variant = product::variants_of(tx, &[id]).await?[0].id;
            price::set(tx, ctx, variant, twd(200), Some(twd(300)), "spring").await
        });
        write.await.unwrap();
        assert_eq!(handles(world, reduced).await, ["a"]);
        let dear = ProductFilter {
            price_from: Some(twd(400).amount),
            ..within(shelf)
        };
        assert_eq!(
            tally(world, dear).await,
            Tally {
                total: 2,
                in_stock: 0,
                reduced: 0,
                prices: Some((twd(200).amount, twd(900).amount)),
            }
        );
        let searched = ProductFilter {
            among: Some(found[1..].to_vec()),
            collection: None,
            sort: ProductSort::PriceDesc,
            ..within(shelf)
        };
        assert_eq!(handles(world, searched).await, ["c", "b"]);
        let nothing = ProductFilter {
            among: Some(Vec::new()),
            ..within(shelf)
        };
        assert_eq!(tally(world, nothing).await, Tally::default());
    });
}

/// The rows that the index holds of a product.
async fn rows(world: &World, id: ProductId) -> Vec<(String, String)> {
    let read = world.ctx.read(async move |rx, _| {
        let sql =
            "SELECT facet, value FROM product_facets WHERE product_id = $1 ORDER BY facet, value";
        let rows = rx.rows(sql, platform::params![id]).await?;
        rows.iter()
            .map(|row| Ok((row.get("facet")?, row.get("value")?)))
            .collect::<Result<Vec<(String, String)>, CatalogError>>()
    });
    read.await.unwrap()
}

/// CAT-01: what a product says is found in the transaction that says it, and a value of the wrong kind is refused with
/// nothing written.
#[test]
fn the_rows_follow_the_product() {
    testkit::run(async |world| {
        let shelf = shelf(world).await;
        let id = on_sale(world, goods("a", shelf, "山陽", &["春茶"], "light", 300)).await;
        let write = async |attributes: Vec<Attribute>| {
            world
                .ctx
                .write(async move |tx, ctx| {
                    product::update_attributes(tx, ctx, id, attributes.clone()).await
                })
                .await
        };
        let words = Attribute {
            code: "capacity".into(),
            value: Texts::default().into(),
        };
        assert_eq!(
            write(vec![words]).await.unwrap_err().key(),
            "error-attribute-number"
        );
        assert_eq!(
            write(vec![roast("burnt")]).await.unwrap_err().key(),
            "error-attribute-choice"
        );
        let sized = Attribute {
            code: "capacity".into(),
            value: AttributeValue::Number("120.0".parse().unwrap()),
        };
        write(vec![sized]).await.unwrap();
        let named = world.ctx.write(async move |tx, ctx| {
            let identity = ProductIdentity::typed(" 河岸 ", "T-1", ["送禮", "", "送禮 "]);
            product::update_identity(tx, ctx, id, identity).await
        });
        named.await.unwrap();
        let row = |facet: &str, value: &str| (facet.to_owned(), value.to_owned());
        assert_eq!(
            rows(world, id).await,
            [
                row("attribute:capacity", "120"),
                row("brand", "河岸"),
                row("tag", "送禮"),
            ]
        );
        let long = ProductIdentity::typed(&"山".repeat(81), "", []);
        let refused = world
            .ctx
            .write(async move |tx, ctx| product::update_identity(tx, ctx, id, long.clone()).await)
            .await;
        assert_eq!(refused.unwrap_err().key(), "error-name-invalid");
    });
}
