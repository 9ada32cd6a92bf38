use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Encoder, Transformations};

use crate::failure::Attempt;

/// A picture with 8 bits for each of red, green and blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// The width in pixels.
    pub(super) width: usize,
    /// The height in pixels.
    pub(super) height: usize,
    /// Three bytes for each pixel, row by row.
    pixels: Vec<u8>,
}

impl Picture {
    /// Draws a picture with gradients and a random colour.
    pub(super) fn draw(width: usize, height: usize) -> Self {
        let blue = fastrand::u8(..);
        let shade = |place: usize, size: usize| u8::try_from(place * 255 / size.max(1)).unwrap_or(u8::MAX);
        let pixel = |index: usize| [shade(index % width, width), shade(index / width, height), blue];
        Self { width, height, pixels: (0..width * height).flat_map(pixel).collect() }
    }

    /// Reads a PNG.
    ///
    /// # Errors
    ///
    /// If the bytes are not a PNG in colour without transparency.
    pub(super) fn from_png(bytes: &[u8]) -> Attempt<Self> {
        let mut decoder = Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut pixels = vec![0; reader.output_buffer_size().ok_or("the picture is too large")?];
        let info = reader.next_frame(&mut pixels)?;
        if info.color_type != ColorType::Rgb {
            return Err(format!("pictures in {:?} are not supported", info.color_type).into());
        }
        pixels.truncate(info.buffer_size());
        Ok(Self { width: usize::try_from(info.width)?, height: usize::try_from(info.height)?, pixels })
    }

    /// Reads a PPM (`P6`) with at most 8 bits for each colour.
    ///
    /// # Errors
    ///
    /// If the bytes are not such a PPM.
    pub(super) fn from_ppm(bytes: &[u8]) -> Attempt<Self> {
        let mut parts = bytes.splitn(4, |byte| byte.is_ascii_whitespace());
        let mut text = || std::str::from_utf8(parts.next().unwrap_or_default());
        let (format, width, height) = (text()?, text()?.parse()?, text()?.parse()?);
        let pixels = parts.next().and_then(|rest| rest.strip_prefix(b"255\n")).unwrap_or_default().to_vec();
        if format != "P6"
            || Some(pixels.len()) != usize::checked_mul(width, height).and_then(|n| n.checked_mul(3))
        {
            return Err("the bytes are not a PPM of this program".into());
        }
        Ok(Self { width, height, pixels })
    }

    /// Writes a PNG.
    ///
    /// # Errors
    ///
    /// If the picture is empty or too large.
    pub(super) fn to_png(&self) -> Attempt<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, u32::try_from(self.width)?, u32::try_from(self.height)?);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// Writes a PPM.
    pub(super) fn to_ppm(&self) -> Vec<u8> {
        let mut bytes = format!("P6\n{}\n{}\n255\n", self.width, self.height).into_bytes();
        bytes.extend_from_slice(&self.pixels);
        bytes
    }

    /// Returns a smaller picture. Each pixel is the average of a square of pixels with this length of a side.
    pub(super) fn shrink(&self, side: usize) -> Self {
        let side = side.max(1);
        let (width, height) = ((self.width / side).max(1), (self.height / side).max(1));
        let mut pixels = Vec::with_capacity(width * height * 3);
        for index in 0..width * height {
            let (left, top) = (index % width * side, index / width * side);
            for colour in 0..3 {
                let rows = top..(top + side).min(self.height);
                let bytes = rows.flat_map(|y| (left..(left + side).min(self.width)).map(move |x| (x, y)));
                let bytes = bytes.filter_map(|(x, y)| self.pixels.get((y * self.width + x) * 3 + colour));
                let (sum, count) =
                    bytes.fold((0, 0_usize), |(sum, count), byte| (sum + usize::from(*byte), count + 1));
                pixels.push(u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
            }
        }
        Self { width, height, pixels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_survive_both_formats() {
        let picture = Picture::draw(31, 7);
        assert_eq!(Picture::from_png(&picture.to_png().unwrap()).unwrap(), picture);
        assert_eq!(Picture::from_ppm(&picture.to_ppm()).unwrap(), picture);
        assert!(Picture::from_png(&picture.to_ppm()).is_err());
        assert!(Picture::from_ppm(b"P6\n1\n1\n255\n12").is_err());
    }

    #[test]
    fn a_smaller_picture_has_the_averages() {
        let picture =
            Picture { width: 2, height: 2, pixels: vec![0, 10, 255, 2, 10, 255, 4, 10, 255, 6, 10, 255] };
        let small = picture.shrink(2);
        assert_eq!((small.width, small.height, small.pixels), (1, 1, vec![3, 10, 255]));
        let small = Picture::draw(640, 480).shrink(8);
        assert_eq!((small.width, small.height), (80, 60));
    }
}
