//! What somebody drew: points with their times, as the browser sends them, and whether that is a signature. Pure.
//!
//! ```json
//! {"w": 600, "h": 240, "s": [[12, 40, 0, 14, 44, 16], …]}
//! ```
//!
//! `w` and `h` are the size of the field in which it was drawn, each list of `s` is one stroke: x, y and milliseconds since the
//! stroke began, point by point. The browser looks at the same thresholds (assets/js/signature.js); what it says counts for
//! nothing here.

use serde::{Deserialize, Serialize};

use crate::{
    platform::{Say, crypto::fingerprint},
    web::paper::Signed,
};

/// Longest text of a signature.
pub const LONGEST: usize = 9_800;
/// Smallest and largest side of a field.
const SIDES: std::ops::RangeInclusive<i32> = 80..=4000;
/// Most strokes.
const STROKES: usize = 200;
/// Fewest points in all: two strokes of a short name have many more.
const POINTS: usize = 8;
/// Least length of what was drawn, in hundredths of the field's smaller side.
const LENGTH: f64 = 60.0;
/// Least width or height of what was drawn, in hundredths of the field's smaller side.
const EXTENT: f64 = 15.0;
/// Longest time of one stroke, in milliseconds.
const LASTS: i32 = 600_000;

/// Points as they were drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ink {
    w: i32,
    h: i32,
    s: Vec<Vec<i32>>,
}

/// A point in a field.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    x: f64,
    y: f64,
}

/// Why something that was drawn is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was drawn.
    Empty,
    /// A dot, a short line, a scribble in a corner.
    TooLittle,
    /// No page of ours sends this.
    Unreadable,
}

impl Fault {
    /// The sentence for the field.
    pub fn say(self) -> Say {
        Say::new(match self {
            Self::Empty => "signature.ink.empty",
            Self::TooLittle => "signature.ink.too_little",
            Self::Unreadable => "signature.ink.unreadable",
        })
    }
}

impl Ink {
    /// What a browser sent.
    ///
    /// # Errors
    /// Why it is no signature.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        if text.len() > LONGEST {
            return Err(Fault::Unreadable);
        }
        let ink: Self = serde_json::from_str(text).map_err(|_| Fault::Unreadable)?;
        ink.check()?;
        Ok(ink)
    }

    fn check(&self) -> Result<(), Fault> {
        let whole = SIDES.contains(&self.w) && SIDES.contains(&self.h) && self.s.len() <= STROKES;
        if !whole || !self.s.iter().all(|stroke| self.is_stroke(stroke)) {
            return Err(Fault::Unreadable);
        }
        let points = self.s.iter().map(|stroke| stroke.len() / 3).sum::<usize>();
        if points == 0 {
            return Err(Fault::Empty);
        }
        let side = f64::from(self.w.min(self.h));
        let hundredths = |length: f64| length * 100.0 / side;
        let (width, height) = self.extent();
        let enough = points >= POINTS
            && hundredths(self.length()) >= LENGTH
            && hundredths(width.max(height)) >= EXTENT
            && hundredths(width.min(height)) > 0.0;
        if enough { Ok(()) } else { Err(Fault::TooLittle) }
    }

    /// Whole points inside the field, in the order of their times.
    fn is_stroke(&self, stroke: &[i32]) -> bool {
        let mut before = 0;
        !stroke.is_empty()
            && stroke.len().is_multiple_of(3)
            && stroke.chunks_exact(3).all(|point| match point {
                [x, y, at] => {
                    let inside = (0..=self.w).contains(x) && (0..=self.h).contains(y);
                    let later = *at >= before && *at <= LASTS;
                    before = *at;
                    inside && later
                }
                _ => false,
            })
    }

    fn strokes(&self) -> impl Iterator<Item = Vec<Point>> {
        self.s.iter().map(|stroke| {
            let points = stroke.chunks_exact(3).filter_map(|point| match point {
                [x, y, _] => Some(Point {
                    x: f64::from(*x),
                    y: f64::from(*y),
                }),
                _ => None,
            });
            points.collect()
        })
    }

    /// Length of all lines: a dot has none.
    fn length(&self) -> f64 {
        let of_line = |line: &[Point]| match line {
            [one, other] => (one.x - other.x).hypot(one.y - other.y),
            _ => 0.0,
        };
        self.strokes()
            .map(|stroke| stroke.windows(2).map(of_line).sum::<f64>())
            .sum()
    }

    /// Width and height of what was drawn.
    fn extent(&self) -> (f64, f64) {
        let all: Vec<Point> = self.strokes().flatten().collect();
        let span = |values: Vec<f64>| {
            let most = values.iter().copied().fold(f64::MIN, f64::max);
            let least = values.iter().copied().fold(f64::MAX, f64::min);
            most - least
        };
        (
            span(all.iter().map(|p| p.x).collect()),
            span(all.iter().map(|p| p.y).collect()),
        )
    }

    /// Tells it from every other: nobody draws the same twice.
    pub fn fingerprint(&self) -> String {
        fingerprint(serde_json::to_string(&self.s).unwrap_or_default().as_bytes())
    }

    /// A path within [`Signed::WIDTH`] by [`Signed::HEIGHT`], in proportion.
    pub fn path(&self) -> String {
        use std::fmt::Write as _;
        let (width, height) = (f64::from(Signed::WIDTH), f64::from(Signed::HEIGHT));
        let scale = (width / f64::from(self.w)).min(height / f64::from(self.h));
        let (left, top) = (
            (width - f64::from(self.w) * scale) / 2.0,
            (height - f64::from(self.h) * scale) / 2.0,
        );
        let mut path = String::new();
        for stroke in self.strokes() {
            for (n, point) in stroke.iter().enumerate() {
                let letter = if n == 0 { 'M' } else { 'L' };
                let _ = write!(
                    path,
                    "{letter}{:.1} {:.1}",
                    left + point.x * scale,
                    top + point.y * scale
                );
            }
            if let [only] = stroke.as_slice() {
                // A dot is a line without length, which round ends make visible.
                let _ = write!(path, "L{:.1} {:.1}", left + only.x * scale, top + only.y * scale);
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A wave from the left to the right, of so many points.
    fn wave(points: i32, width: i32, height: i32) -> Vec<i32> {
        (0..points)
            .flat_map(|n| [10 + n * width / points, 20 + (n % 2) * height, n * 16])
            .collect()
    }

    fn sent(w: i32, h: i32, strokes: &[Vec<i32>]) -> String {
        serde_json::json!({ "w": w, "h": h, "s": strokes }).to_string()
    }

    #[test]
    fn a_name_is_a_signature_on_every_field() {
        for (w, h) in [(320, 160), (600, 240), (1200, 480), (160, 320)] {
            let text = sent(w, h, &[wave(30, w / 2, h / 3)]);
            let ink = Ink::read(&text).unwrap();
            assert_eq!(serde_json::to_string(&ink).unwrap(), text);
            assert!(ink.path().starts_with('M') && ink.path().contains('L'));
        }
    }

    #[test]
    fn what_is_empty_a_dot_or_a_short_line_is_none() {
        assert_eq!(Ink::read(""), Err(Fault::Empty));
        assert_eq!(Ink::read(&sent(600, 240, &[])), Err(Fault::Empty));
        let dot = vec![300, 120, 0];
        assert_eq!(Ink::read(&sent(600, 240, &[dot])), Err(Fault::TooLittle));
        let dots: Vec<Vec<i32>> = (0..20).map(|n| vec![10 + n * 20, 100, 0]).collect();
        assert_eq!(Ink::read(&sent(600, 240, &dots)), Err(Fault::TooLittle), "twenty dots");
        assert_eq!(
            Ink::read(&sent(600, 240, &[wave(30, 10, 4)])),
            Err(Fault::TooLittle),
            "a scribble in a corner"
        );
        let still: Vec<i32> = (0..100).flat_map(|n| [300, 120, n * 10]).collect();
        assert_eq!(
            Ink::read(&sent(600, 240, &[still])),
            Err(Fault::TooLittle),
            "a finger that lay there"
        );
        let line: Vec<i32> = (0..100).flat_map(|n| [10 + n * 5, 120, n * 10]).collect();
        assert_eq!(Ink::read(&sent(600, 240, &[line])), Err(Fault::TooLittle), "a ruler");
    }

    #[test]
    fn what_no_page_sends_is_refused() {
        for text in [
            "x".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            sent(0, 0, &[wave(30, 200, 60)]),
            sent(600, 40_000, &[wave(30, 200, 60)]),
            sent(600, 240, &[vec![1, 2]]),
            sent(600, 240, &[Vec::new()]),
            sent(600, 240, &[vec![700, 10, 0]]),
            sent(600, 240, &[vec![-1, 10, 0]]),
            sent(600, 240, &[vec![10, 10, 5, 20, 20, 1]]),
            r#"{"w":600,"h":240,"s":[],"more":1}"#.to_owned(),
            r#"{"w":600,"h":240,"s":[[1.5,2,3]]}"#.to_owned(),
            r#"{"w":600,"h":240,"s":[[99999999999,2,3]]}"#.to_owned(),
            " ".repeat(3) + &"x".repeat(LONGEST),
        ] {
            assert_eq!(
                Ink::read(&text),
                Err(Fault::Unreadable),
                "{}",
                &text[..text.len().min(60)]
            );
        }
    }

    #[test]
    fn a_signature_is_known_by_its_points_alone() {
        let one = Ink::read(&sent(600, 240, &[wave(30, 300, 80)])).unwrap();
        let same = Ink::read(&sent(700, 300, &[wave(30, 300, 80)])).unwrap();
        let other = Ink::read(&sent(600, 240, &[wave(31, 300, 80)])).unwrap();
        assert_eq!(one.fingerprint(), same.fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
    }

    proptest! {
        /// Whatever is sent: it is read or refused, and what is read lies inside the field of papers.
        #[test]
        fn every_path_stays_inside(w in 80..4000_i32, h in 80..4000_i32, dots in proptest::collection::vec((0..1000_i32, 0..1000_i32), 0..200)) {
            let stroke: Vec<i32> = dots.iter().enumerate().flat_map(|(n, (x, y))| {
                [x * w / 1000, y * h / 1000, i32::try_from(n).unwrap() * 10]
            }).collect();
            if let Ok(ink) = Ink::read(&sent(w, h, &[stroke])) {
                for pair in ink.path().split(['M', 'L']).skip(1) {
                    let (x, y) = pair.split_once(' ').unwrap();
                    let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
                    prop_assert!((-0.1..=400.1).contains(&x) && (-0.1..=160.1).contains(&y), "{pair}");
                }
            }
        }
    }
}
