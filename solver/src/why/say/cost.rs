//! What a change does to the cost of the week, in words.

use crate::{explain::Difference, score::Soft, words::Words};

impl Difference {
    /// 本周成本 +4（接送趟数 +2，老师空档 +2）.
    pub fn phrase(&self, words: &Words) -> String {
        let cost = match self.cost {
            0 => words.pick("本周成本不变", "the week costs the same").to_owned(),
            more => words.pick(
                format!("本周成本 {}", signed(more)),
                format!("cost of the week {}", signed(more)),
            ),
        };
        let terms = self.terms.iter().filter(|t| t.cost != 0);
        let terms: Vec<String> = terms
            .map(|t| {
                format!(
                    "{} {}",
                    words.language.pick(chinese(t.term), english(t.term)),
                    signed(t.cost)
                )
            })
            .collect();
        if terms.is_empty() {
            return cost;
        }
        words.pick(
            format!("{cost}（{}）", terms.join("，")),
            format!("{cost} ({})", terms.join(", ")),
        )
    }
}

fn signed(n: i64) -> String {
    if n < 0 {
        format!("−{}", n.unsigned_abs())
    } else {
        format!("+{n}")
    }
}

fn chinese(term: Soft) -> &'static str {
    match term {
        Soft::ExtraTeacher => "多换老师",
        Soft::NotPrevTeacher => "不是上周老师",
        Soft::DayGap => "隔得太近",
        Soft::AvoidSlot => "家长不便",
        Soft::ChildIdle => "儿童空等",
        Soft::ChildVisit => "接送趟数",
        Soft::ShortDay => "来一天课太少",
        Soft::TeacherIdle => "老师空档",
        Soft::OverTarget => "老师超课时",
        Soft::ExtraSite => "老师跑校区",
        Soft::ExtraRoom => "多换教室",
        Soft::ExtraStart => "钟点不固定",
    }
}

fn english(term: Soft) -> &'static str {
    match term {
        Soft::ExtraTeacher => "more leads",
        Soft::NotPrevTeacher => "not last week's teacher",
        Soft::DayGap => "days too close",
        Soft::AvoidSlot => "unwanted times",
        Soft::ChildIdle => "children waiting",
        Soft::ChildVisit => "family trips",
        Soft::ShortDay => "days too short",
        Soft::TeacherIdle => "teachers waiting",
        Soft::OverTarget => "over target",
        Soft::ExtraSite => "teachers changing site",
        Soft::ExtraRoom => "more rooms",
        Soft::ExtraStart => "irregular times",
    }
}
