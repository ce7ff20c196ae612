//! Cups and what belongs to them: tasting cups, the aroma pair, the iron-glazed bowl, glass cup and pitcher.

use serde::Deserialize;

use super::canvas::{Canvas, Point, straight};
use super::colour::Colour;
use super::dice::Dice;
use super::glass;
use super::ground::shadow;
use super::turned::{Finish, Mouth, Turned};

/// The build of a cup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CupForm {
    /// A small rounded tasting cup.
    Bowl,
    /// A taller cup that keeps the scent.
    Tulip,
    /// A flared, conical bowl on a small foot.
    Flared,
    /// A tall aroma cup beside its tasting cup, on a tray.
    AromaPair,
    /// Double-walled glass.
    DoubleGlass,
    /// The glass pitcher from which cups are filled evenly.
    Pitcher,
}

/// A cup, 110 to 170 units high.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cup {
    /// Its build.
    pub form: CupForm,
    /// The glaze.
    pub colour: Colour,
    /// Its surface.
    pub finish: Finish,
    /// The tea in it.
    pub liquor: Colour,
    /// How many are sold as one set and pictured together (1 to 4).
    pub count: u8,
}

impl Cup {
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let spots: &[(Point, f64)] = match self.count {
            0 | 1 => &[((0.0, 0.0), 1.25)],
            2 => &[((-84.0, -34.0), 0.9), ((72.0, 10.0), 1.0)],
            3 => &[
                ((0.0, -58.0), 0.82),
                ((-104.0, 0.0), 0.9),
                ((96.0, 14.0), 0.95),
            ],
            _ => &[
                ((-76.0, -72.0), 0.76),
                ((82.0, -62.0), 0.78),
                ((-118.0, 8.0), 0.88),
                ((100.0, 24.0), 0.92),
            ],
        };
        for (at, scale) in spots {
            canvas.place(*at, *scale, 0.0, |canvas| self.one(canvas, dice));
        }
    }

    /// A single cup at the origin.
    pub(super) fn one(&self, canvas: &mut Canvas, dice: &mut Dice) {
        match self.form {
            CupForm::Bowl => self.turned(
                canvas,
                &[
                    (36.0, 0.0),
                    (38.0, 9.0),
                    (56.0, 20.0),
                    (80.0, 56.0),
                    (90.0, 104.0),
                ],
                dice,
            ),
            CupForm::Tulip => self.turned(
                canvas,
                &[
                    (38.0, 0.0),
                    (40.0, 10.0),
                    (66.0, 28.0),
                    (78.0, 66.0),
                    (72.0, 106.0),
                    (80.0, 130.0),
                ],
                dice,
            ),
            CupForm::Flared => self.turned(
                canvas,
                &[
                    (28.0, 0.0),
                    (30.0, 12.0),
                    (48.0, 26.0),
                    (90.0, 68.0),
                    (108.0, 96.0),
                    (112.0, 104.0),
                ],
                dice,
            ),
            CupForm::AromaPair => self.pair(canvas, dice),
            CupForm::DoubleGlass => {
                shadow(canvas, 76.0);
                glass::double_cup(canvas, self.liquor);
            }
            CupForm::Pitcher => {
                shadow(canvas, 80.0);
                glass::pitcher(canvas, self.liquor);
            }
        }
    }

    fn turned(&self, canvas: &mut Canvas, profile: &[Point], dice: &mut Dice) {
        let body = Turned::new(profile);
        shadow(canvas, body.widest() * 0.8);
        body.draw(canvas, self.colour, self.finish, dice);
        let inside = if self.colour.brightness() > 0.5 {
            self.colour.lighter(0.4)
        } else {
            self.colour.lighter(0.08)
        };
        Mouth {
            radius: body.mouth(),
            height: body.height(),
            inside,
            rim: 3.2,
            tea: Some((self.liquor, 7.0)),
        }
        .draw(canvas);
    }

    fn pair(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 150.0);
        let wood = Colour::rgb(0x8a, 0x5a, 0x36);
        canvas.fill(
            &straight(
                &[
                    (-150.0, -36.0),
                    (150.0, -36.0),
                    (172.0, 10.0),
                    (-172.0, 10.0),
                ],
                true,
            ),
            &wood.lighter(0.14).hex(),
            1.0,
        );
        canvas.fill(
            &straight(
                &[(-172.0, 10.0), (172.0, 10.0), (172.0, 24.0), (-172.0, 24.0)],
                true,
            ),
            &wood.darker(0.3).hex(),
            1.0,
        );
        canvas.line(
            "M-150-22H152M-162-4H166",
            &wood.darker(0.4).hex(),
            1.2,
            0.35,
        );
        canvas.place((-76.0, -10.0), 0.86, 0.0, |canvas| {
            self.turned(
                canvas,
                &[
                    (44.0, 0.0),
                    (46.0, 8.0),
                    (52.0, 20.0),
                    (52.0, 120.0),
                    (54.0, 166.0),
                ],
                dice,
            );
        });
        canvas.place((74.0, -6.0), 0.82, 0.0, |canvas| {
            self.turned(
                canvas,
                &[
                    (36.0, 0.0),
                    (38.0, 9.0),
                    (56.0, 20.0),
                    (80.0, 56.0),
                    (90.0, 96.0),
                ],
                dice,
            );
        });
    }
}
