//! Charts as data: where the path breaks, where a trend is drawn.

use progress::{
    chart::{ENOUGH, Event, Hint, Phase, chart, criterion, hint},
    day::Day,
    ladder::{Ladder, Response},
    measure::Measure,
    number::Fraction,
    points::points,
    record::{Data, Record},
    target::Target,
    text::Text,
};

use super::desk::date;

fn day(n: u32) -> Day {
    Day::parse(&date(n)).unwrap()
}

fn target() -> Target {
    Target::new(Measure::Percent, "pct>=80;min=4;run=3d".parse().unwrap()).unwrap()
}

/// So many right of ten, or of all that there are.
fn records(scores: &[(u32, usize, usize)]) -> Vec<Record> {
    let right = Response::Correct(Ladder::standard().independent());
    let make = |&(n, good, all): &(u32, usize, usize)| Record {
        day: day(n),
        session: "s".to_owned(),
        by: "A".to_owned(),
        place: None,
        observed: None,
        home: false,
        data: Data::Trials([vec![right; good], vec![Response::Wrong(None); all - good]].concat()),
    };
    scores.iter().map(make).collect()
}

fn phase(from: u32, zh: &str) -> Phase {
    Phase {
        from: day(from),
        label: Text::new(zh, zh),
        small: false,
    }
}

#[test]
fn a_phase_breaks_the_path_and_an_event_does_not() {
    let records = records(&[(1, 1, 10), (2, 2, 10), (3, 0, 0), (4, 5, 10), (5, 6, 10)]);
    let event = Event {
        day: day(5),
        label: Text::new("换药", "new medicine"),
    };
    let chart = chart(&target(), &records, &[phase(4, "教学"), phase(1, "基线")], &[event]);
    assert_eq!(chart.pieces, [vec![0, 1], vec![3, 4]]);
    assert_eq!(
        chart.phases.iter().map(|p| p.label.zh.as_str()).collect::<Vec<_>>(),
        ["基线", "教学"]
    );
    assert_eq!(chart.events.len(), 1);
    assert_eq!(chart.points[2].value, None);
    // Half-way between the third and the fourth day.
    assert_eq!(chart.phases[1].half_day(), i64::from(day(4).number()) * 2 - 1);
}

#[test]
fn two_weeks_without_data_break_the_path() {
    let look = |second: u32| {
        chart(&target(), &records(&[(1, 5, 10), (second, 6, 10)]), &[], &[])
            .pieces
            .len()
    };
    assert_eq!((look(15), look(16)), (1, 2));
}

#[test]
fn phases_that_nobody_saw_make_no_lines() {
    let records = records(&[(1, 5, 10), (8, 6, 10)]);
    // To and fro within three days, without a lesson in between.
    let phases = [
        phase(1, "教学"),
        phase(3, "维持"),
        phase(4, "泛化"),
        phase(5, "教学"),
        phase(9, "维持"),
    ];
    let chart = chart(&target(), &records, &phases, &[]);
    assert_eq!(
        chart.phases.iter().map(|p| p.label.zh.as_str()).collect::<Vec<_>>(),
        ["教学", "维持"]
    );
    assert_eq!(chart.pieces, [vec![0, 1]]);
}

#[test]
fn a_trend_needs_five_solid_points_of_one_phase() {
    let days: Vec<_> = (1..=5).map(|n| (n, usize::try_from(n).unwrap() + 3, 10)).collect();
    let draw = |days: &[(u32, usize, usize)], phases: &[Phase]| chart(&target(), &records(days), phases, &[]).trends;
    let trends = draw(&days, &[phase(1, "教学")]);
    assert_eq!(
        (trends.len(), trends[0].0, trends[0].1.per_day),
        (1, 0, Fraction::whole(10))
    );
    assert!(draw(&days[..ENOUGH - 1], &[phase(1, "教学")]).is_empty());
    assert!(draw(&days, &[phase(1, "基线"), phase(3, "教学")]).is_empty());
    let mut hollow = days.clone();
    hollow[2] = (3, 3, 3);
    assert!(draw(&hollow, &[phase(1, "教学")]).is_empty());
}

#[test]
fn the_criterion_is_in_the_unit_of_the_points() {
    let amount = |measure: Measure, rule: &str| {
        let target = Target::new(measure, rule.parse().unwrap()).unwrap();
        criterion(&target).map(|bound| bound.amount.rounded(1))
    };
    assert_eq!(amount(Measure::Rate, "count>=2/min"), Some(120.0));
    assert_eq!(amount(Measure::Frequency, "count>=2/min"), None);
    assert_eq!(amount(Measure::Frequency, "count>=2/session"), Some(2.0));
    assert_eq!(amount(Measure::PromptLevel, "level<=G;share>=80%"), Some(80.0));
}

#[test]
fn hints_are_given_when_nothing_moves() {
    let look = |scores: &[usize]| {
        let days: Vec<_> = scores.iter().zip(1..).map(|(good, n)| (n, *good, 10)).collect();
        let target = target();
        hint(&target, &points(&target, &records(&days)))
    };
    assert_eq!(look(&[5, 5, 5]), None);
    assert_eq!(look(&[5, 5, 4, 4]), Some(Hint::NoRise));
    assert_eq!(look(&[5, 6, 5, 5]), None);
    assert_eq!(look(&[9, 5, 6, 5, 6, 7]), Some(Hint::NoNewBest));
    assert_eq!(look(&[9, 5, 6, 5, 6, 10]), None);
}
