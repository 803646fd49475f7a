//! The rules of a timetable and what makes it dear, each with a sentence for people.

use serde::{Serialize, Serializer};

use crate::{problem::Weights, words::Language};

/// What a timetable must not break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each has its sentence")]
pub enum Hard {
    Shape,
    TeacherClash,
    ChildClash,
    RoomClash,
    Room,
    Qualification,
    TeacherAvail,
    ChildAvail,
    TeacherLoad,
    PerDay,
    ChildDay,
    MaxTeachers,
    ChildRun,
    TeacherRun,
    Travel,
    Membership,
    Second,
    Shadow,
    Frozen,
}

impl Hard {
    /// H1 to H19.
    pub const ALL: [Self; 19] = [
        Self::Shape,
        Self::TeacherClash,
        Self::ChildClash,
        Self::RoomClash,
        Self::Room,
        Self::Qualification,
        Self::TeacherAvail,
        Self::ChildAvail,
        Self::TeacherLoad,
        Self::PerDay,
        Self::ChildDay,
        Self::MaxTeachers,
        Self::ChildRun,
        Self::TeacherRun,
        Self::Travel,
        Self::Membership,
        Self::Second,
        Self::Shadow,
        Self::Frozen,
    ];

    /// As files and reports call it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Shape => "H1_shape",
            Self::TeacherClash => "H2_teacher_clash",
            Self::ChildClash => "H3_child_clash",
            Self::RoomClash => "H4_room_clash",
            Self::Room => "H5_room",
            Self::Qualification => "H6_qualification",
            Self::TeacherAvail => "H7_teacher_avail",
            Self::ChildAvail => "H8_child_avail",
            Self::TeacherLoad => "H9_teacher_load",
            Self::PerDay => "H10_per_day",
            Self::ChildDay => "H11_child_day",
            Self::MaxTeachers => "H12_max_teachers",
            Self::ChildRun => "H13_child_run",
            Self::TeacherRun => "H14_teacher_run",
            Self::Travel => "H15_travel",
            Self::Membership => "H16_membership",
            Self::Second => "H17_second",
            Self::Shadow => "H18_shadow",
            Self::Frozen => "H19_frozen",
        }
    }

    /// The rule in one sentence.
    pub const fn sentence(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.chinese(),
            Language::English => self.english(),
        }
    }

    const fn chinese(self) -> &'static str {
        match self {
            Self::Shape => {
                "每项训练和每个集体课按处方的节数上课，一节课要在同一个半天内上完，不跨午休，也不拖到下班以后。"
            }
            Self::TeacherClash => "一位老师同一时间只能上一节课，主教、助教和跟岗都算。",
            Self::ChildClash => "一个儿童同一时间只能上一节课。",
            Self::RoomClash => "一间教室同一时间只能有一节课。",
            Self::Room => "教室的类型要和课程相符，要在儿童所在的校区，上集体课时要坐得下全班。",
            Self::Qualification => {
                "主教要有这门课的资质并达到要求的级别，主教和助教都要在这个校区上班，也不能是这个儿童要回避的老师。"
            }
            Self::TeacherAvail => "老师只在自己的上班时间里排课，请假的时段不排课。",
            Self::ChildAvail => "儿童只在家长能送来的时段里排课。",
            Self::TeacherLoad => "老师一天和一周的课时都不超过各自的上限。",
            Self::PerDay => "同一项训练一天的节数不超过规定，同一个半天里最多上一节。",
            Self::ChildDay => "儿童一天的课时不超过他的上限。",
            Self::MaxTeachers => "同一项训练尽量由固定的老师来上，老师的人数不超过规定。",
            Self::ChildRun => "儿童连续上课不超过他能坚持的时长，中间要有休息。",
            Self::TeacherRun => "老师连续上课不超过规定的时长，中间要有休息。",
            Self::Travel => "老师当天在不同校区之间赶课，两节课之间要留够路上的时间。",
            Self::Membership => {
                "每个该上集体课的儿童进一个班，而且只进一个班；校区、年龄和能力要合适，每个班的人数在规定之内。"
            }
            Self::Second => "要配助教的集体课必须有一位能带这门课的助教；个训课上跟岗的只能是主教自己带的学员。",
            Self::Shadow => "每位跟岗学员一周要看满规定课时的个训课。",
            Self::Frozen => "已经上过的课和各班的名单不能再改。",
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::Shape => {
                "Every prescription and every class has exactly its number of sessions, each within one half-day: \
                 never across lunch, never past closing."
            }
            Self::TeacherClash => "A teacher is in one session at a time, whether leading, assisting or watching.",
            Self::ChildClash => "A child is in one session at a time.",
            Self::RoomClash => "A room holds one session at a time.",
            Self::Room => {
                "The room is of the type that the service needs, at the child's site, and large enough for the class."
            }
            Self::Qualification => {
                "Who leads is qualified for the service at the level that is asked for; everybody in the room works \
                 at that site and is not a teacher the family has ruled out."
            }
            Self::TeacherAvail => "Teachers have sessions in their working hours only, and none while they are away.",
            Self::ChildAvail => "Children have sessions only when their family can bring them.",
            Self::TeacherLoad => "No teacher has more slots in a day or a week than agreed.",
            Self::PerDay => {
                "No more sessions of one prescription on a day than allowed, and at most one in a half-day."
            }
            Self::ChildDay => "No child has more slots in a day than is good for them.",
            Self::MaxTeachers => "A prescription is taught by no more different teachers than allowed.",
            Self::ChildRun => "A child has a break before sessions in a row become too many.",
            Self::TeacherRun => "A teacher has a break before sessions in a row become too many.",
            Self::Travel => "A teacher who changes site during the day has the time to get there.",
            Self::Membership => {
                "Every child who is to be in a class is in exactly one, of the right site, age and level, and no \
                 class is too small or too large."
            }
            Self::Second => {
                "A class that needs an assistant has one who may assist it; only a trainee of the lead watches a \
                 one-to-one session."
            }
            Self::Shadow => "Every trainee watches as many slots of one-to-one sessions a week as the training asks.",
            Self::Frozen => "What has been held already and who is in which class stays as it was.",
        }
    }
}

/// What makes a timetable worse, though not wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each has its sentence")]
pub enum Soft {
    ExtraTeacher,
    NotPrevTeacher,
    DayGap,
    AvoidSlot,
    ChildIdle,
    ChildVisit,
    ShortDay,
    TeacherIdle,
    OverTarget,
    ExtraSite,
    ExtraRoom,
    ExtraStart,
}

impl Soft {
    /// S1 to S12.
    pub const ALL: [Self; 12] = [
        Self::ExtraTeacher,
        Self::NotPrevTeacher,
        Self::DayGap,
        Self::AvoidSlot,
        Self::ChildIdle,
        Self::ChildVisit,
        Self::ShortDay,
        Self::TeacherIdle,
        Self::OverTarget,
        Self::ExtraSite,
        Self::ExtraRoom,
        Self::ExtraStart,
    ];

    /// As files and reports call it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ExtraTeacher => "S1_extra_teacher",
            Self::NotPrevTeacher => "S2_not_prev_teacher",
            Self::DayGap => "S3_day_gap",
            Self::AvoidSlot => "S4_avoid_slot",
            Self::ChildIdle => "S5_child_idle",
            Self::ChildVisit => "S6_child_visit",
            Self::ShortDay => "S7_short_day",
            Self::TeacherIdle => "S8_teacher_idle",
            Self::OverTarget => "S9_over_target",
            Self::ExtraSite => "S10_extra_site",
            Self::ExtraRoom => "S11_extra_room",
            Self::ExtraStart => "S12_extra_start",
        }
    }

    /// What a unit costs.
    pub const fn weight(self, weights: &Weights) -> i64 {
        match self {
            Self::ExtraTeacher => weights.extra_teacher,
            Self::NotPrevTeacher => weights.not_prev_teacher,
            Self::DayGap => weights.day_gap,
            Self::AvoidSlot => weights.avoid_slot,
            Self::ChildIdle => weights.child_idle,
            Self::ChildVisit => weights.child_visit,
            Self::ShortDay => weights.short_day,
            Self::TeacherIdle => weights.teacher_idle,
            Self::OverTarget => weights.over_target,
            Self::ExtraSite => weights.extra_site,
            Self::ExtraRoom => weights.extra_room,
            Self::ExtraStart => weights.extra_start,
        }
    }

    /// What a unit is, in one sentence.
    pub const fn sentence(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.chinese(),
            Language::English => self.english(),
        }
    }

    const fn chinese(self) -> &'static str {
        match self {
            Self::ExtraTeacher => "同一项训练或同一个班，每多一位主教老师算一次：儿童要重新适应。",
            Self::NotPrevTeacher => "不是上周那位老师上的课，每节算一次。",
            Self::DayGap => "一周几节的训练排得太密，每有两节隔得不够开算一次。",
            Self::AvoidSlot => "排在家长不方便的时段，每个时段算一次。",
            Self::ChildIdle => "儿童在两节课之间干等，每个空时段算一次。",
            Self::ChildVisit => "儿童来中心的每个半天算一次：家长要多接送一趟。",
            Self::ShortDay => "儿童来一天却上不了几节课，离最少课时每差一个时段算一次。",
            Self::TeacherIdle => "老师在两节课之间的空档，每个时段算一次。",
            Self::OverTarget => "老师一周的课时超过目标，每超一个时段算一次。",
            Self::ExtraSite => "老师一天内要跑的校区，每多一个算一次。",
            Self::ExtraRoom => "同一项训练或同一个班，每多换一间教室算一次。",
            Self::ExtraStart => "同一项训练或同一个班，每多一个不同的上课钟点算一次：作息不固定。",
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::ExtraTeacher => {
                "Each lead of a prescription or class beyond the first: the child must get used to another."
            }
            Self::NotPrevTeacher => "Each session that last week's teacher does not lead.",
            Self::DayGap => "Each two sessions of a prescription that are too few days apart.",
            Self::AvoidSlot => "Each slot at a time that the family would rather not have.",
            Self::ChildIdle => "Each slot that a child waits between two sessions of a half-day.",
            Self::ChildVisit => "Each half-day that a child attends: the family makes the trip.",
            Self::ShortDay => "Each slot that is missing for a day at the centre to be worth the way.",
            Self::TeacherIdle => "Each slot that a teacher waits between two sessions of a half-day.",
            Self::OverTarget => "Each slot of a teacher's week above the target.",
            Self::ExtraSite => "Each site beyond the first that a teacher works at on one day.",
            Self::ExtraRoom => "Each room of a prescription or class beyond the first.",
            Self::ExtraStart => "Each start time of a prescription or class beyond the first: no routine.",
        }
    }
}

impl Serialize for Hard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl Serialize for Soft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}
