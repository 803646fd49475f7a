//! Whether a JPEG is there to its end: decoders fill what is missing with grey and say nothing.

/// The picture itself ends with its mark. What some telephones write behind it does not count, nor does the mark of the
/// small picture inside their description.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let [0xFF, 0xD8, rest @ ..] = bytes else {
        return false;
    };
    let mut rest = rest;
    loop {
        rest = match rest {
            // Marks may be padded.
            [0xFF, 0xFF, ..] => rest.get(1..).unwrap_or_default(),
            [0xFF, 0xD9, ..] => return true,
            // Marks without a length.
            [0xFF, 0x01 | 0xD0..=0xD7, tail @ ..] => tail,
            [0xFF, mark, high, low, tail @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let Some(behind) = length.checked_sub(2).and_then(|more| tail.get(more..)) else {
                    return false;
                };
                if *mark == 0xDA { scanned(behind) } else { behind }
            }
            _ => return false,
        };
    }
}

/// Behind the pixels of a scan: at the next mark.
fn scanned(bytes: &[u8]) -> &[u8] {
    let mark = bytes
        .windows(2)
        .position(|pair| matches!(pair, [0xFF, second] if !matches!(second, 0x00 | 0xFF | 0xD0..=0xD7)));
    mark.and_then(|at| bytes.get(at..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A description that holds a small picture of its own, a scan with a stuffed byte and a restart, the end.
    const WHOLE: &[u8] = &[
        0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD8, 0xFF, 0xD9, 0xFF, 0xFF, 0xDB, 0, 3, 9, 0xFF, 0xDA, 0, 3, 1, 7, 0xFF,
        0, 8, 0xFF, 0xD0, 9, 0xFF, 0xD9,
    ];

    #[test]
    fn only_the_end_of_the_picture_itself_counts() {
        assert!(is_whole(WHOLE));
        assert!(is_whole(&[WHOLE, b"trailer"].concat()));
        for end in 0..WHOLE.len() {
            assert!(!is_whole(&WHOLE[..end]), "cut at {end}");
        }
        assert!(!is_whole(b"\xFF\xD8\xFF\xE1\x00\x01"), "a length that is too short");
    }
}
