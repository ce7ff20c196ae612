//! Where things stand: the paper-toned studio, shadows on the table, mist and mountains, wood.

use super::canvas::{Canvas, Point, Sweep, curve, straight};
use super::colour::{Colour, LIGHT, SHADE};
use super::dice::Dice;

/// A soft shadow of something `reach` units wide to either side, falling to the right.
pub(super) fn shadow(canvas: &mut Canvas, reach: f64) {
    let soft = canvas.gradient(
        Sweep::Glow {
            centre: (0.5, 0.5),
            radius: 0.5,
        },
        &[(0.0, SHADE, 0.42), (0.55, SHADE, 0.18), (1.0, SHADE, 0.0)],
    );
    canvas.oval(
        (reach * 0.34, reach * 0.06),
        (reach * 1.42, reach * 0.3),
        &soft,
        0.8,
    );
    canvas.oval(
        (reach * 0.04, reach * 0.09),
        (reach * 1.06, reach * 0.24),
        &soft,
        1.0,
    );
}

/// The studio: a seamless paper sweep, the pale moon disc, and mist-covered ridges or a leafy shade.
pub(super) fn studio(canvas: &mut Canvas, tint: Colour, ridges: bool, dice: &mut Dice) {
    let wall = canvas.gradient(
        Sweep::Down,
        &[
            (0.0, tint.lighter(0.34), 1.0),
            (0.6, tint, 1.0),
            (0.72, tint.darker(0.07), 1.0),
            (0.8, tint.lighter(0.12), 1.0),
            (1.0, tint.darker(0.03), 1.0),
        ],
    );
    canvas.rect((0.0, 0.0), (800.0, 800.0), &wall, 1.0);
    let moon = "M130 340a270 270 0 1 0 540 0a270 270 0 1 0-540 0Z";
    let glow = canvas.gradient(Sweep::Down, &[(0.0, LIGHT, 0.75), (1.0, LIGHT, 0.25)]);
    canvas.fill(moon, &glow, 1.0);
    canvas.within(moon, |canvas| {
        if ridges {
            range(
                canvas,
                &Range {
                    width: 800.0,
                    foot: 470.0,
                    rise: 150.0,
                    ink: tint.darker(0.16),
                    paper: tint.lighter(0.55),
                },
                dice,
            );
            range(
                canvas,
                &Range {
                    width: 800.0,
                    foot: 570.0,
                    rise: 120.0,
                    ink: tint.darker(0.27),
                    paper: tint.lighter(0.4),
                },
                dice,
            );
        } else {
            leaf_shade(canvas, tint.darker(0.22), dice);
        }
    });
    grain(canvas, 800.0, 800.0, dice);
}

/// A mountain range that fades into the mist at its foot.
pub(super) struct Range {
    pub(super) width: f64,
    pub(super) foot: f64,
    pub(super) rise: f64,
    pub(super) ink: Colour,
    pub(super) paper: Colour,
}

pub(super) fn range(canvas: &mut Canvas, range: &Range, dice: &mut Dice) {
    let peaks: Vec<Point> = (0..=8)
        .map(|peak| {
            let high = if peak % 2 == 1 {
                dice.between(0.55, 1.0)
            } else {
                dice.between(0.2, 0.5)
            };
            (
                range.width * f64::from(peak) / 8.0
                    + if peak % 8 == 0 {
                        0.0
                    } else {
                        dice.between(-22.0, 22.0)
                    },
                range.foot - range.rise * high,
            )
        })
        .collect();
    let wash = canvas.gradient(
        Sweep::Down,
        &[(0.0, range.ink, 0.85), (1.0, range.paper, 0.0)],
    );
    canvas.fill(
        &format!(
            "{}V{:.0}H0Z",
            curve(&peaks, true),
            range.foot + range.rise * 0.5
        ),
        &wash,
        1.0,
    );
}

/// Shadows of branches outside the picture.
fn leaf_shade(canvas: &mut Canvas, ink: Colour, dice: &mut Dice) {
    let leaf = canvas
        .symbol(|canvas| canvas.fill("M0 0C14-18 44-22 78-4C50 14 18 16 0 0Z", &ink.hex(), 0.16));
    for branch in 0..3 {
        let start = (
            470.0 + f64::from(branch) * 70.0,
            60.0 + f64::from(branch) * 12.0,
        );
        for step in 0..6 {
            let along = f64::from(step);
            let at = (
                start.0 + along * 26.0 + dice.between(-8.0, 8.0),
                start.1 + along * 42.0,
            );
            let side = if step % 2 == 0 { 140.0 } else { 15.0 };
            canvas.stamp(&leaf, at, side + dice.between(-16.0, 16.0));
        }
    }
}

/// Paper fibres, barely visible.
pub(super) fn grain(canvas: &mut Canvas, width: f64, height: f64, dice: &mut Dice) {
    let fibres: String = (0..18)
        .map(|_| {
            format!(
                "M{:.0} {:.0}q{:.0} {:.0} {:.0} 2",
                dice.between(0.0, width),
                dice.between(0.0, height),
                dice.between(2.0, 7.0),
                dice.between(-5.0, 5.0),
                dice.between(6.0, 15.0)
            )
        })
        .collect();
    canvas.line(&fibres, &SHADE.hex(), 0.8, 0.07);
}

/// A wooden table top from `top` down to `bottom`, over the whole width.
pub(super) fn table(
    canvas: &mut Canvas,
    wood: Colour,
    width: f64,
    heights: Point,
    dice: &mut Dice,
) {
    let (top, bottom) = heights;
    let plank = canvas.gradient(
        Sweep::Down,
        &[
            (0.0, wood.darker(0.14), 1.0),
            (0.12, wood.lighter(0.12), 1.0),
            (1.0, wood.darker(0.16), 1.0),
        ],
    );
    canvas.rect((0.0, top), (width, bottom - top), &plank, 1.0);
    let rings: String = (0..3)
        .map(|line| {
            let y = top + (bottom - top) * (0.1 + 0.9 * (f64::from(line) / 3.0).powf(1.3));
            let mut sway = || y + dice.between(-5.0, 5.0);
            let points = [
                (0.0, sway()),
                (width * 0.35, sway()),
                (width * 0.7, sway()),
                (width, sway()),
            ];
            curve(&points, true)
        })
        .collect();
    canvas.line(&rings, &wood.darker(0.4).hex(), 1.2, 0.22);
    canvas.line(
        &straight(&[(0.0, top), (width, top)], false),
        &LIGHT.hex(),
        2.0,
        0.25,
    );
}

/// Steam rising from the origin.
pub(super) fn steam(canvas: &mut Canvas, height: f64) {
    let wisp = canvas.gradient(
        Sweep::Down,
        &[(0.0, LIGHT, 0.0), (0.45, LIGHT, 0.7), (1.0, LIGHT, 0.1)],
    );
    let h = height;
    let path = format!("M0 0C-26 {:.0} 30 {:.0} 4 {:.0}", -h * 0.35, -h * 0.6, -h);
    let one = canvas.symbol(|canvas| {
        canvas.line(&path, &wisp, 9.0, 0.35);
        canvas.line(&path, &wisp, 3.5, 0.6);
    });
    for (at, lean) in [((-16.0, 8.0), -5.0), ((3.0, 0.0), 2.0), ((22.0, 12.0), 7.0)] {
        canvas.stamp(&one, at, lean);
    }
}
