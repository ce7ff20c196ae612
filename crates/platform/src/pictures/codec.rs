//! From the bytes of a picture to its pixels and back, within limits.
//!
//! Each kind is read by a decoder of its own. One crate that reads them all would bring its colour mathematics along,
//! which the whole program would then be compiled with.

use std::io::Cursor;

use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

use super::{
    PictureError,
    container::Kind,
    shrink::{Size, shrink},
};

/// The most pixels: what telephones of 40 megapixels take.
const PIXELS: u64 = 40_000_000;
/// The longest side.
const SIDE: u32 = 16_000;
/// The most memory that a decoder may take beside what its pixels need.
const BESIDE: usize = 64 << 20;
/// Loss of the large picture and of the sizes for pages, on the usual scale to 100.
const JPEG_QUALITY: u8 = 88;
const WEBP_QUALITY: f32 = 80.0;

/// A decoded picture: rows of red, green and blue, and of transparency where there is any, 8 bits each.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) alpha: bool,
    bytes: Vec<u8>,
}

fn damaged(error: impl std::fmt::Debug) -> PictureError {
    PictureError::Damaged(format!("{error:?}"))
}

/// Refuses a picture by what its head says, before anything is decoded.
fn check(width: u32, height: u32) -> Result<(), PictureError> {
    if u64::from(width) * u64::from(height) > PIXELS || width.max(height) > SIDE {
        return Err(PictureError::TooManyPixels(width, height));
    }
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged("no pixels".into()));
    }
    Ok(())
}

/// Decodes a picture, the right way up.
pub(super) fn decode(kind: Kind, bytes: &[u8]) -> Result<Pixels, PictureError> {
    match kind {
        Kind::Jpeg => jpeg(bytes),
        Kind::Png => png(bytes),
        Kind::Gif => gif(bytes),
        Kind::WebP => webp(bytes),
    }
}

fn jpeg(bytes: &[u8]) -> Result<Pixels, PictureError> {
    // The decoder's own limits are wider than ours, so that its refusal never hides how large a picture is.
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let info = decoder.info().ok_or_else(|| damaged("no head"))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    check(width, height)?;
    let turned = decoder.exif().map_or(1, |exif| orientation(exif));
    let bytes = decoder.decode().map_err(damaged)?;
    let pixels = Pixels {
        width,
        height,
        alpha: false,
        bytes,
    };
    // A large one is made small before it is turned, which needs a second copy.
    Ok(pixels.within(super::LARGEST, super::LARGEST).turned(turned))
}

fn png(bytes: &[u8]) -> Result<Pixels, PictureError> {
    let limits = png::Limits { bytes: BESIDE };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let head = decoder.read_header_info().map_err(damaged)?;
    check(head.width, head.height)?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader.output_buffer_size().ok_or_else(|| damaged("size"))?;
    let mut bytes = vec![0; size];
    let info = reader.next_frame(&mut bytes).map_err(damaged)?;
    bytes.truncate(info.buffer_size());
    let (alpha, bytes) = match info.color_type {
        png::ColorType::Rgb => (false, bytes),
        png::ColorType::Rgba => (true, bytes),
        png::ColorType::Grayscale => (false, bytes.iter().flat_map(|v| [*v; 3]).collect()),
        png::ColorType::GrayscaleAlpha => {
            let pairs = bytes.chunks_exact(2).filter_map(|p| p.first_chunk::<2>());
            (true, pairs.flat_map(|[v, a]| [*v, *v, *v, *a]).collect())
        }
        png::ColorType::Indexed => return Err(damaged("palette")),
    };
    Ok(Pixels {
        width: info.width,
        height: info.height,
        alpha,
        bytes,
    })
}

/// The first picture of a moving one, on its whole canvas.
fn gif(bytes: &[u8]) -> Result<Pixels, PictureError> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(damaged)?;
    let screen = (decoder.width(), decoder.height());
    let (width, height) = (u32::from(screen.0), u32::from(screen.1));
    check(width, height)?;
    let frame = decoder
        .read_next_frame()
        .map_err(damaged)?
        .ok_or_else(|| damaged("no picture"))?;
    let row = usize::from(screen.0) * 4;
    let mut canvas = vec![0; row * usize::from(screen.1)];
    let (left, top) = (usize::from(frame.left) * 4, usize::from(frame.top));
    let length = usize::from(frame.width) * 4;
    for (line, from) in frame.buffer.chunks_exact(length.max(1)).enumerate() {
        let at = (top + line) * row + left;
        if let Some(to) = canvas.get_mut(at..at + length) {
            to.copy_from_slice(from);
        }
    }
    Ok(Pixels {
        width,
        height,
        alpha: true,
        bytes: canvas,
    })
}

fn webp(bytes: &[u8]) -> Result<Pixels, PictureError> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    check(width, height)?;
    decoder.set_memory_limit(BESIDE);
    let turned = decoder
        .exif_metadata()
        .ok()
        .flatten()
        .map_or(1, |exif| orientation(&exif));
    let size = decoder
        .output_buffer_size()
        .ok_or_else(|| damaged("size"))?;
    let mut bytes = vec![0; size];
    if decoder.is_animated() {
        decoder.read_frame(&mut bytes).map_err(damaged)?;
    } else {
        decoder.read_image(&mut bytes).map_err(damaged)?;
    }
    let pixels = Pixels {
        width,
        height,
        alpha: decoder.has_alpha(),
        bytes,
    };
    Ok(pixels.within(super::LARGEST, super::LARGEST).turned(turned))
}

/// How a photograph lies, 1 to 8, from its remarks (EXIF, tag 0x0112); 1 where they do not say.
fn orientation(exif: &[u8]) -> u8 {
    read_orientation(exif)
        .filter(|o| (1..=8).contains(o))
        .unwrap_or(1)
}

fn read_orientation(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let number = |at: usize, length: usize| {
        let part = tiff.get(at..at.checked_add(length)?)?;
        let add = |sum: usize, byte: &u8| (sum << 8) | usize::from(*byte);
        Some(if big {
            part.iter().fold(0, add)
        } else {
            part.iter().rev().fold(0, add)
        })
    };
    let list = number(4, 4)?;
    let count = number(list, 2)?;
    (0..count)
        .find_map(|entry| {
            let at = list + 2 + entry * 12;
            (number(at, 2)? == 0x0112).then(|| number(at + 8, 2))?
        })
        .and_then(|value| u8::try_from(value).ok())
}

impl Pixels {
    fn depth(&self) -> usize {
        if self.alpha { 4 } else { 3 }
    }

    /// The picture within a width and a height, never larger than it is.
    pub(super) fn within(self, width: u32, height: u32) -> Self {
        let (w, h) = (u64::from(self.width), u64::from(self.height));
        let (most_w, most_h) = (u64::from(width), u64::from(height));
        if w <= most_w && h <= most_h {
            return self;
        }
        let (new_w, new_h) = if w * most_h >= h * most_w {
            (most_w, (h * most_w / w).max(1))
        } else {
            ((w * most_h / h).max(1), most_h)
        };
        let size = |n: u64| usize::try_from(n).unwrap_or_default();
        let whole = Size {
            width: size(w),
            height: size(h),
            depth: self.depth(),
        };
        let side = |n: u64| u32::try_from(n).unwrap_or(SIDE);
        Self {
            width: side(new_w),
            height: side(new_h),
            alpha: self.alpha,
            bytes: shrink(&self.bytes, whole, size(new_w), size(new_h)),
        }
    }

    /// The picture turned as its remarks say: 2, 4, 5 and 7 are mirrored, 3 is upside down, 6 and 8 lie on a side.
    fn turned(self, orientation: u8) -> Self {
        if orientation == 1 {
            return self;
        }
        let size = |n: u32| usize::try_from(n).unwrap_or_default();
        let (w, h, depth) = (size(self.width), size(self.height), self.depth());
        let lies = orientation >= 5;
        let (new_w, new_h) = if lies { (h, w) } else { (w, h) };
        let mut bytes = Vec::with_capacity(self.bytes.len());
        for y in 0..new_h {
            for x in 0..new_w {
                let (from_x, from_y) = match orientation {
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, h - 1 - x),
                    7 => (w - 1 - y, h - 1 - x),
                    _ => (w - 1 - y, x),
                };
                let at = (from_y * w + from_x) * depth;
                bytes.extend_from_slice(self.bytes.get(at..at + depth).unwrap_or_default());
            }
        }
        let (width, height) = if lies {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        Self {
            width,
            height,
            alpha: self.alpha,
            bytes,
        }
    }

    /// The picture without its transparency, when nothing of it is transparent.
    pub(super) fn plain(self) -> Self {
        let clear = |pixel: &[u8]| pixel.last() != Some(&u8::MAX);
        if !self.alpha || self.bytes.chunks_exact(4).any(clear) {
            return self;
        }
        let rgb = self
            .bytes
            .chunks_exact(4)
            .filter_map(|p| p.first_chunk::<3>());
        Self {
            bytes: rgb.flatten().copied().collect(),
            alpha: false,
            ..self
        }
    }

    /// The picture as a file that is kept: JPEG, or PNG when parts of it are transparent; with its ending.
    pub(super) fn large(&self) -> Result<(Vec<u8>, &'static str), PictureError> {
        let mut file = Vec::new();
        if self.alpha {
            let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
            encoder.set_color(png::ColorType::Rgba);
            encoder.set_depth(png::BitDepth::Eight);
            let mut writer = encoder.write_header().map_err(damaged)?;
            writer.write_image_data(&self.bytes).map_err(damaged)?;
            writer.finish().map_err(damaged)?;
            return Ok((file, "png"));
        }
        let side = |n: u32| u16::try_from(n).map_err(damaged);
        let (width, height) = (side(self.width)?, side(self.height)?);
        jpeg_encoder::Encoder::new(&mut file, JPEG_QUALITY)
            .encode(&self.bytes, width, height, jpeg_encoder::ColorType::Rgb)
            .map_err(damaged)?;
        Ok((file, "jpg"))
    }

    /// The picture as WebP with loss, for pages.
    pub(super) fn webp(&self) -> Result<Vec<u8>, PictureError> {
        let rgba = if self.alpha {
            self.bytes.clone()
        } else {
            let rgb = self
                .bytes
                .chunks_exact(3)
                .filter_map(|p| p.first_chunk::<3>());
            rgb.flat_map(|[r, g, b]| [*r, *g, *b, u8::MAX]).collect()
        };
        let size = |n: u32| usize::try_from(n).unwrap_or_default();
        let image = webp_rust::ImageBuffer {
            width: size(self.width),
            height: size(self.height),
            rgba,
        };
        let config = webp_rust::LossyEncodingConfig {
            quality: WEBP_QUALITY,
            no_alpha: !self.alpha,
            ..webp_rust::LossyEncodingConfig::default()
        };
        webp_rust::encode_lossy_with_config(&image, &config, None).map_err(damaged)
    }
}
