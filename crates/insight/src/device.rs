//! What a visit is made with, told from the browser's own words.

/// What a visit is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Device {
    /// A telephone.
    Phone,
    /// A tablet.
    Tablet,
    /// A desktop or notebook computer.
    Desktop,
    /// A crawler or a fetcher of link previews; what it opens is not counted.
    Bot,
    /// A program that calls the shop as an interface.
    Program,
}

const BOTS: &[&str] = &[
    "bot",
    "crawl",
    "spider",
    "slurp",
    "facebookexternalhit",
    "facebookcatalog",
    "lighthouse",
    "pingdom",
    "uptime",
    "line-poker",
    "whatsapp/",
    "skypeuripreview",
    "embedly",
    "bingpreview",
    "mediapartners",
    "feedfetcher",
];
const PROGRAMS: &[&str] = &[
    "curl/",
    "wget/",
    "python-",
    "okhttp",
    "go-http-client",
    "java/",
    "axios",
    "node-fetch",
    "libwww",
    "postman",
    "reqwest",
    "aiohttp",
    "guzzle",
    "insomnia",
    "apache-httpclient",
    "hyper/",
];

impl Device {
    /// The code kept with each event.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Desktop => "desktop",
            Self::Bot => "bot",
            Self::Program => "program",
        }
    }
}

/// The device behind a `User-Agent` header; no header means a program.
#[must_use]
pub fn of(user_agent: &str) -> Device {
    let text = user_agent.to_ascii_lowercase();
    let has = |word: &str| text.contains(word);
    if BOTS.iter().any(|word| has(word)) {
        Device::Bot
    } else if text.trim().is_empty() || PROGRAMS.iter().any(|word| has(word)) {
        Device::Program
    } else if has("ipad") || has("tablet") || has("kindle") || (has("android") && !has("mobile")) {
        Device::Tablet
    } else if has("mobi") || has("iphone") || has("android") {
        Device::Phone
    } else {
        Device::Desktop
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TRF-01: each visit has a device, and crawlers are told from people.
    #[test]
    fn usual_browsers_are_recognised() {
        let cases = [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 Safari/604.1",
                Device::Phone,
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537 Chrome/125.0 Mobile Safari/537",
                Device::Phone,
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537 Chrome/125.0 Safari/537",
                Device::Tablet,
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605 Mobile/15E148",
                Device::Tablet,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537 Chrome/125.0 Safari/537",
                Device::Desktop,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Line/14.1.0 Mobile",
                Device::Phone,
            ),
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                Device::Bot,
            ),
            ("facebookexternalhit/1.1;line-poker/1.0", Device::Bot),
            ("curl/8.5.0", Device::Program),
            ("", Device::Program),
        ];
        for (agent, device) in cases {
            assert_eq!(of(agent), device, "{agent}");
        }
    }
}
