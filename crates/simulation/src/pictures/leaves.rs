//! Dry tea leaves and blossoms, single and in heaps, and the living twig of the shop's emblem.

use serde::Deserialize;

use super::canvas::{Canvas, Point, blob, curve};
use super::colour::{Colour, LIGHT};
use super::dice::Dice;

/// How the finished leaf is shaped by its making.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaf {
    /// Rolled into tight balls, as high-mountain oolong.
    Ball,
    /// Twisted lengthwise, as Baozhong or black tea.
    Strip,
    /// Pressed flat in the pan, as Longjing.
    Flat,
    /// Curled with silver tips, as Biluochun.
    Curl,
    /// Straight and thin, as steamed sencha.
    Needle,
    /// Pieces broken from a pressed cake.
    Chunk,
}

/// Flowers, fruit and grass mixed with leaves or infused alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blossom {
    /// Tiny four-petalled gold.
    Osmanthus,
    /// White buds and stars.
    Jasmine,
    /// White rays around a yellow heart.
    Chamomile,
    /// Full, ivory to yellow heads.
    Chrysanthemum,
    /// Red dried berries.
    Goji,
    /// Cut pale-green blades.
    Lemongrass,
}

/// A heap of leaves with blossoms in it.
pub(super) struct Heap<'a> {
    pub(super) leaf: Option<(Leaf, Colour)>,
    pub(super) blossoms: &'a [Blossom],
    pub(super) pieces: u32,
    /// Half width and half depth of the heap on the table.
    pub(super) spread: Point,
    /// How high it piles in the middle.
    pub(super) rise: f64,
}

impl Heap<'_> {
    /// Draws the heap around the origin, far handfuls first.
    ///
    /// A heap is made of handfuls and a handful of pieces: a hundred leaves at the price of thirty.
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let handfuls: Vec<String> = (0..3).map(|_| self.handful(canvas, dice)).collect();
        self.bed(canvas, dice);
        let count = f64::from((self.pieces / HANDFUL).max(1));
        let mut spots: Vec<Point> = (0..self.pieces / HANDFUL)
            .map(|step| {
                // The golden angle spreads the handfuls evenly, as seeds in a sunflower.
                let angle = f64::from(step) * 2.4 + dice.between(-0.2, 0.2);
                let reach = ((f64::from(step) + 0.5) / count).sqrt() * dice.between(0.86, 0.98);
                let lift = self.rise * (1.0 - reach * reach) * dice.between(0.7, 1.0);
                (
                    angle.cos() * reach * self.spread.0,
                    angle.sin() * reach * self.spread.1 - lift,
                )
            })
            .collect();
        spots.sort_by(|a, b| a.1.total_cmp(&b.1));
        for spot in spots {
            // Seen from the side, a handful lies flat: it is turned a little, never upright.
            let turn = if self.rise > 20.0 {
                dice.between(-20.0, 20.0)
            } else {
                dice.between(0.0, 360.0)
            };
            if let Some(handful) = dice.pick(&handfuls) {
                canvas.stamp(handful, spot, turn);
            }
        }
    }

    /// Single pieces that lie about on the table.
    pub(super) fn scatter(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let mut kinds: Vec<String> = self
            .blossoms
            .iter()
            .map(|blossom| canvas.symbol(|canvas| blossom.draw(canvas)))
            .collect();
        if let Some((leaf, colour)) = self.leaf {
            kinds.insert(
                0,
                canvas.symbol(|canvas| leaf.draw(canvas, colour, &mut Dice::new(7))),
            );
        }
        for _ in 0..self.pieces {
            let spot = (
                dice.between(-self.spread.0, self.spread.0),
                dice.between(-self.spread.1, self.spread.1),
            );
            let turn = dice.between(0.0, 360.0);
            if let Some(kind) = dice.pick(&kinds) {
                canvas.stamp(kind, spot, turn);
            }
        }
    }

    /// What lies underneath: a darker bed, so that no table shines through a heap.
    fn bed(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let Some((_, colour)) = self.leaf else { return };
        let edge: Vec<Point> = (0..12)
            .map(|step| {
                let angle = f64::from(step) * std::f64::consts::FRAC_PI_6;
                let r = dice.between(0.7, 0.88);
                let far = if angle.sin() < 0.0 {
                    self.rise * 0.5
                } else {
                    0.0
                };
                (
                    angle.cos() * r * self.spread.0,
                    angle.sin() * (r * self.spread.1 + far),
                )
            })
            .collect();
        canvas.fill(&blob(&edge), &colour.darker(0.4).hex(), 1.0);
    }

    fn handful(&self, canvas: &mut Canvas, dice: &mut Dice) -> String {
        let mut kinds: Vec<String> = Vec::new();
        if let Some((leaf, colour)) = self.leaf {
            for tone in [colour.darker(0.28), colour, colour.lighter(0.16)] {
                kinds.push(canvas.symbol(|canvas| leaf.draw(canvas, tone, &mut Dice::new(7))));
            }
        }
        let flowers: Vec<String> = self
            .blossoms
            .iter()
            .map(|blossom| canvas.symbol(|canvas| blossom.draw(canvas)))
            .collect();
        canvas.symbol(|canvas| {
            for piece in 0..HANDFUL {
                let flower = !flowers.is_empty() && (kinds.is_empty() || piece == HANDFUL - 1);
                let from = if flower { &flowers } else { &kinds };
                let at = (dice.between(-38.0, 38.0), dice.between(-20.0, 20.0));
                let turn = dice.between(0.0, 360.0);
                if let Some(kind) = dice.pick(from) {
                    canvas.stamp(kind, at, turn);
                }
            }
        })
    }
}

/// Pieces of one handful.
const HANDFUL: u32 = 6;

impl Leaf {
    /// One dry leaf around the origin, about 40 units long.
    pub(super) fn draw(self, canvas: &mut Canvas, colour: Colour, dice: &mut Dice) {
        let dark = colour.darker(0.45).hex();
        let light = colour.lighter(0.3).hex();
        let fill = colour.hex();
        match self {
            Self::Ball => ball(canvas, colour, dice),
            Self::Strip => {
                let (bend, tail) = (dice.between(-9.0, 9.0), dice.between(-7.0, 7.0));
                let spine = [
                    (-27.0, tail),
                    (-12.0, -bend * 0.6),
                    (4.0, bend * 0.5),
                    (17.0, -bend * 0.3),
                    (28.0, -tail),
                ];
                canvas.line(&curve(&spine, true), &dark, 7.0, 1.0);
                canvas.line(
                    &curve(spine.get(..4).unwrap_or_default(), true),
                    &fill,
                    5.0,
                    1.0,
                );
                canvas.line(
                    &curve(spine.get(..3).unwrap_or_default(), true),
                    &light,
                    1.4,
                    0.55,
                );
            }
            Self::Flat => {
                canvas.fill(
                    "M-27 0Q-8-9 10-5Q22-3 28 1Q10 8-8 6Q-20 4-27 0Z",
                    &fill,
                    1.0,
                );
                canvas.line("M-24 0Q2 1 25 1", &dark, 1.4, 0.55);
                canvas.line("M-14-4Q0-6 12-3", &light, 1.4, 0.6);
            }
            Self::Curl => {
                canvas.line("M-12 8C-18-8 2-15 10-5S3 11-3 4", &dark, 5.6, 1.0);
                canvas.line("M-12 8C-18-8 2-15 10-5S3 11-3 4", &fill, 3.8, 1.0);
                canvas.line(
                    "M-12 7C-17-6-4-12 4-9",
                    &LIGHT.mix(colour, 0.25).hex(),
                    1.5,
                    0.85,
                );
            }
            Self::Needle => {
                let bend = dice.between(-4.0, 4.0);
                let spine = [(-26.0, 0.0), (-4.0, bend), (25.0, -bend * 0.5)];
                canvas.line(&curve(&spine, true), &dark, 4.4, 1.0);
                canvas.line(&curve(&spine, true), &fill, 2.8, 1.0);
            }
            Self::Chunk => chunk(canvas, colour, dice),
        }
    }
}

/// A leaf rolled into a ball, its stalk sticking out.
fn ball(canvas: &mut Canvas, colour: Colour, dice: &mut Dice) {
    let bumps: Vec<Point> = (0..7)
        .map(|step| {
            let angle = f64::from(step) * 0.898;
            let r = dice.between(9.5, 14.5);
            (angle.cos() * r * 1.15, angle.sin() * r)
        })
        .collect();
    canvas.line("M10 3q7 3 9 9", &colour.darker(0.45).hex(), 3.0, 1.0);
    canvas.fill(&blob(&bumps), &colour.hex(), 1.0);
    canvas.line(
        "M-9 2Q-2-9 8-5M-6 7Q2 0 9 4",
        &colour.darker(0.45).hex(),
        1.8,
        0.75,
    );
    canvas.line("M-7-3Q-2-9 4-8", &colour.lighter(0.3).hex(), 2.2, 0.6);
}

/// A piece prised from a pressed cake.
fn chunk(canvas: &mut Canvas, colour: Colour, dice: &mut Dice) {
    let edge: Vec<Point> = (0..6)
        .map(|step| {
            let angle = f64::from(step) * 1.047;
            let r = dice.between(10.0, 19.0);
            (angle.cos() * r * 1.25, angle.sin() * r)
        })
        .collect();
    canvas.fill(&blob(&edge), &colour.hex(), 1.0);
    canvas.line(
        "M-14-2Q-4-9 8-4M-10 6Q2-1 14 4M-4 10Q4 6 10 9",
        &colour.darker(0.45).hex(),
        2.2,
        0.8,
    );
    canvas.line(
        "M-11-6Q-3-11 5-9M-3 2Q5-2 11 0",
        &colour.lighter(0.3).hex(),
        1.6,
        0.6,
    );
}

impl Blossom {
    /// One blossom around the origin, 16 to 40 units across.
    pub(super) fn draw(self, canvas: &mut Canvas) {
        match self {
            Self::Osmanthus => {
                canvas.fill("M0 0C-9-3-7-11 0-9C7-11 9-3 0 0C9-3 12 5 7 8C3 11-2 8 0 0C2 9-5 11-8 7C-12 3-7-3 0 0Z", "#e9b43c", 1.0);
                canvas.oval((0.0, 0.0), (2.0, 2.0), "#b9761b", 1.0);
            }
            Self::Jasmine => {
                petals(
                    canvas,
                    5,
                    "M0 0C-8-6-6-17 0-20C6-17 8-6 0 0Z",
                    "#fbf7ea",
                    "#d9cfae",
                );
                canvas.oval((0.0, 0.0), (2.6, 2.6), "#d8c377", 1.0);
            }
            Self::Chamomile => {
                petals(
                    canvas,
                    8,
                    "M0-4C-5-10-4-18 0-19C4-18 5-10 0-4Z",
                    "#fdfaf0",
                    "#ddd3b4",
                );
                canvas.oval((0.0, 0.0), (7.5, 7.0), "#e0a526", 1.0);
                canvas.oval((-2.0, -2.0), (3.2, 2.8), "#f3c95a", 0.9);
            }
            Self::Chrysanthemum => {
                petals(
                    canvas,
                    11,
                    "M0 0C-5-10-4-21 0-23C4-21 5-10 0 0Z",
                    "#f6e9bd",
                    "#cfae62",
                );
                petals(
                    canvas,
                    6,
                    "M0 0C-4-6-3-13 0-14C3-13 4-6 0 0Z",
                    "#f3d985",
                    "#c99a3c",
                );
                canvas.oval((0.0, 0.0), (4.0, 4.0), "#d39a2a", 1.0);
            }
            Self::Goji => {
                canvas.fill("M-12 0C-11-8 8-9 13-1C9 8-10 8-12 0Z", "#c8402a", 1.0);
                canvas.line("M-8-1Q0-5 8-2M-6 3Q1 0 7 2", "#8d2317", 1.4, 0.7);
                canvas.line("M-6-4Q-1-6 4-5", "#f0a58e", 1.4, 0.7);
            }
            Self::Lemongrass => {
                canvas.fill("M-22-4L20-6L23 2L-20 5Z", "#b5b872", 1.0);
                canvas.line("M-20-1L21-3M-19 3L20 0", "#868b48", 1.2, 0.7);
            }
        }
    }
}

fn petals(canvas: &mut Canvas, count: u32, petal: &str, fill: &str, edge: &str) {
    let one = canvas.symbol(|canvas| canvas.inked(petal, fill, edge, 0.7));
    for index in 0..count {
        canvas.stamp(
            &one,
            (0.0, 0.0),
            f64::from(index) * 360.0 / f64::from(count),
        );
    }
}

/// Two leaves and a bud, rising from the origin: about 120 units high.
pub(super) fn twig(canvas: &mut Canvas, colour: Colour) {
    let blade = "M0 0C8-22 34-40 74-40C62-10 34 6 0 0Z";
    let vein = "M4-2Q34-14 68-37M26-11L28-25M44-20L48-32M22-9L36-6M40-17L54-19";
    canvas.line("M0 0Q-4-34 4-74", &colour.darker(0.35).hex(), 4.0, 1.0);
    canvas.place((-1.0, -20.0), 0.95, 0.0, |canvas| {
        canvas.fill(blade, &colour.hex(), 1.0);
        canvas.line(vein, &colour.darker(0.3).hex(), 1.3, 0.7);
    });
    canvas.place((-1.0, -36.0), 0.85, -82.0, |canvas| {
        canvas.fill(blade, &colour.lighter(0.18).hex(), 1.0);
        canvas.line(vein, &colour.darker(0.2).hex(), 1.3, 0.7);
    });
    canvas.fill(
        "M3-70C-6-88 2-108 12-118C18-100 14-80 3-70Z",
        &colour.lighter(0.38).hex(),
        1.0,
    );
}
