//! Round things as a potter turns them: a profile spun about its axis, shaded, glazed and decorated.
//!
//! A profile is a list of (radius, height above the foot), bottom first. The eye looks down a little,
//! so that a circle of radius r is seen as an oval r by r × `TILT`.

use serde::Deserialize;

use super::canvas::{Canvas, Point, Sweep, blob, curve, num, pair, straight};
use super::colour::{COBALT, Colour, LIGHT, SHADE};
use super::dice::Dice;

pub(super) const TILT: f64 = 0.24;

/// How the surface of a ceramic looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finish {
    /// Unglazed clay with a soft sheen.
    Clay,
    /// A plain, shining glaze.
    Glaze,
    /// Fine crackle lines under the glaze, as on Ru ware.
    Crackle,
    /// Iron speckles in a matte glaze.
    Speckle,
    /// Silvery drops in a dark iron glaze.
    OilSpot,
    /// Wood-fired clay on which ash has melted.
    Ash,
    /// Carved lotus petals under a celadon glaze.
    Lotus,
    /// Cobalt landscape under a clear glaze.
    Cobalt,
}

pub(super) struct Turned {
    profile: Vec<Point>,
}

impl Turned {
    pub(super) fn new(profile: &[Point]) -> Self {
        Self {
            profile: profile.to_vec(),
        }
    }

    /// The closed silhouette, its mouth included.
    pub(super) fn outline(&self) -> String {
        let (Some(foot), Some(mouth)) = (self.profile.first(), self.profile.last()) else {
            return String::new();
        };
        let right: Vec<Point> = self.profile.iter().map(|(r, h)| (*r, -h)).collect();
        let left: Vec<Point> = self.profile.iter().rev().map(|(r, h)| (-r, -h)).collect();
        format!(
            "M{}A{} {} 0 0 0 {}{}A{} {} 0 0 0 {}{}Z",
            pair((-foot.0, -foot.1)),
            num(foot.0),
            num(foot.0 * TILT),
            pair((foot.0, -foot.1)),
            curve(&right, false),
            num(mouth.0),
            num(mouth.0 * TILT),
            pair((-mouth.0, -mouth.1)),
            curve(&left, false)
        )
    }

    pub(super) fn height(&self) -> f64 {
        self.profile.last().map_or(0.0, |(_, h)| *h)
    }

    pub(super) fn mouth(&self) -> f64 {
        self.profile.last().map_or(0.0, |(r, _)| *r)
    }

    pub(super) fn widest(&self) -> f64 {
        self.profile
            .iter()
            .fold(0.0, |widest, (r, _)| widest.max(*r))
    }

    pub(super) fn radius_at(&self, height: f64) -> f64 {
        self.profile
            .windows(2)
            .find_map(|two| match two {
                [(r0, h0), (r1, h1)] if height >= *h0 && height <= *h1 && h1 > h0 => {
                    Some(r0 + (r1 - r0) * (height - h0) / (h1 - h0))
                }
                _ => None,
            })
            .unwrap_or_else(|| self.mouth())
    }

    /// The front half of a ring around the body.
    pub(super) fn hoop(&self, height: f64) -> String {
        let r = self.radius_at(height);
        format!(
            "M{}A{} {} 0 0 0 {}",
            pair((-r, -height)),
            num(r),
            num(r * TILT),
            pair((r, -height))
        )
    }

    /// A reflection of the window: a strip between two shares of the radius, from one height to another.
    pub(super) fn streak(&self, shares: Point, heights: Point) -> String {
        let steps: Vec<f64> = (0..=2)
            .map(|step| heights.0 + (heights.1 - heights.0) * f64::from(step) / 2.0)
            .collect();
        let edge = |share: f64, h: f64| {
            let r = self.radius_at(h);
            (
                r * share,
                -h + r * TILT * (1.0 - share * share).max(0.0).sqrt(),
            )
        };
        let mut points: Vec<Point> = steps.iter().map(|h| edge(shares.0, *h)).collect();
        points.extend(steps.iter().rev().map(|h| edge(shares.1, *h)));
        blob(&points)
    }

    /// Draws the solid body: light from the left, shade on the right, a little light coming back from the table.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        colour: Colour,
        finish: Finish,
        dice: &mut Dice,
    ) {
        let outline = self.outline();
        round_shade(canvas, &outline, colour);
        if !matches!(finish, Finish::Clay | Finish::Glaze) {
            canvas.within(&outline, |canvas| {
                self.decorate(canvas, colour, finish, dice);
            });
        }
        top_light(canvas, &outline);
        let strength = match finish {
            Finish::Clay | Finish::Ash | Finish::Speckle => 0.2,
            Finish::OilSpot => 0.45,
            Finish::Glaze | Finish::Crackle | Finish::Lotus | Finish::Cobalt => 0.7,
        };
        let height = self.height();
        if height > 60.0 {
            let shine = canvas.gradient(
                Sweep::Down,
                &[(0.0, LIGHT, strength), (1.0, LIGHT, strength * 0.15)],
            );
            canvas.fill(
                &self.streak((-0.72, -0.54), (height * 0.3, height * 0.9)),
                &shine,
                1.0,
            );
            if strength > 0.4 {
                canvas.fill(
                    &self.streak((-0.46, -0.42), (height * 0.45, height * 0.88)),
                    &shine,
                    0.6,
                );
            }
        }
    }

    fn decorate(&self, canvas: &mut Canvas, colour: Colour, finish: Finish, dice: &mut Dice) {
        match finish {
            Finish::Clay | Finish::Glaze => {}
            Finish::Crackle => {
                canvas.line(&self.crackle(dice), &colour.darker(0.55).hex(), 0.9, 0.42);
            }
            Finish::Speckle => {
                canvas.line(&self.dots(46, dice), &colour.darker(0.6).hex(), 2.4, 0.5);
            }
            Finish::OilSpot => {
                canvas.line(&self.dots(70, dice), "#8fa3b5", 3.0, 0.4);
                canvas.line(&self.dots(40, dice), "#c9b48c", 5.0, 0.22);
            }
            Finish::Ash => self.ash(canvas, dice),
            Finish::Lotus => self.lotus(canvas, colour),
            Finish::Cobalt => self.landscape(canvas),
        }
    }

    /// Many dots as one path of zero-length strokes.
    fn dots(&self, count: u32, dice: &mut Dice) -> String {
        let (wide, height) = (self.widest(), self.height());
        (0..count)
            .map(|_| {
                format!(
                    "M{}h.1",
                    pair((dice.between(-wide, wide), -dice.between(0.0, height)))
                )
            })
            .collect()
    }

    /// A net of uneven cells, wider apart where the belly faces the eye.
    fn crackle(&self, dice: &mut Dice) -> String {
        let (wide, height) = (self.widest(), self.height());
        let (rows, columns) = (6, 10);
        let net: Vec<Vec<Point>> = (0..=rows)
            .map(|row| {
                (0..=columns)
                    .map(|column| {
                        let angle = (f64::from(column) / f64::from(columns) - 0.5
                            + dice.between(-0.04, 0.04))
                            * std::f64::consts::PI;
                        (
                            wide * angle.sin(),
                            -height
                                * (f64::from(row) / f64::from(rows) + dice.between(-0.08, 0.08)),
                        )
                    })
                    .collect()
            })
            .collect();
        let mut path = String::new();
        for row in &net {
            let joined: Vec<Point> = row.iter().copied().filter(|_| dice.unit() < 0.86).collect();
            path += &straight(&joined, false);
        }
        for two in net.windows(2) {
            if let [low, high] = two {
                for (index, from) in low.iter().enumerate() {
                    let lean = usize::from(dice.unit() < 0.5);
                    if let Some(to) = high.get(index + lean) {
                        path += &straight(&[*from, *to], false);
                    }
                }
            }
        }
        path
    }

    fn ash(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let (wide, height) = (self.widest(), self.height());
        let ash = Colour::rgb(0xd8, 0xc2, 0x92);
        let cloud = canvas.gradient(
            Sweep::Glow {
                centre: (0.4, 0.3),
                radius: 0.6,
            },
            &[(0.0, ash, 0.85), (0.6, ash, 0.35), (1.0, ash, 0.0)],
        );
        canvas.oval(
            (-wide * 0.35, -height * 0.78),
            (wide * 0.95, height * 0.5),
            &cloud,
            0.9,
        );
        let flash = canvas.gradient(
            Sweep::Glow {
                centre: (0.5, 0.5),
                radius: 0.5,
            },
            &[
                (0.0, Colour::rgb(0xb8, 0x5a, 0x2b), 0.6),
                (1.0, Colour::rgb(0xb8, 0x5a, 0x2b), 0.0),
            ],
        );
        canvas.oval(
            (wide * 0.45, -height * 0.25),
            (wide * 0.6, height * 0.35),
            &flash,
            1.0,
        );
        canvas.line(&self.dots(36, dice), "#efe0b8", 2.6, 0.5);
    }

    fn lotus(&self, canvas: &mut Canvas, colour: Colour) {
        let (foot, top) = (self.height() * 0.16, self.height() * 0.74);
        let at = |angle: f64, h: f64| {
            let r = self.radius_at(h);
            (r * angle.sin(), -h + r * TILT * angle.cos())
        };
        let mut petals = String::new();
        for petal in -4..=4 {
            let angle = f64::from(petal) * 0.4;
            let (a, b) = (angle - 0.2, angle + 0.2);
            let middle = foot + (top - foot) * 0.55;
            petals += &curve(
                &[
                    at(a, foot),
                    at(a - 0.02, middle),
                    at(angle, top),
                    at(b + 0.02, middle),
                    at(b, foot),
                ],
                true,
            );
        }
        canvas.line(&petals, &colour.darker(0.4).hex(), 1.6, 0.5);
        canvas.line(&petals, &LIGHT.hex(), 0.8, 0.45);
    }

    fn landscape(&self, canvas: &mut Canvas) {
        let (wide, height) = (self.widest(), self.height());
        let ink = COBALT.hex();
        canvas.line(&self.hoop(height * 0.95), &ink, 2.6, 0.8);
        canvas.line(&self.hoop(height * 0.14), &ink, 1.8, 0.75);
        canvas.line(&self.hoop(height * 0.09), &ink, 1.0, 0.6);
        let hill = |x: f64, w: f64, h: f64| {
            let foot = -height * 0.32;
            curve(
                &[
                    (x - w, foot),
                    (x - w * 0.4, foot - h * 0.6),
                    (x, foot - h),
                    (x + w * 0.45, foot - h * 0.5),
                    (x + w, foot),
                ],
                true,
            )
        };
        let wash = canvas.gradient(Sweep::Down, &[(0.0, COBALT, 0.75), (1.0, COBALT, 0.05)]);
        canvas.fill(&hill(wide * 0.3, wide * 0.5, height * 0.36), &wash, 0.8);
        canvas.fill(&hill(-wide * 0.3, wide * 0.42, height * 0.24), &wash, 0.9);
        let (x, y) = (-wide * 0.34, -height * 0.25);
        canvas.line(&format!("M{}q11 6 24 0", pair((x, y))), &ink, 1.8, 0.8);
        canvas.fill(&format!("M{}v-13l9 12z", pair((x + 11.0, y))), &ink, 0.75);
    }
}

/// Shades any outline as a standing cylinder.
pub(super) fn round_shade(canvas: &mut Canvas, outline: &str, colour: Colour) {
    let deep = if colour.brightness() > 0.7 { 0.6 } else { 1.0 };
    let stops = [
        (0.0, colour.darker(0.36 * deep), 1.0),
        (0.3, colour.lighter(0.24), 1.0),
        (0.5, colour, 1.0),
        (0.92, colour.darker(0.42 * deep), 1.0),
        (1.0, colour.darker(0.28 * deep), 1.0),
    ];
    let paint = canvas.gradient(Sweep::Across, &stops);
    canvas.fill(outline, &paint, 1.0);
}

/// Light from above and shade below, over any outline.
pub(super) fn top_light(canvas: &mut Canvas, outline: &str) {
    let veil = canvas.gradient(
        Sweep::Down,
        &[
            (0.0, LIGHT, 0.2),
            (0.4, LIGHT, 0.0),
            (0.55, SHADE, 0.0),
            (1.0, SHADE, 0.3),
        ],
    );
    canvas.fill(outline, &veil, 1.0);
}

/// The open mouth of a vessel at `height`: rim, inner wall, and what stands in it.
pub(super) struct Mouth {
    pub(super) radius: f64,
    pub(super) height: f64,
    pub(super) inside: Colour,
    pub(super) rim: f64,
    /// Colour of the tea, and how far below the rim it stands.
    pub(super) tea: Option<(Colour, f64)>,
}

impl Mouth {
    pub(super) fn draw(&self, canvas: &mut Canvas) {
        let centre = (0.0, -self.height);
        canvas.oval(
            centre,
            (self.radius, self.radius * TILT),
            &self.inside.lighter(0.35).hex(),
            1.0,
        );
        let r = self.radius - self.rim;
        let wall = canvas.gradient(
            Sweep::Slant,
            &[
                (0.0, self.inside.darker(0.34), 1.0),
                (1.0, self.inside.lighter(0.2), 1.0),
            ],
        );
        canvas.oval(centre, (r, r * TILT), &wall, 1.0);
        if let Some((tea, depth)) = self.tea {
            let hole = format!(
                "M{}A{1} {2} 0 0 0 {3}A{1} {2} 0 0 0 {0}Z",
                pair((-r, -self.height)),
                num(r),
                num(r * TILT),
                pair((r, -self.height))
            );
            canvas.within(&hole, |canvas| {
                let level = (0.0, -self.height + depth);
                let surface = canvas.gradient(
                    Sweep::Glow {
                        centre: (0.42, 0.4),
                        radius: 0.62,
                    },
                    &[
                        (0.0, tea.lighter(0.1), 1.0),
                        (0.85, tea.darker(0.14), 1.0),
                        (1.0, tea.lighter(0.35), 1.0),
                    ],
                );
                let reach = r * 0.965;
                canvas.oval(level, (reach, reach * TILT), &surface, 1.0);
                canvas.oval(
                    (-reach * 0.4, level.1 - reach * 0.07),
                    (reach * 0.3, reach * 0.045),
                    &LIGHT.hex(),
                    0.5,
                );
            });
        }
    }
}
