//! Colours of the illustrations: parsed from `#rrggbb`, mixed towards warm light and warm shade.
//!
//! Shade is a deep tea brown and light is warm paper, never pure black or white, so that all
//! pictures of the shop look as if they stood in one room.

use serde::Deserialize;

/// An opaque colour, written `#rrggbb` in the shop's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

pub(super) const SHADE: Colour = Colour::rgb(0x2a, 0x1b, 0x12);
pub(super) const LIGHT: Colour = Colour::rgb(0xff, 0xfb, 0xf2);
pub(super) const PORCELAIN: Colour = Colour::rgb(0xf6, 0xf3, 0xec);
pub(super) const PAPER: Colour = Colour::rgb(0xf7, 0xf0, 0xe1);
pub(super) const SEAL: Colour = Colour::rgb(0xb2, 0x3a, 0x2c);
pub(super) const COBALT: Colour = Colour::rgb(0x2f, 0x4f, 0x8f);
pub(super) const WOOD: Colour = Colour::rgb(0xa9, 0x7c, 0x50);
pub(super) const BAMBOO: Colour = Colour::rgb(0xd0, 0xac, 0x6c);

/// A colour was not written as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadColour(String);

impl std::fmt::Display for BadColour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a colour is written #rrggbb, not {:?}", self.0)
    }
}

impl std::error::Error for BadColour {}

impl TryFrom<String> for Colour {
    type Error = BadColour;

    fn try_from(text: String) -> Result<Self, BadColour> {
        let channels = text
            .strip_prefix('#')
            .filter(|hex| hex.len() == 6)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match channels.map(u32::to_be_bytes) {
            Some([_, red, green, blue]) => Ok(Self::rgb(red, green, blue)),
            None => Err(BadColour(text)),
        }
    }
}

impl Colour {
    pub(super) const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// This colour with `share` (0 to 1) of `other` stirred in.
    pub(super) fn mix(self, other: Self, share: f64) -> Self {
        Self {
            red: blend(self.red, other.red, share),
            green: blend(self.green, other.green, share),
            blue: blend(self.blue, other.blue, share),
        }
    }

    pub(super) fn lighter(self, share: f64) -> Self {
        self.mix(LIGHT, share)
    }

    pub(super) fn darker(self, share: f64) -> Self {
        self.mix(SHADE, share)
    }

    /// Perceived brightness from 0 (black) to 1 (white).
    pub(super) fn brightness(self) -> f64 {
        (f64::from(self.red) * 0.299 + f64::from(self.green) * 0.587 + f64::from(self.blue) * 0.114)
            / 255.0
    }

    /// With an opacity from 0 to 1, written as `#rrggbbaa` where it is not full.
    pub(super) fn veiled(self, opacity: f64) -> String {
        if opacity < 1.0 {
            format!("{}{:02x}", self.hex(), alpha(opacity))
        } else {
            self.hex()
        }
    }

    pub(super) fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// An opacity from 0 to 1 as a channel from 0 to 255.
pub(super) fn alpha(opacity: f64) -> u8 {
    blend(0, 255, opacity)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=255 before the cast"
)]
fn blend(from: u8, to: u8, share: f64) -> u8 {
    let value = f64::from(from) + (f64::from(to) - f64::from(from)) * share.clamp(0.0, 1.0);
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CAT-05: content with a mistyped colour is refused when it is read, not drawn wrongly.
    #[test]
    fn colours_are_six_hex_digits() {
        let read = |text: &str| Colour::try_from(text.to_owned());
        assert_eq!(read("#0a0B0c"), Ok(Colour::rgb(10, 11, 12)));
        for wrong in ["0a0b0c", "#0a0b0", "#0a0b0cc", "#gg0000", "#", ""] {
            assert!(read(wrong).is_err(), "{wrong:?} was accepted");
        }
        assert_eq!(
            Colour::rgb(0, 0, 0).mix(Colour::rgb(200, 100, 50), 0.5),
            Colour::rgb(100, 50, 25)
        );
    }
}
