//! What can be set of a theme without touching a file: colours, fonts, corners, density, the shape of pictures, a logo.
//!
//! A theme brings values in `theme.toml`, the operator's come over them. Of a few colours the rest is worked out, so
//! that whatever is chosen stays readable by day and by night; a colour that cannot be read where it is used is refused
//! with the nearest one that can (WCAG 2 AA).

use std::fmt::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::color::{Color, READABLE};

/// The default theme's page, ink, accent and warning by day, as in `web/src/storefront/shop.css`.
const DAY: [Color; 4] = [
    Color([0xfa, 0xf7, 0xf1]),
    Color([0x2a, 0x25, 0x21]),
    Color([0x2f, 0x5d, 0x4a]),
    Color([0xa1, 0x43, 0x2a]),
];
/// Its page, its lightest surface and its ink by night.
const NIGHT: [Color; 3] = [
    Color([0x1a, 0x17, 0x14]),
    Color([0x2b, 0x26, 0x20]),
    Color([0xee, 0xe6, 0xda]),
];
/// The text of the bar above the header.
const BAR_TEXT: Color = Color([0xf6, 0xf1, 0xe6]);

/// The settings of a theme; what is left out stays as the theme below has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The page.
    pub paper: Option<Color>,
    /// Text.
    pub ink: Option<Color>,
    /// Buttons, links and what is chosen.
    pub accent: Option<Color>,
    /// Reduced prices and warnings.
    pub warm: Option<Color>,
    /// The font of text.
    pub text_font: Option<Font>,
    /// The font of headings.
    pub heading_font: Option<Font>,
    /// Corners.
    pub corners: Option<Corners>,
    /// How much room there is.
    pub density: Option<Density>,
    /// The shape of pictures of goods.
    pub pictures: Option<Pictures>,
}

/// Fonts that readers' devices have; none is loaded, so none makes a page wait or tells a stranger who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Font {
    /// Even strokes: 黑體.
    Sans,
    /// Strokes that swell, as in books: 明體, 宋体.
    Serif,
    /// Rounded strokes: 圓體.
    Rounded,
    /// As written with a brush: 楷體.
    Brush,
}

/// Corners of pictures, buttons and fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Corners {
    /// Square.
    Square,
    /// Hardly rounded.
    Slight,
    /// Round.
    Round,
}

/// How much room there is between things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Much on a screen.
    Compact,
    /// As the default theme has it.
    Normal,
    /// Much room.
    Airy,
}

/// The shape of pictures of goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pictures {
    /// 1 : 1.
    Square,
    /// 4 : 5, for clothes and bottles.
    Portrait,
    /// 4 : 3, for rooms and plates.
    Landscape,
}

impl Font {
    /// All fonts.
    pub const ALL: [Self; 4] = [Self::Sans, Self::Serif, Self::Rounded, Self::Brush];

    /// Families for readers of traditional and of simplified characters.
    const fn families(self) -> [&'static str; 2] {
        match self {
            Self::Sans => [
                "-apple-system,\"Segoe UI\",\"PingFang TC\",\"Noto Sans TC\",\"Noto Sans CJK TC\",\"Microsoft JhengHei\",sans-serif",
                "-apple-system,\"Segoe UI\",\"PingFang SC\",\"Noto Sans SC\",\"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif",
            ],
            Self::Serif => [
                "\"Iowan Old Style\",\"Palatino Linotype\",Palatino,Georgia,\"Songti TC\",\"Noto Serif TC\",\"Noto Serif CJK TC\",PMingLiU,serif",
                "\"Iowan Old Style\",\"Palatino Linotype\",Palatino,Georgia,\"Songti SC\",\"Noto Serif SC\",\"Noto Serif CJK SC\",SimSun,serif",
            ],
            Self::Rounded => [
                "ui-rounded,\"SF Pro Rounded\",\"Yuanti TC\",\"Hiragino Maru Gothic ProN\",\"PingFang TC\",\"Noto Sans CJK TC\",sans-serif",
                "ui-rounded,\"SF Pro Rounded\",\"Yuanti SC\",\"Hiragino Maru Gothic ProN\",\"PingFang SC\",\"Noto Sans CJK SC\",sans-serif",
            ],
            Self::Brush => [
                "\"Palatino Linotype\",Palatino,\"Kaiti TC\",BiauKai,DFKai-SB,\"Noto Serif CJK TC\",serif",
                "\"Palatino Linotype\",Palatino,\"Kaiti SC\",KaiTi,STKaiti,\"Noto Serif CJK SC\",serif",
            ],
        }
    }
}

/// A colour that cannot be read where the shop uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unreadable {
    /// The setting: `ink`, `accent` or `warm`.
    pub setting: &'static str,
    /// Its contrast in hundredths.
    pub contrast: u32,
    /// The nearest colour that can be read.
    pub instead: Color,
}

/// A page's colours with everything that is worked out of them.
struct Palette {
    paper: Color,
    ink: Color,
    surface: Color,
    tint: Color,
}

impl Palette {
    fn of(paper: Color, ink: Color) -> Self {
        Self {
            paper,
            ink,
            surface: paper.mixed(
                Color::WHITE,
                if paper.text_on() == Color::BLACK {
                    60
                } else {
                    4
                },
            ),
            tint: paper.mixed(ink, 6),
        }
    }

    /// Everything that text stands on.
    const fn grounds(&self) -> [Color; 3] {
        [self.paper, self.surface, self.tint]
    }
}

impl Settings {
    /// These settings over others.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        Self {
            paper: self.paper.or(below.paper),
            ink: self.ink.or(below.ink),
            accent: self.accent.or(below.accent),
            warm: self.warm.or(below.warm),
            text_font: self.text_font.or(below.text_font),
            heading_font: self.heading_font.or(below.heading_font),
            corners: self.corners.or(below.corners),
            density: self.density.or(below.density),
            pictures: self.pictures.or(below.pictures),
        }
    }

    /// These settings without what `own` says already.
    #[must_use]
    pub fn beside(self, own: Self) -> Self {
        fn new<T: PartialEq>(mine: Option<T>, theirs: &Option<T>) -> Option<T> {
            mine.filter(|value| theirs.as_ref() != Some(value))
        }
        Self {
            paper: new(self.paper, &own.paper),
            ink: new(self.ink, &own.ink),
            accent: new(self.accent, &own.accent),
            warm: new(self.warm, &own.warm),
            text_font: new(self.text_font, &own.text_font),
            heading_font: new(self.heading_font, &own.heading_font),
            corners: new(self.corners, &own.corners),
            density: new(self.density, &own.density),
            pictures: new(self.pictures, &own.pictures),
        }
    }

    /// These settings with the default theme's colours where nothing is said, as a form shows them.
    #[must_use]
    pub fn filled(mut self) -> Self {
        let [paper, ink, accent, warm] = self.colors();
        self.paper = Some(paper);
        self.ink = Some(ink);
        self.accent = Some(accent);
        self.warm = Some(warm);
        self
    }

    /// Page, ink, accent and warning as they are used.
    #[must_use]
    pub fn colors(&self) -> [Color; 4] {
        let [paper, ink, accent, warm] = DAY;
        [
            self.paper.unwrap_or(paper),
            self.ink.unwrap_or(ink),
            self.accent.unwrap_or(accent),
            self.warm.unwrap_or(warm),
        ]
    }

    /// The colours that cannot be read where they are used.
    #[must_use]
    pub fn unreadable(&self) -> Vec<Unreadable> {
        let [paper, ink, accent, warm] = self.colors();
        let page = Palette::of(paper, ink);
        let mut found = Vec::new();
        for (setting, color) in [("ink", ink), ("accent", accent), ("warm", warm)] {
            let grounds = page.grounds();
            let least = grounds.iter().map(|ground| color.contrast(*ground)).min();
            let contrast = least.unwrap_or_default();
            if contrast < READABLE {
                let instead = color.readable_on(&grounds);
                found.push(Unreadable {
                    setting,
                    contrast,
                    instead,
                });
            }
        }
        found
    }

    /// The style sheet that says all this; empty when nothing is set.
    #[must_use]
    pub fn css(&self) -> String {
        let (mut day, mut night, mut simplified) = (String::new(), String::new(), String::new());
        self.page(&mut day);
        self.highlights(&mut day, &mut night);
        for (name, font) in [("text", self.text_font), ("head", self.heading_font)] {
            if let Some([traditional, other]) = font.map(Font::families) {
                let _ = write!(day, "--font-{name}:{traditional};");
                let _ = write!(simplified, "--font-{name}:{other};");
            }
        }
        self.room(&mut day);
        let mut css = String::new();
        if !day.is_empty() {
            let _ = write!(css, ":root{{{day}}}");
        }
        if !simplified.is_empty() {
            // A heading's own font for English pages is as specific as this, so it is said again.
            let _ = write!(css, ":root:lang(zh-Hans){{{simplified}}}");
            if let Some([families, _]) = self.heading_font.map(Font::families) {
                let _ = write!(css, ":root:lang(en){{--font-head:{families}}}");
            }
        }
        if !night.is_empty() {
            let _ = write!(
                css,
                "@media (prefers-color-scheme:dark){{:root:not([data-theme=\"light\"]){{{night}}}}}\
                 :root[data-theme=\"dark\"]{{{night}}}"
            );
        }
        css
    }

    /// Page and text. Night keeps its own; day says so for day alone, because a rule without a condition would win.
    fn page(&self, day: &mut String) {
        if self.paper.is_none() && self.ink.is_none() {
            return;
        }
        let [paper, ink, ..] = self.colors();
        let page = Palette::of(paper, ink);
        let soft = ink.mixed(paper, 30).readable_on(&page.grounds());
        let [red, green, blue] = paper.0;
        let _ = write!(
            day,
            "--paper:{paper};--surface:{};--tint:{};--ink:{};--soft:{soft};--prose:{};--line:{};--edge:{};--veil:rgb({red} {green} {blue}/.94);",
            page.surface,
            page.tint,
            page.ink,
            ink.mixed(paper, 16).readable_on(&page.grounds()),
            paper.mixed(ink, 13),
            paper.mixed(ink, 55),
        );
    }

    /// What stands out from the page. At night the same colours are made light enough for a dark page.
    fn highlights(&self, day: &mut String, night: &mut String) {
        let [paper, ink, accent, warm] = self.colors();
        let [night_paper, night_tint, night_ink] = NIGHT;
        for (name, color, chosen) in [("accent", accent, self.accent), ("warm", warm, self.warm)] {
            if chosen.is_none() {
                continue;
            }
            let tint = paper.mixed(color, 9);
            let deep = color.mixed(ink, 30);
            let on = color.text_on();
            let _ = write!(
                day,
                "--{name}:{color};--{name}-deep:{deep};--{name}-tint:{tint};--on-{name}:{on};"
            );
            let tint = night_paper.mixed(color, 16);
            let light = color.readable_on(&[night_paper, night_tint, tint]);
            let deep = light.mixed(night_ink, 35);
            let on = light.text_on();
            let _ = write!(
                night,
                "--{name}:{light};--{name}-deep:{deep};--{name}-tint:{tint};--on-{name}:{on};"
            );
        }
        if self.accent.is_some() {
            let bar = accent.mixed(ink, 30).readable_on(&[BAR_TEXT]);
            let _ = write!(day, "--bar:{bar};");
            let bar = accent.mixed(Color::BLACK, 45).readable_on(&[BAR_TEXT]);
            let _ = write!(night, "--bar:{bar};");
        }
        if self.paper.is_some() || self.ink.is_some() {
            // Said by day without a condition, so night has to say its own again.
            night.push_str(
                "--paper:#1a1714;--surface:#211d19;--tint:#2b2620;--ink:#eee6da;--soft:#b3a799;--prose:#cbbfb1;\
                 --line:#3d362e;--edge:#8f8477;--veil:rgb(33 29 25/.94);",
            );
        }
    }

    /// Corners, room and shapes.
    fn room(&self, day: &mut String) {
        day.push_str(match self.corners {
            None => "",
            Some(Corners::Square) => "--round:0px;",
            Some(Corners::Slight) => "--round:4px;",
            Some(Corners::Round) => "--round:12px;",
        });
        day.push_str(match self.density {
            None => "",
            Some(Density::Compact) => {
                "--gap:clamp(.75rem,1.4vw,1.1rem);--section:clamp(2rem,4vw,3.25rem);"
            }
            Some(Density::Normal) => {
                "--gap:clamp(1rem,2.2vw,1.75rem);--section:clamp(3rem,7vw,5.5rem);"
            }
            Some(Density::Airy) => {
                "--gap:clamp(1.25rem,3.2vw,2.75rem);--section:clamp(4rem,10vw,8rem);"
            }
        });
        day.push_str(match self.pictures {
            None => "",
            Some(Pictures::Square) => "--picture-ratio:1/1;",
            Some(Pictures::Portrait) => "--picture-ratio:4/5;",
            Some(Pictures::Landscape) => "--picture-ratio:4/3;",
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The value of a custom property in a rule.
    fn value(rule: &str, name: &str) -> Color {
        let (_, rest) = rule.split_once(&format!("{name}:")).unwrap();
        rest.split_once(';').unwrap().0.parse().unwrap()
    }

    #[test]
    fn nothing_set_says_nothing() {
        assert_eq!(Settings::default().css(), "");
        assert!(Settings::default().unreadable().is_empty());
    }

    /// STF-05: a colour that cannot be read is refused with one that can.
    #[test]
    fn what_cannot_be_read_is_refused() {
        let pale = Settings {
            accent: Some("#9fd3c7".parse().unwrap()),
            ..Settings::default()
        };
        let found = pale.unreadable();
        let [refused] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(refused.setting, "accent");
        let mended = Settings {
            accent: Some(refused.instead),
            ..pale
        };
        assert!(mended.unreadable().is_empty());
    }

    proptest! {
        /// STF-05: whatever passes the check is readable in everything that is made of it, by day and by night; and
        /// what is proposed instead passes.
        #[test]
        fn what_is_made_of_a_colour_is_readable(accent: [u8; 3], paper in 0xe0..=0xff_u8) {
            let settings = Settings {
                paper: Some(Color([paper; 3])),
                accent: Some(Color(accent)),
                ..Settings::default()
            };
            let refused = settings.unreadable();
            let instead = refused.iter().find(|r| r.setting == "accent").map(|r| r.instead);
            let accepted = Settings { accent: instead.or(settings.accent), ..settings };
            prop_assert!(accepted.unreadable().iter().all(|r| r.setting != "accent"));
            let css = accepted.css();
            let (day, night) = css.split_once("@media").unwrap();
            for rule in [day, night] {
                let accent = value(rule, "--accent");
                for ground in ["--paper", "--surface", "--tint"] {
                    prop_assert!(accent.contrast(value(rule, ground)) >= READABLE, "{ground} {css}");
                    prop_assert!(value(rule, "--soft").contrast(value(rule, ground)) >= READABLE, "soft {ground} {css}");
                }
                prop_assert!(value(rule, "--on-accent").contrast(accent) >= READABLE);
                prop_assert!(BAR_TEXT.contrast(value(rule, "--bar")) >= READABLE);
            }
        }

        /// The operator's settings win, and what they leave out stays.
        #[test]
        fn settings_lie_over_each_other(a: Option<[u8; 3]>, b: Option<[u8; 3]>) {
            let (above, below) = (a.map(Color), b.map(Color));
            let both = Settings { accent: above, ..Settings::default() }
                .over(Settings { accent: below, corners: Some(Corners::Round), ..Settings::default() });
            prop_assert_eq!(both.accent, above.or(below));
            prop_assert_eq!(both.corners, Some(Corners::Round));
        }
    }
}
