//! Vector 28, data from home, what is taken down, and details beside the chart.

use progress::{
    day::Day,
    evidence::{Evidence, evidence},
    ladder::Response,
    mastery::mastery,
    measure::Measure,
    number::Amount,
    record::{Data, Record},
    target::{Capture, Target},
};

use super::desk::date;

const RULE: &str = "pct>=80;min=10;run=3d";

fn record(day: u32, right: usize, wrong: usize) -> Record {
    let ladder = progress::ladder::Ladder::standard();
    let trials = [
        vec![Response::Correct(ladder.independent()); right],
        vec![Response::Wrong(None); wrong],
    ]
    .concat();
    Record {
        day: Day::parse(&date(day)).unwrap(),
        session: "s1".to_owned(),
        by: "A".to_owned(),
        place: None,
        observed: None,
        home: false,
        data: Data::Trials(trials),
    }
}

#[test]
fn vector_28_changed_data_are_told_and_decide_nothing() {
    let target = Target::new(Measure::Percent, RULE.parse().unwrap()).unwrap();
    let mut records = vec![record(1, 8, 2), record(2, 9, 1), record(3, 6, 0), record(4, 8, 2)];
    let on = mastery(&target, &records).on.unwrap();
    assert_eq!(evidence(&target, &records, on), Evidence::Holds);
    records[1] = record(2, 7, 3);
    assert_eq!(evidence(&target, &records, on), Evidence::Lost);
    assert!(evidence(&target, &records, on).said().unwrap().zh.contains("请核对"));
    records.extend([record(5, 10, 0), record(6, 10, 0)]);
    assert_eq!(
        evidence(&target, &records, on),
        Evidence::Later(Day::parse(&date(6)).unwrap())
    );
    records[1] = record(2, 9, 1);
    records[2] = record(3, 10, 0);
    assert_eq!(
        evidence(&target, &records, on),
        Evidence::Earlier(Day::parse(&date(3)).unwrap())
    );
    // A lost target later on is a matter of its checks.
    records[2] = record(3, 6, 0);
    records.push(record(7, 0, 10));
    assert_eq!(evidence(&target, &records, on), Evidence::Holds);
}

#[test]
fn home_counts_only_where_the_plan_says_so() {
    let mut target = Target::new(Measure::Percent, "pct>=80;run=2d".parse().unwrap()).unwrap();
    let mut records = vec![record(1, 8, 2), record(2, 8, 2)];
    records[1].home = true;
    assert!(!mastery(&target, &records).met);
    assert_eq!(progress::points::home_points(&target, &records).len(), 1);
    target.home_counts = true;
    assert!(mastery(&target, &records).met);
    assert_eq!(progress::points::home_points(&target, &records).len(), 0);
}

#[test]
fn where_only_the_first_of_the_day_is_taken_down() {
    let mut target = Target::new(Measure::Percent, "pct>=80;run=1d".parse().unwrap()).unwrap();
    target.capture = Capture::FirstOfDay;
    let wrong_first = [record(1, 0, 1), record(1, 9, 0)];
    let points = progress::points::points(&target, &wrong_first);
    assert_eq!((points[0].counted, points[0].of), (Some(0), Some(1)));
    let maintained = progress::upkeep::passed(&target, &[record(1, 3, 0)]);
    assert_eq!((maintained, progress::upkeep::passed(&target, &[])), (Some(true), None));
}

#[test]
fn details_beside_the_chart() {
    let target = Target::new(Measure::Percent, RULE.parse().unwrap()).unwrap();
    let ladder = &target.ladder;
    let trials = "I I G V - NR I PP I - void"
        .split(' ')
        .map(|token| ladder.response(token).unwrap())
        .collect();
    let shares = progress::points::shares(
        &target,
        &[Record {
            data: Data::Trials(trials),
            ..record(1, 0, 0)
        }],
    );
    let number = |rung: &str| shares.correct.iter().find(|(r, _)| ladder.name(*r) == rung).unwrap().1;
    assert_eq!(
        (
            number("I"),
            number("G"),
            number("V"),
            number("PP"),
            shares.wrong,
            shares.none
        ),
        (4, 1, 1, 1, 2, 1)
    );
    assert_eq!((shares.all(), shares.modal()), (10, Some(ladder.independent())));
    let episode = |start: u32, end: u32| progress::record::Episode {
        start: Amount::seconds(start),
        end: Amount::seconds(end),
    };
    let data = Data::Episodes(vec![episode(0, 12), episode(100, 145), episode(200, 203)]);
    let lasting = progress::points::lasting(&[Record {
        data,
        observed: Some(Amount::seconds(600)),
        ..record(1, 0, 0)
    }]);
    let shown = |number: Option<progress::number::Fraction>| number.unwrap().rounded(1);
    assert_eq!(
        (
            lasting.count,
            shown(Some(lasting.total)),
            shown(lasting.mean),
            shown(lasting.median),
            shown(lasting.share)
        ),
        (3, 60.0, 20.0, 12.0, 10.0)
    );
}
