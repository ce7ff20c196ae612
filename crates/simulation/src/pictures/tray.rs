//! The bamboo tea tray for dry brewing, and the travel set with its round case.

use serde::Deserialize;

use super::canvas::{Canvas, Sweep, straight};
use super::colour::{Colour, LIGHT, SHADE};
use super::cup::{Cup, CupForm};
use super::dice::Dice;
use super::ground::shadow;
use super::teapot::{PotForm, Teapot};
use super::turned::{Finish, TILT, Turned, round_shade};

/// A tray of slats, with a small pot and two cups on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tray {
    /// The bamboo or wood.
    pub colour: Colour,
    /// Clay of the pot that stands on it.
    pub pot: Colour,
    /// The tea in the cups.
    pub liquor: Colour,
}

impl Tray {
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 210.0);
        let c = self.colour;
        let top = canvas.gradient(
            Sweep::Slant,
            &[(0.0, c.lighter(0.3), 1.0), (1.0, c.darker(0.08), 1.0)],
        );
        canvas.fill(
            &straight(
                &[
                    (-196.0, -104.0),
                    (196.0, -104.0),
                    (236.0, 0.0),
                    (-236.0, 0.0),
                ],
                true,
            ),
            &top,
            1.0,
        );
        let slats: String = (1..10)
            .map(|slat| {
                let share = f64::from(slat) / 10.0;
                format!(
                    "M{:.0}-98L{:.0}-6",
                    -190.0 + 380.0 * share,
                    -226.0 + 452.0 * share
                )
            })
            .collect();
        canvas.line(&slats, &c.darker(0.6).hex(), 3.4, 0.75);
        canvas.line(
            &straight(
                &[
                    (-184.0, -96.0),
                    (184.0, -96.0),
                    (218.0, -9.0),
                    (-218.0, -9.0),
                ],
                true,
            ),
            &c.darker(0.35).hex(),
            2.0,
            0.6,
        );
        let front = canvas.gradient(
            Sweep::Down,
            &[(0.0, c.lighter(0.1), 1.0), (1.0, c.darker(0.35), 1.0)],
        );
        canvas.rect((-236.0, 0.0), (472.0, 26.0), &front, 1.0);
        canvas.line("M-234 1H234", &LIGHT.hex(), 1.6, 0.5);
        canvas.place((-50.0, -52.0), 0.74, 0.0, |canvas| {
            Teapot {
                form: PotForm::Round,
                colour: self.pot,
                finish: Finish::Clay,
            }
            .draw(canvas, dice);
        });
        let cup = Cup {
            form: CupForm::Bowl,
            colour: Colour::rgb(0xf2, 0xee, 0xe4),
            finish: Finish::Glaze,
            liquor: self.liquor,
            count: 1,
        };
        canvas.place((108.0, -58.0), 0.5, 0.0, |canvas| cup.one(canvas, dice));
        canvas.place((158.0, -20.0), 0.54, 0.0, |canvas| cup.one(canvas, dice));
    }
}

/// A pot that is its own pitcher, two cups, and the case they travel in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Travel {
    /// The glaze of pot and cups.
    pub colour: Colour,
    /// The cloth of the case.
    pub case: Colour,
    /// The tea in the cups.
    pub liquor: Colour,
}

impl Travel {
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        canvas.place((-86.0, -40.0), 1.0, 0.0, |canvas| self.case(canvas));
        canvas.place((64.0, -8.0), 0.9, 0.0, |canvas| self.pot(canvas, dice));
        let cup = Cup {
            form: CupForm::Tulip,
            colour: self.colour,
            finish: Finish::Speckle,
            liquor: self.liquor,
            count: 1,
        };
        canvas.place((-88.0, 34.0), 0.56, 0.0, |canvas| cup.one(canvas, dice));
        canvas.place((14.0, 52.0), 0.58, 0.0, |canvas| cup.one(canvas, dice));
    }

    fn case(&self, canvas: &mut Canvas) {
        shadow(canvas, 96.0);
        let case = Turned::new(&[(92.0, 0.0), (92.0, 214.0)]);
        round_shade(canvas, &case.outline(), self.case);
        canvas.oval(
            (0.0, -214.0),
            (92.0, 92.0 * TILT),
            &self.case.lighter(0.18).hex(),
            1.0,
        );
        canvas.oval(
            (0.0, -213.0),
            (82.0, 82.0 * TILT),
            &self.case.darker(0.12).hex(),
            0.3,
        );
        let strap = "M-44-214C-40-262 40-262 44-214";
        canvas.line(strap, &self.case.darker(0.45).hex(), 11.0, 1.0);
        canvas.line(strap, &self.case.lighter(0.1).hex(), 5.0, 0.7);
        canvas.line(&case.hoop(168.0), &self.case.darker(0.5).hex(), 4.0, 0.8);
        canvas.line(&case.hoop(164.0), &LIGHT.hex(), 1.0, 0.35);
        canvas.rect((-22.0, -92.0), (44.0, 44.0), &SHADE.hex(), 0.18);
        canvas.line("M-12-60L0-80L12-60", &LIGHT.hex(), 3.0, 0.7);
    }

    fn pot(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 92.0);
        let body = Turned::new(&[
            (58.0, 0.0),
            (62.0, 6.0),
            (90.0, 40.0),
            (96.0, 84.0),
            (90.0, 120.0),
            (94.0, 128.0),
        ]);
        canvas.fill(
            "M78-126C104-134 118-134 126-130C116-116 104-104 84-96Z",
            &self.colour.darker(0.1).hex(),
            1.0,
        );
        body.draw(canvas, self.colour, Finish::Speckle, dice);
        let lid = Turned::new(&[(92.0, 130.0), (92.0, 138.0), (70.0, 150.0), (24.0, 158.0)]);
        super::teapot::dome_on(canvas, &lid, self.colour, Finish::Speckle, dice);
        let knob = Turned::new(&[(16.0, 156.0), (18.0, 166.0), (14.0, 174.0), (4.0, 176.0)]);
        super::teapot::dome_on(canvas, &knob, self.colour, Finish::Clay, dice);
    }
}
