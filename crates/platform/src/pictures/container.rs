//! Where a picture ends within its file: what ends too early was torn, what goes on afterwards is something else too.

/// The kinds of pictures that people send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Photographs.
    Jpeg,
    /// Drawings, and pictures with transparency.
    Png,
    /// Old drawings; of a moving one the first picture is taken.
    Gif,
    /// Either, from the web.
    WebP,
}

/// The kind of a picture by its first bytes; what it is called says nothing.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(Kind::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Kind::Png)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(Kind::Gif)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Kind::WebP)
    } else {
        None
    }
}

/// Whether the bytes are a photograph as iPhones keep it (HEIC), or AVIF.
pub(super) fn is_heic(bytes: &[u8]) -> bool {
    let brand = bytes.get(8..12);
    bytes.get(4..8) == Some(b"ftyp")
        && [&b"heic"[..], b"heix", b"mif1", b"msf1", b"hevc", b"avif"]
            .iter()
            .any(|known| brand == Some(known))
}

/// Whether the bytes are a drawing in SVG, which is a program as much as a picture.
pub(super) fn is_svg(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(1_024)).unwrap_or_default();
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    text.starts_with('<') && text.contains("<svg")
}

/// Where the picture ends; `None` when its file ends before.
pub(super) fn end(kind: Kind, bytes: &[u8]) -> Option<usize> {
    match kind {
        Kind::Jpeg => jpeg_end(bytes),
        Kind::Png => png_end(bytes),
        Kind::Gif => gif_end(bytes),
        Kind::WebP => webp_end(bytes),
    }
}

/// Whether what follows a picture in its file may be there. Telephones put a second picture or a few seconds of film
/// behind a photograph, and some programs fill up with zeros; anything else is a file that is two things at once.
pub(super) fn may_follow(kind: Kind, rest: &[u8]) -> bool {
    let rest = rest
        .iter()
        .position(|byte| *byte != 0)
        .and_then(|at| rest.get(at..))
        .unwrap_or_default();
    let film = rest.windows(4).take(64).any(|four| four == b"ftyp");
    rest.is_empty() || (kind == Kind::Jpeg && (rest.starts_with(&[0xff, 0xd8, 0xff]) || film))
}

fn number(bytes: &[u8], at: usize, length: usize, big: bool) -> Option<usize> {
    let part = bytes.get(at..at.checked_add(length)?)?;
    let add = |sum: usize, byte: &u8| (sum << 8) | usize::from(*byte);
    Some(if big {
        part.iter().fold(0, add)
    } else {
        part.iter().rev().fold(0, add)
    })
}

/// Segments with a length each; after the head of a scan its data, in which 0xff is followed by 0 or a restart mark.
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        if bytes.get(at) != Some(&0xff) {
            return None;
        }
        match bytes.get(at + 1)? {
            0xff => at += 1,
            0xd9 => return Some(at + 2),
            0x01 | 0xd0..=0xd7 => at += 2,
            0xda => {
                at = at
                    .checked_add(2)?
                    .checked_add(number(bytes, at + 2, 2, true)?)?;
                let data = bytes.get(at..)?;
                let next = data.windows(2).position(
                    |two| matches!(two, [0xff, mark] if !matches!(mark, 0 | 0xd0..=0xd7)),
                );
                at += next?;
            }
            _ => {
                at = at
                    .checked_add(2)?
                    .checked_add(number(bytes, at + 2, 2, true)?)?;
            }
        }
    }
}

/// Chunks with a length each, `IEND` last.
fn png_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 8;
    loop {
        let next = number(bytes, at, 4, true)?
            .checked_add(at)?
            .checked_add(12)?;
        if next > bytes.len() {
            return None;
        }
        if bytes.get(at + 4..at + 8)? == b"IEND" {
            return Some(next);
        }
        at = next;
    }
}

/// A screen, then blocks, a semicolon last.
fn gif_end(bytes: &[u8]) -> Option<usize> {
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let skip_parts = |mut at: usize| loop {
        match usize::from(*bytes.get(at)?) {
            0 => return Some(at + 1),
            length => at += length + 1,
        }
    };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match bytes.get(at)? {
            0x3b => return Some(at + 1),
            0x21 => at = skip_parts(at + 2)?,
            0x2c => at = skip_parts(at + 11 + table(*bytes.get(at + 9)?))?,
            _ => return None,
        }
    }
}

/// One box that says how long it is, to an even number.
fn webp_end(bytes: &[u8]) -> Option<usize> {
    let length = number(bytes, 4, 4, false)?.checked_add(8)?;
    (length <= bytes.len()).then_some(length + (length & 1))
}
