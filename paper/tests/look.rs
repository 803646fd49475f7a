//! The real program looks into files: what it makes of pictures, what it says of PDFs, and what it does not survive.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that is surprised fails"
)]

use std::{
    io::{Cursor, Write as _},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::Value;

fn looked(arguments: &[&str], file: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_starbridge-paper"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    // Who ends before it heard everything says why.
    let _ = to.write_all(file);
    drop(to);
    child.wait_with_output().unwrap()
}

/// The line of the answer, and what came behind it.
fn answer(arguments: &[&str], file: &[u8]) -> (Value, Vec<u8>) {
    let output = looked(arguments, file);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {words}", output.status);
    let end = output.stdout.iter().position(|byte| *byte == b'\n').unwrap();
    let line = serde_json::from_slice(&output.stdout[..end]).unwrap();
    (line, output.stdout[end + 1..].to_vec())
}

fn fault(arguments: &[&str], file: &[u8]) -> String {
    let (line, rest) = answer(arguments, file);
    assert!(rest.is_empty());
    line["fault"].as_str().unwrap_or_else(|| panic!("{line}")).to_owned()
}

/// A picture and its small one.
fn pictures(file: &[u8]) -> (Value, DynamicImage, DynamicImage, Vec<u8>) {
    let (line, rest) = answer(&["picture"], file);
    let length = usize::try_from(line["clean"].as_u64().unwrap()).unwrap();
    assert_eq!(
        rest.len(),
        length + usize::try_from(line["thumbnail"].as_u64().unwrap()).unwrap()
    );
    let (clean, small) = rest.split_at(length);
    let read = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
    (line, read(clean), read(small), clean.to_vec())
}

/// Red above, blue below.
fn flag(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, y| {
        if y < height / 2 {
            Rgb([200, 20, 20])
        } else {
            Rgb([20, 20, 200])
        }
    })
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// As a telephone wrote it: it lay on its side (orientation 6), and where that was.
fn of_telephone(image: &RgbImage) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x02".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    exif.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]);
    exif.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 12, 0, 0, 0, 56, 0, 0, 0, 0]);
    exif.extend(b"GPS-29.9510N");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let plain = written(&image.clone().into(), ImageFormat::Jpeg);
    [&plain[..2], &[0xFF, 0xE1, length[0], length[1]], &exif, &plain[2..]].concat()
}

#[test]
fn a_picture_of_a_telephone_is_upright_and_tells_no_place() {
    let sent = of_telephone(&flag(600, 400));
    assert!(sent.windows(4).any(|some| some == b"GPS-"));
    let (line, clean, small, bytes) = pictures(&sent);
    assert_eq!((line["media"].as_str(), clean.dimensions()), (Some("jpeg"), (400, 600)));
    assert_eq!(small.dimensions(), (213, 320));
    // The top of the sensor's picture is at the right of the upright one.
    let red = |image: &DynamicImage, x: u32, y: u32| image.get_pixel(x, y).0[0] > 128;
    assert!(red(&clean, 390, 300) && !red(&clean, 10, 300));
    assert!(red(&small, 205, 160) && !red(&small, 5, 160));
    for trace in [&b"GPS-"[..], b"Exif", b"http"] {
        assert!(!bytes.windows(trace.len()).any(|some| some == trace));
    }
}

#[test]
fn a_png_stays_one_and_loses_what_stands_beside_its_pixels() {
    let image = RgbaImage::from_fn(40, 30, |x, _| Rgba([10, 200, 10, if x < 20 { 0 } else { 255 }]));
    let plain = written(&image.into(), ImageFormat::Png);
    // A text behind the head, as programs leave their names and paths.
    let text = [
        &[0, 0, 0, 12],
        b"tEXtAuthor\0Wang!".as_slice(),
        &[0x3E, 0x35, 0xF1, 0x0D],
    ]
    .concat();
    let sent = [&plain[..33], &text[..], &plain[33..]].concat();
    let (line, clean, small, bytes) = pictures(&sent);
    assert_eq!((line["media"].as_str(), clean.dimensions()), (Some("png"), (40, 30)));
    assert_eq!(
        (clean.get_pixel(5, 5).0[3], clean.get_pixel(30, 5).0),
        (0, [10, 200, 10, 255])
    );
    // Small pictures know no glass: it is white there.
    assert!(small.get_pixel(5, 5).0[..3].iter().all(|colour| *colour > 240));
    assert!(!bytes.windows(4).any(|some| some == b"Wang"));
}

#[test]
fn a_large_picture_is_made_smaller_and_never_larger() {
    let (line, clean, ..) = pictures(&written(&flag(6000, 3000).into(), ImageFormat::Jpeg));
    assert_eq!((line["width"].as_u64(), clean.dimensions()), (Some(4096), (4096, 2048)));
    let (_, clean, small, _) = pictures(&written(&flag(100, 50).into(), ImageFormat::Jpeg));
    assert_eq!((clean.dimensions(), small.dimensions()), ((100, 50), (100, 50)));
}

#[test]
fn what_is_no_picture_to_its_end_is_damaged() {
    let whole = written(&flag(600, 400).into(), ImageFormat::Jpeg);
    for part in [whole.len() / 4, whole.len() / 2, whole.len() - 2] {
        assert_eq!(
            fault(&["picture"], &whole[..part]),
            "damaged",
            "{part} of {}",
            whole.len()
        );
    }
    let png = written(&flag(60, 40).into(), ImageFormat::Png);
    assert_eq!(fault(&["picture"], &png[..png.len() / 2]), "damaged");
    assert_eq!(fault(&["picture"], b"%PDF-1.7"), "damaged");
}

#[test]
fn the_size_is_asked_before_a_pixel_is_unpacked() {
    let mut png = written(&flag(8, 8).into(), ImageFormat::Png);
    let says = |png: &mut [u8], width: u32, height: u32| {
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = checksum(&png[12..29]).to_be_bytes();
        png[29..33].copy_from_slice(&sum);
    };
    #[expect(clippy::disallowed_methods, reason = "how long a process really took")]
    let began = Instant::now();
    says(&mut png, 30_000, 30_000);
    assert_eq!(fault(&["picture"], &png), "too_wide");
    says(&mut png, 19_000, 19_000);
    assert_eq!(fault(&["picture"], &png), "too_many_pixels");
    says(&mut png, 20_001, 1);
    assert_eq!(fault(&["picture"], &png), "too_wide");
    assert!(began.elapsed() < Duration::from_secs(5));
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A PDF of these objects, of which the first is its catalogue, with more in its trailer.
fn pdf(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let begins = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    file.extend(format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{begins}\n%%EOF\n").bytes());
    file
}

/// One page that draws this.
fn page(content: &[u8], filter: &str, trailer: &str) -> Vec<u8> {
    let stream = format!("<< /Length {} {filter} >>\nstream\n", content.len());
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>".to_vec(),
        [stream.as_bytes(), content, b"\nendstream"].concat(),
    ];
    pdf(&objects, trailer)
}

#[test]
fn a_pdf_tells_its_pages_and_shows_the_first() {
    let (line, small) = answer(&["pdf"], &page(b"1 0 0 rg 0 400 600 400 re f", "", ""));
    assert_eq!(line["pages"], 1);
    let small = image::load_from_memory(&small).unwrap();
    assert_eq!(small.dimensions(), (240, 320));
    let (above, below) = (small.get_pixel(120, 80).0, small.get_pixel(120, 240).0);
    assert!(above[0] > 200 && above[1] < 60, "{above:?}");
    assert!(below[..3].iter().all(|colour| *colour > 240), "{below:?}");
    // Written over with rubbish behind its end, it is still what it is.
    let mut longer = page(b"", "", "");
    longer.extend(b"PK\x03\x04 a second file");
    assert_eq!(answer(&["pdf"], &longer).0["pages"], 1);
}

#[test]
fn pdfs_that_cannot_be_taken_say_why() {
    let long = "41".repeat(32);
    let lock = format!(
        "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{long}> /U <{long}> >> /ID [<{long}> <{long}>]"
    );
    assert_eq!(fault(&["pdf"], &page(b"", "", &lock)), "encrypted");
    assert_eq!(fault(&["pdf"], b"%PDF-1.7\nnothing at all"), "damaged");
    let whole = page(b"1 0 0 rg", "", "");
    assert_eq!(fault(&["pdf", "--pages", "0"], &whole), "too_many_pages");
    let mut objects = vec![b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()];
    let kids: Vec<String> = (0..20_000).map(|page| format!("{} 0 R", page + 3)).collect();
    objects.push(format!("<< /Type /Pages /Kids [{}] /Count 20000 >>", kids.join(" ")).into_bytes());
    objects.extend(vec![
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_vec();
        20_000
    ]);
    assert_eq!(fault(&["pdf"], &pdf(&objects, "")), "too_many_pages");
}

/// So many megabytes of zeros in a thousandth.
fn packed(megabytes: usize) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..megabytes {
        packer.write_all(&zeros).unwrap();
    }
    packer.finish().unwrap()
}

#[test]
fn what_unpacks_without_end_is_stopped() {
    #[expect(clippy::disallowed_methods, reason = "how long a process really took")]
    let began = Instant::now();
    let filter = "/Filter /FlateDecode";
    assert_eq!(fault(&["pdf"], &page(&packed(300), filter, "")), "unpacks");
    // More than the process may hold: it ends, and whoever started it knows what that means.
    let output = looked(&["pdf", "--megabytes", "512"], &page(&packed(3000), filter, ""));
    assert!(!output.status.success() || output.stdout.starts_with(b"{\"fault\":\"unpacks\"}"));
    // A tree of ten levels in which each node is ten times its child.
    let mut objects = vec![b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()];
    for level in 0..10 {
        let kids = format!("{} 0 R ", level + 3).repeat(10);
        objects.push(format!("<< /Type /Pages /Count 10000000000 /Kids [{kids}] >>").into_bytes());
    }
    objects.push(b"<< /Type /Page /MediaBox [0 0 9 9] >>".to_vec());
    let output = looked(&["pdf", "--megabytes", "512"], &pdf(&objects, ""));
    assert!(
        !output.status.success() || output.stdout.starts_with(b"{\"fault\":"),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
