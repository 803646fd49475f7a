//! Chains of steps (任务分析): which step is taught, and which steps say something.

use crate::ladder::{Ladder, Response};

/// How a chain is taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chaining {
    /// 顺向: the first step first; those after the taught one are not asked for yet.
    Forward,
    /// 逆向: the last step first; those before the taught one are done by the adult.
    Backward,
    /// 全程: all steps at once.
    Total,
}

/// How many presentations in a row a step must be done alone before the next one opens.
pub const ADVANCE: u32 = 3;

/// The step that is taught, from 0, after these presentations of a chain of so many steps, oldest first. Nothing when all steps
/// are mastered, and where all are taught at once. A step that did not apply or was void leaves its run as it is.
pub fn taught(
    chaining: Chaining,
    steps: usize,
    presentations: &[Vec<Response>],
    ladder: &Ladder,
    advance: u32,
) -> Option<usize> {
    let order: Vec<usize> = match chaining {
        Chaining::Forward => (0..steps).collect(),
        Chaining::Backward => (0..steps).rev().collect(),
        Chaining::Total => return None,
    };
    let mut steps = order.into_iter();
    let mut step = steps.next()?;
    let mut run = 0;
    for presentation in presentations {
        match presentation.get(step) {
            Some(Response::Correct(rung)) if *rung == ladder.independent() => run += 1,
            Some(Response::Correct(_) | Response::Wrong(_) | Response::None) => run = 0,
            Some(Response::Void | Response::NotApplicable) | None => {}
        }
        if run >= advance.max(1) {
            (step, run) = (steps.next()?, 0);
        }
    }
    Some(step)
}

/// The steps of a presentation that say something: those that are mastered and the one that is taught. What the adult did, and
/// what was not asked for yet, are no errors and do not apply.
pub fn scored(chaining: Chaining, taught: Option<usize>, presentation: &[Response]) -> Vec<Response> {
    let applies = |step: usize| match (chaining, taught) {
        (Chaining::Total, _) | (Chaining::Forward | Chaining::Backward, None) => true,
        (Chaining::Forward, Some(taught)) => step <= taught,
        (Chaining::Backward, Some(taught)) => step >= taught,
    };
    let steps = presentation.iter().enumerate();
    let steps = steps.map(|(step, response)| {
        if applies(step) {
            *response
        } else {
            Response::NotApplicable
        }
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_opens_after_three_alone() {
        let ladder = Ladder::standard();
        let read = |line: &str| line.split(' ').map(|t| ladder.step(t).unwrap()).collect::<Vec<_>>();
        let lines = |all: &[&str]| all.iter().map(|line| read(line)).collect::<Vec<_>>();
        let at = |chaining, all: &[&str]| taught(chaining, 3, &lines(all), &ladder, ADVANCE);
        assert_eq!(at(Chaining::Forward, &[]), Some(0));
        assert_eq!(at(Chaining::Forward, &["I - -", "I - -"]), Some(0));
        assert_eq!(at(Chaining::Forward, &["I - -", "V - -", "I - -", "I - -"]), Some(0));
        assert_eq!(at(Chaining::Forward, &["I - -", "N/A - -", "I - -", "I - -"]), Some(1));
        assert_eq!(at(Chaining::Backward, &["- - I", "- - I", "- - I"]), Some(1));
        assert_eq!(at(Chaining::Backward, &["I I I"; 9]), None);
        assert_eq!(at(Chaining::Total, &["I I I"]), None);
        let one = read("- V I");
        assert_eq!(scored(Chaining::Backward, Some(1), &one), read("N/A V I"));
        assert_eq!(scored(Chaining::Forward, Some(1), &one), read("- V N/A"));
        assert_eq!(scored(Chaining::Total, None, &one), one);
    }
}
