//! What people see and look at: cards shown at other places, the page they land on, what they look at, what they ask.
//!
//! Everything here becomes page events, but for a question through the contact form, which is a command of its own.

use customers::inquiry::{self, NewInquiry};
use insight::{
    Utm,
    events::{ContactClicked, PageViewed, ProductListViewed, ProductViewed, ProductsSearched},
};
use kernel::{ProductId, Timestamp, event};
use operations::FlowError;
use platform::{
    Ctx, Visit,
    db::Value,
    events::{Event, bulk_row},
};
use rand::{Rng, rngs::StdRng};

use crate::{
    crowd::Source,
    shelves::Shelves,
    visit::{Outcome, Step, Visiting},
};

/// Chance of somebody who looked around to ask something, in thousandths.
const ASKS: u32 = 125;
/// Of those who ask, who write rather than call or chat, in thousandths.
const WRITES: u32 = 380;

/// Questions as people type them, each with what staff answer.
const QUESTIONS: [(&str, &str); 10] = [
    (
        "請問這款茶現在訂，星期五前可以收到嗎？要送人的。",
        "您好，下午兩點前完成付款當日就會出貨，本島一到兩個工作天送達，星期五前來得及。",
    ),
    (
        "想請教這支適合冷泡嗎？水和茶葉的比例怎麼抓？",
        "您好，很適合。10 公克配 1 公升冷開水，冷藏六到八小時後把茶葉濾出即可。",
    ),
    (
        "第一次買高山茶，想找不苦澀的，請問有推薦哪一款？",
        "您好，建議從阿里山高山烏龍或金萱開始，水溫 90 到 95 度、浸一分鐘以內就不容易澀。",
    ),
    (
        "請問可以幫忙寫卡片並且不附價目嗎？收件人是長輩。",
        "您好，可以的。結帳時把賀詞填在禮物留言，我們手寫在卡片上，盒內不放價目。",
    ),
    (
        "請問壺的實際容量是多少？一個人用會不會太大？",
        "您好，頁面上寫的是到壺口的容量，實際沖泡約八分滿。一個人用 120 毫升左右最剛好。",
    ),
    (
        "公司送禮大約需要三十盒，請問有企業訂購的價格嗎？",
        "您好，三十盒以上我們另外報價，也可以分寄不同地址。請告訴我們款式與希望到貨的日期。",
    ),
    (
        "請問茶葉的保存期限多久？開封後要放冰箱嗎？",
        "您好，未拆封兩年，綠茶一年。開封後密封避光放陰涼處即可，綠茶可以冷藏並盡快喝完。",
    ),
    (
        "請問出貨用什麼包裝？杯子會不會容易破？",
        "您好，茶器用雙層紙材固定。萬一到貨時有破損，七日內附照片告訴我們，補寄或退款由您選擇。",
    ),
    (
        "想買給懷孕的太太，請問有不含咖啡因的茶嗎？",
        "您好，洋甘菊檸檬草茶與杭菊枸杞茶都沒有茶葉，不含咖啡因。飲用前仍請詢問醫師的意見。",
    ),
    (
        "請問門市可以試喝嗎？需不需要先預約？",
        "您好，週二至週日十點到六點都可以來試喝，四位以上請先打電話，我們把座位留給您。",
    ),
];

/// A card that was shown at another place: to people who went on, and to the one who came.
pub(crate) fn shown(
    ctx: &Ctx,
    source: &'static Source,
    product: ProductId,
    at: Timestamp,
    luck: &mut StdRng,
) -> Vec<Vec<Value>> {
    let list = ProductListViewed {
        list: format!("placement:{}", source.code),
        products: vec![product],
        places: Vec::new(),
    };
    (1..source.shown(luck))
        .map(|_| {
            let someone = Visit {
                visitor: kernel::VisitorId::new(),
                session: kernel::SessionId::new(),
                source: source.code.into(),
                device: source.device(luck).into(),
            };
            let at = at.plus_seconds(-luck.random_range(0..2 * 3_600));
            let ctx = ctx.during(Some(someone));
            bulk_row(&ctx, at, Event::new(event::PRODUCT_LIST_VIEWED, &list))
        })
        .collect()
}

impl Visiting {
    /// The page that the visit begins with, and for those who stay, everything until they have something in hand.
    pub(crate) fn browse(&mut self, ctx: &Ctx, shelves: &Shelves, at: Timestamp) -> Outcome {
        let mut seen = Seen {
            ctx,
            now: at,
            events: Vec::new(),
        };
        let mut liked = self.land(&mut seen, shelves);
        if self.chance(self.person.bounces()) {
            return seen.end(Vec::new());
        }
        if self.chance(120) {
            seen.now = self.later(seen.now, 5, 40);
            seen.note(Event::new(event::PRODUCTS_SEARCHED, &self.search()));
        }
        let looks = if self.chance(220) {
            0
        } else {
            self.luck.random_range(1..=5)
        };
        for _ in 0..looks {
            seen.now = self.later(seen.now, 8, 90);
            let index = shelves.any(&mut self.luck);
            if let Some(index) = index.filter(|index| seen.open(shelves, *index, None)) {
                liked = Some(index);
            }
        }
        let Some(liked) = liked else {
            return seen.end(Vec::new());
        };
        let mut next = Vec::new();
        let asks = self.chance(ASKS);
        if asks {
            seen.now = self.later(seen.now, 10, 60);
            if self.chance(WRITES) {
                next.push((self.later(seen.now, 40, 200), Step::Ask));
            } else {
                self.click(&mut seen);
            }
        }
        if self.chance(self.person.eager(asks)) {
            let (soon, late) = if asks { (300, 1_500) } else { (10, 120) };
            next.push((self.later(seen.now, soon, late), Step::Add(liked)));
        }
        seen.end(next)
    }

    /// The first page: the product that a card led to, or the home page with its cards.
    fn land(&mut self, seen: &mut Seen<'_>, shelves: &Shelves) -> Option<usize> {
        let source = self.person.source;
        if let Some(index) = self.landing
            && let Some(shelf) = shelves.get(index)
        {
            let card = ProductListViewed {
                list: format!("placement:{}", source.code),
                products: vec![shelf.product],
                places: Vec::new(),
            };
            seen.note(Event::new(event::PRODUCT_LIST_VIEWED, &card));
        }
        if source.to_product
            && let Some(index) = self.landing
        {
            return seen.open(shelves, index, Some(source)).then_some(index);
        }
        seen.page("/", Some(source));
        let cards = self.luck.random_range(4..=10);
        let list = ProductListViewed {
            list: "home-hot".into(),
            products: (0..cards)
                .filter_map(|_| shelves.any(&mut self.luck))
                .filter_map(|index| shelves.get(index))
                .map(|shelf| shelf.product)
                .collect(),
            places: Vec::new(),
        };
        seen.note(Event::new(event::PRODUCT_LIST_VIEWED, &list));
        None
    }

    fn search(&mut self) -> ProductsSearched {
        let words = [
            ("烏龍", 9),
            ("茶壺", 5),
            ("紅茶", 6),
            ("禮盒", 4),
            ("冷泡", 8),
        ];
        let (query, results) = words
            .get(self.luck.random_range(0..words.len()))
            .copied()
            .unwrap_or(("茶", 20));
        ProductsSearched {
            query: query.into(),
            results,
        }
    }

    /// Calls, chats, or opens the mail program.
    fn click(&mut self, seen: &mut Seen<'_>) {
        let channel = match self.luck.random_range(0..100) {
            0..62 => "line",
            62..85 => "phone",
            _ => "email",
        };
        let asked = ContactClicked {
            channel: channel.into(),
            path: "/contact".into(),
        };
        seen.note(Event::new(event::INQUIRY_STARTED, &asked));
    }

    /// Writes to the shop; staff answer most of it in their next hours.
    pub(crate) async fn ask(&mut self, ctx: &Ctx, at: Timestamp) -> Result<Outcome, FlowError> {
        let Some(email) = self.person.email() else {
            return Ok(Outcome::end());
        };
        let number = self.luck.random_range(0..QUESTIONS.len());
        let Some((question, answer)) = QUESTIONS.get(number).copied() else {
            return Ok(Outcome::end());
        };
        let new = NewInquiry {
            name: self.person.name(),
            email,
            message: question.to_owned(),
            order_number: None,
        };
        let write = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(inquiry::record(tx, ctx, new.clone()).await?)
        });
        let id = write.await?;
        Ok(if self.chance(880) {
            Outcome::then(self.at_work(at), Step::Answer(id, answer))
        } else {
            Outcome::end()
        })
    }
}

/// What a visit has seen so far.
struct Seen<'a> {
    ctx: &'a Ctx,
    now: Timestamp,
    events: Vec<Vec<Value>>,
}

impl Seen<'_> {
    fn note(&mut self, event: Event) {
        self.events.push(bulk_row(self.ctx, self.now, event));
    }

    /// Opens a page, led by `source` where it is the first one.
    fn page(&mut self, path: &str, source: Option<&Source>) {
        let tags = source.and_then(|s| s.tags);
        let page = PageViewed {
            path: path.to_owned(),
            referrer: source.and_then(|s| s.referrer).map(str::to_owned),
            utm: Utm {
                source: tags.map(|t| t.0.to_owned()),
                medium: tags.map(|t| t.1.to_owned()),
                ..Utm::default()
            },
        };
        self.note(Event::new(event::PAGE_VIEWED, &page));
    }

    /// Opens the page of a product; false where there is none.
    fn open(&mut self, shelves: &Shelves, index: usize, source: Option<&Source>) -> bool {
        let Some(shelf) = shelves.get(index) else {
            return false;
        };
        self.page(&format!("/products/{}", shelf.handle), source);
        let viewed = ProductViewed {
            handle: shelf.handle.clone(),
        };
        self.note(Event::new(event::PRODUCT_VIEWED, &viewed).about(shelf.product));
        true
    }

    fn end(self, next: Vec<(Timestamp, Step)>) -> Outcome {
        Outcome {
            next,
            events: self.events,
        }
    }
}
