//! What a file is, by how it begins. Its name and what a browser says of it are what somebody wrote there.

use entities::words::{FileFault, FileKind};

/// The kind of a file, by its first bytes.
///
/// # Errors
/// Nothing, a picture of a kind that only telephones have, a ZIP, or anything else.
pub fn told(head: &[u8]) -> Result<FileKind, FileFault> {
    match head {
        [] => Err(FileFault::Empty),
        [b'%', b'P', b'D', b'F', b'-', ..] => Ok(FileKind::Pdf),
        [0xFF, 0xD8, 0xFF, ..] => Ok(FileKind::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Ok(FileKind::Png),
        [b'P', b'K', 3 | 5 | 7, ..] => Err(FileFault::Archive),
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, 0xAF, ..] | [0x1F, 0x8B, ..] => Err(FileFault::Archive),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if is_of_telephones(brand) => Err(FileFault::Telephone),
        _ => Err(FileFault::NotAccepted),
    }
}

/// Brands of ISO 23008-12 (HEIF).
fn is_of_telephones(brand: &[u8]) -> bool {
    const BRANDS: [&[u8]; 9] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif",
    ];
    BRANDS.iter().any(|known| brand.starts_with(known))
}

/// What its answer calls it.
pub const fn media_type(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Pdf => "application/pdf",
        FileKind::Jpeg => "image/jpeg",
        FileKind::Png => "image/png",
    }
}

/// Endings of its name, the usual one first.
pub const fn endings(kind: FileKind) -> &'static [&'static str] {
    match kind {
        FileKind::Pdf => &["pdf"],
        FileKind::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
        FileKind::Png => &["png"],
    }
}

/// The name with an ending that is true: what is saved under it opens in the right program.
pub fn name(called: &str, kind: FileKind) -> String {
    let (stem, ending) = called.rsplit_once('.').unwrap_or((called, ""));
    if endings(kind).contains(&ending.to_lowercase().as_str()) {
        return called.to_owned();
    }
    // An ending that means another kind goes; anything else is part of the name.
    let means_something = FileKind::ALL
        .iter()
        .flat_map(|other| endings(*other))
        .chain(&["heic", "zip", "doc", "docx", "exe", "htm", "html", "svg", "js"])
        .any(|known| ending.eq_ignore_ascii_case(known));
    let stem = if means_something { stem } else { called };
    format!("{stem}.{}", endings(kind).first().unwrap_or(&"bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_says_what_it_is() {
        assert_eq!(told(b"%PDF-1.7\n"), Ok(FileKind::Pdf));
        assert_eq!(told(b"\xFF\xD8\xFF\xE0\0\x10JFIF"), Ok(FileKind::Jpeg));
        assert_eq!(told(b"\x89PNG\r\n\x1a\n"), Ok(FileKind::Png));
        assert_eq!(told(b""), Err(FileFault::Empty));
        assert_eq!(told(b"PK\x03\x04"), Err(FileFault::Archive));
        assert_eq!(told(b"\0\0\0\x18ftypheic\0\0"), Err(FileFault::Telephone));
        assert_eq!(told(b"\0\0\0\x18ftypisom\0\0"), Err(FileFault::NotAccepted));
        for other in [&b"GIF89a"[..], b"<svg", b"MZ", b"\n%PDF-1.4", b"\xFF\xD8", b"x"] {
            assert_eq!(told(other), Err(FileFault::NotAccepted), "{other:?}");
        }
    }

    #[test]
    fn a_name_ends_as_what_it_is() {
        assert_eq!(name("户口簿.JPG", FileKind::Jpeg), "户口簿.JPG");
        assert_eq!(name("户口簿.jpg", FileKind::Pdf), "户口簿.pdf");
        assert_eq!(name("2026.11.30", FileKind::Png), "2026.11.30.png");
        assert_eq!(name("照片", FileKind::Png), "照片.png");
        assert_eq!(name("page.html", FileKind::Pdf), "page.pdf");
    }
}
