//! What is to be done, in sentences.

use super::super::{Against, Help, Item, Lack, PinFault};
use super::{groups, pins, teachers, times};
use crate::{
    problem::{Day, Slot},
    words::Words,
};

impl Item {
    /// What is missing, why, and what would help, for people.
    pub fn sentence(&self, words: &Words<'_>) -> String {
        let lack = lack(words, self.lack);
        let against: Vec<String> = self.against.iter().map(|a| against(words, a)).collect();
        let helps: Vec<String> = self.helps.iter().map(|h| help(words, h)).collect();
        words.say(
            || {
                let mut all = lack.clone();
                if !against.is_empty() {
                    all.push_str(&format!("：{}", against.join("；")));
                }
                if !helps.is_empty() {
                    all.push_str(&format!("。办法：{}", helps.join("；或者")));
                }
                all + "。"
            },
            || {
                let mut all = lack.clone();
                if !against.is_empty() {
                    all.push_str(&format!(": {}", against.join("; ")));
                }
                if !helps.is_empty() {
                    all.push_str(&format!(". It would help if {}", helps.join(", or if ")));
                }
                all + "."
            },
        )
    }
}

fn lack(words: &Words<'_>, lack: Lack) -> String {
    match lack {
        Lack::Sessions {
            demand,
            missing,
            wanted,
        } => {
            let what = demand.named(words);
            if missing == wanted {
                return words.pick(
                    format!("{what} {wanted} 节都没排上"),
                    format!("{what}, all {wanted} missing"),
                );
            }
            words.pick(
                format!("{what} 还缺 {missing} 节（一共 {wanted} 节）"),
                format!("{what}, {missing} of {wanted} missing"),
            )
        }
        Lack::Place { demand } => {
            let what = demand.named(words);
            words.pick(format!("{what}还没有着落"), format!("{what} is missing"))
        }
        Lack::Members { group, missing } => {
            let what = words.group(group);
            words.pick(
                format!("{what}离最少人数差 {missing} 个儿童"),
                format!("{what} is {} short", words.count(missing, "child", "children")),
            )
        }
        Lack::Watching {
            trainee,
            missing,
            wanted,
            ..
        } => {
            let (who, missing, wanted) = (words.teacher(trainee), words.length(missing), words.length(wanted));
            words.pick(
                format!("{who} 的跟岗：{wanted} 里缺 {missing}"),
                format!("what {who} must watch, {missing} of {wanted} missing"),
            )
        }
    }
}

/// A few teachers by name, more by number.
fn few(words: &Words<'_>, ids: &[usize]) -> String {
    if ids.len() <= 3 {
        return teachers(words, ids);
    }
    words.pick(
        format!("{} 位能上的老师", ids.len()),
        format!("{} who may lead it", ids.len()),
    )
}

fn against(words: &Words<'_>, against: &Against) -> String {
    let who = |ids: &[usize]| few(words, ids);
    match against {
        Against::Nobody => words.pick("没有能上的老师".to_owned(), "nobody may lead it".to_owned()),
        Against::FamilyFull => words.pick(
            "家长能来的时间已被这个儿童的其他课占满".to_owned(),
            "the family's hours are taken by the child's other sessions".to_owned(),
        ),
        Against::FamilyLeft(week) => match times::window(words, week) {
            Some(when) => words.pick(
                format!("家长能来的时间只剩{when}"),
                format!("of the family's hours only {when} are left"),
            ),
            None => words.pick(
                "家长能来的时间所剩不多".to_owned(),
                "little is left of the family's hours".to_owned(),
            ),
        },
        Against::Bound(ids) => {
            let who = who(ids);
            words.pick(
                format!("其余几节已由{who}上，不能再换老师"),
                format!("the other sessions are with {who}, and another teacher would be one too many"),
            )
        }
        Against::Away(ids) => {
            let who = who(ids);
            words.pick(format!("{who}那些时间不上班"), format!("not at work then: {who}"))
        }
        Against::WeekFull(ids) => {
            let who = who(ids);
            words.pick(
                format!("{who}一周课时已满"),
                format!("no hours left in the week: {who}"),
            )
        }
        Against::Busy(ids) => {
            let who = who(ids);
            words.pick(
                format!("{who}在儿童能来的时间都已排满"),
                format!("busy whenever the child could come: {who}"),
            )
        }
        Against::NoRoom(ids) => {
            let who = who(ids);
            words.pick(format!("{who}有空时没有教室"), format!("no room when {who} could"))
        }
        Against::TooFew(t, n) => {
            let (who, n) = (words.teacher(*t), *n);
            words.pick(
                format!("{who}现在还能上 {n} 节，别人更少"),
                format!("{who} could give {n}, nobody more"),
            )
        }
        Against::NoAssistant => words.pick(
            "主教有空时没有助教".to_owned(),
            "no assistant when a lead is free".to_owned(),
        ),
        Against::NoClass => words.pick("没有收得下的班".to_owned(), "no class takes the child".to_owned()),
        Against::ClassesFull(ids) => {
            let which = groups(words, ids);
            words.pick(format!("{which}已经满员"), format!("no place left in {which}"))
        }
        Against::ClassesClash(ids) => {
            let which = groups(words, ids);
            words.pick(
                format!("{which}还有空位，但上课时这个儿童另有课或来不了"),
                format!("a place is left in {which}, but at times when the child has other sessions or cannot come"),
            )
        }
        Against::MembersApart(n) => words.pick(
            format!("班上 {n} 个儿童很少有都能来的时间"),
            format!("its {n} members are hardly ever free together"),
        ),
        Against::Decided { pin, because } => decided(words, *pin, *because),
        Against::Apart(trainee, mentor) => {
            let (trainee, mentor) = (words.teacher(*trainee), words.teacher(*mentor));
            words.pick(
                format!("{mentor}上个训课的时候{trainee}多半另有课或不能到场"),
                format!("{trainee} is busy or elsewhere when {mentor} has one-to-one sessions"),
            )
        }
    }
}

fn decided(words: &Words<'_>, pin: usize, because: Option<PinFault>) -> String {
    let pin = words.problem.pins.get(pin);
    let terms = pin.and_then(|pin| pins::terms(words, pin)).unwrap_or_default();
    match because {
        Some(because) => {
            let why = pins::why(words, because, pin);
            words.pick(
                format!("其中一节（{terms}）{why}"),
                format!("one of them ({terms}) {why}"),
            )
        }
        None => words.pick(
            format!("其中一节定好的安排（{terms}）和别的安排冲突"),
            format!("what is fixed for one of them ({terms}) is in the way of something else"),
        ),
    }
}

fn help(words: &Words<'_>, help: &Help) -> String {
    let sessions = |n: usize| words.pick(format!("能排上 {n} 节"), words.count(n, "session", "sessions"));
    match help {
        Help::Come {
            teacher,
            when,
            sessions: n,
        } => {
            let (who, n) = (words.teacher(*teacher), sessions(*n));
            let at = |&(day, from, to): &(Day, Slot, Slot)| {
                format!("{} {}", words.day(day), words.span(from, to - from + 1))
            };
            let when = words.list(&when.iter().map(at).collect::<Vec<_>>());
            words.pick(
                format!("家长{when}也能来，由{who}上，{n}"),
                format!("the family could come on {when} as well ({who} is free, {n})"),
            )
        }
        Help::Hours {
            teacher,
            slots,
            sessions: n,
        } => {
            let (who, more, n) = (words.teacher(*teacher), words.length(*slots), sessions(*n));
            words.pick(
                format!("{who}一周多上 {more}，{n}"),
                format!("{who} worked {more} more a week ({n})"),
            )
        }
        Help::Qualify { teacher, sessions: n } => {
            let (who, n) = (words.teacher(*teacher), sessions(*n));
            words.pick(
                format!("{who}取得这门课的资质，{n}"),
                format!("{who} were qualified ({n})"),
            )
        }
        Help::Work {
            teacher,
            day,
            from,
            to,
            sessions: n,
        } => {
            let (who, n) = (words.teacher(*teacher), sessions(*n));
            let when = format!("{} {}", words.day(*day), words.span(*from, to - from + 1));
            words.pick(
                format!("{who}{when}也上班，{n}"),
                format!("{who} worked on {when} as well ({n})"),
            )
        }
        Help::Unpin { pin, sessions: n } => {
            let pin = words.problem.pins.get(*pin);
            let (terms, n) = (
                pin.and_then(|pin| pins::terms(words, pin)).unwrap_or_default(),
                sessions(*n),
            );
            words.pick(
                format!("不再定死这一节（{terms}），{n}"),
                format!("that session were no longer fixed ({terms}; {n})"),
            )
        }
        Help::Room { teacher, sessions: n } => {
            let (who, n) = (words.teacher(*teacher), sessions(*n));
            words.pick(
                format!("多一间同类教室，由{who}上，{n}"),
                format!("there were one more room of the type ({who} is free, {n})"),
            )
        }
    }
}
