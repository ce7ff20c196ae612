//! The sheet a picture is drawn on: collects SVG text, and writes each gradient, clip, symbol and repeated
//! outline once, which keeps the files small.
//!
//! Coordinates are pixels with y downwards, printed with one decimal at most. Nothing here knows what is drawn.

use super::colour::{Colour, alpha};

pub(super) type Point = (f64, f64);

/// One stop of a gradient: position (0 to 1), colour and opacity (0 to 1).
pub(super) type Stop = (f64, Colour, f64);

/// The direction in which a gradient runs over the shape's own box.
#[derive(Clone, Copy)]
pub(super) enum Sweep {
    Across,
    Down,
    Slant,
    Glow { centre: Point, radius: f64 },
}

#[derive(Default)]
pub(super) struct Canvas {
    defs: String,
    body: String,
    known: Vec<String>,
    /// Every outline drawn, with how often it occurs.
    outlines: Vec<(String, u32)>,
}

impl Canvas {
    pub(super) fn finish(self, width: f64, height: f64) -> String {
        self.finish_from(0.0, width, height)
    }

    /// The part of the canvas that begins at `left`.
    pub(super) fn finish_from(mut self, left: f64, width: f64, height: f64) -> String {
        let (x, w, h) = (num(left), num(width), num(height));
        for (outline, count) in std::mem::take(&mut self.outlines) {
            if count > 1 && outline.len() > 45 {
                let id = name(self.known.len());
                self.known.push(id.clone());
                let (drawn, shared) = (
                    format!("<path d=\"{outline}\""),
                    format!("<use href=\"#{id}\""),
                );
                self.body = self.body.replace(&drawn, &shared);
                self.defs = self.defs.replace(&drawn, &shared)
                    + &format!("<path id=\"{id}\" d=\"{outline}\"/>");
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} 0 {w} {h}\" fill=\"none\" stroke-linecap=\"round\"><defs>{}</defs>{}</svg>",
            self.defs, self.body
        )
    }

    pub(super) fn fill(&mut self, path: &str, paint: &str, opacity: f64) {
        self.count(path);
        self.body += &format!("<path d=\"{path}\" fill=\"{}\"/>", veil(paint, opacity));
    }

    /// A shape with a drawn edge.
    pub(super) fn inked(&mut self, path: &str, paint: &str, edge: &str, width: f64) {
        self.body += &format!(
            "<path d=\"{path}\" fill=\"{paint}\" stroke=\"{edge}\" stroke-width=\"{}\"/>",
            num(width)
        );
    }

    /// An open line with round ends.
    pub(super) fn line(&mut self, path: &str, paint: &str, width: f64, opacity: f64) {
        self.count(path);
        self.body += &format!(
            "<path d=\"{path}\" stroke=\"{}\" stroke-width=\"{}\"/>",
            veil(paint, opacity),
            num(width)
        );
    }

    /// A broad line cut into thin strips: `strip` is how wide each is and how far the next lies.
    pub(super) fn strips(
        &mut self,
        path: &str,
        paint: &str,
        (width, strip): (f64, Point),
        opacity: f64,
    ) {
        self.body += &format!(
            "<path d=\"{path}\" stroke=\"{}\" stroke-linecap=\"butt\" stroke-width=\"{}\" stroke-dasharray=\"{} {}\"/>",
            veil(paint, opacity),
            num(width),
            num(strip.0),
            num(strip.1 - strip.0)
        );
    }

    pub(super) fn oval(&mut self, centre: Point, radii: Point, paint: &str, opacity: f64) {
        self.body += &format!(
            "<ellipse cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\" fill=\"{}\"/>",
            num(centre.0),
            num(centre.1),
            num(radii.0),
            num(radii.1),
            veil(paint, opacity)
        );
    }

    pub(super) fn rect(&mut self, corner: Point, size: Point, paint: &str, opacity: f64) {
        self.body += &format!(
            "<path d=\"M{}h{}v{}h{}z\" fill=\"{}\"/>",
            pair(corner),
            num(size.0),
            num(size.1),
            num(-size.0),
            veil(paint, opacity)
        );
    }

    /// Characters set from top to bottom in the reader's own serif face; `first` is the middle of the first.
    pub(super) fn column(&mut self, text: &str, first: Point, (size, step): Point, paint: &str) {
        let (mut across, mut down) = (Vec::new(), Vec::new());
        for (_, row) in text.chars().zip(0u32..) {
            across.push(num(first.0));
            down.push(num(first.1 + size * 0.36 + f64::from(row) * step));
        }
        self.body += &format!(
            "<text x=\"{}\" y=\"{}\" font-family=\"serif\" font-weight=\"600\" font-size=\"{}\" text-anchor=\"middle\" fill=\"{paint}\">{text}</text>",
            across.join(" "),
            down.join(" "),
            num(size)
        );
    }

    pub(super) fn gradient(&mut self, sweep: Sweep, stops: &[Stop]) -> String {
        let (element, direction) = match sweep {
            Sweep::Across => ("linearGradient", String::new()),
            Sweep::Down => ("linearGradient", " x2=\"0\" y2=\"1\"".to_owned()),
            Sweep::Slant => ("linearGradient", " x2=\"1\" y2=\"1\"".to_owned()),
            Sweep::Glow { centre, radius } => (
                "radialGradient",
                format!(
                    " cx=\"{}\" cy=\"{}\" r=\"{}\"",
                    share(centre.0),
                    share(centre.1),
                    share(radius)
                ),
            ),
        };
        let stops: String = stops
            .iter()
            .map(|(at, colour, opacity)| {
                let offset = if *at == 0.0 {
                    String::new()
                } else {
                    format!(" offset=\"{}\"", share(*at))
                };
                format!("<stop{offset} stop-color=\"{}\"/>", colour.veiled(*opacity))
            })
            .collect();
        format!(
            "url(#{})",
            self.define(element, &format!("{direction}>{stops}"))
        )
    }

    /// Draws once, off the sheet; the name answers to `stamp`.
    pub(super) fn symbol(&mut self, draw: impl FnOnce(&mut Self)) -> String {
        let sheet = std::mem::take(&mut self.body);
        draw(self);
        let drawn = std::mem::replace(&mut self.body, sheet);
        self.define("g", &format!(">{drawn}"))
    }

    pub(super) fn stamp(&mut self, symbol: &str, at: Point, degrees: f64) {
        let shift = if at == (0.0, 0.0) {
            String::new()
        } else {
            format!("translate({:.0} {:.0})", at.0, at.1)
        };
        self.body +=
            &format!("<use href=\"#{symbol}\" transform=\"{shift}rotate({degrees:.0})\"/>");
    }

    /// Draws with the origin moved to `at`, scaled and turned.
    pub(super) fn place(
        &mut self,
        at: Point,
        scale: f64,
        degrees: f64,
        draw: impl FnOnce(&mut Self),
    ) {
        let turn = if degrees == 0.0 {
            String::new()
        } else {
            format!("rotate({})", num(degrees))
        };
        self.body += &format!(
            "<g transform=\"translate({} {}){turn}scale({})\">",
            num(at.0),
            num(at.1),
            share(scale)
        );
        draw(self);
        self.body += "</g>";
    }

    /// Draws only inside the closed `path`.
    pub(super) fn within(&mut self, path: &str, draw: impl FnOnce(&mut Self)) {
        let clip = self.define("clipPath", &format!("><path d=\"{path}\"/>"));
        self.count(path);
        self.body += &format!("<g clip-path=\"url(#{clip})\">");
        draw(self);
        self.body += "</g>";
    }

    fn define(&mut self, element: &str, rest: &str) -> String {
        let entry = format!("{element}{rest}");
        if let Some(index) = self.known.iter().position(|known| *known == entry) {
            return name(index);
        }
        let id = name(self.known.len());
        self.defs += &format!("<{element} id=\"{id}\"{rest}</{element}>");
        self.known.push(entry);
        id
    }

    fn count(&mut self, path: &str) {
        match self.outlines.iter_mut().find(|(known, _)| known == path) {
            Some((_, count)) => *count += 1,
            None => self.outlines.push((path.to_owned(), 1)),
        }
    }
}

/// A short identifier: a, b, … z, ba, bb, …
fn name(index: usize) -> String {
    let letter = u8::try_from(index % 26).map_or('z', |offset| char::from(b'a' + offset));
    if index < 26 {
        letter.to_string()
    } else {
        format!("{}{letter}", name(index / 26))
    }
}

/// A smooth open curve through the points; `M` first when it starts a path, else it goes on from the pen.
pub(super) fn curve(points: &[Point], starts: bool) -> String {
    let mut path = match points.first() {
        Some(first) if starts => format!("M{}", pair(*first)),
        Some(first) => format!("L{}", pair(*first)),
        None => return String::new(),
    };
    let padded: Vec<Point> = points
        .first()
        .into_iter()
        .chain(points)
        .chain(points.last())
        .copied()
        .collect();
    path += &bends(&padded);
    path
}

/// A smooth closed shape through the points.
pub(super) fn blob(points: &[Point]) -> String {
    let Some(first) = points.first() else {
        return String::new();
    };
    let around: Vec<Point> = points
        .last()
        .into_iter()
        .chain(points)
        .chain(points.iter().cycle().take(2))
        .copied()
        .collect();
    format!("M{}{}Z", pair(*first), bends(&around))
}

/// Straight lines through the points.
pub(super) fn straight(points: &[Point], closed: bool) -> String {
    let joined: Vec<String> = points.iter().map(|point| pair(*point)).collect();
    format!("M{}{}", joined.join("L"), if closed { "Z" } else { "" })
}

/// The bends from the second point to the last but one; the outer two only give the direction.
///
/// Each bend leaves a point in the direction in which the one before arrived, so all but the first can be
/// written in the short form that mirrors the control point.
fn bends(points: &[Point]) -> String {
    let mut path = String::new();
    for four in points.windows(4) {
        if let [before, from, to, after] = four {
            let second = (
                to.0 - (after.0 - from.0) / 6.0,
                to.1 - (after.1 - from.1) / 6.0,
            );
            if path.is_empty() {
                let first = (
                    from.0 + (to.0 - before.0) / 6.0,
                    from.1 + (to.1 - before.1) / 6.0,
                );
                path = format!("C{}", pairs(&[first, second, *to]));
            } else {
                path += &format!("S{}", pairs(&[second, *to]));
            }
        }
    }
    path
}

fn pairs(points: &[Point]) -> String {
    points.iter().fold(String::new(), |text, point| {
        let next = pair(*point);
        if text.is_empty() || next.starts_with('-') {
            text + &next
        } else {
            format!("{text} {next}")
        }
    })
}

pub(super) fn pair(point: Point) -> String {
    let (x, y) = (num(point.0), num(point.1));
    if y.starts_with('-') {
        x + &y
    } else {
        format!("{x} {y}")
    }
}

/// A coordinate: one decimal, none where it is large enough not to be missed.
pub(super) fn num(value: f64) -> String {
    if value.abs() >= 130.0 {
        trimmed(&format!("{value:.0}."))
    } else {
        trimmed(&format!("{value:.1}"))
    }
}

fn share(value: f64) -> String {
    trimmed(&format!("{value:.2}"))
}

/// The paint seen through at `opacity`; the attribute's quotes are the caller's.
fn veil(paint: &str, opacity: f64) -> String {
    if opacity >= 1.0 {
        paint.to_owned()
    } else if paint.starts_with('#') {
        format!("{paint}{:02x}", alpha(opacity))
    } else {
        format!("{paint}\" opacity=\"{}", share(opacity))
    }
}

fn trimmed(text: &str) -> String {
    let short = text.trim_end_matches('0').trim_end_matches('.');
    match short {
        "" | "-0" | "-" | "0" => "0".to_owned(),
        _ => match short.strip_prefix("0.") {
            Some(fraction) => format!(".{fraction}"),
            None => short
                .strip_prefix("-0.")
                .map_or_else(|| short.to_owned(), |fraction| format!("-.{fraction}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CAT-05: numbers in the drawing are short and never `-0` or an exponent.
    #[test]
    fn numbers_are_short() {
        assert_eq!(num(0.04), "0");
        assert_eq!(num(-0.04), "0");
        assert_eq!(num(100.0), "100");
        assert_eq!(num(200.0), "200");
        assert_eq!(num(-1.25), "-1.2");
        assert_eq!(num(-0.5), "-.5");
        assert_eq!(share(0.5), ".5");
    }

    /// CAT-05: identifiers never repeat.
    #[test]
    fn names_differ() {
        let mut names: Vec<String> = (0..800).map(name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 800);
    }

    /// CAT-05: an outline drawn twice is written once.
    #[test]
    fn repeated_outlines_are_shared() {
        let mut canvas = Canvas::default();
        let outline = straight(
            &[
                (1.0, 2.0),
                (111.0, 22.0),
                (33.0, 99.0),
                (12.0, 117.0),
                (5.5, 80.5),
                (2.0, 40.0),
                (3.0, 30.0),
                (2.5, 12.5),
            ],
            true,
        );
        canvas.fill(&outline, "#111111", 1.0);
        canvas.line(&outline, "#222222", 2.0, 0.5);
        canvas.within(&outline, |canvas| {
            canvas.rect((0.0, 0.0), (9.0, 9.0), "#333333", 1.0);
        });
        let drawn = canvas.finish(200.0, 200.0);
        assert_eq!(drawn.matches(&outline).count(), 1, "{drawn}");
        assert_eq!(drawn.matches("<use").count(), 3, "{drawn}");
    }

    /// CAT-05: the same gradient is defined once, however often it is used.
    #[test]
    fn definitions_are_shared() {
        let mut canvas = Canvas::default();
        let stops = [
            (0.0, Colour::rgb(1, 2, 3), 1.0),
            (1.0, Colour::rgb(4, 5, 6), 0.5),
        ];
        let first = canvas.gradient(Sweep::Down, &stops);
        assert_eq!(first, canvas.gradient(Sweep::Down, &stops));
        assert_ne!(first, canvas.gradient(Sweep::Across, &stops));
        assert_eq!(
            canvas
                .finish(10.0, 10.0)
                .matches("linearGradient id")
                .count(),
            2
        );
    }
}
