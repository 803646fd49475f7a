//! Who leads a session, in sentences.

use super::{Text, bracketed, points};
use crate::{
    explain::{Colleague, LeadReport, SessionReport},
    score::Hard,
    words::Words,
};

/// The lead of a session, and the others who could lead it.
pub(super) fn lead(words: &Words, text: &mut Text, report: &SessionReport) {
    let lead = &report.lead;
    let name = words.teacher(lead.teacher);
    text.heading(words.pick(format!("为什么是{name}"), format!("Why {name}")));
    text.item(&qualified(words, lead));
    text.item(&known(words, lead));
    let (day, week) = (words.length(lead.day_slots), words.length(lead.week_slots));
    let (day_most, target) = (words.length(lead.day_most), words.length(lead.week_target));
    let most = words.length(lead.week_most);
    let on = words.day(report.lesson.session.day);
    text.item(&words.say(
        || format!("{on}一共 {day}的课（最多 {day_most}），一周 {week}（目标 {target}，最多 {most}）。"),
        || format!("{on}: {day} of sessions (at most {day_most}); the week: {week} (target {target}, at most {most})."),
    ));
    for line in colleagues(words, lead) {
        text.item(&line);
    }
}

fn qualified(words: &Words, lead: &LeadReport) -> String {
    let (level, least) = (lead.level, lead.least);
    if level >= least {
        words.say(
            || format!("有这门课的资质：{level} 级，要求 {least} 级。"),
            || format!("Qualified: level {level}, where {least} is asked for."),
        )
    } else {
        words.say(
            || format!("资质不够：{level} 级，要求 {least} 级。"),
            || format!("Not qualified: level {level}, where {least} is asked for."),
        )
    }
}

/// Last week, and the other sessions.
fn known(words: &Words, lead: &LeadReport) -> String {
    let last = match lead.last_week {
        Some(t) if t == lead.teacher => words.pick("上周也是这位老师".to_owned(), "the lead of last week".to_owned()),
        Some(t) => {
            let before = words.teacher(t);
            words.pick(format!("上周是{before}"), format!("last week it was {before}"))
        }
        None => words.pick(
            "没有上周老师的记录".to_owned(),
            "no lead of last week is on record".to_owned(),
        ),
    };
    let (same, others, most) = (lead.same, lead.others, lead.most_leads);
    let rest = match (others, same) {
        (0, _) => String::new(),
        (1, 1) => words.pick(
            "；另外 1 节也是这位老师".to_owned(),
            "; leads the other session too".to_owned(),
        ),
        (n, 0) => words.pick(
            format!("；另外 {n} 节都不是这位老师"),
            "; leads none of the others".to_owned(),
        ),
        (n, s) if n == s => words.pick(
            format!("；另外 {n} 节也是这位老师"),
            format!("; leads all {n} other sessions too"),
        ),
        (n, s) => words.pick(
            format!("；另外 {n} 节里有 {s} 节也是这位老师"),
            format!("; leads {s} of the other {n} too"),
        ),
    };
    let limit = match (others, most) {
        (0, _) => String::new(),
        (_, 1) => words.pick("，规定只由一位老师上".to_owned(), " (one lead at most)".to_owned()),
        (_, n) => words.pick(format!("，规定最多 {n} 位老师"), format!(" ({n} leads at most)")),
    };
    words.say(|| format!("{last}{rest}{limit}。"), || format!("{last}{rest}{limit}."))
}

/// Who else is qualified, and what each would cost or why not.
fn colleagues(words: &Words, lead: &LeadReport) -> Vec<String> {
    let n = lead.colleagues.len();
    if n == 0 {
        return vec![words.say(
            || "没有别的老师有资质上这一节。".to_owned(),
            || "Nobody else is qualified for it.".to_owned(),
        )];
    }
    let mut lines = vec![words.say(
        || format!("同一时间换人（有资质的另有 {n} 位）："),
        || {
            format!(
                "Somebody else at the same time ({} qualified):",
                words.count(n, "other is", "others are")
            )
        },
    )];
    for c in &lead.colleagues {
        let Some(cost) = &c.cost else { continue };
        let (name, terms) = (words.teacher(c.teacher), bracketed(words, cost));
        let (n, name) = (points(words, cost.cost.saturating_abs()), &name);
        let said = match cost.cost {
            0 => words.say(
                || format!("{name}：可以，代价一样{terms}。"),
                || format!("{name} could, at the same cost{terms}."),
            ),
            1.. => words.say(
                || format!("{name}：可以，一周多 {n}{terms}。"),
                || format!("{name} could, for {n} more{terms}."),
            ),
            _ => words.say(
                || format!("{name}：可以，一周少 {n}{terms}。"),
                || format!("{name} could, and it would save {n}{terms}."),
            ),
        };
        lines.push(format!("· {said}"));
    }
    for reason in Reason::ALL {
        let who = lead
            .colleagues
            .iter()
            .filter(|c| c.cost.is_none() && Reason::of(c) == reason);
        let who: Vec<String> = who.map(|c| words.teacher(c.teacher)).collect();
        if !who.is_empty() {
            let (who, why) = (words.list(&who), reason.words(words));
            let said = words.say(|| format!("{who}：{why}。"), || format!("{who}: {why}."));
            lines.push(format!("· {said}"));
        }
    }
    lines
}

/// The first reason why somebody cannot lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Decided,
    Away,
    Busy,
    Load,
    Run,
    Way,
    Leads,
    Trainee,
    Other,
}

impl Reason {
    const ALL: [Self; 9] = [
        Self::Decided,
        Self::Away,
        Self::Busy,
        Self::Load,
        Self::Run,
        Self::Way,
        Self::Leads,
        Self::Trainee,
        Self::Other,
    ];

    fn of(c: &Colleague) -> Self {
        let breaks = |rule| c.rules.contains(&rule);
        match c {
            _ if c.decided => Self::Decided,
            _ if breaks(Hard::TeacherAvail) => Self::Away,
            _ if breaks(Hard::TeacherClash) => Self::Busy,
            _ if breaks(Hard::TeacherLoad) => Self::Load,
            _ if breaks(Hard::TeacherRun) => Self::Run,
            _ if breaks(Hard::Travel) => Self::Way,
            _ if breaks(Hard::MaxTeachers) => Self::Leads,
            _ if breaks(Hard::Shadow) => Self::Trainee,
            _ => Self::Other,
        }
    }

    fn words(self, words: &Words) -> &'static str {
        match self {
            Self::Decided => words.pick("已经定好由谁来上", "it is decided who leads"),
            Self::Away => words.pick("这时不上班", "not at work then"),
            Self::Busy => words.pick("这时有别的课", "in another session then"),
            Self::Load => words.pick("课时已到上限", "no hours left"),
            Self::Run => words.pick("会连着上得太久", "would have too much in a row"),
            Self::Way => words.pick("从别的校区赶不过来", "not enough time for the way"),
            Self::Leads => words.pick(
                "有空，但只换这一节，轮着上的老师就太多了",
                "free, but for this session alone it would be one lead too many",
            ),
            Self::Trainee => words.pick(
                "跟岗的学员就看不满课时了",
                "the trainee who watches would not see enough",
            ),
            Self::Other => words.pick("这个位置本身就不行", "the place itself will not do"),
        }
    }
}
