//! Pictures of the demonstration shop, drawn as SVG text: no files, no fonts of its own, no randomness
//! but the picture's seed, so that every machine draws the same shop.
//!
//! A picture never holds scripts or references outside itself, and stays below 12 kB.

mod canvas;
mod colour;
mod cup;
mod dice;
mod gaiwan;
mod giftbox;
mod glass;
mod ground;
mod label;
mod leaves;
mod package;
mod scene;
mod teapot;
mod tray;
mod turned;

use serde::Deserialize;

pub use colour::{BadColour, Colour};
pub use cup::{Cup, CupForm};
pub use gaiwan::Gaiwan;
pub use giftbox::GiftBox;
pub use leaves::{Blossom, Leaf};
pub use package::Package;
pub use teapot::{PotForm, Teapot};
pub use tray::{Travel, Tray};
pub use turned::Finish;

use canvas::Canvas;
use dice::Dice;

/// What a product's pictures show.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Scatters leaves and draws crackle; the same seed draws the same picture.
    pub seed: u32,
    /// Tint of the paper behind the thing.
    pub ground: Colour,
    /// The thing itself.
    pub subject: Subject,
}

/// The three pictures of a product, 800 by 800 pixels each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The thing in the studio.
    Main,
    /// A close look: leaf and liquor from above, or the surface of a vessel.
    Detail,
    /// The thing in use, by the window.
    Scene,
}

/// A wide picture for the home page or the head of a collection, 1600 by 640 pixels; its left half is calm, for words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Banner {
    /// As in [`Picture`].
    pub seed: u32,
    /// Colour of the sky.
    pub sky: Colour,
    /// Colour of the mountains and the tea slope.
    pub ridge: Colour,
    /// What stands on the table at the right: at most three things.
    pub subjects: Vec<Subject>,
}

/// A thing that can be pictured.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A tea in its package.
    Tea(Tea),
    /// A teapot.
    Teapot(Teapot),
    /// A lidded bowl.
    Gaiwan(Gaiwan),
    /// Cups or a pitcher.
    Cup(Cup),
    /// A tea tray.
    Tray(Tray),
    /// A travel set.
    Travel(Travel),
    /// A gift box.
    GiftBox(GiftBox),
}

/// A tea: its package, its leaf and the colour of its liquor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tea {
    /// What it is packed in.
    pub package: Package,
    /// Colour of the package.
    pub colour: Colour,
    /// Ink of the label.
    pub accent: Colour,
    /// Name on the label, at most four characters; may be empty.
    pub label: String,
    /// Shape of the dry leaf; none for infusions of flowers alone.
    pub leaf: Option<Leaf>,
    /// Colour of the dry leaf.
    pub leaf_colour: Colour,
    /// Flowers, fruit or grass in it.
    pub blossoms: Vec<Blossom>,
    /// Colour of the tea in the cup.
    pub liquor: Colour,
}

/// Draws one picture of a product as a complete SVG document.
pub fn product_svg(picture: &Picture, view: View) -> String {
    let mut canvas = Canvas::default();
    let mut dice = Dice::new(picture.seed);
    match view {
        View::Main => scene::main(&mut canvas, picture, &mut dice),
        View::Detail => scene::detail(&mut canvas, picture, &mut dice),
        View::Scene => scene::scene(&mut canvas, picture, &mut dice),
    }
    canvas.finish(800.0, 800.0)
}

/// Draws a banner as a complete SVG document.
pub fn banner_svg(banner: &Banner) -> String {
    banner_canvas(banner).finish(1600.0, 640.0)
}

/// A part of a banner, as high as the banner.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    left: f64,
    /// Its width and height in pixels.
    pub size: (i64, i64),
}

/// Everything that stands on the table, for the top of the home page.
pub const TABLE: Part = Part {
    left: 660.0,
    size: (940, 640),
};

/// What stands in the middle of the table, four by three, for tiles that cut off the sides.
pub const TILE: Part = Part {
    left: 706.0,
    size: (853, 640),
};

/// Draws a part of a banner, without the calm for words.
pub fn banner_part_svg(banner: &Banner, part: Part) -> String {
    let (width, height) = part.size;
    banner_canvas(banner).finish_from(part.left, px(width), px(height))
}

/// Pixels of a picture are few enough for any kind of number.
fn px(pixels: i64) -> f64 {
    i32::try_from(pixels).map_or(0.0, f64::from)
}

fn banner_canvas(banner: &Banner) -> Canvas {
    let mut canvas = Canvas::default();
    let mut dice = Dice::new(banner.seed);
    scene::banner(&mut canvas, banner, &mut dice);
    canvas
}
