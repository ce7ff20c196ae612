//! The gaiwan: bowl, lid and saucer, for the three of heaven, man and earth.

use serde::Deserialize;

use super::canvas::{Canvas, Sweep};
use super::colour::{COBALT, Colour, LIGHT, SHADE};
use super::dice::Dice;
use super::ground::shadow;
use super::teapot::{disc, dome_on};
use super::turned::{Finish, Mouth, Turned};

/// A gaiwan, about 210 units high.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gaiwan {
    /// The glaze.
    pub colour: Colour,
    /// Its surface.
    pub finish: Finish,
    /// The tea seen where the lid is pushed aside.
    pub liquor: Colour,
}

impl Gaiwan {
    pub(super) fn draw(&self, canvas: &mut Canvas, dice: &mut Dice) {
        shadow(canvas, 116.0);
        let saucer = Turned::new(&[(52.0, 0.0), (58.0, 4.0), (100.0, 18.0), (118.0, 28.0)]);
        saucer.draw(canvas, self.colour, Finish::Glaze, dice);
        let top = canvas.gradient(
            Sweep::Slant,
            &[
                (0.0, self.colour.lighter(0.4), 1.0),
                (1.0, self.colour.darker(0.16), 1.0),
            ],
        );
        disc(canvas, -28.0, 117.0, &top);
        canvas.oval((8.0, -27.0), (70.0, 14.0), &SHADE.hex(), 0.22);
        let bowl = Turned::new(&[
            (44.0, 18.0),
            (46.0, 30.0),
            (62.0, 46.0),
            (86.0, 84.0),
            (98.0, 126.0),
            (114.0, 156.0),
        ]);
        bowl.draw(canvas, self.colour, self.finish, dice);
        let inside = if self.colour.brightness() > 0.5 {
            self.colour.lighter(0.4)
        } else {
            self.colour.lighter(0.08)
        };
        Mouth {
            radius: 114.0,
            height: 156.0,
            inside,
            rim: 3.5,
            tea: Some((self.liquor, 6.0)),
        }
        .draw(canvas);
        canvas.place((8.0, -154.0), 1.0, -5.0, |canvas| self.lid(canvas, dice));
    }

    /// The lid, with the ring by which it is held.
    fn lid(&self, canvas: &mut Canvas, dice: &mut Dice) {
        canvas.oval((2.0, 5.0), (99.0, 22.0), &SHADE.hex(), 0.25);
        let lid = Turned::new(&[
            (97.0, 0.0),
            (95.0, 6.0),
            (76.0, 24.0),
            (40.0, 38.0),
            (20.0, 42.0),
        ]);
        dome_on(canvas, &lid, self.colour, self.finish, dice);
        if self.finish == Finish::Cobalt {
            canvas.line(&lid.hoop(8.0), &COBALT.hex(), 2.2, 0.75);
        }
        canvas.fill(
            "M-66-14Q-58-27-40-33L-32-27Q-48-22-52-12Z",
            &LIGHT.hex(),
            0.5,
        );
        let knob = Turned::new(&[(17.0, 41.0), (16.0, 50.0), (27.0, 60.0)]);
        dome_on(canvas, &knob, self.colour, Finish::Glaze, dice);
        canvas.oval(
            (0.0, -60.0),
            (25.0, 5.6),
            &self.colour.darker(0.22).hex(),
            1.0,
        );
        canvas.oval(
            (1.0, -59.4),
            (21.0, 4.4),
            &self.colour.lighter(0.25).hex(),
            1.0,
        );
    }
}
