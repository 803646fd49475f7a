//! The forty checks (MD): what each looks at, how it measures, from where on it is flagged.

use super::{Given, days, money, papers, sessions};
use crate::text::Text;

/// A check.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its number in the notes on what auditors found.
    pub number: u32,
    /// Its name in files.
    pub key: &'static str,
    /// In Chinese.
    zh: &'static str,
    /// In English.
    en: &'static str,
    /// The fields of [`Given`] that it looks at.
    pub inputs: &'static [&'static str],
    /// The threshold that a place begins with; a dated row of its own stands before it.
    pub over: Option<i64>,
    pub(super) measure: fn(&Given) -> i64,
    /// A threshold that follows from what is given.
    pub(super) own_limit: Option<fn(&Given) -> i64>,
}

impl Check {
    /// What it is called.
    pub fn title(&self) -> Text {
        Text {
            zh: self.zh.to_owned(),
            en: self.en.to_owned(),
        }
    }
}

/// All, by number.
pub fn checks() -> &'static [Check] {
    CHECKS
}

/// The one of that name.
pub fn check(key: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.key == key)
}

const fn row(
    number: u32,
    key: &'static str,
    measure: fn(&Given) -> i64,
    over: i64,
    (zh, en): (&'static str, &'static str),
    inputs: &'static [&'static str],
) -> Check {
    Check {
        number,
        key,
        zh,
        en,
        inputs,
        over: Some(over),
        measure,
        own_limit: None,
    }
}

const CHECKS: &[Check] = &[
    row(
        1,
        "child_two_places",
        sessions::child_two_places,
        0,
        ("同一儿童同一时间在两处上课", "a child in two places at once"),
        &["sessions"],
    ),
    row(
        2,
        "teacher_overlap",
        sessions::teacher_overlap,
        0,
        ("同一老师的个训时间重叠", "sessions of a teacher overlap"),
        &["sessions"],
    ),
    row(
        3,
        "group_billed_single",
        sessions::group_billed_single,
        0,
        ("小组课按个训收费", "a group billed as single sessions"),
        &["sessions"],
    ),
    row(
        4,
        "teacher_day_minutes",
        sessions::teacher_day_minutes,
        420,
        ("老师一天的授课分钟数过多", "too many minutes of a teacher in a day"),
        &["sessions"],
    ),
    row(
        5,
        "closed_day",
        days::closed_day,
        0,
        ("休息日有上课记录", "sessions on closed days"),
        &["dates", "closed", "workdays"],
    ),
    row(
        6,
        "outside_hours",
        sessions::outside_hours,
        0,
        ("在开放时间以外上课", "sessions outside opening hours"),
        &["open", "close", "sessions"],
    ),
    row(
        7,
        "teacher_not_in_post",
        days::teacher_not_in_post,
        0,
        ("老师当时不在岗或证书不在有效期", "by a teacher not in post"),
        &["dates", "posts"],
    ),
    row(
        8,
        "teacher_on_leave",
        days::while_away,
        0,
        ("老师请假当天有上课记录", "by a teacher on leave"),
        &["dates", "away"],
    ),
    row(
        9,
        "child_in_hospital",
        days::while_away,
        0,
        ("儿童住院当天有上课记录", "while the child was in hospital"),
        &["dates", "away"],
    ),
    row(
        10,
        "after_end",
        days::after_end,
        0,
        ("离园、迁出、注销或死亡之后有上课记录", "after the child had left"),
        &["dates", "ended_on"],
    ),
    row(
        11,
        "before_diagnosis",
        days::before_diagnosis,
        0,
        ("首份诊断或证件之前有上课记录", "before the first proof"),
        &["dates", "first_proof_on"],
    ),
    row(
        12,
        "ineligible_age",
        days::ineligible_age,
        0,
        ("上课当天已超过年龄", "too old on the day"),
        &["birth", "below", "dates"],
    ),
    row(
        13,
        "same_stroke",
        papers::same_stroke,
        1,
        ("同一笔迹图样重复使用", "the same drawn signature again"),
        &["strokes"],
    ),
    row(
        14,
        "signature_burst",
        papers::signature_burst,
        5,
        ("短时间内连续签名过多", "many signatures within a minute"),
        &["window", "seconds"],
    ),
    row(
        15,
        "guardian_signs_on_staff_device",
        papers::guardian_signs_on_staff_device,
        8000,
        ("家长多在工作人员的设备上签名", "guardians sign on devices of staff"),
        &["staff_devices", "devices"],
    ),
    row(
        16,
        "late_entry_share",
        papers::late_entry_share,
        5000,
        ("补录的课时比例过高", "many sessions entered late"),
        &["hours", "lag_hours"],
    ),
    row(
        17,
        "perfect_class",
        sessions::perfect_class,
        0,
        ("全班天天全勤", "everybody came every day"),
        &["min_children", "attended_of_planned"],
    ),
    row(
        18,
        "breaks_billed",
        sessions::breaks_billed,
        0,
        ("午休和用餐时间计入收费", "breaks are billed"),
        &["billed_minutes", "present_minutes", "break_minutes"],
    ),
    row(
        19,
        "lines_without_session",
        money::lines_without_session,
        0,
        ("有收费没有签到", "billed and not signed"),
        &["billed", "signed"],
    ),
    row(
        20,
        "cross_foot",
        money::cross_foot,
        0,
        ("合计与分项不符", "totals and parts differ"),
        &["rows", "columns"],
    ),
    row(
        21,
        "paid_over_cost",
        money::paid_over_cost,
        0,
        ("各方支付之和超过费用", "all payers paid more than the fee"),
        &["gross_fen", "insurance_fen", "other_fen", "subsidy_fen", "parent_fen"],
    ),
    row(
        22,
        "price_over_list",
        money::price_over_list,
        0,
        ("收费高于公示价", "above the published price"),
        &["charged_listed_fen"],
    ),
    row(
        23,
        "cap_hugging",
        money::cap_hugging,
        8000,
        ("费用大多正好等于上限", "amounts exactly at the cap"),
        &["cap_fen", "min_lines", "self_paid_fen"],
    ),
    row(
        24,
        "group_too_big",
        sessions::group_too_big,
        8,
        ("小组人数超过规定", "a group is too big"),
        &["sizes"],
    ),
    row(
        25,
        "shared_account",
        money::shared_account,
        1,
        ("同一账户对应多个家庭", "one account of several families"),
        &["accounts"],
    ),
    row(
        26,
        "staff_account",
        money::staff_account,
        0,
        ("收款账户是工作人员的", "a payee account belongs to staff"),
        &["payee_accounts", "staff_accounts"],
    ),
    row(
        27,
        "invoice_twice",
        money::invoice_twice,
        0,
        ("同一票据重复使用", "a bill is used twice"),
        &["invoices"],
    ),
    row(
        28,
        "invoice_short",
        money::invoice_short,
        0,
        ("票据金额少于申请金额", "bills are less than the claim"),
        &["claimed_fen", "invoices_fen"],
    ),
    row(
        29,
        "device_within_life",
        days::device_within_life,
        0,
        ("辅具未到使用年限再次发放", "a device within the life of the last"),
        &["life_months", "granted_on"],
    ),
    row(
        30,
        "device_not_handed_over",
        days::device_not_handed_over,
        30,
        ("辅具已付款，未见签收", "a device paid and not received"),
        &["paid_on", "received_on", "today"],
    ),
    row(
        31,
        "stock_negative",
        money::stock_negative,
        0,
        ("库存出现负数", "the stock fell below zero"),
        &["moves"],
    ),
    row(
        32,
        "cloned_notes",
        papers::cloned_notes,
        2,
        ("课后记录雷同", "session notes are the same"),
        &["notes"],
    ),
    row(
        33,
        "plan_expired",
        days::plan_expired,
        0,
        ("上课当天没有有效的计划或评估", "sessions without a valid plan"),
        &["dates", "plans"],
    ),
    row(
        34,
        "approved_after_start",
        days::approved_after_start,
        0,
        ("先上课后审批", "approved after the first session"),
        &["approved_on", "first_session_on"],
    ),
    row(
        35,
        "allowance_kept",
        days::allowance_kept,
        30,
        ("生活补贴收到后未见家长签收", "an allowance is kept"),
        &["received_on", "receipt_on", "today"],
    ),
    Check {
        over: None,
        own_limit: Some(money::prepaid_limit),
        ..row(
            36,
            "prepaid_too_far",
            money::prepaid_too_far,
            0,
            ("预收费超过规定", "paid too far ahead"),
            &["prepaid_fen", "month_fee_fen", "max_months"],
        )
    },
    row(
        37,
        "staff_relative",
        money::staff_relative,
        0,
        ("受助家庭是工作人员亲属", "a family of staff"),
        &["guardian_ids", "staff_family_ids"],
    ),
    row(
        38,
        "photo_twice",
        papers::photo_twice,
        1,
        ("同一照片用于两名儿童", "one picture of two children"),
        &["photos"],
    ),
    row(
        39,
        "spike",
        money::spike,
        20000,
        ("本月比以往突然增加", "a sudden rise"),
        &["now", "before"],
    ),
    row(
        40,
        "child_on_leave",
        days::while_away,
        0,
        ("请假当天有到课记录", "attended on a day of leave"),
        &["dates", "away"],
    ),
];
