//! Gift boxes: a lidded box with ribbon and bow, and what is in it standing before it.

use serde::Deserialize;

use super::Subject;
use super::canvas::{Canvas, Point, Sweep, straight};
use super::colour::{Colour, LIGHT, PAPER, SHADE};
use super::dice::Dice;
use super::ground::{Range, range, shadow};

/// A gift box, about 240 units high.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftBox {
    /// The paper of the box.
    pub colour: Colour,
    /// Ribbon and bow.
    pub ribbon: Colour,
    /// What is in it, pictured before the box (at most three things).
    pub contents: Vec<Subject>,
}

impl GiftBox {
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        canvas.place((0.0, -46.0), 1.12, 0.0, |canvas| self.closed(canvas, dice));
        let spots: &[Point] = match self.contents.len() {
            0 | 1 => &[(96.0, 26.0)],
            2 => &[(-96.0, 26.0), (64.0, 34.0)],
            _ => &[(-146.0, 18.0), (-6.0, 38.0), (132.0, 22.0)],
        };
        for (thing, at) in self.contents.iter().zip(spots) {
            canvas.place(*at, 0.52, 0.0, |canvas| thing.draw(canvas, dice));
        }
    }

    fn closed(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 176.0);
        let c = self.colour;
        let front = canvas.gradient(
            Sweep::Slant,
            &[(0.0, c.lighter(0.14), 1.0), (1.0, c.darker(0.18), 1.0)],
        );
        let body = straight(
            &[
                (-160.0, -150.0),
                (160.0, -150.0),
                (160.0, 12.0),
                (-160.0, 12.0),
            ],
            true,
        );
        canvas.fill(&body, &front, 1.0);
        if self.contents.len() < 3 {
            canvas.within(&body, |canvas| self.view(canvas, dice));
        }
        let lid = canvas.gradient(
            Sweep::Slant,
            &[(0.0, c.lighter(0.28), 1.0), (1.0, c.darker(0.04), 1.0)],
        );
        canvas.fill(
            &straight(
                &[
                    (-166.0, -176.0),
                    (166.0, -176.0),
                    (134.0, -234.0),
                    (-134.0, -234.0),
                ],
                true,
            ),
            &lid,
            1.0,
        );
        let edge = canvas.gradient(
            Sweep::Down,
            &[(0.0, c.lighter(0.16), 1.0), (1.0, c.darker(0.1), 1.0)],
        );
        canvas.rect((-166.0, -176.0), (332.0, 42.0), &edge, 1.0);
        canvas.rect((-160.0, -134.0), (320.0, 8.0), &SHADE.hex(), 0.22);
        canvas.line("M-165-176H165", &LIGHT.hex(), 1.4, 0.5);
        self.bow(canvas);
    }

    /// The mountains printed on the box, left out where its contents hide them.
    fn view(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let c = self.colour;
        canvas.place((-160.0, 0.0), 1.0, 0.0, |canvas| {
            range(
                canvas,
                &Range {
                    width: 320.0,
                    foot: -30.0,
                    rise: 70.0,
                    ink: c.lighter(0.22),
                    paper: c,
                },
                dice,
            );
            range(
                canvas,
                &Range {
                    width: 320.0,
                    foot: 4.0,
                    rise: 56.0,
                    ink: c.lighter(0.1),
                    paper: c,
                },
                dice,
            );
        });
    }

    fn bow(&self, canvas: &mut Canvas) {
        let r = self.ribbon;
        let silk = canvas.gradient(
            Sweep::Across,
            &[
                (0.0, r.darker(0.2), 1.0),
                (0.4, r.lighter(0.26), 1.0),
                (1.0, r.darker(0.16), 1.0),
            ],
        );
        canvas.fill("M-17-176H17V12H-17Z", &silk, 1.0);
        canvas.fill("M-17-176H17L13-234H-13Z", &r.lighter(0.16).hex(), 1.0);
        canvas.fill("M-150-204H150L156-192H-156Z", &r.lighter(0.12).hex(), 1.0);
        let loop_paint = canvas.gradient(
            Sweep::Down,
            &[
                (0.0, r.lighter(0.3), 1.0),
                (0.6, r, 1.0),
                (1.0, r.darker(0.3), 1.0),
            ],
        );
        canvas.fill(
            "M-4-204C-20-170-46-158-74-150L-62-172C-40-184-22-196-4-204Z",
            &r.darker(0.12).hex(),
            1.0,
        );
        canvas.fill(
            "M4-204C20-172 44-156 70-146L62-168C42-182 24-196 4-204Z",
            &r.darker(0.22).hex(),
            1.0,
        );
        canvas.fill(
            "M0-206C-24-262-88-262-92-226C-94-200-40-196 0-206Z",
            &loop_paint,
            1.0,
        );
        canvas.fill(
            "M0-206C24-262 88-262 92-226C94-200 40-196 0-206Z",
            &loop_paint,
            1.0,
        );
        canvas.fill(
            "M-14-210C-34-240-70-242-74-224C-72-210-40-206-14-210Z",
            &r.darker(0.45).hex(),
            0.75,
        );
        canvas.fill(
            "M14-210C34-240 70-242 74-224C72-210 40-206 14-210Z",
            &r.darker(0.45).hex(),
            0.75,
        );
        canvas.fill("M-15-218C-8-224 8-224 15-218C18-208 16-198 12-194C4-190-4-190-12-194C-16-198-18-208-15-218Z", &loop_paint, 1.0);
        canvas.line(
            "M-4-219q-3 12 0 24M5-219q3 12 0 24",
            &PAPER.mix(r, 0.6).hex(),
            1.2,
            0.6,
        );
    }
}
