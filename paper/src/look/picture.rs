//! A picture: upright, with nothing in it but itself, and small.

use std::io::{Cursor, Write};

use clap::Args;
use image::{
    DynamicImage, GenericImageView as _, ImageDecoder as _, ImageEncoder as _, ImageFormat, ImageReader, RgbImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
    metadata::Orientation,
};
use serde::Serialize;

use super::{Ended, Fault, THUMBNAIL, bytes, jpeg, line};

/// How good a JPEG is, of 100.
const QUALITY: u8 = 85;
/// The same for one that is looked at in passing.
const QUALITY_SMALL: u8 = 75;
/// A PNG that becomes larger is a photograph, and a JPEG serves it better.
const LARGEST_PNG: usize = 16 << 20;

/// What is taken, and what is made of it.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Longest side that is taken.
    #[arg(long, default_value_t = 20_000)]
    side: u32,
    /// Most pixels that are taken.
    #[arg(long, default_value_t = 64_000_000)]
    pixels: u64,
    /// Longest side of the picture that is made: A4 at 300 dots an inch is 3,508.
    #[arg(long, default_value_t = 4096)]
    longest: u32,
}

#[derive(Serialize)]
struct Seen {
    media: &'static str,
    width: u32,
    height: u32,
    clean: usize,
    thumbnail: usize,
}

/// Look at a picture, and write it anew.
pub(super) fn look(file: &[u8], limits: Limits, output: &mut impl Write) -> Result<(), Ended> {
    let (image, format) = decoded(file, limits)?;
    let (media, clean) = encoded(&image, format)?;
    let small = encode_jpeg(&flat(&reduced(image.clone(), THUMBNAIL)), QUALITY_SMALL)?;
    let seen = Seen {
        media,
        width: image.width(),
        height: image.height(),
        clean: clean.len(),
        thumbnail: small.len(),
    };
    line(output, &seen)?;
    bytes(output, &clean)?;
    bytes(output, &small)?;
    Ok(())
}

/// The picture upright and not larger than is made, and what it came as.
fn decoded(file: &[u8], limits: Limits) -> Result<(DynamicImage, ImageFormat), Fault> {
    let reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(|_| Fault::Damaged)?;
    let format = reader.format().ok_or(Fault::Damaged)?;
    if format == ImageFormat::Jpeg && !jpeg::is_whole(file) {
        return Err(Fault::Damaged);
    }
    let mut decoder = reader.into_decoder().map_err(|_| Fault::Damaged)?;
    // Before a pixel is unpacked.
    let (width, height) = decoder.dimensions();
    if width.max(height) > limits.side {
        return Err(Fault::TooWide);
    }
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(Fault::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|_| Fault::Damaged)?;
    // Turned when it is small: a turn takes the memory of the picture once more.
    let mut image = reduced(image, limits.longest);
    image.apply_orientation(orientation);
    Ok((image, format))
}

/// Not longer than that; never larger than it was.
fn reduced(image: DynamicImage, longest: u32) -> DynamicImage {
    if image.width().max(image.height()) <= longest {
        return image;
    }
    image.thumbnail(longest, longest)
}

/// As it came, but for colours that nobody sees, and for photographs in a PNG.
fn encoded(image: &DynamicImage, format: ImageFormat) -> Result<(&'static str, Vec<u8>), Fault> {
    if format == ImageFormat::Png {
        let image = eight_bits(image);
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Adaptive)
            .write_image(image.as_bytes(), image.width(), image.height(), image.color().into())
            .map_err(|_| Fault::Damaged)?;
        if png.len() <= LARGEST_PNG {
            return Ok(("png", png));
        }
    }
    Ok(("jpeg", encode_jpeg(&flat(image), QUALITY)?))
}

fn eight_bits(image: &DynamicImage) -> DynamicImage {
    match (image.color().has_alpha(), image.color().has_color()) {
        (true, true) => image.to_rgba8().into(),
        (true, false) => image.to_luma_alpha8().into(),
        (false, true) => image.to_rgb8().into(),
        (false, false) => image.to_luma8().into(),
    }
}

/// On white paper, where it lets something through.
fn flat(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let over = |colour: u8| {
            let mixed = (u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

/// A JPEG with nothing in it but the picture.
pub(super) fn encode_jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, Fault> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality)
        .encode_image(image)
        .map_err(|_| Fault::Damaged)?;
    Ok(jpeg)
}

/// A small picture of a page.
pub(super) fn small(image: &RgbImage) -> Result<Vec<u8>, Fault> {
    encode_jpeg(image, QUALITY_SMALL)
}
