//! Clear glass: the pot with its strainer, the fairness pitcher and the double-walled cup.

use super::canvas::{Canvas, Sweep, curve};
use super::colour::{Colour, LIGHT, SHADE};
use super::dice::Dice;
use super::leaves::{Heap, Leaf};
use super::teapot::tube;
use super::turned::{TILT, Turned};

const EDGE: Colour = Colour::rgb(0x8c, 0xa0, 0x9c);

/// A vessel of clear glass filled up to `level`.
fn vessel(canvas: &mut Canvas, outer: &Turned, inner: &Turned, tea: Colour, level: f64) {
    let outline = outer.outline();
    let body = canvas.gradient(
        Sweep::Across,
        &[
            (0.0, EDGE, 0.5),
            (0.1, LIGHT, 0.3),
            (0.5, LIGHT, 0.12),
            (0.88, LIGHT, 0.25),
            (1.0, EDGE, 0.55),
        ],
    );
    canvas.fill(&outline, &body, 1.0);
    let r = inner.radius_at(level);
    let liquid = canvas.gradient(
        Sweep::Across,
        &[
            (0.0, tea.darker(0.3), 0.92),
            (0.25, tea.lighter(0.12), 0.86),
            (0.6, tea, 0.86),
            (1.0, tea.darker(0.28), 0.94),
        ],
    );
    canvas.within(&inner.outline(), |canvas| {
        canvas.fill(
            &format!(
                "M-200 60H200V{0:.0}H{1:.0}A{1:.0} {2:.0} 0 0 1-{1:.0} {0:.0}H-200Z",
                -level,
                r,
                r * TILT
            ),
            &liquid,
            1.0,
        );
    });
    let surface = canvas.gradient(
        Sweep::Slant,
        &[(0.0, tea.lighter(0.5), 1.0), (1.0, tea.lighter(0.12), 1.0)],
    );
    canvas.oval((0.0, -level), (r, r * TILT), &surface, 0.9);
}

/// The rim, outline and window reflections that make glass visible.
fn sheen(canvas: &mut Canvas, outer: &Turned) {
    let (r, h) = (outer.mouth(), outer.height());
    let flat = r * TILT;
    let rim = format!(
        "M{left:.1} {top:.1}a{r:.1} {flat:.1} 0 1 0 {across:.1} 0a{r:.1} {flat:.1} 0 1 0-{across:.1} 0",
        left = -r,
        top = -h,
        across = r * 2.0
    );
    canvas.line(&rim, &LIGHT.hex(), 3.0, 0.85);
    canvas.line(&rim, &EDGE.hex(), 1.0, 0.8);
    canvas.line(&outer.outline(), &EDGE.hex(), 1.4, 0.65);
    let shine = canvas.gradient(Sweep::Down, &[(0.0, LIGHT, 0.85), (1.0, LIGHT, 0.1)]);
    canvas.fill(
        &outer.streak((-0.8, -0.66), (h * 0.25, h * 0.85)),
        &shine,
        1.0,
    );
    canvas.fill(
        &outer.streak((-0.56, -0.53), (h * 0.35, h * 0.85)),
        &shine,
        0.7,
    );
    canvas.fill(&outer.streak((0.74, 0.8), (h * 0.2, h * 0.6)), &shine, 0.45);
}

pub(super) fn pot(canvas: &mut Canvas, tea: Colour, dice: &mut Dice) {
    let outer = Turned::new(&[
        (86.0, 0.0),
        (96.0, 6.0),
        (116.0, 44.0),
        (116.0, 90.0),
        (94.0, 142.0),
        (72.0, 164.0),
        (72.0, 176.0),
    ]);
    let inner = Turned::new(&[
        (84.0, 6.0),
        (92.0, 12.0),
        (111.0, 46.0),
        (111.0, 90.0),
        (90.0, 140.0),
        (68.0, 162.0),
        (68.0, 176.0),
    ]);
    let ear = curve(
        &[
            (-76.0, -150.0),
            (-138.0, -156.0),
            (-168.0, -98.0),
            (-140.0, -52.0),
            (-108.0, -48.0),
        ],
        true,
    );
    tube(canvas, &ear, 13.0, Colour::rgb(0xc4, 0xd2, 0xce));
    canvas.fill(
        "M104-84C140-90 142-130 168-162L182-158C166-120 160-60 106-52Z",
        &EDGE.lighter(0.6).hex(),
        0.6,
    );
    canvas.line(
        "M104-84C140-90 142-130 168-162M182-158C166-120 160-60 106-52",
        &EDGE.hex(),
        1.6,
        0.8,
    );
    vessel(canvas, &outer, &inner, tea, 118.0);
    let strainer = Turned::new(&[(44.0, 46.0), (48.0, 52.0), (56.0, 176.0)]);
    canvas.fill(&strainer.outline(), &LIGHT.hex(), 0.22);
    canvas.within(&strainer.outline(), |canvas| {
        canvas.place((0.0, -62.0), 0.9, 0.0, |canvas| {
            Heap {
                leaf: Some((Leaf::Strip, tea.mix(Colour::rgb(0x4a, 0x5a, 0x2c), 0.72))),
                blossoms: &[],
                pieces: 16,
                spread: (40.0, 14.0),
                rise: 22.0,
            }
            .draw(canvas, dice);
        });
    });
    canvas.line(&strainer.outline(), &LIGHT.hex(), 1.6, 0.6);
    sheen(canvas, &outer);
    let lid = Turned::new(&[(76.0, 178.0), (76.0, 184.0), (56.0, 194.0), (16.0, 199.0)]);
    let pale = Colour::rgb(0xcf, 0xa9, 0x72);
    super::turned::round_shade(canvas, &lid.outline(), pale);
    let knob = Turned::new(&[(12.0, 198.0), (17.0, 208.0), (14.0, 218.0), (4.0, 221.0)]);
    super::turned::round_shade(canvas, &knob.outline(), pale.darker(0.1));
}

pub(super) fn pitcher(canvas: &mut Canvas, tea: Colour) {
    let outer = Turned::new(&[
        (60.0, 0.0),
        (68.0, 6.0),
        (80.0, 40.0),
        (76.0, 90.0),
        (70.0, 130.0),
        (78.0, 158.0),
    ]);
    let inner = Turned::new(&[
        (58.0, 8.0),
        (64.0, 12.0),
        (75.0, 42.0),
        (71.0, 90.0),
        (66.0, 130.0),
        (73.0, 158.0),
    ]);
    let ear = curve(
        &[
            (-70.0, -138.0),
            (-118.0, -142.0),
            (-138.0, -92.0),
            (-112.0, -48.0),
            (-78.0, -46.0),
        ],
        true,
    );
    tube(canvas, &ear, 11.0, Colour::rgb(0xc4, 0xd2, 0xce));
    vessel(canvas, &outer, &inner, tea, 104.0);
    sheen(canvas, &outer);
    canvas.fill(
        "M52-170C72-172 92-170 100-164C90-158 80-150 70-146Z",
        &LIGHT.hex(),
        0.7,
    );
    canvas.line(
        "M52-172C72-174 92-171 100-164C90-158 80-150 74-140",
        &EDGE.hex(),
        1.6,
        0.8,
    );
}

pub(super) fn double_cup(canvas: &mut Canvas, tea: Colour) {
    let outer = Turned::new(&[
        (54.0, 0.0),
        (66.0, 6.0),
        (88.0, 50.0),
        (90.0, 100.0),
        (80.0, 168.0),
    ]);
    let inner = Turned::new(&[
        (26.0, 26.0),
        (50.0, 34.0),
        (72.0, 66.0),
        (78.0, 110.0),
        (78.0, 168.0),
    ]);
    vessel(canvas, &outer, &inner, tea, 136.0);
    canvas.line(&inner.outline(), &LIGHT.hex(), 1.6, 0.6);
    canvas.oval((0.0, -18.0), (44.0, 9.0), &SHADE.hex(), 0.1);
    sheen(canvas, &outer);
}
