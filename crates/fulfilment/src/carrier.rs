//! Who carries parcels in Taiwan and on the mainland, what people call them, and where a parcel can be looked up.

use kernel::Locale;
use schemars::JsonSchema;
use serde::Serialize;

use crate::FulfilmentError;

/// The code of the shop itself, when it brings a parcel to the door or hands it over; such parcels need no number.
pub const OWN: &str = "own";
/// The longest tracking number.
const LONGEST: usize = 40;

/// Where a parcel can be looked up.
enum Lookup {
    /// An address that ends in the number, digits and letters only.
    ByNumber(&'static str),
    /// A page on which people enter the number.
    Page(&'static str),
    /// Nowhere.
    None,
}

struct Carrier {
    code: &'static str,
    hant: &'static str,
    hans: &'static str,
    en: &'static str,
    lookup: Lookup,
}

const CARRIERS: &[Carrier] = &[
    Carrier {
        code: "tcat",
        hant: "黑貓宅急便",
        hans: "黑猫宅急便",
        en: "T-Cat",
        lookup: Lookup::ByNumber("https://www.t-cat.com.tw/Inquire/TraceDetail.aspx?BillID="),
    },
    Carrier {
        code: "hct",
        hant: "新竹物流",
        hans: "新竹物流",
        en: "HCT Logistics",
        lookup: Lookup::Page("https://www.hct.com.tw/Search/SearchGoods_n.aspx"),
    },
    Carrier {
        code: "post",
        hant: "中華郵政",
        hans: "中华邮政",
        en: "Chunghwa Post",
        lookup: Lookup::Page("https://postserv.post.gov.tw/pstmail/main_mail.html"),
    },
    Carrier {
        code: "sf",
        hant: "順豐速運",
        hans: "顺丰速运",
        en: "SF Express",
        lookup: Lookup::ByNumber(
            "https://www.sf-express.com/tw/tc/dynamic_function/waybill/#search/bill-number/",
        ),
    },
    Carrier {
        code: "kerry",
        hant: "嘉里大榮物流",
        hans: "嘉里大荣物流",
        en: "Kerry TJ Logistics",
        lookup: Lookup::Page("https://www.kerrytj.com/zh/search/search_track.aspx"),
    },
    Carrier {
        code: "711",
        hant: "7-ELEVEN 超商取貨",
        hans: "7-ELEVEN 便利店自取",
        en: "7-ELEVEN pick-up",
        lookup: Lookup::Page("https://eservice.7-11.com.tw/e-tracking/search.aspx"),
    },
    Carrier {
        code: "family",
        hant: "全家超商取貨",
        hans: "全家便利店自取",
        en: "FamilyMart pick-up",
        lookup: Lookup::Page("https://fmec.famiport.com.tw/FP_Entrance/QueryBox"),
    },
    Carrier {
        code: "hilife",
        hant: "萊爾富超商取貨",
        hans: "莱尔富便利店自取",
        en: "Hi-Life pick-up",
        lookup: Lookup::Page("https://www.hilife.com.tw/serviceInfo_search.aspx"),
    },
    Carrier {
        code: "okmart",
        hant: "OK 超商取貨",
        hans: "OK 便利店自取",
        en: "OKmart pick-up",
        lookup: Lookup::Page("https://ecservice.okmart.com.tw/Tracking/Search"),
    },
    Carrier {
        code: "yto",
        hant: "圓通速遞",
        hans: "圆通速递",
        en: "YTO Express",
        lookup: Lookup::Page("https://www.yto.net.cn/"),
    },
    Carrier {
        code: "zto",
        hant: "中通快遞",
        hans: "中通快递",
        en: "ZTO Express",
        lookup: Lookup::Page("https://www.zto.com/"),
    },
    Carrier {
        code: "sto",
        hant: "申通快遞",
        hans: "申通快递",
        en: "STO Express",
        lookup: Lookup::Page("https://www.sto.cn/"),
    },
    Carrier {
        code: "yunda",
        hant: "韻達速遞",
        hans: "韵达速递",
        en: "Yunda Express",
        lookup: Lookup::Page("https://www.yundaex.com/"),
    },
    Carrier {
        code: "jd",
        hant: "京東物流",
        hans: "京东物流",
        en: "JD Logistics",
        lookup: Lookup::Page("https://www.jdl.com/"),
    },
    Carrier {
        code: "ems",
        hant: "中國郵政 EMS",
        hans: "中国邮政 EMS",
        en: "China Post EMS",
        lookup: Lookup::Page("https://www.ems.com.cn/"),
    },
    Carrier {
        code: OWN,
        hant: "店家自送",
        hans: "商家自送",
        en: "The shop's own delivery",
        lookup: Lookup::None,
    },
];

/// A carrier as a form offers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CarrierName {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
}

/// All carriers, by how usual they are.
#[must_use]
pub fn list(locale: Locale) -> Vec<CarrierName> {
    CARRIERS
        .iter()
        .map(|carrier| CarrierName {
            code: carrier.code.to_owned(),
            name: carrier.name(locale).to_owned(),
        })
        .collect()
}

/// Whether there is a carrier of this code.
#[must_use]
pub fn is_known(code: &str) -> bool {
    find(code).is_some()
}

/// What people call a carrier; an unknown code is its own name, since old parcels keep theirs.
#[must_use]
pub fn name(code: &str, locale: Locale) -> String {
    find(code)
        .map_or(code, |carrier| carrier.name(locale))
        .to_owned()
}

/// Where a parcel can be looked up: the parcel itself where the carrier's address takes a number, else the page on
/// which people enter it. `None` without a number or such a page.
#[must_use]
pub fn tracking_url(code: &str, number: &str) -> Option<String> {
    let plain: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    if plain.is_empty() {
        return None;
    }
    match find(code)?.lookup {
        Lookup::ByNumber(address) => Some(format!("{address}{plain}")),
        Lookup::Page(address) => Some(address.to_owned()),
        Lookup::None => None,
    }
}

/// A tracking number as it is kept: in capitals and without blanks; letters, digits and hyphens only.
///
/// # Errors
/// [`FulfilmentError::UnknownCarrier`]; [`FulfilmentError::TrackingNumberMissing`] for every carrier but [`OWN`];
/// [`FulfilmentError::InvalidTrackingNumber`].
pub fn tracking_number(code: &str, written: &str) -> Result<String, FulfilmentError> {
    if !is_known(code) {
        return Err(FulfilmentError::UnknownCarrier(code.to_owned()));
    }
    let number: String = written
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| half_width(c).to_ascii_uppercase())
        .collect();
    if number.is_empty() {
        return if code == OWN {
            Ok(number)
        } else {
            Err(FulfilmentError::TrackingNumberMissing)
        };
    }
    let good = number.len() <= LONGEST
        && number
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-');
    let some = number.chars().any(|c| c.is_ascii_alphanumeric());
    if good && some {
        Ok(number)
    } else {
        Err(FulfilmentError::InvalidTrackingNumber)
    }
}

/// Chinese keyboards write digits and letters in double width.
fn half_width(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn find(code: &str) -> Option<&'static Carrier> {
    CARRIERS.iter().find(|carrier| carrier.code == code)
}

impl Carrier {
    const fn name(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::Hant => self.hant,
            Locale::Hans => self.hans,
            Locale::En => self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// ORD-03: every carrier has a code of its own, a name in each language, and a place to look a parcel up.
    #[test]
    fn carriers_can_be_told_apart() {
        for locale in Locale::ALL {
            let list = list(locale);
            assert_eq!(
                list.iter().map(|c| &c.code).collect::<HashSet<_>>().len(),
                list.len()
            );
            assert_eq!(
                list.iter().map(|c| &c.name).collect::<HashSet<_>>().len(),
                list.len()
            );
        }
        for carrier in CARRIERS.iter().filter(|c| c.code != OWN) {
            assert!(
                tracking_url(carrier.code, "12345").is_some_and(|url| url.starts_with("https://")),
                "{}",
                carrier.code
            );
        }
    }

    /// ORD-03: the link leads to the parcel where the carrier's address takes a number, and nothing that somebody typed can
    /// change where it leads.
    #[test]
    fn links_carry_only_the_number() {
        let url = tracking_url("tcat", "9001-2345-6789").unwrap();
        assert!(url.ends_with("BillID=900123456789"), "{url}");
        assert!(
            tracking_url("tcat", "1&x=/../<b>")
                .unwrap()
                .ends_with("BillID=1xb")
        );
        assert!(!tracking_url("post", "12345").unwrap().contains("12345"));
        for (code, number) in [("tcat", ""), ("tcat", "-"), (OWN, "1"), ("pigeon", "1")] {
            assert_eq!(tracking_url(code, number), None);
        }
        assert_eq!(name("pigeon", Locale::En), "pigeon");
    }

    /// ORD-03: one parcel is one number, however it was typed; only the shop's own delivery goes without.
    #[test]
    fn numbers_are_kept_in_one_form() {
        assert_eq!(
            tracking_number("sf", " sf１２３ 456-7 ").unwrap(),
            "SF123456-7"
        );
        assert_eq!(tracking_number(OWN, "  ").unwrap(), "");
        assert!(matches!(
            tracking_number("tcat", " "),
            Err(FulfilmentError::TrackingNumberMissing)
        ));
        assert!(matches!(
            tracking_number("pigeon", "1"),
            Err(FulfilmentError::UnknownCarrier(_))
        ));
        for bad in ["12/34", "<b>", "--", "一二三", &"1".repeat(41)] {
            assert!(
                matches!(
                    tracking_number("tcat", bad),
                    Err(FulfilmentError::InvalidTrackingNumber)
                ),
                "{bad}"
            );
        }
    }
}
