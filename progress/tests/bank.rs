//! The goal bank: all of it can be used, and none of it should not be.

use std::collections::{BTreeMap, BTreeSet};

use progress::{
    bank::{Bank, SHIPPED},
    measure::Measure,
    target::Target,
};

fn bank() -> Bank {
    Bank::shipped().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn all_goals_can_be_used() {
    let bank = bank();
    assert_eq!(bank.goals().len(), 178);
    let mut domains: BTreeMap<&str, BTreeSet<u8>> = BTreeMap::new();
    let mut long_goals = BTreeSet::new();
    let mut measures: BTreeMap<&str, usize> = BTreeMap::new();
    for goal in bank.goals() {
        let text = &goal.text;
        // Each rule says something about its measure: no rung is unknown, and intervals say kind and length.
        Target::new(text.measure, text.rule.clone()).unwrap_or_else(|misfit| panic!("{}: {misfit}", goal.code));
        let told = text.rule.told();
        assert!(!told.zh.is_empty() && !told.en.is_empty());
        for both in [&text.domain_name, &text.long_goal, &text.target] {
            assert!(
                both.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{both:?}"
            );
            assert!(
                !both.en.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{both:?}"
            );
        }
        assert!(bank.get(&goal.code) == Some(goal) && goal.version == 1);
        domains.entry(&text.domain).or_default().insert(text.level);
        long_goals.insert((&text.domain, text.level, &text.long_goal.zh, &text.long_goal.en));
        *measures.entry(text.measure.word()).or_default() += 1;
    }
    assert_eq!(domains.len(), 8);
    assert!(domains.values().all(|levels| levels.iter().copied().eq(1..=4)));
    assert_eq!(long_goals.len(), 32, "one long goal for each domain and level");
    let number = |measure: Measure| measures.get(measure.word()).copied().unwrap_or_default();
    assert_eq!(
        (
            number(Measure::Percent),
            number(Measure::Frequency),
            number(Measure::TaskAnalysis)
        ),
        (95, 22, 21)
    );
    assert_eq!(
        (
            number(Measure::Duration),
            number(Measure::Latency),
            number(Measure::PromptLevel),
            number(Measure::Interval)
        ),
        (18, 9, 9, 4)
    );
}

#[test]
fn codes_run_within_a_domain() {
    let bank = bank();
    let codes: Vec<&str> = bank.goals().iter().map(|goal| goal.code.as_str()).collect();
    assert_eq!((codes[0], codes[1]), ("SP-01", "SP-02"));
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 178);
    assert!(
        bank.get("EB-01")
            .is_some_and(|goal| goal.text.domain_name.zh == "情绪与行为")
    );
}

#[test]
fn what_is_to_become_less_stands_beside_what_replaces_it() {
    let bank = bank();
    let less: Vec<_> = bank.goals().iter().filter(|goal| goal.text.is_decrease()).collect();
    assert_eq!(less.len(), 3);
    for goal in less {
        let other = bank
            .replacing(goal)
            .unwrap_or_else(|| panic!("nothing replaces {}", goal.code));
        assert_eq!(other.text.domain, goal.text.domain);
        assert!(other.text.level <= goal.text.level && !other.text.is_decrease());
        assert!(
            ["告诉", "用“帮忙”", "要求"]
                .iter()
                .any(|word| other.text.target.zh.contains(word))
        );
    }
    assert_eq!(
        bank.goals()
            .iter()
            .filter(|goal| bank.replacing(goal).is_some())
            .count(),
        3
    );
}

#[test]
fn nobody_is_forced_to_look_or_to_hold_still() {
    for goal in bank().goals() {
        let (zh, en) = (&goal.text.target.zh, goal.text.target.en.to_lowercase());
        let looks = zh.contains("对视") || zh.contains("看着眼睛") || en.contains("eye contact");
        let free = zh.contains("不要求对视") && en.contains("eye contact is not required");
        assert!(!looks || free, "{}: {zh}", goal.code);
        for word in ["刻板", "自我刺激", "拍手行为", "摇晃身体", "手部静止", "安静的手"] {
            assert!(!zh.contains(word), "{}: {zh}", goal.code);
        }
        for word in [
            "stimming",
            "flapping",
            "quiet hands",
            "stereotyp",
            "sit still",
            "rocking",
        ] {
            assert!(!en.contains(word), "{}: {en}", goal.code);
        }
        // What becomes less is harm and distress, never a way of moving.
        if goal.text.is_decrease() {
            assert!(
                ["尿湿", "尖叫", "推人或打人"].iter().any(|word| zh.contains(word)),
                "{zh}"
            );
        }
    }
}

#[test]
fn food_is_asked_about_before() {
    let bank = bank();
    let food: BTreeSet<&str> = bank
        .goals()
        .iter()
        .filter(|g| g.text.has_food())
        .map(|g| g.text.target.zh.as_str())
        .collect();
    for zh in [
        "尝一小口新食物，再指出甜、酸或咸的图卡",
        "用拇指和食指捏起溶豆放进杯子",
        "用筷子把香蕉块夹到盘子里",
        "从两样点心中指出或拿图选一样",
        "双手捧杯喝水，最多洒出一口",
    ] {
        assert!(food.contains(zh), "{zh}");
    }
    for zh in [
        "弯腰捡起沙包再站直，不跌倒",
        "把九张图分成吃的、穿的、坐的",
        "赤脚站在草垫、豆袋和泡沫垫上，每种坚持一会儿不缩脚",
    ] {
        assert!(!food.contains(zh), "{zh}");
    }
}

#[test]
fn a_file_that_comes_again_changes_only_what_changed() {
    let mut bank = bank();
    let before = bank.clone();
    let same = bank.bring_in(SHIPPED).unwrap();
    assert_eq!(
        (same.same, same.new.len(), same.changed.len(), same.absent.len()),
        (178, 0, 0, 0)
    );
    assert_eq!(bank, before);
    // One has another rule, one is new, one is gone; and the lines come in another order.
    let mut lines: Vec<String> = SHIPPED.lines().map(str::to_owned).collect();
    lines[1] = lines[1].replace("sec<=3;min=6;run=3d", "sec<=2;min=6;run=3d");
    let new = lines[2].replace("手电光圈在墙上慢慢移动两米，目光一路跟随", "目光跟着滚动的球");
    lines.push(new);
    lines.remove(3);
    lines[1..].reverse();
    let brought = bank.bring_in(&lines.join("\r\n")).unwrap();
    assert_eq!(
        (brought.same, brought.new.as_slice(), brought.changed.as_slice()),
        (176, &["SP-23".to_owned()][..], &["SP-01".to_owned()][..])
    );
    assert_eq!(brought.absent, ["SP-03"]);
    assert_eq!((bank.get("SP-01").unwrap().version, bank.goals().len()), (2, 179));
    assert_eq!(before.get("SP-01").unwrap().version, 1);
}

#[test]
fn a_file_with_a_fault_changes_nothing() {
    let mut bank = bank();
    let before = bank.clone();
    let lines: Vec<&str> = SHIPPED.lines().collect();
    let mut change = |from: &str, to: &str| {
        let file = [lines[0].to_owned(), lines[5].to_owned(), lines[1].replacen(from, to, 1)].join("\n");
        bank.bring_in(&file).expect_err(&file).to_string()
    };
    for (from, to, what) in [
        ("latency", "patience", "line 3: measure"),
        ("latency", "percent", "line 3: default_mastery"),
        ("sec<=3;min=6", "sec<=3;maximum=6", "line 3: default_mastery"),
        ("SP\t", "sp\t", "line 3: domain_code"),
        ("\t1\t", "\t5\t", "line 3: level"),
        ("Sensory perception", "", "line 3: domain_en"),
        ("\t沙锤", "沙锤", "line 3: must have 11"),
        ("在孩子", "在\u{7}孩子", "line 3: target_zh"),
    ] {
        let error = change(from, to);
        assert!(error.starts_with(what), "{error}");
    }
    assert!(bank.bring_in("").is_err() && bank.bring_in("a\tb").is_err());
    let twice = [lines[0], lines[1], lines[1]].join("\n");
    assert!(bank.bring_in(&twice).unwrap_err().to_string().contains("as in line 2"));
    assert_eq!(bank, before);
}
