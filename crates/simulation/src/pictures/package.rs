//! What tea is sold in: tin, stand-up pouch, paper-wrapped cake, and the carton of pyramid bags.

use serde::Deserialize;

use super::canvas::{Canvas, Point, Sweep, blob, straight};
use super::colour::{Colour, LIGHT, PAPER, SHADE};
use super::dice::Dice;
use super::ground::shadow;
use super::label::Label;
use super::leaves::twig;
use super::turned::{TILT, Turned, round_shade};

/// The package in which a tea is pictured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Package {
    /// A round tin with a lid.
    Tin,
    /// A stand-up pouch with a sealed top.
    Pouch,
    /// A pressed cake in its printed paper, on a stand.
    Cake,
    /// A carton of pyramid bags.
    Carton,
}

/// A package of tea, 330 units high at most.
pub(super) struct Wrapped<'a> {
    pub(super) package: Package,
    pub(super) colour: Colour,
    pub(super) ink: Colour,
    pub(super) name: &'a str,
    pub(super) leaf: Colour,
}

impl Wrapped<'_> {
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        match self.package {
            Package::Tin => self.tin(canvas, dice),
            Package::Pouch => self.pouch(canvas, dice),
            Package::Cake => self.cake(canvas),
            Package::Carton => self.carton(canvas, dice),
        }
    }

    fn tin(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 102.0);
        let body = Turned::new(&[(94.0, 0.0), (94.0, 226.0)]);
        round_shade(canvas, &body.outline(), self.colour);
        Label {
            corner: (-70.0, -188.0),
            size: (140.0, 174.0),
            ink: self.ink,
            name: self.name,
        }
        .bent(canvas, dice);
        let lid = Turned::new(&[
            (97.0, 212.0),
            (97.0, 216.0),
            (97.0, 254.0),
            (96.4, 260.0),
            (94.0, 263.0),
        ]);
        canvas.line(
            &Turned::new(&[(96.0, 207.0), (96.0, 208.0)]).hoop(207.0),
            &SHADE.hex(),
            5.0,
            0.25,
        );
        round_shade(canvas, &lid.outline(), self.colour.darker(0.06));
        let top = canvas.gradient(
            Sweep::Slant,
            &[
                (0.0, self.colour.lighter(0.34), 1.0),
                (1.0, self.colour.darker(0.12), 1.0),
            ],
        );
        canvas.oval((0.0, -263.0), (94.0, 94.0 * TILT), &top, 1.0);
        canvas.oval(
            (0.0, -263.0),
            (82.0, 82.0 * TILT),
            &self.colour.darker(0.14).hex(),
            0.25,
        );
        canvas.line(&lid.hoop(258.0), &LIGHT.hex(), 1.4, 0.35);
        let gleam = canvas.gradient(
            Sweep::Across,
            &[(0.0, LIGHT, 0.0), (0.5, LIGHT, 0.34), (1.0, LIGHT, 0.0)],
        );
        canvas.fill(
            &straight(
                &[
                    (-72.0, -248.0),
                    (-42.0, -246.0),
                    (-42.0, 19.0),
                    (-72.0, 13.0),
                ],
                true,
            ),
            &gleam,
            1.0,
        );
        let side = canvas.gradient(Sweep::Across, &[(0.0, SHADE, 0.0), (1.0, SHADE, 0.32)]);
        canvas.fill("M20-192L71-190L71 15L20 22Z", &side, 1.0);
    }

    fn pouch(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 126.0);
        let outline = "M-112-318L112-318L114-292C122-220 126-90 117-6C80 14-80 14-117-6C-126-90-122-220-114-292Z";
        let c = self.colour;
        let paint = canvas.gradient(
            Sweep::Across,
            &[
                (0.0, c.darker(0.2), 1.0),
                (0.09, c.lighter(0.1), 1.0),
                (0.3, c.lighter(0.16), 1.0),
                (0.7, c.darker(0.04), 1.0),
                (0.92, c.darker(0.2), 1.0),
                (1.0, c.darker(0.1), 1.0),
            ],
        );
        canvas.fill(outline, &paint, 1.0);
        let low = canvas.gradient(
            Sweep::Down,
            &[
                (0.0, LIGHT, 0.12),
                (0.2, SHADE, 0.0),
                (0.75, SHADE, 0.02),
                (1.0, SHADE, 0.28),
            ],
        );
        canvas.fill(outline, &low, 1.0);
        canvas.rect((-112.5, -318.0), (225.0, 24.0), &SHADE.hex(), 0.12);
        canvas.strips("M-106-306H108", &LIGHT.hex(), (20.0, (1.0, 10.0)), 0.25);
        canvas.line("M-111-293H111", &LIGHT.hex(), 1.2, 0.4);
        canvas.line("M-112-38C-70-66 70-66 112-38", &SHADE.hex(), 1.6, 0.3);
        canvas.line("M-112-36C-70-64 70-64 112-36", &LIGHT.hex(), 1.0, 0.25);
        canvas.fill(
            "M-113-290C-100-200-104-100-112-10C-124-90-120-220-113-290Z",
            &LIGHT.hex(),
            0.2,
        );
        canvas.fill(
            "M113-290C98-190 102-110 113-10C124-90 120-220 113-290Z",
            &SHADE.hex(),
            0.14,
        );
        Label {
            corner: (-72.0, -262.0),
            size: (144.0, 194.0),
            ink: self.ink,
            name: self.name,
        }
        .draw(canvas, dice);
        let glint = canvas.gradient(Sweep::Slant, &[(0.0, LIGHT, 0.3), (0.5, LIGHT, 0.0)]);
        canvas.rect((-72.0, -262.0), (144.0, 194.0), &glint, 0.8);
    }

    fn cake(&self, canvas: &mut Canvas) {
        shadow(canvas, 120.0);
        let stand = self.leaf.mix(Colour::rgb(0x7a, 0x4a, 0x2c), 0.7);
        canvas.fill("M-98 6L98 6L90-14L-90-14Z", &stand.darker(0.15).hex(), 1.0);
        let edge = canvas.gradient(
            Sweep::Slant,
            &[
                (0.0, PAPER.darker(0.04), 1.0),
                (1.0, PAPER.darker(0.4), 1.0),
            ],
        );
        canvas.oval((7.0, -152.0), (146.0, 146.0), &edge, 1.0);
        let sheet = canvas.gradient(
            Sweep::Glow {
                centre: (0.38, 0.32),
                radius: 0.75,
            },
            &[
                (0.0, LIGHT, 1.0),
                (0.6, self.colour, 1.0),
                (1.0, self.colour.darker(0.22), 1.0),
            ],
        );
        canvas.oval((0.0, -155.0), (144.0, 144.0), &sheet, 1.0);
        let folds: String = (0..26)
            .map(|fold| {
                let angle = f64::from(fold) * 0.2417;
                let inner = if fold % 2 == 0 { 118.0 } else { 128.0 };
                let at = |r: f64, turn: f64| {
                    format!(
                        "{:.0} {:.0}",
                        (angle + turn).cos() * r,
                        -155.0 + (angle + turn).sin() * r
                    )
                };
                format!("M{}L{}", at(143.0, 0.0), at(inner, 0.05))
            })
            .collect();
        canvas.line(&folds, &SHADE.hex(), 1.4, 0.2);
        let ring = |r: f64| {
            format!(
                "M{:.0}-155a{r:.0} {r:.0} 0 1 0 {:.0} 0a{r:.0} {r:.0} 0 1 0-{:.0} 0",
                -r,
                r * 2.0,
                r * 2.0
            )
        };
        canvas.line(&ring(104.0), &self.ink.hex(), 3.0, 0.8);
        canvas.line(&ring(97.0), &self.ink.hex(), 1.0, 0.7);
        canvas.place((-18.0, -112.0), 0.72, -8.0, |canvas| twig(canvas, self.ink));
        canvas.column(
            self.name,
            (44.0, -190.0),
            (34.0, 40.0),
            &self.ink.darker(0.35).hex(),
        );
        canvas.fill(
            "M-104-6C-90-22-76-20-70-4Z M104-6C90-22 76-20 70-4Z",
            &stand.lighter(0.1).hex(),
            1.0,
        );
        canvas.rect((-104.0, -6.0), (208.0, 13.0), &stand.hex(), 1.0);
    }

    fn carton(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 124.0);
        let c = self.colour;
        let front = canvas.gradient(
            Sweep::Slant,
            &[(0.0, c.lighter(0.18), 1.0), (1.0, c.darker(0.1), 1.0)],
        );
        let side = canvas.gradient(
            Sweep::Across,
            &[(0.0, c.darker(0.3), 1.0), (1.0, c.darker(0.46), 1.0)],
        );
        canvas.fill(
            "M-118-214L78-214L122-236L-70-236Z",
            &c.lighter(0.34).hex(),
            1.0,
        );
        canvas.fill("M78-214L122-236L122-16L78 8Z", &side, 1.0);
        canvas.rect((-118.0, -214.0), (196.0, 222.0), &front, 1.0);
        Label {
            corner: (-98.0, -194.0),
            size: (156.0, 176.0),
            ink: self.ink,
            name: self.name,
        }
        .draw(canvas, dice);
        let bag = canvas.symbol(|canvas| pyramid(canvas, self.leaf, dice));
        canvas.stamp(&bag, (124.0, 26.0), 6.0);
        canvas.stamp(&bag, (46.0, 46.0), 0.0);
    }
}

impl Label<'_> {
    /// The label pasted around a tin: its lower and upper edges follow the curve.
    fn bent(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let bend = "M-70-192A94 22.6 0 0 0 70-192L70-2A94 22.6 0 0 1-70-2Z";
        canvas.fill(bend, &PAPER.hex(), 1.0);
        canvas.within(bend, |canvas| {
            canvas.place((0.0, 10.0), 1.0, 0.0, |canvas| self.draw(canvas, dice));
        });
    }
}

/// A pyramid bag of gauze with its string and tag.
fn pyramid(canvas: &mut Canvas, leaf: Colour, dice: &mut Dice) {
    shadow(canvas, 40.0);
    let heap: Vec<Point> = [
        (-32.0, -4.0),
        (-20.0, -24.0),
        (0.0, -28.0),
        (20.0, -22.0),
        (32.0, -4.0),
        (0.0, 5.0),
    ]
    .map(|(x, y)| (x + dice.between(-2.0, 2.0), y))
    .to_vec();
    canvas.fill(&blob(&heap), &leaf.hex(), 0.95);
    canvas.line(
        "M-20-10q8-8 18-4M-4-18q10-2 16 6M4-6q8-6 18-2",
        &leaf.darker(0.45).hex(),
        2.4,
        0.8,
    );
    let gauze = canvas.gradient(
        Sweep::Across,
        &[
            (0.0, LIGHT, 0.75),
            (0.45, LIGHT, 0.28),
            (0.5, LIGHT, 0.6),
            (1.0, PAPER.darker(0.3), 0.5),
        ],
    );
    canvas.fill("M0-78L44 0Q0 14-44 0Z", &gauze, 1.0);
    canvas.line("M0-78L6 8M0-78L44 0M0-78L-44 0", &LIGHT.hex(), 1.2, 0.7);
    canvas.line(
        "M0-78C14-104 40-96 44-66",
        &PAPER.darker(0.25).hex(),
        1.6,
        1.0,
    );
    canvas.rect((36.0, -68.0), (18.0, 22.0), &PAPER.hex(), 1.0);
    canvas.line("M40-52L45-60L50-52", "#b23a2c", 1.6, 0.9);
}
