//! What Shopify's files become, and what becomes of goods in them.

use kernel::Money;

use super::{
    super::{
        Written,
        shopify_out::{heading, rows},
    },
    *,
};

fn write(goods: &[Goods], generation: Generation, public_url: &str) -> Vec<u8> {
    let mut file = Written::begin(Vec::new(), &heading(generation)).unwrap();
    for product in goods {
        file.add(&rows(product, public_url)).unwrap();
    }
    file.finish().unwrap()
}

const OLDER: &str = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Variant Image,Status\n\
    oolong,Oolong,<p>Round &amp; warm.</p><p>Five times.</p>,Foglane,Tea,\"tea, oolong\",TRUE,Size,75 g,OL-75,95,12,580.00,640.00,'4710000010669,https://cdn.example/1.jpg,2,A cup,https://cdn.example/4.jpg,active\n\
    oolong,,,,,,,,150 g,,180,3,1080.00,,,https://cdn.example/2.jpg,1,,https://cdn.example/2.jpg,\n\
    oolong,,,,,,,,,,,,,,,https://cdn.example/3.jpg,,,,\n\
    cup,Cup,,,,,FALSE,Title,Default Title,CUP,310,,abc,,,,,,,draft\n";

/// CAT-01: rows after the first carry variants and pictures; what has no home is said once, what is wrong by line.
#[test]
fn an_older_file_is_read() {
    let read = read(OLDER.as_bytes(), Locale::En, Currency::TWD).unwrap();
    assert_eq!((read.rows, read.goods.len()), (4, 1));
    let oolong = &read.goods[0];
    assert_eq!(oolong.state, Some(ProductState::Published));
    assert_eq!(
        oolong.description.as_ref().unwrap().get(Locale::En),
        "<p>Round &amp; warm.</p><p>Five times.</p>"
    );
    let skus: Vec<&str> = oolong.variants.iter().map(|v| v.sku.as_str()).collect();
    assert_eq!(skus, ["OL-75", "OOLONG-2"]);
    assert_eq!(
        oolong.variants[0].barcode,
        Some(Some("4710000010669".into()))
    );
    assert_eq!(
        oolong.variants[0].price,
        Some(Money::new(58_000, Currency::TWD))
    );
    assert_eq!(oolong.variants[1].option_values[0].get(Locale::En), "150 g");
    assert_eq!(oolong.brand.as_deref(), Some("Foglane"));
    assert_eq!(oolong.tags.as_deref().unwrap(), ["tea", "oolong"]);
    let pictures = oolong.pictures.as_deref().unwrap();
    let shown: Vec<(u64, String)> = pictures
        .iter()
        .map(|p| (p.line, p.source.to_string()))
        .collect();
    let address = |n: u64| format!("https://cdn.example/{n}.jpg");
    assert_eq!(
        shown,
        [
            (3, address(2)),
            (2, address(1)),
            (4, address(3)),
            (2, address(4))
        ]
    );
    let whose: Vec<&str> = pictures.iter().filter_map(|p| p.sku.as_deref()).collect();
    assert_eq!(whose, ["OOLONG-2", "", "", "OL-75"]);
    let alt = pictures[1].alt.as_ref();
    assert_eq!(alt.unwrap().get(Locale::En), "A cup");
    let said: Vec<(u64, &str, &str)> = read
        .remarks
        .iter()
        .map(|r| (r.line, r.column.as_str(), r.key))
        .collect();
    for expected in [
        (2, "Type", "csv-no-home"),
        (3, "Variant SKU", "csv-sku-made"),
        (5, "Variant Price", "csv-amount"),
    ] {
        assert!(said.contains(&expected), "{expected:?} of {said:?}");
    }
}

/// Both generations of the header carry the same goods.
#[test]
fn both_generations_say_the_same() {
    let goods = read(OLDER.as_bytes(), Locale::Hant, Currency::TWD)
        .unwrap()
        .goods;
    let both = [Generation::Older, Generation::Newer].map(|made| {
        let file = write(&goods, made, "https://shop.example");
        assert_eq!(generation(&file), Some(made));
        let again = read(&file, Locale::Hant, Currency::TWD).unwrap();
        assert_eq!(write(&again.goods, made, "https://shop.example"), file);
        again.goods
    });
    assert_eq!(both[0], both[1]);
}

/// CAT-01: a picture that several variants have shows the product.
#[test]
fn a_shared_picture_shows_the_product() {
    let file = "Handle,Title,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Variant Image\n\
        cup,Cup,TRUE,Colour,White,CUP-W,100,https://cdn.example/1.jpg,https://cdn.example/1.jpg\n\
        cup,,,,Blue,CUP-B,100,,https://cdn.example/1.jpg\n";
    let read = read(file.as_bytes(), Locale::En, Currency::TWD).unwrap();
    let pictures = read.goods[0].pictures.as_deref().unwrap();
    assert_eq!(pictures.len(), 1);
    assert_eq!(pictures[0].sku.as_deref(), Some(""));
}
