//! What the examples of letters say, in each language.

use kernel::Locale;

/// Words of the examples in one language.
pub(crate) struct Words {
    pub(crate) shop: &'static str,
    pub(crate) hours: &'static str,
    pub(crate) buyer: &'static str,
    pub(crate) goods: [(&'static str, &'static str); 2],
    pub(crate) delivery: &'static str,
    pub(crate) courier: &'static str,
    pub(crate) address: &'static str,
    pub(crate) bank: &'static str,
    pub(crate) gift: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) delay: &'static str,
    pub(crate) question: &'static str,
    pub(crate) answer: &'static str,
}

pub(crate) const fn words(locale: Locale) -> Words {
    match locale {
        Locale::Hant => Words {
            shop: "山間茶行",
            hours: "週一至週五 9:00–18:00",
            buyer: "林小姐",
            goods: [("阿里山高山烏龍", "150 克 / 中焙火"), ("白瓷蓋碗", "")],
            delivery: "宅配到府",
            courier: "黑貓宅急便",
            address: "100 臺北市中正區重慶南路一段 1 號",
            bank: "臺灣銀行 城中分行",
            gift: "生日快樂，喝杯好茶。",
            reason: "買家改變主意",
            delay: "颱風影響，宅配暫停收件兩天。",
            question: "請問這款烏龍適合冷泡嗎？\n大概要泡多久？",
            answer: "適合，冷泡的花香更明顯。\n\n5 克茶葉配 600 毫升冷水，放冰箱 6 到 8 小時就可以喝。",
        },
        Locale::Hans => Words {
            shop: "山间茶行",
            hours: "周一至周五 9:00–18:00",
            buyer: "林女士",
            goods: [("阿里山高山乌龙", "150 克 / 中焙火"), ("白瓷盖碗", "")],
            delivery: "快递到家",
            courier: "黑猫宅急便",
            address: "100 台北市中正区重庆南路一段 1 号",
            bank: "台湾银行 城中分行",
            gift: "生日快乐，喝杯好茶。",
            reason: "买家改变主意",
            delay: "受台风影响，快递暂停揽收两天。",
            question: "请问这款乌龙适合冷泡吗？\n大概要泡多久？",
            answer: "适合，冷泡的花香更明显。\n\n5 克茶叶配 600 毫升冷水，放冰箱 6 到 8 小时就可以喝。",
        },
        Locale::En => Words {
            shop: "Mountain Tea House",
            hours: "Monday to Friday, 9:00–18:00",
            buyer: "Ms Lin",
            goods: [
                ("Alishan High Mountain Oolong", "150 g / medium roast"),
                ("White porcelain gaiwan", ""),
            ],
            delivery: "Home delivery",
            courier: "T-cat",
            address: "No. 1, Sec. 1, Chongqing S. Rd., Zhongzheng, Taipei 100, TW",
            bank: "Bank of Taiwan, Chengzhong branch",
            gift: "Happy birthday, enjoy a good cup of tea.",
            reason: "the buyer changed their mind",
            delay: "The courier does not collect for two days because of the typhoon.",
            question: "Does this oolong work as a cold brew?\nHow long should it steep?",
            answer: "It does, and the floral notes come out even more.\n\nPut 5 g into 600 ml of cold water and leave it in the fridge for 6 to 8 hours.",
        },
    }
}
