//! The warehouse of the demo shop as a newcomer finds it: goods with their shelves, a second place in the south, goods
//! on their way there, and a draft.

use inventory::{
    Level, location,
    location::{Area, PlaceDraft},
    stock::{self, StockFilter},
    transfer::{self, Arrival, TransferDraft},
};
use kernel::{Address, LocationId, VariantId};
use operations::{
    FlowError,
    packing::{GiftWrap, Packing},
};
use platform::{Ctx, Tx};

use crate::SimulationError;

/// The code of the second place.
const SOUTH: &str = "south";
/// Kinds of goods that get a shelf.
const SHELVES: i64 = 200;
/// From so many units on a kind of goods can spare some.
const PLENTY: i64 = 100;
/// Units of each kind that move.
const UNITS: i64 = 6;
/// Kinds of goods on a shelf.
const ON_A_SHELF: usize = 8;

/// Furnishes the warehouse, in one transaction.
pub(crate) async fn furnish(ctx: &Ctx) -> Result<(), SimulationError> {
    Ok(ctx
        .write(async |tx, ctx| {
            if location::by_code(tx, SOUTH).await?.is_some() {
                return Ok(());
            }
            let main = location::first(tx).await?;
            let goods = stock::list(tx, &StockFilter::default(), None, SHELVES).await?;
            let mut spare = Vec::new();
            for (n, row) in goods.items.iter().enumerate() {
                let shelf = format!("{}-{:02}", letter(n), n % ON_A_SHELF + 1);
                stock::set_shelf(tx, ctx, row.level.variant_id, main, &shelf).await?;
                spare.extend(to_spare(&row.level, main));
            }
            let south = location::add(tx, ctx, &south()).await?;
            move_goods(tx, ctx, (main, south), &spare).await?;
            Ok::<_, FlowError>(())
        })
        .await?)
}

fn letter(n: usize) -> char {
    let index = u8::try_from(n / ON_A_SHELF % 26).unwrap_or_default();
    char::from(b'A' + index)
}

/// A variant of which the first place has plenty.
fn to_spare(level: &Level, main: LocationId) -> Option<VariantId> {
    (level.location_id == main && level.available >= PLENTY).then_some(level.variant_id)
}

fn south() -> PlaceDraft {
    PlaceDraft {
        code: SOUTH.to_owned(),
        name: "高雄倉".to_owned(),
        address: Address {
            name: "高雄倉".to_owned(),
            phone: "0712345678".to_owned(),
            country: "TW".to_owned(),
            postal_code: "806".to_owned(),
            region: "高雄市".to_owned(),
            city: "前鎮區".to_owned(),
            line1: "港口路 5 號".to_owned(),
            ..Address::default()
        },
        priority: 10,
        serves: vec![Area {
            country: "TW".to_owned(),
            regions: vec!["高雄市".to_owned(), "屏東縣".to_owned()],
        }],
        ships: true,
    }
}

/// One transfer that has arrived in part, and one that nobody has sent yet.
async fn move_goods(
    tx: &mut Tx,
    ctx: &Ctx,
    (from, to): (LocationId, LocationId),
    spare: &[VariantId],
) -> Result<(), FlowError> {
    let draft = |note: &str, goods: &[VariantId]| TransferDraft {
        from,
        to,
        note: note.to_owned(),
        lines: goods.iter().map(|variant| (*variant, UNITS)).collect(),
    };
    let Some((sent, rest)) = spare.split_at_checked(3) else {
        return Ok(());
    };
    let id = transfer::create(tx, ctx, &draft("南部檔期備貨", sent)).await?;
    transfer::send(tx, ctx, id).await?;
    let arrived = Arrival {
        arrived: sent
            .iter()
            .take(1)
            .map(|variant| (*variant, UNITS))
            .collect(),
        effect_key: "demonstration".to_owned(),
        ..Arrival::default()
    };
    transfer::receive(tx, ctx, id, &arrived).await?;
    if let Some(next) = rest.get(..2) {
        transfer::create(tx, ctx, &draft("", next)).await?;
    }
    Ok(())
}

/// How the shop packs, and that it wraps presents.
pub(crate) fn packing() -> Packing {
    let texts = |hant: &str, hans: &str, en: &str| {
        kernel::Texts(
            [
                (kernel::Locale::Hant, hant.to_owned()),
                (kernel::Locale::Hans, hans.to_owned()),
                (kernel::Locale::En, en.to_owned()),
            ]
            .into(),
        )
    };
    Packing {
        instructions: texts(
            "茶罐先包氣泡紙，空隙塞滿牛皮紙。\n外箱一律用素面牛皮箱，封箱膠帶一道。\n每箱放一張茶卡。",
            "茶罐先裹气泡膜，空隙塞满牛皮纸。\n外箱统一用素面牛皮箱，封箱胶带一道。\n每箱放一张茶卡。",
            "Wrap each caddy in bubble film and fill the gaps with kraft paper.\nPlain kraft boxes, one strip of tape.\nOne tea card in every box.",
        ),
        thanks: texts(
            "謝謝您選了我們的茶，祝您喝得開心。",
            "感谢您选择我们的茶，祝您品得开心。",
            "Thank you for choosing our tea. Enjoy every cup.",
        ),
        gift_wrap: GiftWrap {
            offered: true,
            price: 6_000,
            words: texts(
                "和紙包裝，繫上棉繩與一小枝乾燥茶花。",
                "和纸包装，系上棉绳和一小枝干茶花。",
                "Washi paper, a cotton cord and a sprig of dried tea blossom.",
            ),
        },
    }
}
