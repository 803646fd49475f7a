//! Faults in sentences.

use super::super::{
    Demand, Fault,
    fault::{
        AllExcluded, FewMembers, FewPlaces, FewSessions, FewStarts, NoAssistant, NoCommonTime, NoGroup, NoRoom,
        NobodyQualified, TooLong,
    },
};
use super::{children, groups, hours, pins, teachers};
use crate::words::Words;

impl Fault {
    /// What cannot be and by which numbers, for people.
    pub fn sentence(&self, words: &Words<'_>) -> String {
        match self {
            Self::NobodyQualified(f) => nobody(words, f),
            Self::AllExcluded(f) => excluded(words, f),
            Self::NoRoom(f) => no_room(words, f),
            Self::NoAssistant(f) => no_assistant(words, f),
            Self::TooLong(f) => too_long(words, f),
            Self::FewStarts(f) => few_starts(words, f),
            Self::NoCommonTime(f) => no_common_time(words, f),
            Self::FewSessions(f) => few_sessions(words, f),
            Self::ChildHours(f) => hours::of_child(words, f),
            Self::ChildWindow(f) => hours::of_window(words, f),
            Self::TeacherHours(f) => hours::of_teachers(words, f),
            Self::RoomHours(f) => hours::of_rooms(words, f),
            Self::FewMembers(f) => few_members(words, f),
            Self::NoGroup(f) => no_group(words, f),
            Self::FewPlaces(f) => few_places(words, f),
            Self::FewToWatch(f) => hours::of_watching(words, f),
            Self::WrongPins(f) => pins::wrong(words, f),
        }
    }
}

fn nobody(words: &Words<'_>, f: &NobodyQualified) -> String {
    let (what, site, level) = (f.demand.named(words), words.site(f.site), f.level);
    let (elsewhere, lower) = (teachers(words, &f.elsewhere), teachers(words, &f.lower));
    words.say(
        || {
            let asked = if level > 1 {
                format!("达到 {level} 级、")
            } else {
                String::new()
            };
            let mut rest = String::new();
            if !f.lower.is_empty() {
                rest.push_str(&format!("；级别不够的有{lower}"));
            }
            if !f.elsewhere.is_empty() {
                rest.push_str(&format!("；{elsewhere}有资质，但不在这个校区上班"));
            }
            format!("{what}：{site}没有{asked}能上这门课的老师{rest}。")
        },
        || {
            let asked = if level > 1 {
                format!(" at level {level}")
            } else {
                String::new()
            };
            let mut rest = String::new();
            if !f.lower.is_empty() {
                rest.push_str(&format!("; below that level: {lower}"));
            }
            if !f.elsewhere.is_empty() {
                rest.push_str(&format!("; qualified, but at other sites: {elsewhere}"));
            }
            format!("{what}: nobody at {site} is qualified for it{asked}{rest}.")
        },
    )
}

fn excluded(words: &Words<'_>, f: &AllExcluded) -> String {
    let (what, who) = (f.demand.named(words), teachers(words, &f.teachers));
    words.say(
        || format!("{what}：本校区能上的老师（{who}）全在这个儿童的回避名单里。"),
        || format!("{what}: the family has ruled out everybody who could lead it at the site ({who})."),
    )
}

fn no_room(words: &Words<'_>, f: &NoRoom) -> String {
    let (what, site, kind) = (f.demand.named(words), words.site(f.site), &f.room_type);
    match f.small {
        None => words.say(
            || format!("{what}：{site}没有 {kind} 教室。"),
            || format!("{what}: there is no room of type {kind} at {site}."),
        ),
        Some((least, largest)) => words.say(
            || format!("{what}至少有 {least} 个儿童，{site}最大的 {kind} 教室只坐得下 {largest} 个。"),
            || {
                format!(
                    "{what} has at least {least} children; the largest room of type {kind} at {site} holds {largest}."
                )
            },
        ),
    }
}

fn no_assistant(words: &Words<'_>, f: &NoAssistant) -> String {
    let (what, site) = (words.group(f.group), words.site(f.site));
    let both = f.both.map(|t| words.teacher(t));
    words.say(
        || match &both {
            Some(t) => format!("{what}：{site}能主教和能当助教的都只有{t}一个人。"),
            None => format!("{what}：{site}没有能当助教的老师。"),
        },
        || match &both {
            Some(t) => {
                format!("{what}: {t} is the only one at {site} who may lead it, and the only one who may assist.")
            }
            None => format!("{what}: nobody at {site} may assist it."),
        },
    )
}

fn too_long(words: &Words<'_>, f: &TooLong) -> String {
    let (what, long, most) = (f.demand.named(words), words.length(f.dur), words.length(f.longest));
    words.say(
        || format!("{what}：一节课要 {long}，而上午、下午最长的也只有 {most}。"),
        || format!("{what}: a session takes {long}, and the longest half-day has {most}."),
    )
}

fn few_starts(words: &Words<'_>, f: &FewStarts) -> String {
    let (what, want, can, day) = (f.demand.named(words), f.wanted, f.possible, f.per_day);
    let length = words.length(f.dur);
    let group = matches!(f.demand, Demand::Group(_));
    words.say(
        || {
            let when = if group {
                "凑得齐最少人数的时间里"
            } else {
                "家长能来的时间里"
            };
            let rest = if can == 0 {
                "一节也排不下".to_owned()
            } else {
                format!("最多排得下 {can} 节")
            };
            format!("{what}：一周要 {want} 节、每节 {length}，{when}{rest}（一天最多 {day} 节，半天最多一节）。")
        },
        || {
            let when = if group {
                "when enough members can come"
            } else {
                "in the family's hours"
            };
            let rest = if can == 0 {
                "there is room for none".to_owned()
            } else {
                format!("there is room for {can}")
            };
            format!("{what} wants {want} × {length} a week; {when} {rest} (at most {day} a day, one in a half-day).")
        },
    )
}

fn no_common_time(words: &Words<'_>, f: &NoCommonTime) -> String {
    let (what, who, length) = (f.demand.named(words), teachers(words, &f.teachers), words.length(f.dur));
    let group = matches!(f.demand, Demand::Group(_));
    words.say(
        || {
            let with = if group {
                "凑得齐人数、助教也在的时间"
            } else {
                "儿童能来的时间"
            };
            format!("{what}：能上的老师（{who}）上班时间和{with}凑不出一节课的 {length}。")
        },
        || {
            let with = if group {
                "enough members and an assistant"
            } else {
                "the family"
            };
            format!("{what}: those who can lead it ({who}) never have {length} in common with {with}.")
        },
    )
}

fn few_sessions(words: &Words<'_>, f: &FewSessions) -> String {
    let (what, want, can) = (f.demand.named(words), f.wanted, f.possible);
    let (n, best, most) = (f.teachers.len(), teachers(words, &f.best), f.max_teachers);
    words.say(
        || {
            let rule = if most == 1 {
                "要由同一位老师上".to_owned()
            } else {
                format!("最多由 {most} 位老师上")
            };
            let rest = if n == 1 {
                format!("能上的只有{best}，上班时间合得上的只有 {can} 节")
            } else {
                format!("能上的 {n} 位里没有谁的上班时间合得上这么多，最多的是{best}，{can} 节")
            };
            format!("{what}：一周 {want} 节{rule}，{rest}。")
        },
        || {
            let rule = if most == 1 {
                "one and the same teacher".to_owned()
            } else {
                format!("at most {most} teachers")
            };
            let rest = if n == 1 {
                format!("only {best} may, and has the hours for {can}")
            } else {
                format!("of the {n} who may, {best} can lead most: {can}")
            };
            format!("{what}: {want} a week are to be with {rule}; {rest}.")
        },
    )
}

fn few_members(words: &Words<'_>, f: &FewMembers) -> String {
    let (what, want, n) = (groups(words, &f.groups), f.wanted, f.children.len());
    let who = children(words, &f.children);
    words.say(
        || {
            let kids = if n == 0 { "一个也没有".to_owned() } else { format!("只有 {n} 个（{who}）") };
            let at_least = if f.groups.len() == 1 { "至少要" } else { "合起来至少要" };
            format!("{what}：{at_least} {want} 个儿童，校区、年龄和能力合适的{kids}。")
        },
        || {
            if n == 0 {
                format!("{what}: at least {want} children are needed, and nobody of the right site, age and level wants a place.")
            } else {
                format!("{what}: at least {want} children are needed, and of the right site, age and level there are only {n} ({who}).")
            }
        },
    )
}

fn no_group(words: &Words<'_>, f: &NoGroup) -> String {
    let (child, service) = (words.child(f.child), words.service(f.service));
    let p = words.problem;
    let c = p.children.get(f.child);
    let (months, level) = c.map_or((0, 0), |c| (c.age_months, c.level));
    words.say(
        || {
            let why = if f.held == 0 {
                "这周没有开班".to_owned()
            } else if f.at_site == 0 {
                "这个儿童所在的校区没有开班".to_owned()
            } else if f.of_age == 0 {
                format!("本校区的班没有一个收 {months} 个月大的")
            } else if f.of_level == 0 {
                format!("本校区的班没有一个收能力 {level} 级的")
            } else {
                format!("本校区没有一个班既收 {months} 个月大的、又收能力 {level} 级的")
            };
            format!("{child}要上 {service}：{why}。")
        },
        || {
            let why = if f.held == 0 {
                "no class is held this week".to_owned()
            } else if f.at_site == 0 {
                "no class is held at the child's site".to_owned()
            } else if f.of_age == 0 {
                format!("no class at the site takes children of {months} months")
            } else if f.of_level == 0 {
                format!("no class at the site takes children of level {level}")
            } else {
                format!("no class at the site takes both {months} months and level {level}")
            };
            format!("{child} is to have a place in {service}: {why}.")
        },
    )
}

fn few_places(words: &Words<'_>, f: &FewPlaces) -> String {
    let (what, have, n) = (groups(words, &f.groups), f.available, f.children.len());
    let who = children(words, &f.children);
    words.say(
        || format!("{n} 个儿童（{who}）只能进{what}，而名额一共只有 {have} 个（教室坐得下的也算在内）。"),
        || format!("{n} children ({who}) fit only into {what}, which hold {have}, by their plan and their rooms."),
    )
}
