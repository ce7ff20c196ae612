//! Teapots: round with a back handle, pear-shaped, with a side handle, with an overhead handle, of glass.

use serde::Deserialize;

use super::canvas::{Canvas, Point, Sweep, blob, curve};
use super::colour::{BAMBOO, Colour, LIGHT, SHADE};
use super::dice::Dice;
use super::glass;
use super::ground::shadow;
use super::turned::{Finish, TILT, Turned, round_shade, top_light};

/// The build of a teapot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PotForm {
    /// Low and round, handle at the back.
    Round,
    /// Taller, narrowing upwards, handle at the back.
    Pear,
    /// A straight handle at a right angle to the spout.
    SideHandle,
    /// A large pot with a rattan handle over it.
    Overhead,
    /// Heat-proof glass with an inner strainer.
    Glass,
}

/// A teapot, about 210 units high (with its overhead handle 330).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teapot {
    /// Its build.
    pub form: PotForm,
    /// Clay or glaze; for glass, the tea in it.
    pub colour: Colour,
    /// Its surface.
    pub finish: Finish,
}

impl Teapot {
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 112.0);
        match self.form {
            PotForm::Round => self.back_handled(
                canvas,
                &[
                    (58.0, 0.0),
                    (64.0, 6.0),
                    (98.0, 34.0),
                    (116.0, 76.0),
                    (108.0, 116.0),
                    (82.0, 144.0),
                    (62.0, 152.0),
                ],
                dice,
            ),
            PotForm::Pear => self.back_handled(
                canvas,
                &[
                    (64.0, 0.0),
                    (70.0, 6.0),
                    (104.0, 40.0),
                    (108.0, 80.0),
                    (84.0, 132.0),
                    (62.0, 172.0),
                    (56.0, 182.0),
                ],
                dice,
            ),
            PotForm::SideHandle => self.side_handled(canvas, dice),
            PotForm::Overhead => self.overhead(canvas, dice),
            PotForm::Glass => glass::pot(canvas, self.colour, dice),
        }
    }

    fn back_handled(&self, canvas: &mut Canvas, profile: &[Point], dice: &mut Dice) {
        let body = Turned::new(profile);
        let high = body.height();
        let (low, up) = (high * 0.34, high * 0.8);
        let (r_low, r_up) = (body.radius_at(low), body.radius_at(up));
        let ear = curve(
            &[
                (-r_up + 10.0, -up),
                (-r_up - 44.0, -up - 10.0),
                (-r_low - 66.0, -(low + up) * 0.56),
                (-r_low - 34.0, -low - 4.0),
                (-r_low + 12.0, -low + 6.0),
            ],
            true,
        );
        tube(canvas, &ear, 17.0, self.colour);
        let belly = body.radius_at(high * 0.45);
        let spine = [
            (belly - 24.0, -high * 0.42),
            (belly + 26.0, -high * 0.52),
            (belly + 48.0, -high * 0.8),
            (belly + 66.0, -high * 1.02),
        ];
        spout(canvas, self.colour, &spine, (46.0, 15.0));
        body.draw(canvas, self.colour, self.finish, dice);
        self.lid(canvas, &body, dice);
    }

    fn side_handled(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let body = Turned::new(&[
            (74.0, 0.0),
            (82.0, 6.0),
            (108.0, 40.0),
            (110.0, 84.0),
            (88.0, 124.0),
            (66.0, 136.0),
        ]);
        spout(
            canvas,
            self.colour,
            &[
                (-90.0, -76.0),
                (-128.0, -92.0),
                (-146.0, -120.0),
                (-160.0, -142.0),
            ],
            (38.0, 15.0),
        );
        body.draw(canvas, self.colour, self.finish, dice);
        self.lid(canvas, &body, dice);
        let grip = "M82-98L196-150L212-118L90-62Z";
        let paint = canvas.gradient(
            Sweep::Slant,
            &[
                (0.0, self.colour.darker(0.1), 1.0),
                (0.45, self.colour.lighter(0.2), 1.0),
                (1.0, self.colour.darker(0.5), 1.0),
            ],
        );
        canvas.fill(&format!("{grip}M82-98Q70-76 90-62L96-80Z"), &paint, 1.0);
        canvas.place((204.0, -134.0), 1.0, -26.0, |canvas| {
            canvas.oval(
                (0.0, 0.0),
                (9.0, 18.0),
                &self.colour.lighter(0.12).hex(),
                1.0,
            );
            canvas.oval((1.0, 0.0), (5.5, 12.5), &self.colour.darker(0.6).hex(), 1.0);
        });
    }

    fn overhead(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let body = Turned::new(&[
            (80.0, 0.0),
            (88.0, 6.0),
            (118.0, 44.0),
            (124.0, 92.0),
            (104.0, 140.0),
            (70.0, 160.0),
        ]);
        spout(
            canvas,
            self.colour,
            &[
                (96.0, -78.0),
                (148.0, -94.0),
                (168.0, -132.0),
                (186.0, -166.0),
            ],
            (46.0, 17.0),
        );
        let arch = curve(
            &[
                (-92.0, -146.0),
                (-112.0, -220.0),
                (-60.0, -296.0),
                (0.0, -312.0),
                (60.0, -296.0),
                (112.0, -220.0),
                (92.0, -146.0),
            ],
            true,
        );
        tube(canvas, &arch, 13.0, BAMBOO.darker(0.25));
        let wrap: String = (0..17)
            .map(|turn| {
                let angle = std::f64::consts::PI * (0.12 + 0.76 * f64::from(turn) / 16.0);
                let (x, y) = (-106.0 * angle.cos(), -192.0 - 118.0 * angle.sin());
                format!("M{:.0} {:.0}l{:.0} {:.0}", x - 5.0, y - 5.0, 10.0, 9.0)
            })
            .collect();
        canvas.line(&wrap, &BAMBOO.darker(0.6).hex(), 1.8, 0.55);
        body.draw(canvas, self.colour, self.finish, dice);
        for x in [-92.0, 92.0] {
            canvas.oval(
                (x, -142.0),
                (13.0, 11.0),
                &self.colour.darker(0.3).hex(),
                1.0,
            );
            canvas.oval(
                (x - 2.0, -145.0),
                (8.0, 6.0),
                &self.colour.lighter(0.1).hex(),
                1.0,
            );
        }
        self.lid(canvas, &body, dice);
    }

    fn lid(&self, canvas: &mut Canvas, body: &Turned, dice: &mut Dice) {
        let (r, h) = (body.mouth(), body.height());
        canvas.line(&body.hoop(h), &SHADE.hex(), 3.0, 0.4);
        let plain = if matches!(self.finish, Finish::Lotus | Finish::Cobalt | Finish::Ash) {
            Finish::Glaze
        } else {
            self.finish
        };
        let dome = Turned::new(&[
            (r + 3.0, h + 1.0),
            (r + 3.0, h + 6.0),
            (r * 0.82, h + 18.0),
            (r * 0.4, h + 27.0),
            (r * 0.14, h + 29.0),
        ]);
        dome_on(canvas, &dome, self.colour, plain, dice);
        let knob = Turned::new(&[
            (r * 0.15, h + 28.0),
            (r * 0.15, h + 32.0),
            (r * 0.3, h + 42.0),
            (r * 0.26, h + 52.0),
            (r * 0.06, h + 57.0),
        ]);
        dome_on(canvas, &knob, self.colour, Finish::Clay, dice);
        canvas.oval(
            (-r * 0.1, -h - 49.0),
            (r * 0.09, r * 0.06),
            &LIGHT.hex(),
            0.5,
        );
    }
}

/// A lid or knob: like a body, with a rim that catches the light.
pub(super) fn dome_on(
    canvas: &mut Canvas,
    dome: &Turned,
    colour: Colour,
    finish: Finish,
    dice: &mut Dice,
) {
    let outline = dome.outline();
    round_shade(canvas, &outline, colour);
    if matches!(finish, Finish::Crackle | Finish::Speckle | Finish::OilSpot) {
        canvas.within(&outline, |canvas| {
            let dots: String = (0..18)
                .map(|_| {
                    format!(
                        "M{:.0} {:.0}h.1",
                        dice.between(-1.0, 1.0) * dome.widest(),
                        -dome.height() + dice.between(0.0, 30.0)
                    )
                })
                .collect();
            canvas.line(&dots, &colour.darker(0.5).hex(), 2.2, 0.4);
        });
    }
    top_light(canvas, &outline);
}

/// A bent rod of even thickness.
pub(super) fn tube(canvas: &mut Canvas, path: &str, width: f64, colour: Colour) {
    canvas.line(path, &colour.darker(0.42).hex(), width, 1.0);
    canvas.place((-width * 0.06, -width * 0.08), 1.0, 0.0, |canvas| {
        canvas.line(path, &colour.darker(0.08).hex(), width * 0.66, 1.0);
        canvas.line(path, &colour.lighter(0.3).hex(), width * 0.22, 0.8);
    });
}

/// A spout along `spine`, from the first width to the second, open at its tip.
fn spout(canvas: &mut Canvas, colour: Colour, spine: &[Point], widths: Point) {
    let steps = f64::from(u32::try_from(spine.len().saturating_sub(1)).unwrap_or(1)).max(1.0);
    let mut upper: Vec<Point> = Vec::new();
    let mut lower: Vec<Point> = Vec::new();
    for ((index, at), next) in spine
        .iter()
        .enumerate()
        .zip(spine.iter().skip(1).chain(spine.last()))
    {
        let previous = index
            .checked_sub(1)
            .and_then(|before| spine.get(before))
            .unwrap_or(at);
        let (dx, dy) = (next.0 - previous.0, next.1 - previous.1);
        let long = dx.hypot(dy).max(0.1);
        let along = f64::from(u32::try_from(index).unwrap_or(0)) / steps;
        let half = (widths.0 + (widths.1 - widths.0) * along.powf(0.7)) / 2.0;
        upper.push((at.0 + dy / long * half, at.1 - dx / long * half));
        lower.push((at.0 - dy / long * half, at.1 + dx / long * half));
    }
    lower.reverse();
    let shape = format!("{}{}Z", curve(&upper, true), curve(&lower, false));
    let paint = canvas.gradient(
        Sweep::Slant,
        &[
            (0.0, colour.lighter(0.28), 1.0),
            (0.45, colour, 1.0),
            (1.0, colour.darker(0.48), 1.0),
        ],
    );
    canvas.fill(&shape, &paint, 1.0);
    if let (Some(left), Some(right)) = (upper.last(), lower.first()) {
        let centre = ((left.0 + right.0) / 2.0, (left.1 + right.1) / 2.0);
        canvas.oval(
            centre,
            (widths.1 * 0.52, widths.1 * TILT),
            &colour.darker(0.62).hex(),
            1.0,
        );
    }
    let shine: Vec<Point> = spine.iter().map(|(x, y)| (x - 5.0, y - 6.0)).collect();
    canvas.line(
        &curve(shine.get(1..).unwrap_or_default(), true),
        &LIGHT.hex(),
        2.4,
        0.3,
    );
}

/// A flat oval seen from the side, for feet and saucers.
pub(super) fn disc(canvas: &mut Canvas, y: f64, radius: f64, paint: &str) {
    let r = radius;
    canvas.fill(
        &blob(&[(-r, y), (0.0, y - r * TILT), (r, y), (0.0, y + r * TILT)]),
        paint,
        1.0,
    );
}
