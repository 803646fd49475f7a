//! The goal bank: targets in our own words, by domain and level, each with a measure and a rule.
//!
//! It is data with versions. A goal is found again by its Chinese text; its code is given when it is first brought in and never
//! changes; a goal that changed becomes a new version, so that a target in use stays what it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::{measure::Measure, rule::Rule, target::Target, text::Text};

/// The bank that ships, and its version.
pub const SHIPPED: &str = include_str!("../data/goal-bank.tsv");
/// Day of the shipped bank; rises whenever a goal in it changes.
pub const VERSION: &str = "2026-12-01";

/// The first line of a file.
const HEAD: [&str; 11] = [
    "domain_code",
    "domain_zh",
    "domain_en",
    "level",
    "long_goal_zh",
    "long_goal_en",
    "target_zh",
    "target_en",
    "measure",
    "default_mastery",
    "materials_zh",
];
/// Levels of teaching, from the first to the last.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=4;
/// Most goals and longest text of a file.
const MOST: usize = 20_000;
const LONGEST: usize = 500;

/// Which goal makes up for one that is to become less: the child is taught another way to say the same.
const REPLACED: [(&str, &str); 3] = [
    (
        "白天尿湿裤子的次数降下来（用图卡或词示意如厕）",
        "尿湿后用动作、图片或词告诉大人",
    ),
    ("一节课里大声尖叫的次数降下来", "需要帮助时用“帮忙”卡或词，而不是扔东西"),
    (
        "一天里推人或打人的次数降下来（同时教一个替代办法）",
        "累了会要求休息，休息后回来",
    ),
];
/// What is eaten or drunk: allergies and dislikes are asked about before.
const FOOD: [&str; 9] = ["食", "点心", "豆", "香蕉", "糖果", "苹果", "饭", "喝", "吃"];
const NO_FOOD: [&str; 5] = ["豆袋", "食指", "吃的、穿的", "吃早饭", "喂饭"];

/// A goal of the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// Domain and running number, given when it was first brought in: `LC-07`.
    pub code: String,
    /// Rises with every change.
    pub version: u32,
    /// What it says.
    pub text: Wording,
}

/// What a goal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Two letters: SP 感知觉, GM 粗大动作, FM 精细动作, LC 语言与沟通, CG 认知, SI 社会交往, SC 生活自理, EB 情绪与行为.
    pub domain: String,
    /// The domain in words.
    pub domain_name: Text,
    /// 1 to 4: the order of teaching. It is no norm and never scores anybody.
    pub level: u8,
    /// The long goal.
    pub long_goal: Text,
    /// The target: a behaviour that can be seen. Numbers stand in the rule, so that a centre can change them.
    pub target: Text,
    /// How it is measured.
    pub measure: Measure,
    /// When it is mastered.
    pub rule: Rule,
    /// What is needed for it, in Chinese.
    pub materials: String,
}

impl Wording {
    /// Behaviour that is to become less.
    pub fn is_decrease(&self) -> bool {
        self.rule.ways().any(|way| way.criterion.is_decrease(self.measure))
    }

    /// Something is eaten or drunk: allergies and dislikes are checked before.
    pub fn has_food(&self) -> bool {
        let mut text = format!("{} {}", self.target.zh, self.materials);
        for other in NO_FOOD {
            text = text.replace(other, "");
        }
        FOOD.iter().any(|word| text.contains(word))
    }
}

/// A line of a file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Fault {
    /// Which, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// What a file changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// Codes of goals that are new.
    pub new: Vec<String>,
    /// Codes of goals that have a new version.
    pub changed: Vec<String>,
    /// How many were the same.
    pub same: usize,
    /// Codes of goals that the file does not have. They stay.
    pub absent: Vec<String>,
}

/// Goals by code, each in its newest version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bank {
    goals: Vec<Goal>,
}

impl Bank {
    /// The bank that ships.
    ///
    /// # Errors
    /// A defect of the build.
    pub fn shipped() -> Result<Self, Fault> {
        let mut bank = Self::default();
        bank.bring_in(SHIPPED)?;
        Ok(bank)
    }

    /// A bank of goals that were brought in before.
    pub fn of(goals: Vec<Goal>) -> Self {
        Self { goals }
    }

    /// All goals, in the order in which they came.
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// The goal of that code.
    pub fn get(&self, code: &str) -> Option<&Goal> {
        self.goals.iter().find(|goal| goal.code == code)
    }

    /// The goal that is taught in the place of one that is to become less.
    pub fn replacing(&self, goal: &Goal) -> Option<&Goal> {
        let (_, other) = REPLACED.iter().find(|(less, _)| *less == goal.text.target.zh)?;
        self.goals.iter().find(|goal| goal.text.target.zh == *other)
    }

    /// Bring a file in, all of it or nothing: UTF-8, tabs, a line of heads, no quotes.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn bring_in(&mut self, file: &str) -> Result<Brought, Fault> {
        let lines = read(file)?;
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut last: BTreeMap<String, u32> = BTreeMap::new();
        for (place, goal) in self.goals.iter().enumerate() {
            known.insert(goal.text.target.zh.clone(), place);
            let number = goal.code.rsplit_once('-').and_then(|(_, number)| number.parse().ok());
            let highest = last.entry(goal.text.domain.clone()).or_default();
            *highest = number.unwrap_or(0).max(*highest);
        }
        let mut brought = Brought::default();
        let mut seen = BTreeSet::new();
        for text in lines {
            if let Some(goal) = known.get(&text.target.zh).and_then(|place| self.goals.get_mut(*place)) {
                seen.insert(goal.code.clone());
                if goal.text == text {
                    brought.same += 1;
                } else {
                    goal.version = goal.version.saturating_add(1);
                    goal.text = text;
                    brought.changed.push(goal.code.clone());
                }
                continue;
            }
            let number = last.entry(text.domain.clone()).or_default();
            *number = number.saturating_add(1);
            let code = format!("{}-{number:02}", text.domain);
            seen.insert(code.clone());
            brought.new.push(code.clone());
            self.goals.push(Goal { code, version: 1, text });
        }
        let absent = self.goals.iter().filter(|goal| !seen.contains(&goal.code));
        brought.absent = absent.map(|goal| goal.code.clone()).collect();
        Ok(brought)
    }
}

fn read(file: &str) -> Result<Vec<Wording>, Fault> {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let fault = |line: usize, what: String| Fault { line, what };
    let mut lines = file.lines().zip(1..);
    let head = lines.next().map(|(line, _)| line.split('\t').collect::<Vec<_>>());
    if head.as_deref() != Some(HEAD.as_slice()) {
        return Err(fault(1, format!("must be the heads {}", HEAD.join(", "))));
    }
    let mut all = Vec::new();
    let mut seen = BTreeMap::new();
    for (line, number) in lines {
        if number > MOST {
            return Err(fault(number, format!("more than {MOST} lines")));
        }
        let text = wording(line).map_err(|what| fault(number, what))?;
        if let Some(before) = seen.insert(text.target.zh.clone(), number) {
            return Err(fault(number, format!("the same target as in line {before}")));
        }
        all.push(text);
    }
    Ok(all)
}

fn wording(line: &str) -> Result<Wording, String> {
    let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
    let Ok(
        [
            domain,
            domain_zh,
            domain_en,
            level,
            long_zh,
            long_en,
            target_zh,
            target_en,
            measure,
            rule,
            materials,
        ],
    ) = <[&str; 11]>::try_from(cells)
    else {
        return Err(format!("must have {} cells", HEAD.len()));
    };
    let text = |head: &str, cell: &str| match cell {
        "" => Err(format!("{head} is empty")),
        cell if cell.len() > LONGEST => Err(format!("{head} is longer than {LONGEST} bytes")),
        cell if cell.chars().any(char::is_control) => Err(format!("{head} has a character that is none")),
        cell => Ok(cell.to_owned()),
    };
    let both = |zh_head: &str, zh: &str, en_head: &str, en: &str| {
        Ok::<_, String>(Text::new(text(zh_head, zh)?, text(en_head, en)?))
    };
    let upper = domain.len() == 2 && domain.bytes().all(|b| b.is_ascii_uppercase());
    if !upper {
        return Err("domain_code must be two capital letters".to_owned());
    }
    let level = level.parse().ok().filter(|level| LEVELS.contains(level));
    let measure = Measure::find(measure).ok_or("measure is unknown")?;
    let rule: Rule = rule.parse().map_err(|error| format!("default_mastery {error}"))?;
    Target::new(measure, rule.clone()).map_err(|misfit| format!("default_mastery {misfit}"))?;
    Ok(Wording {
        domain: domain.to_owned(),
        domain_name: both("domain_zh", domain_zh, "domain_en", domain_en)?,
        level: level.ok_or("level must be 1 to 4")?,
        long_goal: both("long_goal_zh", long_zh, "long_goal_en", long_en)?,
        target: both("target_zh", target_zh, "target_en", target_en)?,
        measure,
        rule,
        materials: text("materials_zh", materials)?,
    })
}
