//! The machine by examples, and against a naive one that remembers instead of working out.

use chrono::{DateTime, Days, Utc};
use entities::{
    OrganisationId,
    words::{OrganisationKind, Role},
};
use proptest::prelude::*;

use super::{
    super::{Condition, Is, Stage},
    *,
};
use crate::platform::{Calendar, Workplace};

const APPROVED: ReviewOutcome = ReviewOutcome::Approved;
const RETURNED: ReviewOutcome = ReviewOutcome::Returned;
const REFUSED: ReviewOutcome = ReviewOutcome::Refused;

fn step(code: &str, kind: OrganisationKind, outcomes: &[ReviewOutcome]) -> Step {
    Step {
        code: code.to_owned(),
        organisation: Some(kind),
        roles: vec![Role::FederationOfficer],
        outcomes: outcomes.to_vec(),
        ..Step::default()
    }
}

fn chain(stages: Vec<Vec<Step>>) -> Chain {
    Chain {
        resumes: Resumes::AtTheFirst,
        stages: stages.into_iter().map(|steps| Stage { steps }).collect(),
    }
}

fn two() -> Chain {
    let first = Step {
        working_days: Some(5),
        ..step("first", OrganisationKind::StreetFederation, &[APPROVED, RETURNED])
    };
    let second = step("second", OrganisationKind::Federation, &[APPROVED, RETURNED, REFUSED]);
    chain(vec![vec![first], vec![second]])
}

fn person(account: i64, kind: OrganisationKind, role: Role) -> Actor {
    Actor {
        account: Some(AccountId(account)),
        roles: vec![role],
        workplace: Some(Workplace {
            id: OrganisationId(1),
            kind,
            name: String::new(),
            coverage: "330211".to_owned(),
        }),
        ..Actor::system("test", DateTime::default())
    }
}

fn street(account: i64) -> Actor {
    person(account, OrganisationKind::StreetFederation, Role::FederationOfficer)
}

fn district(account: i64) -> Actor {
    person(account, OrganisationKind::Federation, Role::FederationOfficer)
}

fn bureau(account: i64) -> Actor {
    person(account, OrganisationKind::EducationBureau, Role::FederationOfficer)
}

fn entry() -> Entry {
    Entry {
        by: AccountId(1),
        version: 1,
        since: DateTime::<Utc>::default().date_naive(),
        decisions: Vec::new(),
    }
}

fn said(standing: &Standing<'_>) -> String {
    match standing {
        Standing::Waits(waiting) => waiting
            .iter()
            .map(|one| one.step.code.as_str())
            .collect::<Vec<_>>()
            .join("+"),
        Standing::Done(outcome) => format!("done {}", outcome.map_or("", ReviewOutcome::as_str)),
        Standing::Returned(step) => format!("returned {}", step.code),
        Standing::Refused(step) => format!("refused {}", step.code),
    }
}

fn at(chain: &Chain, entry: &Entry) -> String {
    said(&chain.standing(entry, &Facts::default()))
}

fn decide(chain: &Chain, entry: &mut Entry, by: &Actor, version: i32, outcome: ReviewOutcome) -> Result<(), Bar> {
    chain
        .decide(entry, &Facts::default(), by, (version, outcome))
        .map(|_| ())
}

#[test]
fn step_by_step_and_each_by_another_person() {
    let (chain, mut entry) = (two(), entry());
    assert_eq!(
        decide(&chain, &mut entry, &street(1), 1, APPROVED),
        Err(Bar::AnotherPerson),
        "nobody approves what he entered"
    );
    assert_eq!(
        decide(&chain, &mut entry, &district(3), 1, APPROVED),
        Err(Bar::NotTheirs)
    );
    let screener = person(2, OrganisationKind::StreetFederation, Role::Screener);
    assert_eq!(decide(&chain, &mut entry, &screener, 1, APPROVED), Err(Bar::NotTheirs));
    decide(&chain, &mut entry, &street(2), 1, APPROVED).unwrap();
    assert_eq!(at(&chain, &entry), "second");
    assert_eq!(
        decide(&chain, &mut entry, &district(2), 1, APPROVED),
        Err(Bar::AnotherPerson),
        "nobody decides two steps"
    );
    decide(&chain, &mut entry, &district(3), 1, APPROVED).unwrap();
    assert_eq!(at(&chain, &entry), "done approved");
    assert_eq!(decide(&chain, &mut entry, &district(4), 1, REFUSED), Err(Bar::Over));
}

#[test]
fn what_was_returned_begins_again_as_another_version() {
    let (chain, mut entry) = (two(), entry());
    decide(&chain, &mut entry, &street(2), 1, APPROVED).unwrap();
    decide(&chain, &mut entry, &district(3), 1, RETURNED).unwrap();
    assert_eq!(at(&chain, &entry), "returned second");
    assert_eq!(
        chain.decidable(&entry, &Facts::default(), &street(2)).err(),
        Some(Bar::Over)
    );
    entry.version = 2;
    assert_eq!(at(&chain, &entry), "first");
    assert_eq!(
        decide(&chain, &mut entry, &street(2), 1, APPROVED),
        Err(Bar::Changed),
        "decided about what was read"
    );
    decide(&chain, &mut entry, &street(2), 2, APPROVED).unwrap();
    decide(&chain, &mut entry, &district(3), 2, REFUSED).unwrap();
    assert_eq!(at(&chain, &entry), "refused second");
}

#[test]
fn or_it_goes_on_where_it_was_returned() {
    let chain = Chain {
        resumes: Resumes::WhereReturned,
        ..two()
    };
    let mut entry = entry();
    decide(&chain, &mut entry, &street(2), 1, APPROVED).unwrap();
    decide(&chain, &mut entry, &district(3), 1, RETURNED).unwrap();
    entry.version = 2;
    assert_eq!(at(&chain, &entry), "second");
    assert_eq!(
        decide(&chain, &mut entry, &district(2), 2, APPROVED),
        Err(Bar::AnotherPerson),
        "the first step stands, and so does who decided it"
    );
    decide(&chain, &mut entry, &district(3), 2, RETURNED).unwrap();
    entry.version = 3;
    assert_eq!(at(&chain, &entry), "second", "however often");
    decide(&chain, &mut entry, &district(3), 3, APPROVED).unwrap();
    assert_eq!(at(&chain, &entry), "done approved");
}

#[test]
fn side_by_side_both_must() {
    let both = vec![
        step(
            "federation",
            OrganisationKind::Federation,
            &[APPROVED, RETURNED, REFUSED],
        ),
        step(
            "bureau",
            OrganisationKind::EducationBureau,
            &[APPROVED, RETURNED, REFUSED],
        ),
    ];
    let chain = chain(vec![
        both,
        vec![step("end", OrganisationKind::Federation, &[ReviewOutcome::Trial])],
    ]);
    let mut one = entry();
    assert_eq!(at(&chain, &one), "federation+bureau");
    decide(&chain, &mut one, &bureau(2), 1, APPROVED).unwrap();
    assert_eq!(at(&chain, &one), "federation", "one of two is not enough");
    assert_eq!(decide(&chain, &mut one, &bureau(3), 1, APPROVED), Err(Bar::NotTheirs));
    decide(&chain, &mut one, &district(4), 1, APPROVED).unwrap();
    assert_eq!(at(&chain, &one), "end");
    assert_eq!(
        decide(&chain, &mut one, &district(5), 1, APPROVED),
        Err(Bar::NoSuchOutcome)
    );
    decide(&chain, &mut one, &district(5), 1, ReviewOutcome::Trial).unwrap();
    assert_eq!(at(&chain, &one), "done trial");
    let mut other = entry();
    decide(&chain, &mut other, &district(4), 1, REFUSED).unwrap();
    assert_eq!(at(&chain, &other), "refused federation", "one no ends it");
    assert_eq!(decide(&chain, &mut other, &bureau(2), 1, APPROVED), Err(Bar::Over));
}

#[test]
fn a_step_is_left_out_where_it_is_not_called_for() {
    let mut chain = two();
    chain.stages[0].steps[0].when = vec![Condition {
        fact: "age_months".to_owned(),
        is: Is::Over,
        value: "72".to_owned(),
    }];
    let facts = |months| Facts::default().number("age_months", months);
    assert_eq!(said(&chain.standing(&entry(), &facts(72))), "second");
    assert_eq!(said(&chain.standing(&entry(), &facts(73))), "first");
}

#[test]
fn a_step_has_its_own_days_and_waits_since_the_last_of_the_stage_before() {
    let calendar = Calendar::new([]);
    let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
    let monday = day("2026-11-02");
    let chain = two();
    let due: Vec<_> = chain.steps().map(|(_, step)| step.due_on(monday, &calendar)).collect();
    assert_eq!(due, [Some(day("2026-11-09")), None]);
    let mut entry = Entry {
        since: monday,
        ..entry()
    };
    entry.decisions.push(Decision {
        by: AccountId(2),
        version: 1,
        step: "first".to_owned(),
        outcome: APPROVED,
        on: day("2026-11-05"),
    });
    let Standing::Waits(waiting) = chain.standing(&entry, &Facts::default()) else {
        panic!("it waits");
    };
    assert_eq!(waiting[0].since, day("2026-11-05"));
    let publicity = Step {
        least_working_days: 5,
        ..Step::default()
    };
    assert_eq!(publicity.not_before(monday, &calendar), Some(day("2026-11-09")));
}

/// The machine as somebody would keep it in a notebook: which stage, which of its steps are through, and who took part.
struct Notebook {
    stage: usize,
    through: BTreeSet<String>,
    took_part: Vec<(usize, i64)>,
    entered_by: i64,
    ended: Option<&'static str>,
    version: i32,
}

impl Notebook {
    fn new(chain: &Chain, facts: &Facts) -> Self {
        let mut book = Self {
            stage: 0,
            through: BTreeSet::new(),
            took_part: Vec::new(),
            entered_by: 1,
            ended: None,
            version: 1,
        };
        book.turn_pages(chain, facts);
        book
    }

    fn open<'c>(&self, chain: &'c Chain, facts: &Facts) -> Vec<&'c Step> {
        let Some(stage) = chain.stages.get(self.stage).filter(|_| self.ended.is_none()) else {
            return Vec::new();
        };
        let open = |step: &&Step| {
            let called_for = step.when.iter().all(|one| one.holds(facts));
            called_for && !self.through.contains(&step.code)
        };
        stage.steps.iter().filter(open).collect()
    }

    fn turn_pages(&mut self, chain: &Chain, facts: &Facts) {
        while self.stage < chain.stages.len() && self.open(chain, facts).is_empty() {
            self.stage += 1;
        }
    }

    fn decide(
        &mut self,
        chain: &Chain,
        facts: &Facts,
        (person, kind): (i64, OrganisationKind),
        outcome: ReviewOutcome,
    ) -> bool {
        let mine = self
            .open(chain, facts)
            .into_iter()
            .find(|one| one.organisation == Some(kind));
        let Some(step) = mine.filter(|step| step.outcomes.contains(&outcome)) else {
            return false;
        };
        if person == self.entered_by || self.took_part.iter().any(|(_, other)| *other == person) {
            return false;
        }
        self.took_part.push((self.stage, person));
        match outcome.effect() {
            ReviewEffect::On => {
                self.through.insert(step.code.clone());
                self.turn_pages(chain, facts);
            }
            ReviewEffect::Return => self.ended = Some("returned"),
            ReviewEffect::End => self.ended = Some("refused"),
        }
        true
    }

    fn complete(&mut self, chain: &Chain, facts: &Facts, person: i64) {
        self.ended = None;
        self.version += 1;
        self.entered_by = person;
        match chain.resumes {
            Resumes::AtTheFirst => {
                self.stage = 0;
                self.through.clear();
                self.took_part.clear();
            }
            Resumes::WhereReturned => {
                let at = self.stage;
                let of_stage: BTreeSet<_> = chain.stages[at].steps.iter().map(|step| step.code.clone()).collect();
                self.through.retain(|code| !of_stage.contains(code));
                self.took_part.retain(|(stage, _)| *stage < at);
            }
        }
        self.turn_pages(chain, facts);
    }

    fn said(&self, chain: &Chain, facts: &Facts) -> String {
        let open = self.open(chain, facts);
        match self.ended {
            Some(how) => how.to_owned(),
            None if open.is_empty() => "done".to_owned(),
            None => open.iter().map(|step| step.code.as_str()).collect::<Vec<_>>().join("+"),
        }
    }
}

const KINDS: [OrganisationKind; 3] = [
    OrganisationKind::RehabilitationCentre,
    OrganisationKind::Federation,
    OrganisationKind::EducationBureau,
];
const OUTCOMES: [ReviewOutcome; 4] = [APPROVED, RETURNED, REFUSED, ReviewOutcome::Admitted];

fn some_chain() -> impl Strategy<Value = Chain> {
    let steps = prop::collection::vec((0..3usize, prop::option::weighted(0.3, 60..84i64), 1..16u8), 1..4);
    (prop::collection::vec(steps, 1..5), any::<bool>()).prop_map(|(stages, first)| {
        let mut n = 0;
        let mut made = |(kind, over, outcomes): (usize, Option<i64>, u8)| {
            n += 1;
            let picked = OUTCOMES.iter().enumerate().filter(|(k, _)| outcomes >> k & 1 == 1);
            Step {
                when: over
                    .map(|months| Condition {
                        fact: "age_months".to_owned(),
                        is: Is::Over,
                        value: months.to_string(),
                    })
                    .into_iter()
                    .collect(),
                ..step(
                    &format!("s{n}"),
                    KINDS[kind],
                    &picked.map(|(_, one)| *one).collect::<Vec<_>>(),
                )
            }
        };
        let stages = stages
            .into_iter()
            .map(|steps| Stage {
                steps: steps.into_iter().map(&mut made).collect(),
            })
            .collect();
        let resumes = if first {
            Resumes::AtTheFirst
        } else {
            Resumes::WhereReturned
        };
        Chain { resumes, stages }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_machine_and_the_notebook_agree(
        chain in some_chain(),
        months in 55..90i64,
        moves in prop::collection::vec((1..9i64, 0..3usize, 0..4usize), 0..40),
    ) {
        let facts = Facts::default().number("age_months", months);
        let (mut one, mut book) = (entry(), Notebook::new(&chain, &facts));
        for (person_no, kind, outcome) in moves {
            let by = person(person_no, KINDS[kind], Role::FederationOfficer);
            if book.ended == Some("returned") && outcome == 0 {
                one.version += 1;
                one.by = AccountId(person_no);
                book.complete(&chain, &facts, person_no);
            } else {
                let version = one.version;
                let done = chain.decide(&mut one, &facts, &by, (version, OUTCOMES[outcome])).is_ok();
                prop_assert_eq!(done, book.decide(&chain, &facts, (person_no, KINDS[kind]), OUTCOMES[outcome]));
            }
            let now = match chain.standing(&one, &facts) {
                Standing::Returned(_) => "returned".to_owned(),
                Standing::Refused(_) => "refused".to_owned(),
                Standing::Done(_) => "done".to_owned(),
                waits @ Standing::Waits(_) => said(&waits),
            };
            prop_assert_eq!(now, book.said(&chain, &facts));
        }
        // Whatever happened: of no version did anybody decide two steps, and nobody decided what he entered last.
        let now: Vec<_> = one.decisions.iter().filter(|made| made.version == one.version).collect();
        let people: BTreeSet<_> = now.iter().map(|made| made.by).collect();
        prop_assert_eq!(people.len(), now.len());
        prop_assert!(!people.contains(&one.by));
    }

    #[test]
    fn days_only_move_on(
        chain in some_chain(),
        months in 55..90i64,
        moves in prop::collection::vec((2..9i64, 0..3usize, 0..10u64), 0..20),
    ) {
        let facts = Facts::default().number("age_months", months);
        let mut one = entry();
        let mut today = DateTime::<Utc>::default();
        for (person_no, kind, days) in moves {
            today = today + Days::new(days);
            let by = Actor { now: today, ..person(person_no, KINDS[kind], Role::FederationOfficer) };
            let version = one.version;
            let _ = chain.decide(&mut one, &facts, &by, (version, APPROVED));
            if let Standing::Waits(waiting) = chain.standing(&one, &facts) {
                let last = one.decisions.iter().map(|made| made.on).max().unwrap_or(one.since);
                for each in waiting {
                    prop_assert!(one.since <= each.since && each.since <= last);
                }
            }
        }
    }
}
