//! Pictures that people send: what is taken and how it is kept, what is refused, and what that costs.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test speak by failing"
)]

use std::{
    io::Cursor,
    time::{Duration, Instant},
};

use platform::{
    files::Files,
    pictures::{self, Kept, PictureError},
};

/// A picture whose pixels are worked out one by one.
fn drawn<const N: usize>(width: u32, height: u32, at: impl Fn(u32, u32) -> [u8; N]) -> Vec<u8> {
    let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    rows.flat_map(|(x, y)| at(x, y)).collect()
}

/// A photograph in two colours: the left half red, the right half blue.
fn halves(width: u32, height: u32) -> Vec<u8> {
    jpeg(
        width,
        height,
        &drawn(width, height, |x, _| {
            if x < width / 2 {
                [200, 30, 30]
            } else {
                [30, 30, 200]
            }
        }),
    )
}

fn jpeg(width: u32, height: u32, rgb: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let (w, h) = (
        u16::try_from(width).unwrap(),
        u16::try_from(height).unwrap(),
    );
    jpeg_encoder::Encoder::new(&mut file, 90)
        .encode(rgb, w, h, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    file
}

fn png(width: u32, height: u32, rgba: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(rgba).unwrap();
    writer.finish().unwrap();
    file
}

/// A PNG of one colour.
fn plain(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
    png(width, height, &drawn(width, height, |_, _| colour))
}

/// A kept picture, read back.
struct Read {
    width: u32,
    rgba: Vec<u8>,
}

impl Read {
    fn pixel(&self, x: u32, y: u32) -> &[u8] {
        let at = usize::try_from((y * self.width + x) * 4).unwrap();
        &self.rgba[at..at + 4]
    }
}

fn read(file: &[u8]) -> Read {
    if file.starts_with(b"RIFF") {
        let image = webp_rust::decode(file).unwrap();
        return Read {
            width: u32::try_from(image.width).unwrap(),
            rgba: image.rgba,
        };
    }
    if file.starts_with(b"\x89PNG") {
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgba).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgba);
        return Read {
            width: info.width,
            rgba,
        };
    }
    let mut decoder = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(file));
    let rgb = decoder.decode().unwrap();
    let width = u32::from(decoder.info().unwrap().width);
    let rgba = rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]);
    Read {
        width,
        rgba: rgba.collect(),
    }
}

/// A photograph with a remark that it lies on its side (EXIF orientation 6), and where it was taken.
fn turned(bytes: &[u8]) -> Vec<u8> {
    let mut exif =
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(b"GPS 25.0330,121.5654");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xff, 0xe1][..], &length, &exif].concat();
    [&bytes[..2], &segment, &bytes[2..]].concat()
}

struct Shelf {
    _folder: tempfile::TempDir,
    files: Files,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path().join("media")).unwrap();
        Self {
            _folder: folder,
            files,
        }
    }

    async fn take(&self, bytes: Vec<u8>) -> Result<Kept, PictureError> {
        pictures::take(&self.files, bytes.into()).await
    }

    fn read(&self, key: &str) -> Read {
        read(&self.files.get(key).unwrap())
    }
}

/// A14: a photograph is turned the way it was taken, its remarks are gone, and the same one is kept once.
#[tokio::test]
async fn a_photograph_is_made_anew() {
    let shelf = Shelf::new();
    let sent = turned(&halves(400, 200));
    let kept = shelf.take(sent.clone()).await.unwrap();
    assert_eq!((kept.width, kept.height), (200, 400));
    assert!(kept.key.ends_with(".jpg"), "{}", kept.key);
    let bytes = shelf.files.get(&kept.key).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("GPS") && !text.contains("Exif"));
    let seen = shelf.read(&kept.key);
    let (above, below) = (seen.pixel(100, 50), seen.pixel(100, 350));
    assert!(above[0] > 150 && above[2] < 90, "{above:?}");
    assert!(below[2] > 150 && below[0] < 90, "{below:?}");
    assert_eq!(shelf.take(sent).await.unwrap(), kept);
}

/// A14, STF-10: a large picture is kept as large as anybody can see, transparency stays, pages get WebP in their
/// widths, and making them twice makes nothing.
#[tokio::test]
async fn pages_get_their_sizes() {
    let shelf = Shelf::new();
    let large = shelf.take(halves(4_000, 1_000)).await.unwrap();
    assert_eq!((large.width, large.height), (pictures::LARGEST, 640));
    let clear = drawn(900, 900, |x, _| {
        [10, 120, 60, if x < 450 { 0 } else { 255 }]
    });
    let clear = shelf.take(png(900, 900, &clear)).await.unwrap();
    assert!(clear.key.ends_with(".png"));
    let opaque = shelf.take(plain(200, 300, [1, 2, 3, 255])).await.unwrap();
    assert!(opaque.key.ends_with(".jpg"), "nothing of it is transparent");
    let width_of = |key: &str, width| {
        let bytes = shelf.files.get(key).unwrap();
        assert_eq!(&bytes[8..12], b"WEBP", "{key}");
        assert_eq!(shelf.read(key).width, width, "{key}");
    };
    for (kept, widths) in [
        (&large, &[320, 640, 1_280][..]),
        (&clear, &[320, 640, 900]),
        (&opaque, &[200]),
    ] {
        pictures::make_sizes(&shelf.files, kept.key.clone())
            .await
            .unwrap();
        let sizes = pictures::sizes(&kept.key, kept.width);
        let made: Vec<u32> = sizes
            .iter()
            .map(|(key, width)| {
                width_of(key, *width);
                *width
            })
            .collect();
        assert_eq!(made, widths);
        assert_eq!(sizes[0].0, pictures::sized(&kept.key, 320));
    }
    let small = pictures::sized(&clear.key, 320);
    assert_eq!(shelf.read(&small).pixel(10, 10)[3], 0);
    let count = || std::fs::read_dir(shelf.files.root()).unwrap().count();
    let before = count();
    pictures::make_sizes(&shelf.files, large.key.clone())
        .await
        .unwrap();
    assert_eq!(count(), before);
    let gone = "00000000000000000000000000000000.jpg".to_owned();
    assert!(pictures::make_sizes(&shelf.files, gone).await.is_err());
    assert!(
        pictures::sizes("0a.svg", 800).is_empty(),
        "drawings fit every size"
    );
}

/// A14: until a size is there the large picture serves in its place; nothing else does.
#[tokio::test]
async fn a_missing_size_is_served_large() {
    let shelf = Shelf::new();
    let kept = shelf.take(halves(640, 640)).await.unwrap();
    let size = pictures::sized(&kept.key, 320);
    let (kind, bytes) = pictures::instead(&shelf.files, &size).unwrap();
    assert_eq!(
        (kind, Some(bytes)),
        ("image/jpeg", shelf.files.get(&kept.key))
    );
    for other in ["../../shop-1.db", "nothing", "-1.webp", "00-1.webp"] {
        assert!(pictures::instead(&shelf.files, other).is_none(), "{other}");
    }
}

/// A14: what is no picture, cut off, or two things at once is refused, each with its own words.
#[tokio::test]
async fn what_is_no_plain_picture_is_refused() {
    let shelf = Shelf::new();
    let photo = halves(300, 300);
    let drawing = plain(300, 300, [1, 2, 3, 4]);
    let behind = |bytes: &[u8], more: &[u8]| [bytes, more].concat();
    let cut = |bytes: &[u8]| bytes[..bytes.len() * 2 / 3].to_vec();
    let mut torn = drawing.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 20].fill(0x55);
    for (bytes, key) in [
        (
            b"<!doctype html><script>alert(1)</script>".to_vec(),
            "error-picture-kind",
        ),
        (b"PK\x03\x04 archive".to_vec(), "error-picture-kind"),
        (Vec::new(), "error-picture-kind"),
        (
            b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>"
                .to_vec(),
            "error-picture-svg",
        ),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
            "error-picture-heic",
        ),
        (cut(&photo), "error-picture-torn"),
        (cut(&drawing), "error-picture-torn"),
        (
            behind(&photo, b"PK\x03\x04 an archive behind a photograph"),
            "error-picture-two-things",
        ),
        (
            behind(&photo, b"<script>alert(1)</script>"),
            "error-picture-two-things",
        ),
        (behind(&drawing, b"%PDF-1.7"), "error-picture-two-things"),
        (behind(b"GIF89a", b"=1;alert(1)//"), "error-picture-torn"),
        (torn, "error-picture-damaged"),
        (vec![0xff; pictures::FILE_BYTES + 1], "error-picture-bytes"),
    ] {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(24)]).into_owned();
        let refused = shelf.take(bytes).await.unwrap_err();
        assert_eq!(refused.key(), key, "{head:?}: {refused}");
    }
    // Telephones put a second picture behind the first.
    assert!(shelf.take(behind(&photo, &photo)).await.is_ok());
    assert!(shelf.take(behind(&photo, &[0; 64])).await.is_ok());
}

/// A14: of a moving picture the first one is taken; WebP is read as well.
#[tokio::test]
async fn other_kinds_are_read() {
    let shelf = Shelf::new();
    let mut gif = Vec::new();
    {
        let mut encoder = gif::Encoder::new(&mut gif, 40, 40, &[]).unwrap();
        for shade in [255, 0] {
            let frame = gif::Frame::from_palette_pixels(40, 40, [0; 1_600], [shade, 0, 0], None);
            encoder.write_frame(&frame).unwrap();
        }
    }
    let kept = shelf.take(gif).await.unwrap();
    assert!(shelf.read(&kept.key).pixel(5, 5)[0] > 200);
    let image = webp_rust::ImageBuffer {
        width: 320,
        height: 200,
        rgba: drawn(320, 200, |_, y| [10, 20, 30, if y < 100 { 255 } else { 0 }]),
    };
    let config = webp_rust::LossyEncodingConfig::default();
    let web = webp_rust::encode_lossy_with_config(&image, &config, None).unwrap();
    let kept = shelf.take(web).await.unwrap();
    assert_eq!((kept.width, kept.height), (320, 200));
    assert!(kept.key.ends_with(".png"), "its lower half is transparent");
}

/// The most memory that this process ever had, in bytes, where the system says so.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

/// A PNG whose head promises so many pixels.
fn promising(width: u32, height: u32) -> Vec<u8> {
    let small = plain(1, 1, [0; 4]);
    let mut head = small[12..29].to_vec();
    head[4..8].copy_from_slice(&width.to_be_bytes());
    head[8..12].copy_from_slice(&height.to_be_bytes());
    let mut crc = u32::MAX;
    for byte in &head {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    [&small[..12], &head, &(!crc).to_be_bytes(), &small[33..]].concat()
}

/// A14: a bomb is refused within 2 seconds and 256 MiB, and so is the largest picture that is taken.
#[tokio::test]
async fn a_bomb_costs_little() {
    let shelf = Shelf::new();
    let before = peak();
    let started = Instant::now();
    for (width, height) in [
        (50_000, 50_000),
        (40_000, 20),
        (7_000, 6_000),
        (u32::MAX >> 1, u32::MAX >> 1),
    ] {
        let refused = shelf.take(promising(width, height)).await.unwrap_err();
        assert!(
            matches!(
                refused,
                PictureError::TooManyPixels(..) | PictureError::Damaged(_)
            ),
            "{width} × {height}: {refused}"
        );
        if width < 60_000 {
            assert_eq!(refused.key(), "error-picture-pixels");
        }
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    // Six thousand by six thousand pixels of nothing: a few dozen kilobytes that become 144 MB.
    let nothing = png(6_000, 6_000, &vec![0; 6_000 * 6_000 * 4]);
    assert!(nothing.len() < 1 << 20, "{}", nothing.len());
    shelf.take(nothing).await.unwrap();
    if let (Some(before), Some(after)) = (before, peak()) {
        // The test's own picture of 144 MB was gone before the one that was taken came.
        let spent = after.saturating_sub(before);
        assert!(spent < 256 << 20, "{} MiB", spent >> 20);
    }
}
