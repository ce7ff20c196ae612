//! The words that titles of an assortment are put together from: what there is, where it is from, how it is made.

/// A word in traditional Chinese, simplified Chinese and English.
pub(super) type Word = (&'static str, &'static str, &'static str);

/// A kind of goods: where it hangs in the shop, and the words and figures its products are made of.
#[derive(Debug)]
pub(super) struct Kind {
    /// Handle of its collection.
    pub(super) collection: &'static str,
    /// Beginning of its SKUs.
    pub(super) code: &'static str,
    /// How many of a hundred products are of this kind.
    pub(super) share: usize,
    /// What it is.
    pub(super) names: &'static [Word],
    /// Where it is from.
    pub(super) places: &'static [Word],
    /// How it is made.
    pub(super) makings: &'static [Word],
    /// What sets it apart: season, year, pattern, occasion.
    pub(super) marks: &'static [Word],
    /// What its variants differ in.
    pub(super) option: Word,
    /// What can be chosen, each with its price in percent of the first and its weight in grams.
    pub(super) choices: &'static [(Word, i64, i64)],
    /// Lowest and highest price of the first choice, in whole dollars.
    pub(super) dollars: (i64, i64),
    /// What is said about all of the kind.
    pub(super) about: Word,
}

const TEA_PLACES: &[Word] = &[
    ("鹿谷", "鹿谷", "Lugu"),
    ("坪林", "坪林", "Pinglin"),
    ("梨山", "梨山", "Lishan"),
    ("名間", "名间", "Mingjian"),
    ("三峽", "三峡", "Sanxia"),
    ("魚池", "鱼池", "Yuchi"),
    ("竹山", "竹山", "Zhushan"),
    ("梅山", "梅山", "Meishan"),
    ("瑞里", "瑞里", "Ruili"),
    ("石碇", "石碇", "Shiding"),
    ("峨眉", "峨眉", "Emei"),
    ("北埔", "北埔", "Beipu"),
    ("龍潭", "龙潭", "Longtan"),
    ("瑞穗", "瑞穗", "Ruisui"),
    ("鹿野", "鹿野", "Luye"),
    ("仁愛", "仁爱", "Ren'ai"),
];

const YUNNAN: &[Word] = &[
    ("易武", "易武", "Yiwu"),
    ("勐海", "勐海", "Menghai"),
    ("布朗", "布朗", "Bulang"),
    ("景邁", "景迈", "Jingmai"),
    ("南糯", "南糯", "Nannuo"),
    ("臨滄", "临沧", "Lincang"),
];

const KILNS: &[Word] = &[
    ("鶯歌", "莺歌", "Yingge"),
    ("宜興", "宜兴", "Yixing"),
    ("德化", "德化", "Dehua"),
    ("龍泉", "龙泉", "Longquan"),
    ("建陽", "建阳", "Jianyang"),
    ("潮州", "潮州", "Chaozhou"),
    ("常滑", "常滑", "Tokoname"),
    ("有田", "有田", "Arita"),
];

const SEASONS: &[Word] = &[
    ("春茶", "春茶", "Spring Harvest"),
    ("夏茶", "夏茶", "Summer Harvest"),
    ("秋茶", "秋茶", "Autumn Harvest"),
    ("冬茶", "冬茶", "Winter Harvest"),
    ("冬片", "冬片", "Winter Sprout"),
    ("早春", "早春", "Early Spring"),
];

const GLAZES: &[Word] = &[
    ("青瓷", "青瓷", "Celadon"),
    ("白瓷", "白瓷", "White Porcelain"),
    ("汝釉", "汝釉", "Ru-Glazed"),
    ("天目", "天目", "Tenmoku"),
    ("粗陶", "粗陶", "Stoneware"),
    ("柴燒", "柴烧", "Wood-Fired"),
    ("青花", "青花", "Blue-and-White"),
    ("岩礦", "岩矿", "Mineral Clay"),
];

const PATTERNS: &[Word] = &[
    ("素面", "素面", "Plain"),
    ("蓮瓣", "莲瓣", "Lotus Petals"),
    ("山水", "山水", "Landscape"),
    ("竹節", "竹节", "Bamboo Joints"),
    ("梅花", "梅花", "Plum Blossom"),
    ("跳刀", "跳刀", "Chattered"),
    ("開片", "开片", "Crackled"),
    ("手繪", "手绘", "Hand-Painted"),
];

const OCCASIONS: &[Word] = &[
    ("春節", "春节", "Lunar New Year"),
    ("端午", "端午", "Dragon Boat Festival"),
    ("中秋", "中秋", "Mid-Autumn"),
    ("謝師", "谢师", "For Teachers"),
    ("新婚", "新婚", "For a Wedding"),
    ("伴手", "伴手", "For a Visit"),
];

pub(super) const WEIGHT: Word = ("份量", "份量", "Weight");
const CAPACITY: Word = ("容量", "容量", "Capacity");
const SIZE: Word = ("尺寸", "尺寸", "Size");
const COLOUR: Word = ("顏色", "颜色", "Colour");

const TEA_SIZES: &[(Word, i64, i64)] = &[
    (("50 公克", "50克", "50 g"), 100, 68),
    (("75 公克", "75克", "75 g"), 140, 95),
    (("150 公克", "150克", "150 g"), 260, 176),
    (("300 公克", "300克", "300 g"), 490, 340),
];
const BOX_COLOURS: &[(Word, i64, i64)] = &[
    (("松綠", "松绿", "Pine"), 100, 620),
    (("磚紅", "砖红", "Brick"), 100, 620),
    (("靛藍", "靛蓝", "Indigo"), 100, 620),
    (("米白", "米白", "Rice"), 100, 620),
];

const ABOUT_TEA: Word = (
    "馬克杯：3 公克配 200 毫升熱水，浸 2 到 3 分鐘；冷泡：10 公克配 1 公升冷開水，冷藏六小時。開封後請密封避光存放。",
    "马克杯：3克配200毫升热水，浸2到3分钟；冷泡：10克配1升凉白开，冷藏六小时。开封后请密封避光存放。",
    "In a mug: 3 g to 200 ml of hot water, two to three minutes. Cold: 10 g to a litre of water, six hours in the \
     refrigerator. Keep sealed and away from light.",
);
const ABOUT_WARE: Word = (
    "手工器物的釉色與尺寸略有差異，不屬瑕疵；請以清水手洗，自然晾乾。出貨以雙層紙材固定。",
    "手工器物的釉色与尺寸略有差异，不属瑕疵；请用清水手洗，自然晾干。发货以双层纸材固定。",
    "Colour and size of handmade ware differ a little from piece to piece. Rinse by hand and let it dry. Packed in two \
     layers of paper.",
);
const ABOUT_GIFT: Word = (
    "結帳時可留一段賀詞，我們寫在小卡上隨盒附上，盒內不放價目。",
    "结算时可留一段贺词，我们写在小卡上随盒附上，盒内不放价目。",
    "Leave a few words at checkout: we write them on a card inside the box, and put no prices in it.",
);

/// Every kind; the shares add up to a hundred.
pub(super) static KINDS: [Kind; 11] = [
    Kind {
        collection: "oolong",
        code: "OL",
        share: 26,
        names: &[
            ("烏龍茶", "乌龙茶", "Oolong"),
            ("烏龍茶包", "乌龙茶包", "Oolong Tea Bags"),
            ("高山烏龍", "高山乌龙", "High-Mountain Oolong"),
            ("金萱烏龍", "金萱乌龙", "Jin Xuan Oolong"),
            ("青心烏龍", "青心乌龙", "Qingxin Oolong"),
            ("翠玉烏龍", "翠玉乌龙", "Cuiyu Oolong"),
        ],
        places: TEA_PLACES,
        makings: &[
            ("輕焙", "轻焙", "Light Roast"),
            ("中焙", "中焙", "Medium Roast"),
            ("炭焙", "炭焙", "Charcoal Roast"),
            ("清香", "清香", "Fragrant"),
            ("熟香", "熟香", "Mellow"),
            ("手採", "手采", "Hand-Picked"),
            ("原葉", "原叶", "Whole-Leaf"),
            ("老欉", "老丛", "Old-Bush"),
        ],
        marks: SEASONS,
        option: WEIGHT,
        choices: TEA_SIZES,
        dollars: (220, 980),
        about: ABOUT_TEA,
    },
    Kind {
        collection: "black",
        code: "BK",
        share: 18,
        names: &[
            ("紅茶", "红茶", "Black Tea"),
            ("紅茶茶包", "红茶茶包", "Black Tea Bags"),
            ("蜜香紅茶", "蜜香红茶", "Honey-Scented Black Tea"),
            ("大葉紅茶", "大叶红茶", "Large-Leaf Black Tea"),
            ("小葉紅茶", "小叶红茶", "Small-Leaf Black Tea"),
            ("早餐紅茶", "早餐红茶", "Breakfast Black Tea"),
        ],
        places: TEA_PLACES,
        makings: &[
            ("手採", "手采", "Hand-Picked"),
            ("原葉", "原叶", "Whole-Leaf"),
            ("花香", "花香", "Flowery"),
            ("果香", "果香", "Fruity"),
            ("麥香", "麦香", "Malty"),
            ("老欉", "老丛", "Old-Bush"),
            ("條索", "条索", "Twisted-Leaf"),
            ("全發酵", "全发酵", "Fully Oxidised"),
        ],
        marks: SEASONS,
        option: WEIGHT,
        choices: TEA_SIZES,
        dollars: (180, 760),
        about: ABOUT_TEA,
    },
    Kind {
        collection: "green",
        code: "GN",
        share: 16,
        names: &[
            ("綠茶", "绿茶", "Green Tea"),
            ("綠茶茶包", "绿茶茶包", "Green Tea Bags"),
            ("碧螺春綠茶", "碧螺春绿茶", "Biluochun Green Tea"),
            ("龍井綠茶", "龙井绿茶", "Longjing Green Tea"),
            ("雲霧綠茶", "云雾绿茶", "Cloud-and-Mist Green Tea"),
            ("煎茶綠茶", "煎茶绿茶", "Sencha Green Tea"),
        ],
        places: TEA_PLACES,
        makings: &[
            ("手採", "手采", "Hand-Picked"),
            ("原葉", "原叶", "Whole-Leaf"),
            ("炒菁", "炒青", "Pan-Fired"),
            ("蒸菁", "蒸青", "Steamed"),
            ("豆香", "豆香", "Chestnut-Scented"),
            ("嫩芽", "嫩芽", "Tender-Bud"),
            ("清香", "清香", "Fragrant"),
            ("細嫩", "细嫩", "Fine-Leaf"),
        ],
        marks: SEASONS,
        option: WEIGHT,
        choices: TEA_SIZES,
        dollars: (180, 680),
        about: ABOUT_TEA,
    },
    Kind {
        collection: "puer-dark",
        code: "PE",
        share: 7,
        names: &[
            ("普洱茶", "普洱茶", "Pu'er"),
            ("普洱生茶", "普洱生茶", "Raw Pu'er"),
            ("普洱熟茶", "普洱熟茶", "Ripe Pu'er"),
            ("普洱小沱", "普洱小沱", "Pu'er Mini Tuo"),
        ],
        places: YUNNAN,
        makings: &[
            ("古樹", "古树", "Old-Tree"),
            ("喬木", "乔木", "Arbor"),
            ("陳年", "陈年", "Aged"),
            ("乾倉", "干仓", "Dry-Stored"),
            ("石磨", "石磨", "Stone-Pressed"),
            ("手工", "手工", "Handmade"),
            ("陳香", "陈香", "Mellow"),
            ("大葉", "大叶", "Large-Leaf"),
        ],
        marks: &[
            ("2012 年", "2012年", "2012"),
            ("2013 年", "2013年", "2013"),
            ("2014 年", "2014年", "2014"),
            ("2015 年", "2015年", "2015"),
            ("2016 年", "2016年", "2016"),
            ("2017 年", "2017年", "2017"),
            ("2018 年", "2018年", "2018"),
            ("2019 年", "2019年", "2019"),
        ],
        option: WEIGHT,
        choices: &[
            (("100 公克", "100克", "100 g"), 100, 128),
            (("200 公克", "200克", "200 g"), 185, 240),
            (("357 公克", "357克", "357 g"), 310, 410),
        ],
        dollars: (280, 1_200),
        about: ABOUT_TEA,
    },
    Kind {
        collection: "floral",
        code: "FL",
        share: 10,
        names: &[
            ("茉莉花茶", "茉莉花茶", "Jasmine Tea"),
            ("茉莉綠茶", "茉莉绿茶", "Jasmine Green Tea"),
            ("桂花烏龍", "桂花乌龙", "Osmanthus Oolong"),
            ("玫瑰紅茶", "玫瑰红茶", "Rose Black Tea"),
            ("柚花烏龍", "柚花乌龙", "Pomelo Blossom Oolong"),
            ("花草茶包", "花草茶包", "Herbal Tea Bags"),
        ],
        places: TEA_PLACES,
        makings: &[
            ("三窨", "三窨", "Thrice-Scented"),
            ("五窨", "五窨", "Five-Times-Scented"),
            ("鮮花", "鲜花", "Fresh-Flower"),
            ("手採", "手采", "Hand-Picked"),
            ("原葉", "原叶", "Whole-Leaf"),
            ("清香", "清香", "Fragrant"),
            ("濃香", "浓香", "Rich"),
            ("輕焙", "轻焙", "Light Roast"),
        ],
        marks: SEASONS,
        option: WEIGHT,
        choices: TEA_SIZES,
        dollars: (160, 620),
        about: ABOUT_TEA,
    },
    Kind {
        collection: "teapots",
        code: "TP",
        share: 6,
        names: &[
            ("茶壺", "茶壶", "Teapot"),
            ("側把壺", "侧把壶", "Side-Handled Pot"),
            ("提梁壺", "提梁壶", "Overhead-Handled Pot"),
            ("石瓢壺", "石瓢壶", "Shipiao Pot"),
            ("水平壺", "水平壶", "Shuiping Pot"),
        ],
        places: KILNS,
        makings: GLAZES,
        marks: PATTERNS,
        option: CAPACITY,
        choices: &[
            (("120 毫升", "120毫升", "120 ml"), 100, 420),
            (("180 毫升", "180毫升", "180 ml"), 120, 480),
            (("260 毫升", "260毫升", "260 ml"), 150, 620),
        ],
        dollars: (880, 3_600),
        about: ABOUT_WARE,
    },
    Kind {
        collection: "gaiwans",
        code: "GW",
        share: 4,
        names: &[
            ("蓋碗", "盖碗", "Gaiwan"),
            ("三才蓋碗", "三才盖碗", "Three-Piece Gaiwan"),
            ("旅行蓋碗", "旅行盖碗", "Travel Gaiwan"),
            ("手抓蓋碗", "手抓盖碗", "Handled Gaiwan"),
        ],
        places: KILNS,
        makings: GLAZES,
        marks: PATTERNS,
        option: CAPACITY,
        choices: &[
            (("100 毫升", "100毫升", "100 ml"), 100, 290),
            (("130 毫升", "130毫升", "130 ml"), 115, 330),
            (("160 毫升", "160毫升", "160 ml"), 130, 380),
        ],
        dollars: (480, 1_600),
        about: ABOUT_WARE,
    },
    Kind {
        collection: "cups",
        code: "CP",
        share: 5,
        names: &[
            ("茶杯", "茶杯", "Tea Cup"),
            ("品茗杯", "品茗杯", "Tasting Cup"),
            ("主人杯", "主人杯", "Host's Cup"),
            ("聞香杯", "闻香杯", "Aroma Cup"),
            ("馬克杯", "马克杯", "Mug"),
        ],
        places: KILNS,
        makings: GLAZES,
        marks: PATTERNS,
        option: CAPACITY,
        choices: &[
            (("40 毫升", "40毫升", "40 ml"), 100, 150),
            (("60 毫升", "60毫升", "60 ml"), 110, 190),
            (("90 毫升", "90毫升", "90 ml"), 125, 230),
            (("300 毫升", "300毫升", "300 ml"), 160, 380),
        ],
        dollars: (220, 1_200),
        about: ABOUT_WARE,
    },
    Kind {
        collection: "tea-sets",
        code: "TS",
        share: 3,
        names: &[
            ("茶盤", "茶盘", "Tea Tray"),
            ("茶海", "公道杯", "Fairness Pitcher"),
            ("茶倉", "茶仓", "Tea Caddy"),
            ("壺承", "壶承", "Pot Stand"),
            ("茶具組", "茶具套装", "Tea Set"),
        ],
        places: KILNS,
        makings: GLAZES,
        marks: PATTERNS,
        option: SIZE,
        choices: &[
            (("小", "小", "Small"), 100, 420),
            (("中", "中", "Medium"), 130, 640),
            (("大", "大", "Large"), 170, 980),
        ],
        dollars: (380, 1_800),
        about: ABOUT_WARE,
    },
    Kind {
        collection: "tea-gifts",
        code: "GT",
        share: 3,
        names: &[
            ("烏龍禮盒", "乌龙礼盒", "Oolong Gift Box"),
            ("紅茶禮盒", "红茶礼盒", "Black Tea Gift Box"),
            ("綠茶禮盒", "绿茶礼盒", "Green Tea Gift Box"),
            ("花茶禮盒", "花茶礼盒", "Scented Tea Gift Box"),
        ],
        places: TEA_PLACES,
        makings: &[
            ("單罐", "单罐", "One-Tin"),
            ("雙罐", "双罐", "Two-Tin"),
            ("四罐", "四罐", "Four-Tin"),
            ("茶包", "茶包", "Tea Bag"),
        ],
        marks: OCCASIONS,
        option: COLOUR,
        choices: BOX_COLOURS,
        dollars: (680, 1_980),
        about: ABOUT_GIFT,
    },
    Kind {
        collection: "teaware-gifts",
        code: "GS",
        share: 2,
        names: &[
            ("茶壺禮盒", "茶壶礼盒", "Teapot Gift Box"),
            ("蓋碗禮盒", "盖碗礼盒", "Gaiwan Gift Box"),
            ("對杯禮盒", "对杯礼盒", "Pair of Cups Gift Box"),
        ],
        places: KILNS,
        makings: GLAZES,
        marks: OCCASIONS,
        option: COLOUR,
        choices: BOX_COLOURS,
        dollars: (980, 3_200),
        about: ABOUT_GIFT,
    },
];
