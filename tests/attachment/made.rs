//! Files as cameras, scanners and people with bad intentions make them, byte by byte.

/// A grey picture of whole blocks of eight, with what stands between its beginning and its tables.
pub(crate) fn jpeg(width: u16, height: u16, description: &[u8]) -> Vec<u8> {
    let [wide, high] = [width.to_be_bytes(), height.to_be_bytes()];
    let mut file = vec![0xFF, 0xD8];
    file.extend(description);
    // One table of quanta.
    file.extend([0xFF, 0xDB, 0, 67, 0]);
    file.extend([1; 64]);
    file.extend([0xFF, 0xC0, 0, 11, 8, high[0], high[1], wide[0], wide[1], 1, 1, 0x11, 0]);
    // Two codes of one bit: "no difference", and "nothing more in this block".
    for class in [0x00, 0x10] {
        file.extend([0xFF, 0xC4, 0, 20, class, 1]);
        file.extend([0; 15]);
        file.push(0);
    }
    file.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);
    let blocks = usize::from(width / 8) * usize::from(height / 8);
    let bits = blocks * 2;
    file.extend(vec![0; bits / 8]);
    if bits % 8 > 0 {
        file.push(0xFF >> (bits % 8));
    }
    file.extend([0xFF, 0xD9]);
    file
}

/// What a telephone writes into a picture: it lay on its side, and where that was.
pub(crate) fn of_telephone() -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x02".to_vec();
    // Orientation 6: the top of the picture is at its right.
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    // Where its position stands.
    exif.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    exif.extend([0, 0, 0, 0]);
    // North of the equator, by the text that tests look for.
    exif.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 12, 0, 0, 0, 56, 0, 0, 0, 0]);
    exif.extend(b"GPS-29.9510N");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, 0xE1, length[0], length[1]], exif.as_slice()].concat()
}

/// A PNG that says how large it is, and holds these bytes as its pixels, packed without packing.
pub(crate) fn png(width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x78, 0x01];
    let mut parts = pixels.chunks(0xFFFF).peekable();
    while let Some(part) = parts.next() {
        let length = u16::try_from(part.len()).unwrap();
        packed.push(u8::from(parts.peek().is_none()));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(part);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in pixels {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    packed.extend((high << 16 | low).to_be_bytes());
    let head = [&width.to_be_bytes(), &height.to_be_bytes(), [8, 0, 0, 0, 0].as_slice()].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [(b"IHDR", head.as_slice()), (b"IDAT", &packed), (b"IEND", &[])] {
        let chunk = [kind.as_slice(), content].concat();
        file.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        file.extend(&chunk);
        file.extend(checksum(&chunk).to_be_bytes());
    }
    file
}

/// A small grey PNG.
pub(crate) fn small_png() -> Vec<u8> {
    let rows: Vec<u8> = (0..8).flat_map(|_| [0, 90, 90, 90, 90, 90, 90, 90, 90]).collect();
    png(8, 8, &rows)
}

fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 }
        })
    })
}

/// A PDF of these objects, of which the first is its catalogue, with more in its trailer.
pub(crate) fn pdf(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
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

/// A PDF of so many empty pages.
pub(crate) fn pages(number: usize) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    let kids: Vec<String> = (0..number).map(|page| format!("{} 0 R", page + 3)).collect();
    objects.push(format!("<< /Type /Pages /Kids [{}] /Count {number} >>", kids.join(" ")));
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>";
    objects.extend(vec![page.to_owned(); number]);
    pdf(&objects, "")
}

/// A PDF that asks for a password.
pub(crate) fn locked() -> Vec<u8> {
    let long = "41".repeat(32);
    let lock = format!("/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{long}> /U <{long}> >>");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_owned(),
    ];
    pdf(&objects, &format!("{lock} /ID [<{long}> <{long}>]"))
}

/// What every scanner has to know: harmless, and only whole when it is put together.
pub(crate) fn eicar() -> Vec<u8> {
    let halves = [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}",
        "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ];
    halves.concat().into_bytes()
}
