//! What holds for all records.

use progress::{
    day::Day,
    file,
    ladder::{Ladder, Response},
    mastery::mastery,
    measure::Measure,
    number::{Amount, Fraction},
    points::points,
    reading::Value,
    record::{Data, Episode, Record},
    rule::Rule,
    target::{NoResponse, Target},
};
use proptest::prelude::*;

const RULES: [(Measure, &str); 14] = [
    (Measure::Percent, "pct>=80;min=4;run=2d"),
    (Measure::Percent, "pct>=60;min=3;run=2d;of=3;people=2"),
    (Measure::Percent, "pct>=60;op=6;days=2;people=2"),
    (Measure::Percent, "pct>=60;probe=first;run=2d"),
    (Measure::Percent, "pct>=60;first=G;run=2d;unit=session"),
    (Measure::Percent, "pct<=40;min=3;run=2d|pct>=90;run=1d"),
    (Measure::PromptLevel, "level<=G;share>=60%;min=3;run=2d"),
    (Measure::TaskAnalysis, "steps>=60%;run=2d;place=2"),
    (Measure::Frequency, "count<=2/session;run=2d;minutes>=5"),
    (Measure::Rate, "count>=1/min;run=2d"),
    (Measure::Duration, "sec>=20;run=2d;minutes>=1"),
    (Measure::Latency, "sec<=5;min=2;run=2d"),
    (Measure::Latency, "sec<=5;op=4;days=2"),
    (Measure::Interval, "int>=40%;kind=pir;len=7s;run=2d"),
];

fn response() -> impl Strategy<Value = Response> {
    let tokens = ["I", "I", "I", "G", "V", "FP", "-", "-G", "NR", "void", "N/A"];
    (0..tokens.len()).prop_map(move |at| Ladder::standard().step(tokens[at]).unwrap())
}

fn data(measure: Measure) -> BoxedStrategy<Data> {
    let seconds = || (0_u64..40_000).prop_map(Amount::millis);
    match measure {
        Measure::Percent | Measure::PromptLevel => proptest::collection::vec(response(), 0..8)
            .prop_map(Data::Trials)
            .boxed(),
        Measure::TaskAnalysis => proptest::collection::vec(response(), 0..8)
            .prop_map(Data::Steps)
            .boxed(),
        Measure::Frequency | Measure::Rate => (0_u32..6).prop_map(Data::Events).boxed(),
        Measure::Duration | Measure::Interval => {
            let episode = (seconds(), seconds()).prop_map(|(a, b)| Episode {
                start: a.min(b),
                end: a.max(b),
            });
            proptest::collection::vec(episode, 0..4)
                .prop_map(Data::Episodes)
                .boxed()
        }
        Measure::Latency => (
            proptest::collection::vec(proptest::option::weighted(0.8, seconds()), 0..5),
            proptest::option::of(seconds()),
        )
            .prop_map(|(each, limit)| Data::Latencies { each, limit })
            .boxed(),
    }
}

fn record(measure: Measure) -> impl Strategy<Value = Record> {
    let observed = proptest::option::weighted(0.8, (0_u64..400_000).prop_map(Amount::millis));
    let names = (0..3_usize, 0..3_usize, proptest::option::of(0..2_usize));
    (0_i32..8, names, observed, data(measure)).prop_map(|(day, (session, by, place), observed, data)| Record {
        day: Day::from_number(20_000 + day),
        session: ["s1", "s2", "晨课"][session].to_owned(),
        by: ["A", "B", "王"][by].to_owned(),
        place: place.map(|place| ["教室", "操场"][place].to_owned()),
        observed,
        home: false,
        data,
    })
}

fn case() -> impl Strategy<Value = (Target, Vec<Record>)> {
    (0..RULES.len(), any::<bool>()).prop_flat_map(|(rule, left_out)| {
        let (measure, rule) = RULES[rule];
        let mut target = Target::new(measure, rule.parse().unwrap()).unwrap();
        target.no_response = if left_out {
            NoResponse::LeftOut
        } else {
            NoResponse::Counts
        };
        (Just(target), proptest::collection::vec(record(measure), 0..14))
    })
}

/// The order of records matters only for which trial is first and which session is first.
fn is_free(target: &Target) -> bool {
    target
        .rule
        .ways()
        .all(|way| !way.probe && way.first.is_none() && way.unit == progress::rule::UnitKind::Day)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_order_of_records_does_not_matter((target, records) in case(), turn in 0_usize..14) {
        prop_assume!(is_free(&target));
        let mut turned = records.clone();
        turned.reverse();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(points(&target, &records), points(&target, &turned));
        prop_assert_eq!(mastery(&target, &records), mastery(&target, &turned));
    }

    #[test]
    fn days_may_come_in_any_order((target, records) in case()) {
        let mut sorted = records.clone();
        sorted.sort_by_key(|record| std::cmp::Reverse(record.day));
        prop_assert_eq!(points(&target, &records), points(&target, &sorted));
        prop_assert_eq!(mastery(&target, &records), mastery(&target, &sorted));
    }

    #[test]
    fn void_trials_change_nothing((target, records) in case(), at in 0_usize..14, place in 0_usize..8) {
        let mut with = records.clone();
        let count = with.len();
        if count > 0
            && let Data::Trials(trials) | Data::Steps(trials) = &mut with[at % count].data
        {
            trials.insert(place.min(trials.len()), Response::Void);
        }
        prop_assert_eq!(points(&target, &records), points(&target, &with));
        prop_assert_eq!(mastery(&target, &records), mastery(&target, &with));
    }

    #[test]
    fn points_are_what_they_say((target, records) in case()) {
        for point in points(&target, &records) {
            prop_assert_eq!(point.hollow, point.value.is_some() && !point.minimum_met);
            prop_assert!(!point.meets || (point.value.is_some() && point.minimum_met));
            if target.measure.is_share() {
                if let Some(Value::Number(share)) = point.value {
                    prop_assert!(share >= Fraction::ZERO && share <= Fraction::HUNDRED);
                    prop_assert!(point.with_help.unwrap() >= share);
                    prop_assert_eq!(Fraction::percent(point.counted.unwrap(), point.of.unwrap()), Some(share));
                }
                prop_assert!(point.counted <= point.of);
            } else {
                prop_assert_eq!((point.counted, point.of, point.with_help), (None, None, None));
            }
        }
    }

    /// Every beginning of the days is a life of its own: met never before there is enough, and never lost without data.
    #[test]
    fn mastery_is_never_too_early((target, records) in case()) {
        let mut before = false;
        for upto in 0..8 {
            let day = Day::from_number(20_000 + upto);
            let until: Vec<Record> = records.iter().filter(|record| record.day <= day).cloned().collect();
            let now = mastery(&target, &until);
            prop_assert!(!now.met || now.on.is_some_and(|on| on <= day));
            let by_day = target.rule.ways().all(|way| way.unit == progress::rule::UnitKind::Day);
            prop_assert!(now.met || now.on != Some(day) || !by_day);
            // A later session of the same day may take it back.
            if now.met && now.on == Some(day) && !target.rule.to_string().contains('|') {
                prop_assert!(now.run >= now.run_needed);
                prop_assert!(now.people >= now.people_needed && now.places >= now.places_needed);
            }
            if before && !now.met {
                prop_assert!(until.iter().any(|record| record.day == day));
            }
            prop_assert!(!now.said.zh.is_empty() && !now.said.en.is_empty());
            before = now.met;
        }
    }

    /// The window of opportunities, as somebody with a pencil would look for it.
    #[test]
    fn the_window_is_as_short_as_it_may_be(records in proptest::collection::vec(record(Measure::Latency), 0..14)) {
        let target = Target::new(Measure::Latency, "sec<=5;op=4;days=2".parse().unwrap()).unwrap();
        let mut days: std::collections::BTreeMap<Day, Vec<Option<Amount>>> = Default::default();
        for record in &records {
            let Data::Latencies { each, .. } = &record.data else { continue };
            if !each.is_empty() {
                days.entry(record.day).or_default().extend(each.iter().copied());
            }
        }
        let days: Vec<_> = days.into_values().collect();
        let (mut met, mut run) = (false, 0);
        for last in 0..days.len() {
            let full = (0..=last).rev().find(|first| last - first + 1 >= 2 && days[*first..=last].concat().len() >= 4);
            let mut window = days[full.unwrap_or(0)..=last].concat();
            window.sort_by_key(|latency| (latency.is_none(), *latency));
            run = window.len();
            let five = Fraction::whole(5);
            met = full.is_some() && match (window[(run - 1) / 2], window[run / 2]) {
                (Some(a), Some(b)) => a.middle(b) <= five,
                _ => false,
            };
        }
        let now = mastery(&target, &records);
        prop_assert_eq!((now.met, now.run), (met, u64::try_from(run).unwrap()));
    }

    #[test]
    fn a_rule_is_written_as_it_is_read(rule in 0..RULES.len(), more in 0..4_usize) {
        let text = format!("{}{}", RULES[rule].1, [";people=3", "", ";place=2;people=3", ""][more]);
        let Ok(rule) = text.parse::<Rule>() else { return Ok(()) };
        prop_assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule.clone());
        let told = rule.told();
        prop_assert!(!told.zh.is_empty() && !told.en.is_empty());
    }

    #[test]
    fn any_rule_is_answered(text in "(pct|count|sec|steps|int|level|share|min|run|op|days|of|people|unit|first|probe|kind|len|[ -~¡-\u{ffff}]){0,3}(>=|<=|=|;|\\|){0,2}[0-9a-zA-Z.%/;=|<>-]{0,30}") {
        if let Ok(rule) = text.parse::<Rule>() {
            let _ = (rule.to_string(), rule.told());
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}") {
        let _ = (file::progress(text.as_bytes()), file::agreement(text.as_bytes()), progress::bank::Bank::default().bring_in(&text));
    }

    #[test]
    fn any_json_is_answered(value in json(), measure in 0..8_usize, rule in 0..RULES.len()) {
        let target = serde_json::json!({"measure": Measure::ALL[measure].word(), "rule": RULES[rule].1});
        let whole = serde_json::json!({"target": target, "records": value});
        for file in [value.clone(), whole, serde_json::json!({"method": "total", "a": value, "b": value})] {
            for answer in [file::progress(file.to_string().as_bytes()), file::agreement(file.to_string().as_bytes())] {
                match answer {
                    Ok(text) => prop_assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap().is_object()),
                    Err(error) => prop_assert!(!error.to_string().contains(['\n', '\r']), "{error}"),
                }
            }
        }
    }
}

/// Records that are nearly right, with anything in the place of numbers.
fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_u32..100).prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
        prop_oneof!["I", "G", "-", "NR", "void", "-G", "2026-03-02", "a\n\u{7}b"].prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(3, 40, 6, |inner| {
        proptest::collection::vec(inner, 0..6).prop_map(Value::from)
    });
    let keys = [
        "trials",
        "events",
        "episodes_s",
        "latencies_s",
        "steps",
        "minutes",
        "observed_s",
        "limit_s",
        "by",
        "day",
    ];
    let record = proptest::collection::vec((0..keys.len(), tree), 0..5).prop_map(move |parts| {
        let mut record = json!({"day": "2026-03-02", "session": "s", "by": "A"});
        for (key, value) in parts {
            record[keys[key]] = value;
        }
        record
    });
    proptest::collection::vec(record, 0..4).prop_map(Value::from)
}
