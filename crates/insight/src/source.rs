//! Where a visit came from (TRF-01): the link's tags first, then the page that led here, else direct.
//!
//! The standard for tagging links: `utm_source` names the place (`facebook`, `line`, `spring-catalogue`), `utm_medium`
//! the way (`cpc` and its kin for paid, `email`, `sms`, `social`, `word_of_mouth`, `event`), `utm_campaign` the
//! campaign. Names are folded to lower case, so two spellings of one place are one source.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the link of a visit was tagged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Utm {
    /// `utm_source`: the place.
    pub source: Option<String>,
    /// `utm_medium`: the way.
    pub medium: Option<String>,
    /// `utm_campaign`: the campaign.
    pub campaign: Option<String>,
    /// `utm_term`: the keyword bought.
    pub term: Option<String>,
    /// `utm_content`: the creative.
    pub content: Option<String>,
    /// The advertising network whose click id the link carries: `google`, `bing`, `tiktok`, `facebook`.
    pub click_network: Option<String>,
    /// The click id itself.
    pub click_id: Option<String>,
}

/// A source as it is kept with each event: a channel, and for some channels a detail after a colon
/// (`google`, `ad:google`, `referral:blog.example.tw`). At most [`SourceCode::MAX`] characters of `a-z 0-9 . _ - :`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct SourceCode(String);

/// The longest value of a tag that is kept, in characters.
const TAG: usize = 120;

/// Click ids of the networks, and whether one proves that the click was paid for.
const CLICK_IDS: &[(&str, &str, bool)] = &[
    ("gclid", "google", true),
    ("gbraid", "google", true),
    ("wbraid", "google", true),
    ("msclkid", "bing", true),
    ("ttclid", "tiktok", true),
    ("fbclid", "facebook", false),
];

const PAID: &[&str] = &[
    "cpc",
    "ppc",
    "cpm",
    "cpv",
    "paid",
    "paid_social",
    "paidsocial",
    "paid-social",
    "paid_search",
    "paidsearch",
    "paid-search",
    "display",
    "banner",
    "retargeting",
    "remarketing",
    "ad",
    "ads",
];

/// Other spellings of places.
const PLACES: &[(&str, &str)] = &[
    ("fb", "facebook"),
    ("meta", "facebook"),
    ("ig", "instagram"),
    ("yt", "youtube"),
    ("weixin", "wechat"),
    ("douyin", "tiktok"),
    ("edm", "email"),
    ("newsletter", "email"),
    ("e-mail", "email"),
    ("wom", "word_of_mouth"),
    ("twitter", "x"),
    ("line_oa", "line"),
];

/// Places that are a channel of their own.
pub const CHANNELS: &[&str] = &[
    "direct",
    "google",
    "bing",
    "yahoo",
    "baidu",
    "facebook",
    "instagram",
    "youtube",
    "line",
    "wechat",
    "weibo",
    "tiktok",
    "threads",
    "email",
    "sms",
    "word_of_mouth",
    "event",
    "social",
];

/// Channels whose detail says more, and what is told of visits that name none.
pub const DETAILED: &[&str] = &["ad", "social", "referral", "other", "unknown"];

/// Hosts and application ids, each with the source it stands for. A host also stands for those below it.
const HOSTS: &[(&str, &str)] = &[
    ("mail.google.com", "email"),
    ("com.google.android.gm", "email"),
    ("mail.yahoo.com", "email"),
    ("outlook.live.com", "email"),
    ("outlook.office.com", "email"),
    ("bing.com", "bing"),
    ("baidu.com", "baidu"),
    ("facebook.com", "facebook"),
    ("fb.me", "facebook"),
    ("fb.com", "facebook"),
    ("com.facebook.katana", "facebook"),
    ("instagram.com", "instagram"),
    ("com.instagram.android", "instagram"),
    ("threads.net", "threads"),
    ("threads.com", "threads"),
    ("youtube.com", "youtube"),
    ("youtu.be", "youtube"),
    ("line.me", "line"),
    ("jp.naver.line.android", "line"),
    ("wechat.com", "wechat"),
    ("weixin.qq.com", "wechat"),
    ("weibo.com", "weibo"),
    ("weibo.cn", "weibo"),
    ("tiktok.com", "tiktok"),
    ("douyin.com", "tiktok"),
    ("com.google.android.googlequicksearchbox", "google"),
];

/// The source of a visit.
#[must_use]
pub fn classify(utm: &Utm, referrer: Option<&str>, own_host: &str) -> SourceCode {
    if let Some(code) = tagged(utm) {
        return code;
    }
    let led_by = referrer
        .and_then(host)
        .filter(|host| !same_site(host, own_host));
    match (led_by, utm.click_network.as_deref()) {
        (Some(host), _) => SourceCode::of_host(&host),
        (None, Some(network)) => SourceCode::plain(&place(network)),
        (None, None) => SourceCode::direct(),
    }
}

/// The source that the link itself names.
fn tagged(utm: &Utm) -> Option<SourceCode> {
    let place = utm.source.as_deref().map(place).filter(|p| !p.is_empty());
    let medium = utm.medium.as_deref().map(fold).unwrap_or_default();
    let network = utm.click_network.as_deref();
    let proof = network.filter(|n| CLICK_IDS.iter().any(|(_, name, paid)| name == n && *paid));
    if PAID.contains(&medium.as_str()) || proof.is_some() {
        let buyer = proof
            .map(str::to_owned)
            .or(place)
            .or_else(|| network.map(str::to_owned));
        return Some(SourceCode::with_detail(
            "ad",
            &buyer.unwrap_or_else(|| "other".to_owned()),
        ));
    }
    let way = self::place(&medium);
    if ["email", "sms", "word_of_mouth", "event"].contains(&way.as_str()) {
        return Some(SourceCode::plain(&way));
    }
    match place {
        Some(place) if CHANNELS.contains(&place.as_str()) => Some(SourceCode::plain(&place)),
        Some(place) if way == "social" => Some(SourceCode::with_detail("social", &place)),
        Some(place) => Some(SourceCode::with_detail("other", &place)),
        None if way == "social" => Some(SourceCode::plain("social")),
        None => None,
    }
}

/// The one spelling of a place.
fn place(text: &str) -> String {
    let folded = fold(text);
    PLACES
        .iter()
        .find(|(from, _)| *from == folded)
        .map_or(folded, |(_, to)| (*to).to_owned())
}

/// Lower case, with everything that does not belong in a code turned into one dash.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' | '.' | '_' => out.push(c),
            _ if out.ends_with('-') || out.is_empty() => {}
            _ => out.push('-'),
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// The host of a URL in lower case without port; `None` when there is none that could be one.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.trim().split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit('@')
        .next()
        .unwrap_or_default()
        .split(':')
        .next()
        .unwrap_or_default();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let plausible = host.contains('.')
        && host.len() <= 253
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    plausible.then_some(host)
}

fn same_site(host: &str, own_host: &str) -> bool {
    let bare = |name: &str| {
        let name = name
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        name.strip_prefix("www.")
            .map_or_else(|| name.clone(), str::to_owned)
    };
    bare(host) == bare(own_host)
}

/// Whether `host` is `name` under any country's ending: `google.com.tw`, `tw.search.yahoo.com`, `www.google.co.jp`.
fn under_any_country(host: &str, name: &str) -> bool {
    let labels: Vec<&str> = host.rsplit('.').collect();
    match labels.as_slice() {
        [top, second, third, ..] if matches!(*second, "com" | "co") && top.len() == 2 => {
            *third == name
        }
        [_, second, ..] => *second == name,
        _ => false,
    }
}

impl Utm {
    /// Reads the tags and click ids from a URL's query. Unknown fields and over-long values are ignored.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let fields: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let mut utm = Self::default();
        for (name, value) in fields {
            let value: String = value
                .chars()
                .filter(|c| !c.is_control())
                .take(TAG)
                .collect();
            if value.trim().is_empty() {
                continue;
            }
            let place = match name.as_str() {
                "utm_source" => &mut utm.source,
                "utm_medium" => &mut utm.medium,
                "utm_campaign" => &mut utm.campaign,
                "utm_term" => &mut utm.term,
                "utm_content" => &mut utm.content,
                _ => {
                    let known = CLICK_IDS.iter().find(|(field, _, _)| *field == name);
                    if let (Some((_, network, _)), None) = (known, &utm.click_id) {
                        utm.click_network = Some((*network).to_owned());
                        utm.click_id = Some(value);
                    }
                    continue;
                }
            };
            place.get_or_insert(value);
        }
        utm
    }

    /// True when the link carried nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl SourceCode {
    /// The longest code in characters.
    pub const MAX: usize = 64;

    /// A typed address or a bookmark.
    #[must_use]
    pub fn direct() -> Self {
        Self::plain("direct")
    }

    /// A code as it was stored.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The code of a site or application that led here.
    fn of_host(host: &str) -> Self {
        let below = |known: &str| {
            host == known
                || host
                    .strip_suffix(known)
                    .is_some_and(|rest| rest.ends_with('.'))
        };
        if let Some((_, code)) = HOSTS.iter().find(|(known, _)| below(known)) {
            return Self::plain(code);
        }
        match ["google", "yahoo"]
            .into_iter()
            .find(|name| under_any_country(host, name))
        {
            Some(name) => Self::plain(name),
            None => Self::with_detail("referral", host.strip_prefix("www.").unwrap_or(host)),
        }
    }

    fn plain(code: &str) -> Self {
        Self(code.chars().take(Self::MAX).collect())
    }

    fn with_detail(channel: &str, detail: &str) -> Self {
        Self(
            format!("{channel}:{detail}")
                .chars()
                .take(Self::MAX)
                .collect(),
        )
    }

    /// The whole code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part that has a name in every language (`source-CHANNEL`).
    #[must_use]
    pub fn channel(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// What stands after the channel: a site, a place that was paid.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.split_once(':').map(|(_, detail)| detail)
    }
}

impl fmt::Display for SourceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(query: &str, referrer: &str) -> String {
        classify(&Utm::from_query(query), Some(referrer), "www.shop.tw").to_string()
    }

    /// TRF-01: the sources that the trade names are told apart.
    #[test]
    fn named_sources_are_recognised() {
        let cases = [
            ("", "", "direct"),
            ("", "https://shop.tw/collections/tea", "direct"),
            ("", "https://www.google.com.tw/", "google"),
            ("", "https://tw.search.yahoo.com/search?p=x", "yahoo"),
            ("", "https://www.baidu.com/s?wd=x", "baidu"),
            ("", "https://l.facebook.com/l.php", "facebook"),
            ("", "https://m.youtube.com/watch", "youtube"),
            ("", "android-app://jp.naver.line.android/", "line"),
            ("", "https://mail.google.com/mail/u/0", "email"),
            ("", "https://mp.weixin.qq.com/s/x", "wechat"),
            (
                "",
                "https://blog.example.tw:8080/a?b",
                "referral:blog.example.tw",
            ),
            ("", "https://google.evil.tw/", "referral:google.evil.tw"),
            ("", "https://notfacebook.com/", "referral:notfacebook.com"),
            (
                "utm_source=FB&utm_medium=cpc",
                "https://l.facebook.com/",
                "ad:facebook",
            ),
            ("utm_source=IG&utm_medium=social", "", "instagram"),
            ("utm_source=newsletter", "", "email"),
            (
                "utm_source=june&utm_medium=email",
                "https://mail.google.com/",
                "email",
            ),
            ("utm_source=tea-fair&utm_medium=event", "", "event"),
            ("utm_source=wom", "", "word_of_mouth"),
            ("utm_source=Dcard&utm_medium=social", "", "social:dcard"),
            (
                "utm_source=%E6%98%A5%E5%AD%A3+Catalogue",
                "",
                "other:catalogue",
            ),
            ("gclid=abc", "https://www.google.com/", "ad:google"),
            ("fbclid=abc", "", "facebook"),
            ("fbclid=abc", "https://www.instagram.com/", "instagram"),
        ];
        for (query, referrer, expected) in cases {
            assert_eq!(of(query, referrer), expected, "{query} {referrer}");
        }
    }

    #[test]
    fn channel_and_detail_are_the_two_halves() {
        let code = SourceCode::stored("referral:blog.example.tw");
        assert_eq!(
            (code.channel(), code.detail()),
            ("referral", Some("blog.example.tw"))
        );
        assert_eq!(SourceCode::direct().detail(), None);
    }

    proptest! {
        /// A17: whatever a link or a referrer says, the code is short and made of harmless characters.
        #[test]
        fn codes_are_harmless(query in ".{0,200}", referrer in ".{0,200}") {
            let code = of(&query, &referrer);
            prop_assert!(!code.is_empty() && code.chars().count() <= SourceCode::MAX);
            prop_assert!(code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-:".contains(c)), "{}", code);
        }

        /// A17: the same for tags that were meant to be tags.
        #[test]
        fn tags_are_harmless(source in ".{1,200}", medium in ".{0,20}") {
            let utm = Utm { source: Some(source), medium: Some(medium), ..Utm::default() };
            let code = classify(&utm, None, "shop.tw").to_string();
            prop_assert!(code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-:".contains(c)), "{}", code);
        }
    }
}
