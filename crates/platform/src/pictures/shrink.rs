//! Making a picture smaller: each new pixel is the mean of what it covers, by area.
//!
//! Whole numbers throughout, one row at a time: nothing is rounded but the result, and the only memory is that of the
//! result. The libraries for this work in floating point, with a copy of four times the size, or bring so many variants
//! that they are compiled for minutes.

/// Sizes of a picture in pixels, with the bytes of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
    /// 3 for red, green and blue; 4 with transparency.
    pub(super) depth: usize,
}

/// The picture in another size, at most as large as it is. What is transparent lends no colour to its neighbours.
pub(super) fn shrink(from: &[u8], size: Size, width: usize, height: usize) -> Vec<u8> {
    let row = size.width * size.depth;
    let mut small = Vec::with_capacity(width * height * size.depth);
    let mut sums = vec![0_u64; width * size.depth];
    for y in 0..height {
        sums.fill(0);
        for (line, weight) in covered(y, height, size.height) {
            if let Some(pixels) = from.get(line * row..(line + 1) * row) {
                add_row(&mut sums, pixels, size, width, weight);
            }
        }
        write_row(&mut small, &sums, size);
    }
    small
}

/// Which of `many` pixels the new one at `place` of `few` covers, and by how much: shares that sum to `many`.
fn covered(place: usize, few: usize, many: usize) -> impl Iterator<Item = (usize, u64)> {
    let (begin, end) = (place * many, (place + 1) * many);
    (begin / few..end.div_ceil(few)).map(move |at| {
        let share = end.min((at + 1) * few) - begin.max(at * few);
        (at, u64::try_from(share).unwrap_or_default())
    })
}

fn add_row(sums: &mut [u64], pixels: &[u8], size: Size, width: usize, weight: u64) {
    for (x, sum) in sums.chunks_exact_mut(size.depth).enumerate() {
        for (at, share) in covered(x, width, size.width) {
            let weight = weight * share;
            match (
                pixels.get(at * size.depth..(at + 1) * size.depth),
                &mut *sum,
            ) {
                (Some([r, g, b]), [red, green, blue]) => {
                    *red += weight * u64::from(*r);
                    *green += weight * u64::from(*g);
                    *blue += weight * u64::from(*b);
                }
                (Some([r, g, b, a]), [red, green, blue, alpha]) => {
                    let weight = weight * u64::from(*a);
                    *red += weight * u64::from(*r);
                    *green += weight * u64::from(*g);
                    *blue += weight * u64::from(*b);
                    *alpha += weight;
                }
                _ => {}
            }
        }
    }
}

fn write_row(small: &mut Vec<u8>, sums: &[u64], size: Size) {
    let area = u64::try_from(size.width * size.height).unwrap_or(u64::MAX);
    let mean = |sum: u64, of: u64| {
        u8::try_from((sum + of / 2).checked_div(of).unwrap_or_default()).unwrap_or(u8::MAX)
    };
    for sum in sums.chunks_exact(size.depth) {
        match sum {
            [red, green, blue, alpha] => {
                small.extend([red, green, blue].map(|colour| mean(*colour, *alpha)));
                small.push(mean(*alpha, area));
            }
            colours => small.extend(colours.iter().map(|colour| mean(*colour, area))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A fully transparent pixel lends no colour; half of it is half as clear.
    #[test]
    fn what_is_clear_lends_no_colour() {
        let size = Size {
            width: 2,
            height: 1,
            depth: 4,
        };
        let pixels = [200, 100, 50, 255, 0, 0, 0, 0];
        assert_eq!(shrink(&pixels, size, 1, 1), [200, 100, 50, 128]);
        assert_eq!(shrink(&pixels, size, 2, 1), pixels);
    }

    proptest! {
        /// STF-10: a plain picture stays plain, a mean lies between what it is the mean of, and shares sum to the whole.
        #[test]
        fn means_lie_between(width in 1_usize..40, height in 1_usize..40, w in 1_usize..40, h in 1_usize..40, seed in any::<[u8; 3]>()) {
            let (w, h) = (w.min(width), h.min(height));
            let size = Size { width, height, depth: 3 };
            let plain = seed.repeat(width * height);
            prop_assert_eq!(shrink(&plain, size, w, h), seed.repeat(w * h));
            let mixed: Vec<u8> = (0..width * height * 3).map(|n| u8::try_from(n * 7 % 256).unwrap() ^ seed[n % 3]).collect();
            let (low, high) = (mixed.iter().min().unwrap(), mixed.iter().max().unwrap());
            prop_assert!(shrink(&mixed, size, w, h).iter().all(|v| (low..=high).contains(&v)));
            for place in 0..w {
                let whole: u64 = covered(place, w, width).map(|(_, share)| share).sum();
                prop_assert_eq!(whole, u64::try_from(width).unwrap());
            }
        }
    }
}
