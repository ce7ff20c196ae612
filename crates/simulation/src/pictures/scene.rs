//! Whole pictures: the studio shot, the close look, the table by the moon window, and the wide banner.

use super::canvas::{Canvas, Point, Sweep};
use super::colour::{Colour, LIGHT, PORCELAIN, SHADE, WOOD};
use super::cup::{Cup, CupForm};
use super::dice::Dice;
use super::gaiwan::Gaiwan;
use super::ground::{Range, grain, range, shadow, steam, studio, table};
use super::leaves::{Heap, twig};
use super::package::{Package, Wrapped};
use super::turned::Finish;
use super::{Banner, Picture, Subject, Tea};

/// The studio shot: the thing alone, tea with its leaves and a poured cup.
pub(super) fn main(canvas: &mut Canvas, picture: &Picture, dice: &mut Dice) {
    studio(
        canvas,
        picture.ground,
        matches!(picture.subject, Subject::Tea(_)),
        dice,
    );
    match &picture.subject {
        Subject::Tea(tea) => {
            let (x, scale) = match tea.package {
                Package::Pouch => (330.0, 1.36),
                Package::Tin => (330.0, 1.5),
                Package::Cake => (350.0, 1.42),
                Package::Carton => (330.0, 1.36),
            };
            canvas.place((x, 610.0), scale, 0.0, |canvas| {
                tea.wrapped().draw(canvas, dice);
            });
            canvas.place((585.0, 650.0), 1.0, 0.0, |canvas| {
                tasting_cup(tea.liquor).one(canvas, dice);
            });
            canvas.place((290.0, 706.0), 0.74, 0.0, |canvas| {
                shadow(canvas, 130.0);
                tea.heap(90, (128.0, 26.0), 44.0).draw(canvas, dice);
            });
        }
        other => {
            let (scale, y) = other.stature();
            canvas.place((400.0 + other.balance() * scale, y), scale, 0.0, |canvas| {
                other.draw(canvas, dice);
            });
        }
    }
}

/// The close look: dry leaf and liquor from above, or the surface of a vessel.
pub(super) fn detail(canvas: &mut Canvas, picture: &Picture, dice: &mut Dice) {
    let tint = picture.ground.darker(0.05);
    let cloth = canvas.gradient(
        Sweep::Slant,
        &[(0.0, tint.lighter(0.3), 1.0), (1.0, tint.darker(0.12), 1.0)],
    );
    canvas.rect((0.0, 0.0), (800.0, 800.0), &cloth, 1.0);
    if let Subject::Tea(tea) = &picture.subject {
        weave(canvas, tint);
        from_above(canvas, tea, dice);
    } else {
        let (scale, y) = picture.subject.stature();
        let zoom = scale * 1.75;
        let glow = canvas.gradient(
            Sweep::Glow {
                centre: (0.4, 0.35),
                radius: 0.6,
            },
            &[(0.0, LIGHT, 0.7), (1.0, LIGHT, 0.0)],
        );
        canvas.rect((0.0, 0.0), (800.0, 800.0), &glow, 1.0);
        canvas.place(
            (330.0 + picture.subject.balance() * zoom, y + 130.0),
            zoom,
            0.0,
            |canvas| picture.subject.draw(canvas, dice),
        );
        grain(canvas, 800.0, 800.0, dice);
    }
}

/// Linen seen from above.
fn weave(canvas: &mut Canvas, tint: Colour) {
    for axis in ["M0 400H800", "M400 0V800"] {
        canvas.strips(axis, &tint.darker(0.3).hex(), (800.0, (1.2, 11.0)), 0.11);
    }
}

fn from_above(canvas: &mut Canvas, tea: &Tea, dice: &mut Dice) {
    let soft = canvas.gradient(
        Sweep::Glow {
            centre: (0.5, 0.5),
            radius: 0.5,
        },
        &[(0.72, SHADE, 0.34), (1.0, SHADE, 0.0)],
    );
    let glaze = canvas.gradient(
        Sweep::Slant,
        &[(0.0, LIGHT, 1.0), (1.0, PORCELAIN.darker(0.16), 1.0)],
    );
    let well = canvas.gradient(
        Sweep::Slant,
        &[
            (0.0, PORCELAIN.darker(0.14), 1.0),
            (0.6, PORCELAIN, 1.0),
            (1.0, LIGHT, 1.0),
        ],
    );
    canvas.oval((350.0, 512.0), (348.0, 348.0), &soft, 1.0);
    canvas.oval((325.0, 480.0), (300.0, 300.0), &glaze, 1.0);
    canvas.oval((325.0, 480.0), (258.0, 258.0), &well, 1.0);
    canvas.place((325.0, 484.0), 1.5, 0.0, |canvas| {
        canvas.oval((10.0, 14.0), (148.0, 140.0), &soft, 0.5);
        tea.heap(186, (132.0, 124.0), 14.0).draw(canvas, dice);
    });
    canvas.oval((652.0, 206.0), (160.0, 160.0), &soft, 1.0);
    canvas.oval((636.0, 186.0), (136.0, 136.0), &glaze, 1.0);
    let rim = tea.liquor.lighter(0.45);
    let liquor = canvas.gradient(
        Sweep::Glow {
            centre: (0.46, 0.44),
            radius: 0.55,
        },
        &[
            (0.0, tea.liquor.darker(0.12), 1.0),
            (0.7, tea.liquor, 1.0),
            (0.93, tea.liquor.lighter(0.14), 1.0),
            (1.0, rim, 1.0),
        ],
    );
    canvas.oval((636.0, 186.0), (127.0, 127.0), &well, 1.0);
    canvas.oval((637.0, 188.0), (116.0, 116.0), &liquor, 1.0);
    canvas.line("M556 150A92 92 0 0 1 618 98", &LIGHT.hex(), 9.0, 0.55);
    canvas.line("M548 176A92 92 0 0 1 549 168", &LIGHT.hex(), 8.0, 0.45);
    canvas.place((622.0, 730.0), 1.25, 12.0, |canvas| {
        canvas.place((9.0, 11.0), 1.0, 0.0, |canvas| {
            canvas.fill("M0 0C8-22 34-60 74-60C62-20 34 6 0 0Z", &SHADE.hex(), 0.14);
        });
        twig(canvas, Colour::rgb(0x6f, 0x94, 0x49));
    });
}

/// The table by the round window.
pub(super) fn scene(canvas: &mut Canvas, picture: &Picture, dice: &mut Dice) {
    let tint = picture.ground;
    let wall = canvas.gradient(
        Sweep::Slant,
        &[(0.0, tint.lighter(0.2), 1.0), (1.0, tint.darker(0.2), 1.0)],
    );
    canvas.rect((0.0, 0.0), (800.0, 800.0), &wall, 1.0);
    window(canvas, tint, dice);
    table(canvas, WOOD.mix(tint, 0.22), 800.0, (560.0, 800.0), dice);
    canvas.fill("M150 600H650L716 762H84Z", &tint.lighter(0.5).hex(), 0.55);
    match &picture.subject {
        Subject::Tea(tea) => {
            canvas.place((236.0, 640.0), 0.98, 0.0, |canvas| {
                tea.wrapped().draw(canvas, dice);
            });
            let gaiwan = Gaiwan {
                colour: PORCELAIN,
                finish: Finish::Glaze,
                liquor: tea.liquor,
            };
            canvas.place((452.0, 668.0), 0.86, 0.0, |canvas| {
                gaiwan.draw(canvas, dice);
            });
            canvas.place((610.0, 712.0), 0.7, 0.0, |canvas| {
                tasting_cup(tea.liquor).one(canvas, dice);
            });
            canvas.place((612.0, 630.0), 1.0, 0.0, |canvas| steam(canvas, 170.0));
            canvas.place((330.0, 728.0), 0.62, 0.0, |canvas| {
                tea.heap(7, (120.0, 22.0), 0.0).scatter(canvas, dice);
            });
        }
        other => {
            let (scale, _) = other.stature();
            let (x, near) = match other {
                Subject::GiftBox(_) => (370.0, 0.74),
                Subject::Tray(_) => (400.0, 0.9),
                Subject::Cup(_) => (390.0, 0.74),
                Subject::Travel(_) => (390.0, 0.8),
                _ => (350.0, 0.74),
            };
            canvas.place(
                (x + other.balance() * scale * near, 696.0),
                scale * near,
                0.0,
                |canvas| other.draw(canvas, dice),
            );
            if matches!(other, Subject::Teapot(_) | Subject::Gaiwan(_)) {
                canvas.place((628.0, 728.0), 0.74, 0.0, |canvas| {
                    tasting_cup(Colour::rgb(0xd9, 0xa4, 0x3c)).one(canvas, dice);
                });
                canvas.place((630.0, 642.0), 1.0, 0.0, |canvas| steam(canvas, 170.0));
            }
        }
    }
}

/// A moon window with morning mountains.
fn window(canvas: &mut Canvas, tint: Colour, dice: &mut Dice) {
    let centre = (430.0, 300.0);
    let frame = WOOD.darker(0.42);
    canvas.oval(
        (centre.0 + 6.0, centre.1 + 8.0),
        (252.0, 252.0),
        &SHADE.hex(),
        0.2,
    );
    canvas.oval(centre, (248.0, 248.0), &frame.hex(), 1.0);
    canvas.line(
        "M190 260A242 242 0 0 1 500 70",
        &frame.lighter(0.35).hex(),
        4.0,
        0.6,
    );
    let pane = "M200 300a230 230 0 1 0 460 0a230 230 0 1 0-460 0Z";
    let sky = canvas.gradient(
        Sweep::Down,
        &[
            (0.0, Colour::rgb(0xdd, 0xe6, 0xe2), 1.0),
            (0.6, Colour::rgb(0xf6, 0xec, 0xd6), 1.0),
            (1.0, tint.lighter(0.4), 1.0),
        ],
    );
    canvas.fill(pane, &sky, 1.0);
    canvas.within(pane, |canvas| {
        canvas.oval((540.0, 190.0), (38.0, 38.0), "#f4d9a6", 0.95);
        let green = Colour::rgb(0x5f, 0x7f, 0x6c);
        for (foot, rise, share) in [(370.0, 140.0, 0.5), (500.0, 130.0, 0.1)] {
            range(
                canvas,
                &Range {
                    width: 800.0,
                    foot,
                    rise,
                    ink: green.mix(Colour::rgb(0xe6, 0xe6, 0xd8), share),
                    paper: LIGHT,
                },
                dice,
            );
        }
    });
}

/// The wide picture: mountains at the back, goods on the right, calm on the left for words.
pub(super) fn banner(canvas: &mut Canvas, banner: &Banner, dice: &mut Dice) {
    let sky = canvas.gradient(
        Sweep::Down,
        &[
            (0.0, banner.sky, 1.0),
            (0.75, banner.sky.lighter(0.55), 1.0),
            (1.0, banner.sky.lighter(0.4), 1.0),
        ],
    );
    canvas.rect((0.0, 0.0), (1600.0, 640.0), &sky, 1.0);
    let moon = canvas.gradient(Sweep::Down, &[(0.0, LIGHT, 0.95), (1.0, LIGHT, 0.2)]);
    canvas.oval((1130.0, 250.0), (210.0, 210.0), &moon, 1.0);
    for (foot, rise, share) in [(380.0, 190.0, 0.62), (500.0, 170.0, 0.28)] {
        range(
            canvas,
            &Range {
                width: 1600.0,
                foot,
                rise,
                ink: banner.ridge.mix(banner.sky.lighter(0.3), share),
                paper: banner.sky.lighter(0.7),
            },
            dice,
        );
    }
    terraces(canvas, banner);
    table(
        canvas,
        WOOD.mix(banner.sky, 0.18),
        1600.0,
        (548.0, 640.0),
        dice,
    );
    let spots: &[(Point, f64)] = match banner.subjects.len() {
        0 | 1 => &[((1130.0, 590.0), 1.3)],
        2 => &[((975.0, 584.0), 1.12), ((1290.0, 600.0), 1.08)],
        _ => &[
            ((875.0, 586.0), 1.02),
            ((1178.0, 600.0), 1.0),
            ((1420.0, 584.0), 1.0),
        ],
    };
    for (subject, (at, scale)) in banner.subjects.iter().zip(spots) {
        canvas.place(*at, *scale, 0.0, |canvas| subject.draw(canvas, dice));
    }
}

/// Rows of tea bushes on the near slope.
fn terraces(canvas: &mut Canvas, banner: &Banner) {
    let slope = canvas.gradient(
        Sweep::Down,
        &[
            (0.0, banner.ridge.lighter(0.1), 1.0),
            (1.0, banner.ridge.darker(0.2), 1.0),
        ],
    );
    canvas.fill(
        "M0 430C200 400 420 450 640 500C800 534 900 546 1000 560H0Z",
        &slope,
        1.0,
    );
    let rows: String = (0..4)
        .map(|row| {
            let y = 450 + row * 28;
            format!(
                "M0 {y}C200 {} 420 {} {} 560",
                y - 28 + row * 4,
                y + 14,
                700 - row * 110
            )
        })
        .collect();
    canvas.line(&rows, &banner.ridge.darker(0.35).hex(), 7.0, 0.35);
    canvas.place((0.0, -5.0), 1.0, 0.0, |canvas| {
        canvas.line(&rows, &banner.ridge.lighter(0.35).hex(), 4.0, 0.5);
    });
}

/// The white cup in which the colour of a tea is shown.
fn tasting_cup(liquor: Colour) -> Cup {
    Cup {
        form: CupForm::Bowl,
        colour: PORCELAIN,
        finish: Finish::Glaze,
        liquor,
        count: 1,
    }
}

impl Tea {
    fn wrapped(&self) -> Wrapped<'_> {
        Wrapped {
            package: self.package,
            colour: self.colour,
            ink: self.accent,
            name: &self.label,
            leaf: self.leaf_colour,
        }
    }

    fn heap(&self, pieces: u32, spread: Point, rise: f64) -> Heap<'_> {
        Heap {
            leaf: self.leaf.map(|leaf| (leaf, self.leaf_colour)),
            blossoms: &self.blossoms,
            pieces,
            spread,
            rise,
        }
    }
}

impl Subject {
    /// Draws the thing on the ground at the origin.
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        match self {
            Self::Tea(tea) => tea.wrapped().draw(canvas, dice),
            Self::Teapot(pot) => pot.draw(canvas, dice),
            Self::Gaiwan(gaiwan) => gaiwan.draw(canvas, dice),
            Self::Cup(cup) => cup.draw(canvas, dice),
            Self::Tray(tray) => tray.draw(canvas, dice),
            Self::Travel(travel) => travel.draw(canvas, dice),
            Self::GiftBox(gift) => gift.draw(canvas, dice),
        }
    }

    /// Scale and ground line in the studio.
    fn stature(&self) -> (f64, f64) {
        match self {
            Self::Tea(_) | Self::Travel(_) => (1.45, 610.0),
            Self::Teapot(_) => (1.5, 610.0),
            Self::Gaiwan(_) => (1.75, 620.0),
            Self::Cup(cup) if cup.count > 1 => (1.75, 600.0),
            Self::Cup(_) => (1.6, 610.0),
            Self::Tray(_) => (1.3, 600.0),
            Self::GiftBox(_) => (1.45, 620.0),
        }
    }

    /// How far the middle of the picture lies from the middle of the foot.
    fn balance(&self) -> f64 {
        match self {
            Self::Teapot(_) => -12.0,
            Self::Travel(_) => 14.0,
            _ => 0.0,
        }
    }
}
