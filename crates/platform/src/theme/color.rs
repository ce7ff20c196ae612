//! Colours, and whether one can be read on another by the contrast of WCAG 2.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What text of ordinary size needs (WCAG 2 AA, criterion 1.4.3), in hundredths.
pub const READABLE: u32 = 450;

/// A colour of the screen, written `#1f4e79`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color(pub [u8; 3]);

/// A text that is no colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a colour like #1f4e79")]
pub struct NotAColor(String);

impl Color {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);

    /// This colour with `percent` of another in it.
    #[must_use]
    pub fn mixed(self, other: Self, percent: u32) -> Self {
        let share = percent.min(100);
        let mut both = self.0;
        for (mine, theirs) in both.iter_mut().zip(other.0) {
            let sum = u32::from(*mine) * (100 - share) + u32::from(theirs) * share;
            *mine = u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX);
        }
        Self(both)
    }

    /// The contrast of two colours in hundredths, from 100 to 2100; rounded down, so that 449 is never shown as enough.
    #[must_use]
    pub fn contrast(self, other: Self) -> u32 {
        let (a, b) = (self.luminance(), other.luminance());
        let (light, dark) = if a >= b { (a, b) } else { (b, a) };
        hundredths((light + 0.05) / (dark + 0.05))
    }

    /// Black or white, whichever is easier to read on this colour: at least one of them always is.
    #[must_use]
    pub fn text_on(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }

    /// The colour nearest to this one that can be read on every one of `grounds`, on the way to black or to white.
    /// Black or white itself where nothing before it can.
    #[must_use]
    pub fn readable_on(self, grounds: &[Self]) -> Self {
        let lightness = |ground: &Self| ground.contrast(Self::BLACK);
        let darkest = grounds.iter().copied().min_by_key(lightness);
        let end = darkest.map_or(Self::BLACK, Self::text_on);
        (0..=50)
            .map(|step| self.mixed(end, step * 2))
            .find(|color| grounds.iter().all(|g| color.contrast(*g) >= READABLE))
            .unwrap_or(end)
    }

    /// Relative luminance, from 0 for black to 1 for white.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126f64.mul_add(red, 0.7152f64.mul_add(green, 0.0722 * blue))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a contrast is between 1 and 21"
)]
fn hundredths(ratio: f64) -> u32 {
    // A hair is added so that 21 : 1 is not 20.99.
    ratio.mul_add(100.0, 1e-6).floor() as u32
}

impl JsonSchema for Color {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$" })
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Color {
    type Err = NotAColor;

    /// Reads `#1f4e79` or `#15a`.
    fn from_str(text: &str) -> Result<Self, NotAColor> {
        let refused = || NotAColor(text.chars().take(40).collect());
        let digits = text.trim().strip_prefix('#').ok_or_else(refused)?;
        let nibbles: Option<Vec<u32>> = digits.chars().map(|c| c.to_digit(16)).collect();
        let channels: Vec<u32> = match nibbles.as_deref() {
            Some([r, g, b]) => vec![r * 17, g * 17, b * 17],
            Some([a, b, c, d, e, f]) => vec![a * 16 + b, c * 16 + d, e * 16 + f],
            _ => return Err(refused()),
        };
        let mut color = [0; 3];
        for (place, channel) in color.iter_mut().zip(channels) {
            *place = u8::try_from(channel).map_err(|_| refused())?;
        }
        Ok(Self(color))
    }
}

impl TryFrom<String> for Color {
    type Error = NotAColor;

    fn try_from(text: String) -> Result<Self, NotAColor> {
        text.parse()
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn color(text: &str) -> Color {
        text.parse().unwrap()
    }

    /// STF-05: the figures that every checker of contrast gives.
    #[test]
    fn contrast_is_that_of_wcag() {
        assert_eq!(Color::WHITE.contrast(Color::BLACK), 2_100);
        assert_eq!(Color::WHITE.contrast(Color::WHITE), 100);
        // The grey at the border: one step lighter is refused.
        assert_eq!(color("#767676").contrast(Color::WHITE), 454);
        assert_eq!(color("#777").contrast(Color::WHITE), 447);
        assert_eq!(color("#2f5d4a").contrast(color("#faf7f1")), 705);
    }

    #[test]
    fn colours_are_read_as_they_are_written() {
        assert_eq!(color("#15a"), color("#1155AA"));
        assert_eq!(color(" #1f4e79 ").to_string(), "#1f4e79");
        for bad in [
            "",
            "#",
            "#12",
            "#1234",
            "#12345g",
            "1f4e79",
            "red",
            "#１２３",
            "url(x)",
        ] {
            assert!(bad.parse::<Color>().is_err(), "{bad}");
        }
    }

    proptest! {
        /// STF-05: contrast has no side, black or white is readable on anything, and what is proposed is readable.
        #[test]
        fn what_is_proposed_can_be_read(a: [u8; 3], b: [u8; 3], near in 0..12_u8) {
            let (a, b) = (Color(a), Color(b));
            prop_assert_eq!(a.contrast(b), b.contrast(a));
            prop_assert!((100..=2_100).contains(&a.contrast(b)));
            prop_assert!(a.contrast(a.text_on()) >= READABLE);
            prop_assert!(a.readable_on(&[b]).contrast(b) >= READABLE);
            // Grounds of one page are near each other: a light page, or a dark one.
            let ground = b.mixed(b.text_on(), u32::from(near));
            let found = a.readable_on(&[b, ground]);
            if b.contrast(b.text_on()) >= 700 {
                prop_assert!(found.contrast(b) >= READABLE && found.contrast(ground) >= READABLE);
            }
            if a.contrast(b) >= READABLE {
                prop_assert_eq!(a.readable_on(&[b]), a);
            }
            prop_assert_eq!(a.to_string().parse::<Color>().unwrap(), a);
        }
    }
}
