//! Prompts, from most help to none, and what came of a trial.

/// Longest ladder that anybody means: vendors allow eight rungs.
const LONGEST: usize = 20;
/// What else a trial or a step may be called, so that no rung can be.
const TAKEN: [&str; 4] = ["NR", "void", "N/A", "-"];

/// A rung of a ladder, by its place. The greater, the less help; the last is no help at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rung(usize);

/// The prompts of a target, from most help to none. It belongs to the target, because verbal and model change places from
/// programme to programme; the order is never guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    rungs: Vec<String>,
}

impl Ladder {
    /// A ladder of these rungs, most help first, `I` (independent, 独立) last.
    ///
    /// # Errors
    /// What is wrong with it, to be read after its name.
    pub fn new(rungs: Vec<String>) -> Result<Self, String> {
        if rungs.last().is_none_or(|last| last != "I") {
            return Err("must end with \"I\"".to_owned());
        }
        if rungs.len() > LONGEST {
            return Err(format!("has more than {LONGEST} rungs"));
        }
        for (place, rung) in rungs.iter().enumerate() {
            if rung.trim().is_empty() || rung.starts_with('-') || TAKEN.contains(&rung.as_str()) {
                return Err(format!("{rung:?} cannot be the name of a rung"));
            }
            if rungs.iter().take(place).any(|other| other == rung) {
                return Err(format!("{rung:?} occurs twice"));
            }
        }
        Ok(Self { rungs })
    }

    /// 全身体辅助 FP, 部分身体辅助 PP, 示范 M, 口头 V, 手势 G, 独立 I.
    pub fn standard() -> Self {
        let rungs = ["FP", "PP", "M", "V", "G", "I"].map(str::to_owned).to_vec();
        Self { rungs }
    }

    /// The rung of that name.
    pub fn find(&self, name: &str) -> Option<Rung> {
        self.rungs.iter().position(|rung| rung == name).map(Rung)
    }

    /// No help: the last rung.
    pub fn independent(&self) -> Rung {
        Rung(self.rungs.len().saturating_sub(1))
    }

    /// What a rung is called.
    pub fn name(&self, rung: Rung) -> &str {
        self.rungs.get(rung.0).map_or("", String::as_str)
    }

    /// All rungs, most help first.
    pub fn rungs(&self) -> impl Iterator<Item = Rung> {
        (0..self.rungs.len()).map(Rung)
    }

    /// One rung with less help, unless there is none.
    pub fn less(&self, rung: Rung) -> Option<Rung> {
        (rung < self.independent()).then(|| Rung(rung.0 + 1))
    }

    /// One rung with more help, unless there is none.
    pub fn more(&self, rung: Rung) -> Option<Rung> {
        rung.0.checked_sub(1).map(Rung)
    }

    /// The response that a token says: `I`, a rung (correct after it), `-`, `-` and a rung (wrong even then), `NR`, `void`.
    pub fn response(&self, token: &str) -> Option<Response> {
        match token {
            "NR" => Some(Response::None),
            "void" => Some(Response::Void),
            "-" => Some(Response::Wrong(None)),
            _ => match token.strip_prefix('-') {
                None => self.find(token).map(Response::Correct),
                Some(rung) => self
                    .find(rung)
                    .filter(|rung| *rung != self.independent())
                    .map(|rung| Response::Wrong(Some(rung))),
            },
        }
    }

    /// The same for a step, which may also be `N/A`.
    pub fn step(&self, token: &str) -> Option<Response> {
        if token == "N/A" {
            return Some(Response::NotApplicable);
        }
        self.response(token)
    }
}

/// What came of a trial (回合) or a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// Correct after this prompt; with the last rung of the ladder, alone.
    Correct(Rung),
    /// Wrong alone, or even with this prompt.
    Wrong(Option<Rung>),
    /// Nothing within the time of waiting.
    None,
    /// Taken back or spoiled: not counted, kept in history.
    Void,
    /// A step that did not occur this time: leaves the denominator.
    NotApplicable,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(rungs: &[&str]) -> Result<Ladder, String> {
        Ladder::new(rungs.iter().map(|r| (*r).to_owned()).collect())
    }

    #[test]
    fn a_ladder_is_in_order_and_ends_alone() {
        for wrong in [
            &[][..],
            &["G"],
            &["I", "G"],
            &["G", "G", "I"],
            &["", "I"],
            &["-G", "I"],
            &["NR", "I"],
            &["void", "I"],
            &["I", "I"],
        ] {
            assert!(ladder(wrong).is_err(), "{wrong:?}");
        }
        let own = ladder(&["全辅", "手势", "I"]).unwrap();
        let (full, gesture) = (own.find("全辅").unwrap(), own.find("手势").unwrap());
        assert!(full < gesture && gesture < own.independent());
        assert_eq!((own.less(full), own.more(full)), (Some(gesture), None));
        assert_eq!(own.less(own.independent()), None);
        assert_eq!(own.name(gesture), "手势");
        assert_eq!(own.response("-手势"), Some(Response::Wrong(Some(gesture))));
    }

    #[test]
    fn a_token_says_one_thing_or_nothing() {
        let ladder = Ladder::standard();
        assert_eq!(ladder.response("I"), Some(Response::Correct(ladder.independent())));
        for wrong in ["", "i", "g", "--", "-I", "-X", "nr", "VOID", "N/A", " G", "GG"] {
            assert_eq!(ladder.response(wrong), None, "{wrong:?}");
        }
        assert_eq!(ladder.step("N/A"), Some(Response::NotApplicable));
    }
}
