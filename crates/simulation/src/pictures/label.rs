//! The paper label of packages: a mountain view printed in two inks, the tea's name, the shop's seal.

use super::canvas::{Canvas, Point, Sweep, curve, straight};
use super::colour::{Colour, LIGHT, PAPER, SEAL};
use super::dice::Dice;

pub(super) struct Label<'a> {
    /// Top left corner and size.
    pub(super) corner: Point,
    pub(super) size: Point,
    pub(super) ink: Colour,
    /// At most four characters, set from top to bottom.
    pub(super) name: &'a str,
}

impl Label<'_> {
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let (x, y) = self.corner;
        let (w, h) = self.size;
        let sheet = straight(&[(x, y), (x + w, y), (x + w, y + h), (x, y + h)], true);
        canvas.fill(&sheet, &PAPER.hex(), 1.0);
        canvas.within(&sheet, |canvas| self.view(canvas, dice));
        if !self.name.is_empty() {
            self.title(canvas);
        }
        let inset = w * 0.035;
        let frame = straight(
            &[
                (x + inset, y + inset),
                (x + w - inset, y + inset),
                (x + w - inset, y + h - inset),
                (x + inset, y + h - inset),
            ],
            true,
        );
        canvas.line(&frame, &self.ink.darker(0.1).hex(), 1.0, 0.55);
    }

    fn view(&self, canvas: &mut Canvas, dice: &mut Dice) {
        let (x, y) = self.corner;
        let (w, h) = self.size;
        canvas.oval(
            (x + w * 0.74, y + h * 0.3),
            (w * 0.13, w * 0.13),
            &self.ink.lighter(0.55).hex(),
            0.9,
        );
        for (step, share) in [(0.3, 0.5), (1.7, 0.08)] {
            let foot = y + h * (0.58 + step * 0.14);
            let range: Vec<Point> = (0..=5)
                .map(|peak| {
                    let high = if peak % 2 == 1 {
                        dice.between(0.11, 0.2)
                    } else {
                        dice.between(-0.02, 0.04)
                    };
                    (x + w * f64::from(peak) / 5.0, foot - h * high)
                })
                .collect();
            let ink = self.ink.mix(PAPER, share);
            let wash = canvas.gradient(
                Sweep::Down,
                &[(0.0, ink, 1.0), (1.0, ink.mix(PAPER, 0.75), 1.0)],
            );
            canvas.fill(
                &format!(
                    "{}L{:.0} {:.0}L{:.0} {:.0}Z",
                    curve(&range, true),
                    x + w,
                    y + h + 2.0,
                    x,
                    y + h + 2.0
                ),
                &wash,
                1.0,
            );
        }
    }

    /// The name on its own slip, with the seal below it.
    fn title(&self, canvas: &mut Canvas) {
        let (x, y) = self.corner;
        let (w, h) = self.size;
        let size = (w * 0.2).min(h * 0.64 / 4.0);
        let count = f64::from(u32::try_from(self.name.chars().count()).unwrap_or(4));
        let (left, top) = (x + w * 0.14, y + h * 0.09);
        let slip = (size * 1.5, size * (count * 1.12 + 0.5));
        canvas.rect((left, top), slip, &LIGHT.hex(), 0.94);
        canvas.column(
            self.name,
            (left + slip.0 / 2.0, top + size * 0.8),
            (size, size * 1.12),
            &self.ink.darker(0.5).hex(),
        );
        let seal = size * 0.62;
        canvas.rect(
            (left + slip.0 / 2.0 - seal / 2.0, top + slip.1 + seal * 0.4),
            (seal, seal),
            &SEAL.hex(),
            0.92,
        );
        let (sx, sy) = (left + slip.0 / 2.0, top + slip.1 + seal * 0.9);
        canvas.line(
            &straight(
                &[
                    (sx - seal * 0.28, sy + seal * 0.2),
                    (sx, sy - seal * 0.25),
                    (sx + seal * 0.28, sy + seal * 0.2),
                ],
                false,
            ),
            &PAPER.hex(),
            1.4,
            0.95,
        );
    }
}
