//! A PDF: how many pages, how large unpacked, and what the first page looks like.

use std::{
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
};

use clap::Args;
use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_syntax::{Filter, LoadPdfError, Pdf, object::Object, page::Page},
    render,
    vello_cpu::color::palette::css::WHITE,
};
use image::RgbImage;
use serde::Serialize;

use super::{Ended, Fault, THUMBNAIL, bytes, line, picture};

/// A single stream of more is no page that people scan.
const STREAM: u64 = 256 << 20;

/// What is taken.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Most pages.
    #[arg(long, default_value_t = 500)]
    pages: usize,
    /// Most bytes that it unpacks to, pictures apart.
    #[arg(long, default_value_t = 1 << 30)]
    unpacked: u64,
}

#[derive(Serialize)]
struct Seen {
    pages: usize,
}

/// Look at a PDF.
pub(super) fn look(file: Vec<u8>, limits: Limits, output: &mut impl Write) -> Result<(), Ended> {
    let pdf = opened(file)?;
    let pages = pdf.pages();
    if pages.len() > limits.pages {
        return Err(Fault::TooManyPages.into());
    }
    let first = pages.first().ok_or(Fault::Damaged)?;
    unpacks(&pdf, limits.unpacked)?;
    line(output, &Seen { pages: pages.len() })?;
    // What is known is said; from here on a page that cannot be drawn costs its small picture only.
    let drawn = catch_unwind(AssertUnwindSafe(|| drawn(first))).ok().flatten();
    if let Some(small) = drawn.and_then(|page| picture::small(&page).ok()) {
        bytes(output, &small)?;
    }
    Ok(())
}

fn opened(file: Vec<u8>) -> Result<Pdf, Fault> {
    Pdf::new(file).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Fault::Encrypted,
        LoadPdfError::Invalid => Fault::Damaged,
    })
}

/// Everything is unpacked once, piece by piece, but for pictures: whoever looks at those unpacks one at a time.
fn unpacks(pdf: &Pdf, most: u64) -> Result<(), Fault> {
    let mut all = 0;
    for object in pdf.objects() {
        let Object::Stream(stream) = object else { continue };
        let is_picture = |filter: &Filter| {
            matches!(
                filter,
                Filter::CcittFaxDecode | Filter::Jbig2Decode | Filter::DctDecode | Filter::JpxDecode
            )
        };
        if stream.filters().iter().any(is_picture) {
            continue;
        }
        // What cannot be unpacked shows as a gap when it is read; scanners write such things, too.
        let one = stream
            .decoded()
            .map_or(0, |content| u64::try_from(content.len()).unwrap_or(u64::MAX));
        all += one;
        if one > STREAM || all > most {
            return Err(Fault::Unpacks);
        }
    }
    Ok(())
}

/// The page as a small picture.
fn drawn(page: &Page<'_>) -> Option<RgbImage> {
    let (width, height) = page.render_dimensions();
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "a few hundred pixels are exact in any float"
    )]
    let scale = THUMBNAIL as f32 / width.max(height);
    if !scale.is_finite() || scale <= 0.0 {
        return None;
    }
    let settings = RenderSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
        ..RenderSettings::default()
    };
    let pixels = render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings);
    let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
    let colours: Vec<u8> = pixels
        .data_as_u8_slice()
        .chunks_exact(4)
        .flat_map(|pixel| pixel.iter().take(3).copied())
        .collect();
    RgbImage::from_raw(width, height, colours).filter(|page| page.width() > 0 && page.height() > 0)
}
