//! What must hold of the demonstration shop's content, whoever edits it next.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::pictures::{TABLE, TILE, View, banner_part_svg, banner_svg, product_svg};

fn shop() -> DemoShop {
    demo_shop().expect("shop.json fits its types")
}

/// Asserts that no two of the names are the same.
fn assert_unique<'a>(what: &str, names: impl Iterator<Item = &'a str>) {
    let mut seen = HashSet::new();
    for name in names {
        assert!(seen.insert(name.to_owned()), "{what} {name} occurs twice");
    }
    assert!(!seen.is_empty(), "there is no {what}");
}

/// CAT-01: handles, SKUs and barcodes name one thing each.
#[test]
fn names_are_unique() {
    let shop = shop();
    assert_unique(
        "product",
        shop.products.iter().map(|product| product.handle.as_str()),
    );
    assert_unique(
        "collection",
        shop.collections
            .iter()
            .map(|collection| collection.handle.as_str()),
    );
    assert_unique(
        "SKU",
        shop.products
            .iter()
            .flat_map(|product| &product.variants)
            .map(|variant| variant.sku.as_str()),
    );
    assert_unique(
        "barcode",
        shop.products
            .iter()
            .flat_map(|product| &product.variants)
            .map(|variant| variant.barcode.as_str()),
    );
    assert_unique(
        "seed",
        shop.products
            .iter()
            .map(|product| product.picture.seed.to_string())
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str),
    );
}

/// CAT-01: the range is that of a small shop: tea, teaware and gifts, with variants.
#[test]
fn the_range_is_complete() {
    let shop = shop();
    let in_collection = |handle: &str| {
        shop.products
            .iter()
            .filter(|product| product.collections.iter().any(|name| name == handle))
            .count()
    };
    assert!(
        (38..=45).contains(&shop.products.len()),
        "{} products",
        shop.products.len()
    );
    assert!(
        in_collection("tea") >= 22 && in_collection("teaware") >= 12 && in_collection("gifts") >= 3
    );
    for collection in &shop.collections {
        assert!(
            in_collection(&collection.handle) > 0,
            "{} is empty",
            collection.handle
        );
    }
}

/// CAT-01: every barcode is an EAN-13 of the Taiwanese prefix with a right check digit.
#[test]
fn barcodes_check() {
    for variant in shop().products.iter().flat_map(|product| &product.variants) {
        let digits: Vec<u32> = variant
            .barcode
            .chars()
            .filter_map(|digit| digit.to_digit(10))
            .collect();
        assert_eq!(
            (digits.len(), variant.barcode.len()),
            (13, 13),
            "{}",
            variant.barcode
        );
        assert!(variant.barcode.starts_with("471"), "{}", variant.barcode);
        let sum: u32 = digits
            .iter()
            .zip([1, 3].into_iter().cycle())
            .map(|(digit, weight)| digit * weight)
            .sum();
        assert_eq!(sum % 10, 0, "{} has a wrong check digit", variant.barcode);
    }
}

/// STF-02: the tree of collections has two levels, and every product hangs in it with the parents of its leaves.
#[test]
fn products_hang_in_the_tree() {
    let shop = shop();
    let mut parents: HashMap<&str, Option<&str>> = HashMap::new();
    for collection in &shop.collections {
        if let Some(parent) = &collection.parent {
            assert_eq!(
                parents.get(parent.as_str()),
                Some(&None),
                "{} needs a parent of the first level before it",
                collection.handle
            );
        }
        parents.insert(&collection.handle, collection.parent.as_deref());
    }
    for product in &shop.products {
        assert!(
            !product.collections.is_empty(),
            "{} is in no collection",
            product.handle
        );
        for name in &product.collections {
            let parent = parents
                .get(name.as_str())
                .unwrap_or_else(|| panic!("{}: no collection {name}", product.handle));
            assert!(
                parent.is_none_or(|parent| product.collections.iter().any(|other| other == parent)),
                "{}: {name} without its parent",
                product.handle
            );
        }
    }
}

/// GOV-08: prices are whole dollars, above cost, and earlier prices are true: higher, oldest first, each on its own day.
#[test]
fn prices_are_plausible() {
    let shop = shop();
    assert_eq!(shop.currency, "TWD");
    let mut with_history = 0;
    for variant in shop.products.iter().flat_map(|product| &product.variants) {
        assert!(
            variant.price > 0 && variant.price % 100 == 0,
            "{}: {}",
            variant.sku,
            variant.price
        );
        let (low, high) = (variant.price * 38 / 100, variant.price * 62 / 100);
        assert!(
            (low..=high).contains(&variant.cost) && variant.cost % 100 == 0,
            "{}: cost {}",
            variant.sku,
            variant.cost
        );
        for earlier in &variant.was {
            assert!(
                earlier.price > variant.price && earlier.price % 100 == 0 && earlier.days_ago > 0,
                "{}",
                variant.sku
            );
        }
        assert!(
            variant
                .was
                .windows(2)
                .all(|two| matches!(two, [older, newer] if older.days_ago > newer.days_ago)),
            "{}",
            variant.sku
        );
        with_history += usize::from(!variant.was.is_empty());
    }
    assert!(
        with_history >= 5,
        "only {with_history} variants show a compare-at price"
    );
}

/// CAT-01: every product has a data sheet, and answers only what its collections ask, each question once and in the
/// kind that it takes.
#[test]
fn sheets_answer_what_is_asked() {
    let (shop, sheets) = (shop(), demo_sheets().expect("sheets.json fits its types"));
    assert_eq!(sheets.products.len(), shop.products.len());
    for product in &shop.products {
        let asked: HashMap<&str, &DemoQuestion> = product
            .collections
            .iter()
            .filter_map(|handle| sheets.sheets.get(handle))
            .flatten()
            .map(|line| (line.code.as_str(), line))
            .collect();
        let lines = &sheets.products[&product.handle];
        assert!(lines.len() >= 3, "{}", product.handle);
        assert_unique(&product.handle, lines.iter().map(|line| line.code.as_str()));
        for line in lines {
            let code = line.code.as_str();
            let Some(question) = asked.get(code) else {
                panic!("{}: nobody asks {code}", product.handle)
            };
            let fits = crate::open_shop::answered(line)
                .is_some_and(|a| crate::open_shop::asked(question).check(&a.value).is_ok());
            assert!(fits, "{}: {code} takes another answer", product.handle);
        }
    }
}

/// CAT-01: each variant answers every option of its product with a known value, no two alike.
#[test]
fn variants_answer_the_options() {
    for product in shop().products {
        assert!(
            !product.variants.is_empty() && product.popularity > 0,
            "{}",
            product.handle
        );
        for option in &product.options {
            assert_unique(
                "value",
                option.values.iter().map(|value| value.code.as_str()),
            );
        }
        assert_unique(
            "answer",
            product
                .variants
                .iter()
                .map(|variant| variant.values.join("/"))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str),
        );
        for variant in &product.variants {
            assert_eq!(
                variant.values.len(),
                product.options.len(),
                "{}",
                variant.sku
            );
            for (code, option) in variant.values.iter().zip(&product.options) {
                assert!(
                    option.values.iter().any(|value| value.code == *code),
                    "{}: {code}",
                    variant.sku
                );
            }
            assert!(
                variant.popularity > 0 && (variant.low_stock_at > 0) == variant.parts.is_empty(),
                "{}",
                variant.sku
            );
            assert!(
                variant.weight_g > 0
                    && variant.length_mm > 0
                    && variant.width_mm > 0
                    && variant.height_mm > 0,
                "{}",
                variant.sku
            );
        }
    }
}

/// INV-01: the shop opens with something sold out and something running low, so that both can be seen.
#[test]
fn some_goods_are_scarce() {
    let shop = shop();
    let variants: Vec<&DemoVariant> = shop
        .products
        .iter()
        .flat_map(|product| &product.variants)
        .filter(|variant| variant.parts.is_empty())
        .collect();
    assert!(variants.iter().any(|variant| variant.stock == 0));
    assert!(
        variants
            .iter()
            .any(|variant| variant.stock > 0 && variant.stock <= variant.low_stock_at)
    );
    assert!(
        variants
            .iter()
            .filter(|variant| variant.stock > variant.low_stock_at)
            .count()
            * 10
            > variants.len() * 8
    );
    for product in &shop.products {
        assert!(
            product
                .variants
                .iter()
                .any(|variant| variant.stock > 0 || !variant.parts.is_empty()),
            "{} cannot be bought at all",
            product.handle
        );
    }
}

/// The words of the home page and of data sheets, as [`texts`] gives them.
fn words_of_pages(shop: &DemoShop) -> Vec<(String, &'static str, String)> {
    let mut all = Vec::new();
    let mut one = |place: &str, texts: &DemoTexts| {
        all.extend(
            texts
                .by_locale()
                .map(|(locale, text)| (place.to_owned(), locale, text.clone())),
        );
    };
    one("ships from", &shop.ships_from);
    for block in [&shop.home.hero, &shop.home.story] {
        for words in [
            &block.eyebrow,
            &block.title,
            &block.text,
            &block.action,
            &block.alt,
        ] {
            one("home", words);
        }
    }
    let sheets = demo_sheets().expect("sheets.json fits its types");
    for (handle, lines) in &sheets.sheets {
        lines.iter().for_each(|line| one(handle, &line.text));
    }
    for (handle, lines) in &sheets.products {
        let words = lines.iter().filter_map(|line| line.text.as_ref());
        words.for_each(|text| one(handle, text));
    }
    all
}

/// All texts of the shop: (where, language, text).
fn texts(shop: &DemoShop) -> Vec<(String, &'static str, String)> {
    let mut all = words_of_pages(shop);
    let mut one = |place: &str, texts: &DemoTexts| {
        all.extend(
            texts
                .by_locale()
                .map(|(locale, text)| (place.to_owned(), locale, text.clone())),
        );
    };
    one("name", &shop.name);
    one("tagline", &shop.tagline);
    one("address", &shop.contact.address);
    one("hours", &shop.contact.hours);
    for promise in &shop.promises {
        one("promise", &promise.title);
        one("promise", &promise.text);
    }
    for section in &shop.story {
        one("story", &section.heading);
    }
    for collection in &shop.collections {
        one(&collection.handle, &collection.title);
        one(&collection.handle, &collection.description);
    }
    for product in &shop.products {
        one(&product.handle, &product.title);
        one(&product.handle, &product.subtitle);
        for option in &product.options {
            one(&product.handle, &option.name);
            for value in &option.values {
                one(&product.handle, &value.name);
            }
        }
    }
    let lists = shop
        .story
        .iter()
        .map(|section| ("story", &section.paragraphs))
        .chain(
            shop.products
                .iter()
                .map(|product| (product.handle.as_str(), &product.description)),
        );
    for (place, list) in lists {
        for (locale, paragraphs) in list.by_locale() {
            assert_eq!(
                paragraphs.len(),
                list.zh_hant.len(),
                "{place} {locale}: another number of paragraphs"
            );
            assert!(!paragraphs.is_empty(), "{place} {locale}: no paragraphs");
            all.extend(
                paragraphs
                    .iter()
                    .map(|text| (place.to_owned(), locale, text.clone())),
            );
        }
    }
    all
}

/// CAT-06: nothing is left untranslated, and Chinese is Chinese.
#[test]
fn every_language_is_there() {
    for (place, locale, text) in texts(&shop()) {
        assert!(
            !text.trim().is_empty() && text.trim() == text,
            "{place} {locale}: {text:?}"
        );
        let chinese = text
            .chars()
            .any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
        assert_eq!(
            chinese,
            locale != "en",
            "{place} {locale}: another language: {text}"
        );
    }
}

/// Common characters whose traditional form is never used in simplified Chinese, nor the other way round.
const TRADITIONAL: &str = "\
霧徑長從條們間舊門總會產業來問裝兩個這樣見樹為認識區峽綠魚紅親試過記與數實際壺燙蓋說賣寫進貨講療順兒經夠簡單獨紙膠滿運灣\
島結帳時動計點當現預內換損負責標處節號烏龍輕發鐵觀寬譜薩鶴風溫鮮倉餅組礦選沖聞盤補齊禮雙給愛剛場驗氣覺辦馬約園帶緩團讓湯\
黃韻頭熱鐘錯請並訴費擔遠離廚規飲軟沒澀涼趕夾斂圓針轉剝續凍頂緊穩鳳堅顯滾潤柵濃攤攪淺揚濾東蟬噴藥隨較悶編歡許機梔緬濕養檸\
將壯麥淨蓮膩鎮雜卻細壓鍋慣搖鎖濁飯鹽盡專纖維釋壇層疊篩曬圖還側視級棗爭簍陳碼檳燜鋪嚐無國對銅鑼寧螢質搶類斷驟擇異屬燒摻窯\
則張檔纏繞鏽鋼襯電爐顏網變別櫸體學縫繪議紋話蘇銀決邊跡庫調漬納車澤緞陰賀詞磚勢慶輩審彈攜敗晝歲歷殺災環禍積稱絡練織罷義習\
腦臉術詢詳誤課賬貴購賞達違遲鄉錢鏡隊險隱靜頁題額賓證書資訂報評聯應";

/// The simplified forms of the same characters, in the same order.
const SIMPLIFIED: &str = "\
雾径长从条们间旧门总会产业来问装两个这样见树为认识区峡绿鱼红亲试过记与数实际壶烫盖说卖写进货讲疗顺儿经够简单独纸胶满运湾\
岛结帐时动计点当现预内换损负责标处节号乌龙轻发铁观宽谱萨鹤风温鲜仓饼组矿选冲闻盘补齐礼双给爱刚场验气觉办马约园带缓团让汤\
黄韵头热钟错请并诉费担远离厨规饮软没涩凉赶夹敛圆针转剥续冻顶紧稳凤坚显滚润栅浓摊搅浅扬滤东蝉喷药随较闷编欢许机栀缅湿养柠\
将壮麦净莲腻镇杂却细压锅惯摇锁浊饭盐尽专纤维释坛层叠筛晒图还侧视级枣争篓陈码槟焖铺尝无国对铜锣宁萤质抢类断骤择异属烧掺窑\
则张档缠绕锈钢衬电炉颜网变别榉体学缝绘议纹话苏银决边迹库调渍纳车泽缎阴贺词砖势庆辈审弹携败昼岁历杀灾环祸积称络练织罢义习\
脑脸术询详误课账贵购赏达违迟乡钱镜队险隐静页题额宾证书资订报评联应";

/// CAT-06: no simplified form in zh-Hant, no traditional form in zh-Hans.
#[test]
fn the_scripts_are_not_mixed() {
    assert_eq!(TRADITIONAL.chars().count(), SIMPLIFIED.chars().count());
    assert!(
        TRADITIONAL
            .chars()
            .zip(SIMPLIFIED.chars())
            .all(|(traditional, simplified)| traditional != simplified)
    );
    for (place, locale, text) in texts(&shop()) {
        let foreign = match locale {
            "zh-Hant" => SIMPLIFIED,
            "zh-Hans" => TRADITIONAL,
            _ => continue,
        };
        let strays: Vec<char> = text
            .chars()
            .filter(|letter| foreign.contains(*letter))
            .collect();
        assert!(strays.is_empty(), "{place} {locale}: {strays:?} in {text}");
    }
}

/// CAT-06: the words are those of each place, not converted ones; and 綠茶 has its 绿茶.
#[test]
fn the_words_are_local() {
    let shop = shop();
    for (place, locale, text) in texts(&shop) {
        let foreign: &[&str] = match locale {
            "zh-Hant" => &["快遞", "包郵", "信息", "質量", "結算", "屏幕", "發貨"],
            "zh-Hans" => &[
                "公克", "公分", "公尺", "宅配", "超商", "资讯", "品质", "结帐", "萤幕", "回冲",
                "瓦斯",
            ],
            _ => &[],
        };
        for word in foreign {
            assert!(!text.contains(word), "{place} {locale}: {word} in {text}");
        }
    }
    let green = shop
        .products
        .iter()
        .filter(|product| product.title.zh_hant.contains("綠茶"));
    assert!(
        green.clone().count() > 0
            && green
                .clone()
                .all(|product| product.title.zh_hans.contains("绿茶"))
    );
}

/// STF-16: the promises on the page name the same figures as the shop's settings.
#[test]
fn promises_match_the_settings() {
    let shop = shop();
    assert_eq!(
        (shop.free_shipping_from, shop.dispatch_cutoff.as_str()),
        (150_000, "14:00")
    );
    let titles: Vec<&str> = shop
        .promises
        .iter()
        .map(|promise| promise.title.en.as_str())
        .collect();
    assert!(
        titles.iter().any(|title| title.contains("NT$1,500"))
            && titles.iter().any(|title| title.contains("2 p.m.")),
        "{titles:?}"
    );
}

/// CAT-05: every picture is small, whole, the same on every run, and needs nothing from outside.
#[test]
fn pictures_are_small_and_safe() {
    let shop = shop();
    let mut drawn: Vec<(String, String)> = Vec::new();
    for product in &shop.products {
        for view in [View::Main, View::Detail, View::Scene] {
            let svg = product_svg(&product.picture, view);
            assert_eq!(
                svg,
                product_svg(&product.picture, view),
                "{} differs from itself",
                product.handle
            );
            drawn.push((format!("{} {view:?}", product.handle), svg));
        }
    }
    drawn.push(("hero".to_owned(), banner_svg(&shop.hero)));
    drawn.push(("home".to_owned(), banner_part_svg(&shop.hero, TABLE)));
    drawn.extend(shop.collections.iter().map(|collection| {
        (
            collection.handle.clone(),
            banner_part_svg(&collection.banner, TILE),
        )
    }));
    for (name, svg) in drawn {
        assert!(svg.len() < 12_000, "{name}: {} bytes", svg.len());
        assert!(
            svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>"),
            "{name}"
        );
        assert_eq!(
            svg.matches("http").count(),
            1,
            "{name} refers to something outside"
        );
        assert!(
            !svg.contains("<script") && !svg.contains("NaN") && !svg.contains("inf"),
            "{name}"
        );
        for used in svg
            .split("#")
            .skip(1)
            .filter_map(|rest| rest.split([')', '"']).next())
            .filter(|id| id.len() < 4 && !id.is_empty())
        {
            assert!(
                svg.contains(&format!("id=\"{used}\"")),
                "{name} uses #{used}, which it does not define"
            );
        }
    }
}
