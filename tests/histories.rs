//! Whatever happens, no child falls through: random histories of children, people and places, made by the services
//! themselves; after every step whoever is in the chain and not at rest is led by exactly one task, at a place that has
//! somebody who can do it, or the federation has the task of seeing to it.
//!
//! `STARBRIDGE_HISTORIES=10000` runs so many; `STARBRIDGE_SEED` begins with another.

use std::{collections::BTreeSet, sync::Arc};

use chrono::TimeDelta;
use entities::{
    AccountId, ChildId, DuplicateId, ReferralId,
    account::{account, account_role},
    child::{child, departure, duplicate, merge},
    organisation::organisation,
    screening::{pathway, referral, screen},
    task::task,
    words::{
        ContactMethod, ContactResult, DepartureReason, DuplicateState, Focus, ReferralKind, ReferralState, Role,
        ScreenOutcome, Stage, TaskState, What,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use starbridge::{
    account::management::service as accounts,
    children::departure::service::{NewDeparture, depart, undo},
    clinic::{
        diagnosis::{forms::NewDiagnosis, service as diagnoses},
        rescreen::{forms::NewRescreen, service as rescreens},
    },
    merging::{
        service::{Side, Union, merge as join},
        undoing,
    },
    organisations::service as organisations,
    pathway::{next_checks, projection, receiver_found, rows::Around, standing},
    platform::{Actor, Error, Result, sweep},
    referral::{
        appointments::Anyway,
        contact,
        forms::Appointment,
        sending::service::{self as sending, Sending},
        service as moves,
    },
    screening::screen::{
        correction,
        service::{self as screens, Finding, NewScreen},
    },
    task::{Attempt, escalation, rules::doers, said},
};

use crate::support::{TestApp, children::toddler, dice::Dice};

/// Histories of an ordinary run.
const USUAL: usize = 300;
/// Steps of a history.
const STEPS: usize = 14;
/// Histories told in one district, one after the other.
const IN_A_DISTRICT: usize = 50;

const STAFF: &[&str] = &["screener", "lead", "rescreener", "rescreen-lead", "doctor", "intake"];

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment")]
fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_falls_through() {
    let (histories, seed) = (number("STARBRIDGE_HISTORIES", USUAL), number("STARBRIDGE_SEED", 14));
    println!("{histories} histories from seed {seed}");
    let districts = histories.div_ceil(IN_A_DISTRICT);
    let mut running = tokio::task::JoinSet::new();
    let mut steps = 0;
    for district in 0..districts {
        if running.len() == 2 {
            steps += running.join_next().await.unwrap().unwrap();
        }
        let first = seed + district * IN_A_DISTRICT;
        let last = seed + histories.min((district + 1) * IN_A_DISTRICT);
        running.spawn(async move {
            let app = TestApp::new().await;
            let mut done = 0;
            for seed in first..last {
                done += History::tell(&app, u64::try_from(seed).unwrap()).await;
            }
            done
        });
    }
    while let Some(done) = running.join_next().await {
        steps += done.unwrap();
    }
    println!("{steps} steps did something");
    assert!(steps > histories * 3, "hardly anything happened: {steps}");
}

/// One child, its second file, and what happens to them.
struct History<'a> {
    app: &'a Arc<TestApp>,
    dice: Dice,
    child: ChildId,
    twin: ChildId,
}

impl<'a> History<'a> {
    async fn tell(app: &'a Arc<TestApp>, seed: u64) -> usize {
        let by = app.actor("screener").await;
        let tx = app.app.db.write(&by, "330211").await.unwrap();
        let register = starbridge::children::service::register_in;
        let name = format!("王{seed}");
        let child = register(&tx, &app.app, &by, &toddler(&name)).await.unwrap();
        let twin = register(&tx, &app.app, &by, &toddler(&name)).await.unwrap();
        tx.commit().await.unwrap();
        let mut history = Self {
            app,
            dice: Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            child,
            twin,
        };
        let mut done = 0;
        for step in 0..STEPS {
            let (what, happened) = history.step().await;
            match happened {
                Ok(()) => done += 1,
                Err(Error::Internal(error)) => panic!("seed {seed}, step {step}, {what}: {error:#}"),
                Err(_) => {}
            }
            let near = history.dice.below(4) == 0;
            history.minutes(if near { 60 * 24 } else { 7 });
            for id in [child, twin] {
                history
                    .nobody_fell_through(id, &format!("seed {seed}, step {step}, {what}"))
                    .await;
            }
        }
        // The next history finds everybody at work.
        for name in STAFF {
            history.may_work(name, true).await.ok();
        }
        done
    }

    async fn actor(&self, name: &str) -> Actor {
        self.app.actor(name).await
    }

    /// Time passes.
    fn minutes(&self, minutes: i64) {
        self.app.app.clock.advance(TimeDelta::minutes(minutes));
    }

    fn one(&mut self) -> ChildId {
        if self.dice.below(4) == 0 { self.twin } else { self.child }
    }

    /// Something happens, or is refused.
    async fn step(&mut self) -> (&'static str, Result<()>) {
        match self.dice.below(24) {
            0..4 => ("a screen", self.screen().await),
            4 => ("a correction", self.correct().await),
            5..15 => ("a move", self.moves().await),
            15..17 => ("a task", self.say().await),
            17 => ("a departure", self.leave().await),
            18 => ("a merge", self.merge().await),
            19 => ("an account", self.account().await),
            20 => ("a place", self.place().await),
            21..23 => ("days", self.days().await),
            _ => ("a referral by hand", self.refer().await),
        }
    }

    async fn screen(&mut self) -> Result<()> {
        let by = self.actor("screener").await;
        let id = self.one();
        let new = self.new_screen(&by);
        screens::record(&self.app.app, &by, id, &new).await.map(|_| ())
    }

    fn new_screen(&mut self, by: &Actor) -> NewScreen {
        let finding = match self.dice.below(6) {
            0 => Finding::Seen {
                signs: Vec::new(),
                regression: false,
            },
            1 => Finding::NotSeen(self.dice.pick(&[ScreenOutcome::Refused, ScreenOutcome::Unreachable])),
            _ => Finding::Seen {
                signs: vec![1, 3],
                regression: self.dice.below(3) == 0,
            },
        };
        NewScreen {
            performed_on: by.today(),
            age_used: None,
            finding,
            note: None,
        }
    }

    async fn correct(&mut self) -> Result<()> {
        let by = self.actor("screener").await;
        let last = screen::Entity::find()
            .filter(screen::COLUMN.child_id.is_in([self.child, self.twin]))
            .filter(screen::COLUMN.withdrawn_at.is_null())
            .order_by_desc(screen::COLUMN.id)
            .one(&*self.app.app.db)
            .await?
            .ok_or(Error::NotFound)?;
        if self.dice.below(2) == 0 {
            return correction::withdraw(&self.app.app, &by, last.child_id, last.id).await;
        }
        let new = self.new_screen(&by);
        correction::correct(&self.app.app, &by, last.child_id, last.id, &new)
            .await
            .map(|_| ())
    }

    async fn referral(&mut self) -> Result<referral::Model> {
        let all = referral::Entity::find()
            .filter(referral::COLUMN.child_id.is_in([self.child, self.twin]))
            .order_by_desc(referral::COLUMN.id)
            .all(&*self.app.app.db)
            .await?;
        if all.is_empty() {
            return Err(Error::NotFound);
        }
        let newest = self.dice.below(4) > 0;
        Ok(all[if newest { 0 } else { self.dice.below(all.len()) }].clone())
    }

    async fn moves(&mut self) -> Result<()> {
        let row = self.referral().await?;
        let (id, app) = (row.id, &self.app.app.clone());
        let (sender, receiver) = match row.kind {
            ReferralKind::Rescreen => ("screener", "rescreener"),
            ReferralKind::Diagnosis => ("rescreener", "doctor"),
            ReferralKind::Intake => ("doctor", "intake"),
        };
        let (from, to) = (self.actor(sender).await, self.actor(receiver).await);
        match row.state {
            ReferralState::Proposed if self.dice.below(6) > 0 => {
                let sending = Sending {
                    to: row.to_organisation_id,
                    reason: row.reason,
                    version: row.version.into(),
                };
                sending::send(app, &from, id, &sending).await.map(|_| ())
            }
            ReferralState::Declined | ReferralState::Recalled => moves::renew(app, &from, id).await.map(|_| ()),
            _ => match self.dice.below(12) {
                0 | 1 => moves::accept(app, &to, id, None).await,
                2 => moves::decline(app, &to, id, None, "设备检修".into()).await.map(|_| ()),
                3 => moves::recall(app, &from, id, None, "另有安排".into()).await,
                4 => {
                    let at = to.now + TimeDelta::hours(3);
                    let anyway = Some(Anyway {
                        asked: "late day_off closed full".into(),
                        why: "家长要求".into(),
                    });
                    let appointment = Appointment { at, note: None, anyway };
                    moves::appoint(app, &to, id, None, appointment).await.map(|_| ())
                }
                5 => moves::no_show(app, &to, id, None, None).await,
                6 => {
                    for n in 0..3 {
                        self.minutes(5);
                        let attempt = self.attempt(&to, n);
                        contact::record_for_referral(app, &to, id, attempt).await?;
                    }
                    moves::lose(app, &to, id, None, None).await.map(|_| ())
                }
                _ => self.complete(&to, id, row.kind).await,
            },
        }
    }

    fn attempt(&self, by: &Actor, n: i64) -> Attempt {
        Attempt {
            method: ContactMethod::Phone,
            result: ContactResult::NotReached,
            at: by.now - TimeDelta::seconds(n),
            note: None,
        }
    }

    async fn complete(&mut self, by: &Actor, id: ReferralId, kind: ReferralKind) -> Result<()> {
        let app = &self.app.app;
        match kind {
            ReferralKind::Rescreen => {
                let new = NewRescreen {
                    performed_on: by.today(),
                    findings: Vec::new(),
                    assessments: Vec::new(),
                    scale_at_risk: self.dice.below(2) == 0,
                    development_deviates: false,
                    development_note: None,
                    refer_to: None,
                    note: None,
                };
                rescreens::record(app, by, id, None, new).await.map(|_| ())
            }
            ReferralKind::Diagnosis => {
                let autism = self.dice.below(3) > 0;
                let new = NewDiagnosis {
                    diagnosed_on: by.today(),
                    doctor: "林医生".into(),
                    codes: vec![if autism { "F84.0" } else { "F80.1" }.into()],
                    assessments: Vec::new(),
                    conclusion: "结合病史与观察作出".into(),
                    advice: None,
                };
                diagnoses::record(app, by, id, None, new).await.map(|_| ())
            }
            ReferralKind::Intake => moves::complete_intake(app, by, id, None, None).await,
        }
    }

    /// What people say of a task.
    async fn say(&mut self) -> Result<()> {
        let app = &self.app.app.clone();
        let row = task::Entity::find()
            .filter(task::COLUMN.child_id.is_in([self.child, self.twin]))
            .filter(task::COLUMN.state.eq(TaskState::Open))
            .filter(task::COLUMN.what.is_in([What::Recheck, What::RehabilitationContact]))
            .one(&*app.db)
            .await?
            .ok_or(Error::NotFound)?;
        let by = self.at(&row).await?;
        if self.dice.below(2) == 0 {
            return said::complete(app, &by, row.id, None, "已商定".into()).await;
        }
        for n in 0..3 {
            self.minutes(5);
            let attempt = self.attempt(&by, n);
            said::contact(app, &by, row.id, attempt).await?;
        }
        said::lose(app, &by, row.id, None, None).await
    }

    /// Somebody who works where a task is.
    async fn at(&self, row: &task::Model) -> Result<Actor> {
        for name in STAFF {
            let by = self.actor(name).await;
            if by.organisation().is_ok_and(|place| place == row.organisation_id) {
                return Ok(by);
            }
        }
        Err(Error::NotFound)
    }

    async fn leave(&mut self) -> Result<()> {
        let by = self.actor("federation").await;
        let id = self.one();
        let gone = departure::Entity::find()
            .filter(departure::COLUMN.child_id.eq(id))
            .filter(departure::COLUMN.undone_at.is_null())
            .one(&*self.app.app.db)
            .await?;
        match gone {
            Some(row) => undo(&self.app.app, &by, id, row.id).await,
            None => {
                let new = NewDeparture {
                    reason: self.dice.pick(DepartureReason::ALL),
                    left_on: by.today(),
                    note: None,
                };
                depart(&self.app.app, &by, id, &new).await.map(|_| ())
            }
        }
    }

    async fn merge(&mut self) -> Result<()> {
        let by = self.actor("federation").await;
        let db = &*self.app.app.db;
        let stands = merge::Entity::find()
            .filter(merge::COLUMN.survivor_id.is_in([self.child, self.twin]))
            .filter(merge::COLUMN.undone_at.is_null())
            .one(db)
            .await?;
        if let Some(row) = stands {
            return undoing::undo(&self.app.app, &by, row.id).await.map(|_| ());
        }
        let (first, second) = (self.child.min(self.twin), self.child.max(self.twin));
        let pair = self.pair(first, second).await;
        let file = async |id: ChildId| child::Entity::find_by_id(id).one(db).await;
        let (one, other) = (file(first).await?, file(second).await?);
        let (Some(one), Some(other)) = (one, other) else {
            return Err(Error::NotFound);
        };
        let version = duplicate::Entity::find_by_id(pair)
            .one(db)
            .await?
            .map_or(1, |row| row.version);
        let how = Union {
            version: version.into(),
            files: (one.version.into(), other.version.into()),
            survivor: self.dice.pick(&[Side::First, Side::Second]),
            from_second: BTreeSet::new(),
        };
        join(&self.app.app, &by, pair, &how).await.map(|_| ())
    }

    /// The two files may be one child.
    async fn pair(&self, first: ChildId, second: ChildId) -> DuplicateId {
        let db = self.app.app.db.writer();
        let known = duplicate::Entity::find()
            .filter(duplicate::COLUMN.first_id.eq(first))
            .filter(duplicate::COLUMN.second_id.eq(second))
            .one(db)
            .await
            .unwrap();
        if let Some(row) = known {
            return row.id;
        }
        // Any two files: the rules find only those that are alike.
        let row = duplicate::ActiveModel {
            district: Set("330211".into()),
            first_id: Set(first),
            second_id: Set(second),
            reasons: Set(serde_json::json!(["name_birth"])),
            state: Set(DuplicateState::Open),
            found_at: Set(self.app.app.clock.now()),
            version: Set(1),
            ..Default::default()
        };
        row.insert(db).await.unwrap().id
    }

    async fn account(&mut self) -> Result<()> {
        let name = self.dice.pick(STAFF);
        let working = self.dice.below(3) == 0;
        self.may_work(name, working).await
    }

    async fn may_work(&self, name: &str, working: bool) -> Result<()> {
        let by = self
            .actor(if name == "doctor" { "city-security" } else { "security" })
            .await;
        let id = self.actor(name).await.account.unwrap();
        let row = account::Entity::find_by_id(id).one(&*self.app.app.db).await?.unwrap();
        match (working, row.disabled_at) {
            (true, Some(_)) => accounts::enable(&self.app.app, &by, id).await,
            (false, None) => accounts::disable(&self.app.app, &by, id, "离职".into()).await,
            (true, None) | (false, Some(_)) => Err(Error::NotFound),
        }
    }

    /// A place closes, when nobody is there any more, or opens again.
    async fn place(&mut self) -> Result<()> {
        let app = &self.app.app.clone();
        let name = self.dice.pick(&[
            "区妇幼保健院",
            "市妇女儿童医院",
            "区孤独症儿童康复中心",
            "庄市街道社区卫生服务中心",
        ]);
        let by = self.actor("city-system").await;
        let row = organisation::Entity::find()
            .filter(organisation::COLUMN.name.eq(name))
            .one(&*app.db)
            .await?
            .unwrap();
        if row.closed_on.is_some() {
            return organisations::reopen(app, &by, row.id).await;
        }
        for name in STAFF {
            if self.actor(name).await.organisation()? == row.id {
                self.may_work(name, false).await.ok();
            }
        }
        organisations::close(app, &by, row.id).await
    }

    async fn days(&mut self) -> Result<()> {
        let days = self.dice.pick(&[1, 3, 8, 30]);
        self.minutes(days * 24 * 60);
        for sweep in [next_checks::SWEEP, receiver_found::SWEEP, escalation::SWEEP] {
            sweep::run_once(&self.app.app, &sweep).await?;
        }
        Ok(())
    }

    async fn refer(&mut self) -> Result<()> {
        let name = self.dice.pick(&["screener", "rescreener"]);
        let by = self.actor(name).await;
        let id = self.one();
        starbridge::pathway::missing::propose(&self.app.app, &by, id)
            .await
            .map(|_| ())
    }

    /// The one thing that everything above must never break.
    async fn nobody_fell_through(&self, id: ChildId, when: &str) {
        let db = &*self.app.app.db;
        let file = child::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        let open: Vec<task::Model> = task::Entity::find()
            .filter(task::COLUMN.child_id.eq(id))
            .filter(task::COLUMN.state.eq(TaskState::Open))
            .all(db)
            .await
            .unwrap();
        if file.merged_into.is_some() {
            assert!(open.is_empty(), "{when}: a file that was merged away has {open:?}");
            return;
        }
        let place = pathway::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        let led: Vec<&task::Model> = open.iter().filter(|task| task.leads).collect();
        let taken_in = place.stage == Stage::InIntake && place.due_on.is_none();
        let rests = taken_in
            || matches!(
                place.stage,
                Stage::Watching | Stage::OtherFinding | Stage::Lost | Stage::Left
            );
        assert_eq!(led.len(), usize::from(!rests), "{when}: {place:?} {open:?}");
        // Where it stands says the same, also when it is worked out anew.
        let rows = projection::load(db, &file).await.unwrap();
        let around = Around {
            can_take: true,
            ..Around::default()
        };
        let anew = standing::standing(&rows, &around, self.app.app.clock.now().date_naive());
        assert_eq!(anew.stage, place.stage, "{when}");
        if let Some(task) = led.first() {
            assert_eq!(
                (Some(task.organisation_id), task.due_on),
                (place.organisation_id, place.due_on),
                "{when}: {task:?}"
            );
            assert!(task.due_on.is_some(), "{when}: {task:?}");
            self.somebody_is_there(task, when).await;
        }
        let one_each: BTreeSet<_> = open.iter().map(|task| (task.what, task.focus, task.focus_id)).collect();
        assert_eq!(one_each.len(), open.len(), "{when}: {open:?}");
    }

    async fn somebody_is_there(&self, task: &task::Model, when: &str) {
        let db = &*self.app.app.db;
        let place = organisation::Entity::find_by_id(task.organisation_id)
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let people: Vec<AccountId> = account::Entity::find()
            .filter(account::COLUMN.organisation_id.eq(place.id))
            .filter(account::COLUMN.disabled_at.is_null())
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.id)
            .collect();
        let roles: Vec<Role> = account_role::Entity::find()
            .filter(account_role::COLUMN.account_id.is_in(people))
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.role)
            .collect();
        let there = place.closed_on.is_none() && doers(task.what, task.role).iter().any(|role| roles.contains(role));
        let asked = task::Entity::find()
            .filter(task::COLUMN.what.eq(What::StaffPlace))
            .filter(task::COLUMN.focus.eq(Focus::Organisation))
            .filter(task::COLUMN.focus_id.eq(place.id.0))
            .filter(task::COLUMN.state.eq(TaskState::Open))
            .one(db)
            .await
            .unwrap();
        assert!(
            there || asked.is_some(),
            "{when}: nobody at {} for {task:?}",
            place.name
        );
    }
}
