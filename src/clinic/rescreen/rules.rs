//! When a re-screen is abnormal: any one of three criteria (0~6岁儿童孤独症筛查干预服务规范（试行）, 国卫办妇幼发〔2022〕12号).

use entities::screening::rescreen;

/// What can be seen or reported under the first criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Language or communication is impaired.
    Language,
    /// Stereotyped, repeated behaviour.
    Stereotyped,
    /// Narrow interests.
    NarrowInterest,
}

impl Finding {
    /// Every finding, in the order of the norm.
    pub const ALL: &'static [Self] = &[Self::Language, Self::Stereotyped, Self::NarrowInterest];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Stereotyped => "stereotyped",
            Self::NarrowInterest => "narrow_interest",
        }
    }

    /// Its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Language => "rescreen.finding.language",
            Self::Stereotyped => "rescreen.finding.stereotyped",
            Self::NarrowInterest => "rescreen.finding.narrow_interest",
        }
    }
}

impl std::str::FromStr for Finding {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|f| f.as_str() == text).ok_or(())
    }
}

/// Numbers of the criteria that hold, 1 to 3. None: the re-screen is clear.
pub fn criteria(findings: &[Finding], scale_at_risk: bool, development_deviates: bool) -> Vec<u8> {
    [(1, !findings.is_empty()), (2, scale_at_risk), (3, development_deviates)]
        .into_iter()
        .filter_map(|(number, holds)| holds.then_some(number))
        .collect()
}

/// The sentence of a criterion.
pub const fn criterion_key(number: u8) -> &'static str {
    match number {
        1 => "rescreen.criterion.1",
        2 => "rescreen.criterion.2",
        _ => "rescreen.criterion.3",
    }
}

/// The stored findings of a re-screen.
///
/// # Errors
/// One of them is not known.
pub fn findings_of(row: &rescreen::Model) -> anyhow::Result<Vec<Finding>> {
    let read = |text: &String| {
        text.parse()
            .map_err(|()| anyhow::anyhow!("rescreen {} has the finding {text:?}", row.id))
    };
    row.findings.0.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_criterion_makes_it_abnormal_and_none_makes_it_clear() {
        assert_eq!(criteria(&[], false, false), Vec::<u8>::new());
        assert_eq!(criteria(&[Finding::NarrowInterest], false, false), [1]);
        assert_eq!(criteria(&[], true, false), [2]);
        assert_eq!(criteria(&[], false, true), [3]);
        assert_eq!(criteria(Finding::ALL, true, true), [1, 2, 3]);
    }
}
