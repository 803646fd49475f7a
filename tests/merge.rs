//! Duplicates: found, compared, merged and taken apart again, through the real pages.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{Days, NaiveDate, TimeDelta};
use entities::{
    ChildId, DuplicateId, MergeId, OrganisationId,
    child::{care, child, child_term, consent, duplicate, guardianship, merge, residence},
    communication::{message, notice},
    event::event,
    screening::{
        assessment, contact, diagnosis, follow_up, pathway, planned_check, referral, referral_step, rescreen, screen,
    },
    words::{
        AgeUsed, AssessmentState, CheckState, ConsentPurpose, ContactMethod, ContactResult, Delivery, DuplicateState,
        FollowUpKind, FollowUpState, IdentityKind, Kinship, Language, ReferralKind, ReferralState, ScreenOutcome, Sex,
    },
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, Statement,
};
use serde_json::json;
use starbridge::{
    children::{
        ethnicity::Ethnicity,
        identity::Identity,
        service::{NewChild, NewGuardian, register_in},
    },
    merging::{
        fields::Field,
        service::{self, Side, Union},
        undoing::{self, Undone},
    },
    platform::sweep,
    screening::pathway::refresh_in,
};

use crate::support::{TestApp, page::Reply, people::Person, story};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct Born {
    name: &'static str,
    number: &'static str,
    sex: Sex,
    division: &'static str,
    mother: &'static str,
    phone: Option<&'static str>,
}

fn born(name: &'static str) -> Born {
    Born {
        name,
        number: "",
        sex: Sex::Male,
        division: "330211004",
        mother: "王芳",
        phone: Some("13812345678"),
    }
}

/// A file that comes in by a way that asks nobody.
async fn register(app: &TestApp, who: &str, new: Born) -> ChildId {
    let by = app.actor(who).await;
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    let kind = if new.number.is_empty() {
        IdentityKind::NoneYet
    } else {
        IdentityKind::CitizenId
    };
    let mut mother = NewGuardian {
        existing: None,
        name: new.mother.into(),
        phone: new.phone.map(|phone| entities::phone::Phone::parse(phone).unwrap()),
        email: Some("mother@example.org".into()),
        language: Language::Chinese,
        kinship: Kinship::Mother,
        has_custody: true,
        may_be_contacted: true,
    };
    mother.existing = starbridge::children::guardians::on_file(&*tx, &app.app.keys, &mother)
        .await
        .unwrap();
    let file = NewChild {
        name: new.name.into(),
        sex: new.sex,
        birth_on: day("2024-05-14"),
        gestational_weeks: None,
        identity: Identity::parse(kind, new.number).unwrap(),
        ethnicity: Ethnicity::HAN,
        household_division: None,
        division: new.division.parse().unwrap(),
        resident_since: None,
        address: None,
        kindergarten: None,
        disability_card: None,
        guardians: vec![mother],
    };
    let id = register_in(&tx, &app.app, &by, &file).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn sweep_duplicates(app: &TestApp) -> String {
    app.app.clock.advance(TimeDelta::minutes(11));
    sweep::run_once(&app.app, &starbridge::children::SWEEP)
        .await
        .unwrap()
        .unwrap()
}

async fn pairs(app: &TestApp) -> Vec<duplicate::Model> {
    duplicate::Entity::find()
        .order_by_asc(duplicate::COLUMN.id)
        .all(&*app.app.db)
        .await
        .unwrap()
}

async fn file(app: &TestApp, id: ChildId) -> child::Model {
    child::Entity::find_by_id(id).one(&*app.app.db).await.unwrap().unwrap()
}

async fn events(app: &TestApp, id: ChildId, action: &str) -> u64 {
    event::Entity::find()
        .filter(event::COLUMN.child_id.eq(id))
        .filter(event::COLUMN.action.eq(action))
        .count(&*app.app.db)
        .await
        .unwrap()
}

/// The merge that a reply led to.
fn merge_of(reply: &Reply) -> MergeId {
    let to = reply
        .location
        .as_deref()
        .unwrap_or_else(|| panic!("not merged: {}", reply.text()));
    to.strip_prefix("/merges/").unwrap().parse().unwrap()
}

/// Every row of every table that a merge might touch, as text, without versions: they only count. What is written about
/// the merge itself is left out.
async fn dump(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    const ABOUT: &[&str] = &[
        "event",
        "event_seal",
        "submission",
        "session",
        "sweep_run",
        "merge",
        "duplicate",
        "account",
        "seaql_migrations",
    ];
    let db = &*app.app.db;
    let backend = db.get_database_backend();
    let text = async |sql: String| -> Vec<String> {
        let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    };
    let sqlite = backend == DbBackend::Sqlite;
    let tables = if sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    };
    let mut dump = BTreeMap::new();
    for table in text(tables.to_owned()).await {
        if ABOUT.contains(&table.as_str()) {
            continue;
        }
        let sql = if sqlite {
            let columns = text(format!("SELECT name FROM pragma_table_info('{table}')")).await;
            let quoted: Vec<String> = columns
                .iter()
                .filter(|column| *column != "version")
                .map(|column| format!("'{column}=' || quote(\"{column}\")"))
                .collect();
            format!(
                "SELECT {} AS row FROM \"{table}\" ORDER BY 1",
                quoted.join(" || ' ' || ")
            )
        } else {
            format!("SELECT (to_jsonb(t) - 'version')::text FROM \"{table}\" t ORDER BY 1")
        };
        dump.insert(table, text(sql).await);
    }
    dump
}

#[track_caller]
fn same(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>) {
    for (table, rows) in before {
        assert_eq!(rows, &after[table], "{table}");
    }
    assert_eq!(before.len(), after.len());
}

#[tokio::test]
async fn the_sweep_finds_pairs_once_and_twins_never() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        let heard = register(&app, "screener", born("王晓雨")).await;
        // Twins: one day, one mother, other names; and a homophone of another sex.
        register(&app, "screener", born("王小雪")).await;
        let twin = Born {
            sex: Sex::Female,
            ..born("王晓宇")
        };
        register(&app, "screener", twin).await;
        assert_eq!(sweep_duplicates(&app).await, "found=3");
        let found = pairs(&app).await;
        let ids: Vec<_> = found
            .iter()
            .map(|p| (p.first_id, p.second_id, p.reasons.clone()))
            .collect();
        assert_eq!(
            ids,
            [
                (first, second, json!(["name_birth"])),
                (first, heard, json!(["sound_birth_phone"])),
                (second, heard, json!(["sound_birth_phone"])),
            ]
        );
        assert_eq!(sweep_duplicates(&app).await, "");
        assert_eq!(events(&app, first, "duplicate.found").await, 2);

        let mut federation = app.person("federation").await;
        federation.open("/").await.says("疑似重复档案");
        let page = federation.open("/duplicates").await.is(200);
        page.says("330211-2026-00001").says("王晓雨").omits("王小雪");
        let page = federation.open(&format!("/duplicates/{}", found[1].id)).await.is(200);
        page.says("王晓雨").says("相同").says("不同").says("姓名同音");
        assert_eq!(events(&app, heard, "child.viewed").await, 1);
    })
    .await;
}

#[tokio::test]
async fn opening_and_correcting_a_file_finds_pairs_and_lets_them_go() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let other = register(&app, "screener", born("李安")).await;
        let mut screener = app.person("screener").await;
        let rename = async |who: &mut Person, id: ChildId, name: &str| {
            let page = who.open(&format!("/children/{id}/edit")).await.is(200);
            page.fill("name", name)
                .submit_to(&format!("/children/{id}"), who)
                .await
                .is(303);
        };
        rename(&mut screener, other, "王小雨").await;
        let found = pairs(&app).await;
        assert_eq!((found[0].first_id, found[0].second_id), (first, other));
        assert_eq!(found[0].state, DuplicateState::Open);
        rename(&mut screener, other, "李安").await;
        assert_eq!(pairs(&app).await[0].state, DuplicateState::KeptBoth);
        rename(&mut screener, other, "王晓雨").await;
        let again = pairs(&app).await;
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].state, DuplicateState::Open);
        assert_eq!(again[0].reasons, json!(["sound_birth_phone"]));
    })
    .await;
}

#[tokio::test]
async fn kept_both_is_not_asked_again_unless_the_data_change() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        sweep_duplicates(&app).await;
        let pair = pairs(&app).await.remove(0);
        let path = format!("/duplicates/{}", pair.id);
        let mut federation = app.person("federation").await;

        let page = federation.open(&path).await.is(200);
        page.submit_to("/keeping", &mut federation)
            .await
            .is(422)
            .says("请填写此项");
        let page = federation.open(&path).await;
        page.fill("until_on", "2026-11-01")
            .submit_to("/postponement", &mut federation)
            .await
            .is(422)
            .says("一年以内");

        let page = federation.open(&path).await;
        page.fill("until_on", "2026-11-10")
            .submit_to("/postponement", &mut federation)
            .await
            .is(303);
        federation.open("/duplicates").await.says("没有需要核对的档案");
        federation.open("/duplicates?view=later").await.says("2026-11-10");
        app.app.clock.advance(TimeDelta::days(8));
        let mut federation = app.person("federation").await;
        federation.open("/duplicates").await.says("王小雨");

        let page = federation.open(&path).await;
        page.fill("reason", "堂兄弟，分别见过本人")
            .submit_to("/keeping", &mut federation)
            .await
            .is(303);
        assert_eq!(events(&app, first, "duplicate.kept_both").await, 1);
        assert_eq!(events(&app, second, "duplicate.kept_both").await, 1);
        assert_eq!(sweep_duplicates(&app).await, "");
        federation.open("/duplicates").await.says("没有需要核对的档案");
        federation.open("/duplicates?view=kept_both").await.says("王小雨");
        federation.open(&path).await.says("堂兄弟，分别见过本人");

        // A guardian with another phone is new to the comparison.
        let mut row: guardianship::ActiveModel = Default::default();
        let uncle = entities::child::guardian::ActiveModel {
            name: Set("王强".into()),
            phone_index: Set(Some("other".into())),
            language: Set(Language::Chinese),
            version: Set(1),
            created_at: Set(app.app.clock.now()),
            ..Default::default()
        };
        let uncle = uncle.insert(app.app.db.writer()).await.unwrap();
        row.child_id = Set(second);
        row.guardian_id = Set(uncle.id);
        row.kinship = Set(Kinship::OtherRelative);
        row.has_custody = Set(false);
        row.may_be_contacted = Set(true);
        row.is_first = Set(false);
        row.insert(app.app.db.writer()).await.unwrap();
        assert_eq!(sweep_duplicates(&app).await, "reopened=1");
        federation.open("/duplicates").await.says("王小雨");
    })
    .await;
}

#[tokio::test]
async fn a_pair_over_two_organisations_is_the_federations() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        register(&app, "screener", born("王小雨")).await;
        register(&app, "rescreener", born("王小雨")).await;
        sweep_duplicates(&app).await;
        let all = pairs(&app).await;
        assert_eq!(all.len(), 3);
        let (own, mixed) = (all[0].id, all[1].id);
        assert_eq!(all[1].first_id, first);
        let mut lead = app.person("lead").await;
        lead.open(&format!("/duplicates/{own}")).await.is(200);
        let mut federation = app.person("federation").await;
        let page = federation.open(&format!("/duplicates/{mixed}")).await.is(200);
        let (target, fields) = page.prepared("/merge");
        for who in ["lead", "rescreen-lead", "elsewhere"] {
            let mut person = app.person(who).await;
            person.get(&format!("/duplicates/{mixed}")).await.is(404);
            person.post(&target, &fields).await.is(404);
        }
        app.person("screener").await.get("/duplicates").await.is(403);
        assert_eq!(merge::Entity::find().count(&*app.app.db).await.unwrap(), 0);
    })
    .await;
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Rows of every kind on a child's file, in states that the dice give.
async fn live_through(app: &TestApp, id: ChildId, dice: &mut Dice) {
    let db = app.app.db.writer();
    let by = app.actor("screener").await;
    let place = by.organisation().unwrap();
    let person = by.account.unwrap();
    let hospital = OrganisationId(5);
    let checks = planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.eq(id))
        .order_by_asc(planned_check::COLUMN.age_months)
        .all(db)
        .await
        .unwrap();
    for check in checks {
        match dice.below(5) {
            0 => {
                planned_check::Entity::delete_by_id(check.id).exec(db).await.unwrap();
            }
            1 | 2 => {
                let screen = screen::ActiveModel {
                    child_id: Set(id),
                    planned_check_id: Set(Some(check.id)),
                    organisation_id: Set(place),
                    screener_id: Set(person),
                    district: Set("330211".into()),
                    street: Set("330211004".into()),
                    performed_on: Set(day("2026-10-01") + Days::new(u64::try_from(dice.below(30)).unwrap())),
                    recorded_at: Set(by.now),
                    entered_late: Set(false),
                    age_months: Set(check.age_months),
                    age_days: Set(800),
                    age_used: Set(AgeUsed::Chronological),
                    outcome: Set(dice.pick(&[ScreenOutcome::Normal, ScreenOutcome::Abnormal])),
                    signs: Set(json!([1])),
                    regression: Set(false),
                    version: Set(1),
                    ..Default::default()
                };
                let screen = screen.insert(db).await.unwrap();
                let done = planned_check::ActiveModel {
                    id: Set(check.id),
                    state: Set(CheckState::Done),
                    screen_id: Set(Some(screen.id)),
                    ..Default::default()
                };
                done.update(db).await.unwrap();
            }
            _ => {}
        }
    }
    for _ in 0..dice.below(4) {
        let state = dice.pick(ReferralState::ALL);
        let row = referral::ActiveModel {
            child_id: Set(id),
            district: Set("330211".into()),
            kind: Set(dice.pick(ReferralKind::ALL)),
            state: Set(state),
            from_organisation_id: Set(place),
            to_organisation_id: Set(hospital),
            sender_id: Set(person),
            reason: Set("…".into()),
            since: Set(by.now),
            answer_due_on: Set(by.today()),
            due_on: Set(by.today()),
            escalation: Set(0),
            closed_at: Set((!starbridge::screening::pathway::is_open(state)).then_some(by.now)),
            version: Set(1),
            ..Default::default()
        };
        let sent = row.insert(db).await.unwrap();
        let step = referral_step::ActiveModel {
            referral_id: Set(sent.id),
            to_state: Set(state),
            at: Set(by.now),
            by: Set(Some(person)),
            organisation_id: Set(Some(place)),
            ..Default::default()
        };
        step.insert(db).await.unwrap();
        let call = contact::ActiveModel {
            child_id: Set(id),
            referral_id: Set(Some(sent.id)),
            method: Set(ContactMethod::Phone),
            result: Set(ContactResult::Reached),
            attempted_at: Set(by.now),
            by: Set(person),
            organisation_id: Set(place),
            ..Default::default()
        };
        call.insert(db).await.unwrap();
        let seen = rescreen::ActiveModel {
            child_id: Set(id),
            referral_id: Set(Some(sent.id)),
            organisation_id: Set(hospital),
            by: Set(person),
            district: Set("330211".into()),
            street: Set("330211004".into()),
            performed_on: Set(day("2026-10-20")),
            recorded_at: Set(by.now),
            age_days: Set(800),
            findings: Set(json!([])),
            scale_at_risk: Set(false),
            development_deviates: Set(false),
            abnormal: Set(dice.below(2) == 0),
            criteria: Set(json!([])),
            version: Set(1),
            ..Default::default()
        };
        let seen = seen.insert(db).await.unwrap();
        let scale = assessment::ActiveModel {
            child_id: Set(id),
            instrument: Set("abc".into()),
            instrument_version: Set("1".into()),
            state: Set(AssessmentState::Final),
            rater: Set(1),
            rescreen_id: Set(Some(seen.id)),
            organisation_id: Set(hospital),
            by: Set(person),
            performed_on: Set(day("2026-10-20")),
            age_months: Set(29),
            answers: Set(json!({})),
            item_scores: Set(json!({})),
            result: Set(json!({ "total": 3 })),
            version: Set(1),
            created_at: Set(by.now),
            ..Default::default()
        };
        scale.insert(db).await.unwrap();
    }
    if dice.below(3) == 0 {
        let found = diagnosis::ActiveModel {
            child_id: Set(id),
            organisation_id: Set(hospital),
            by: Set(person),
            district: Set("330211".into()),
            street: Set("330211004".into()),
            doctor: Set("李医生".into()),
            diagnosed_on: Set(day("2026-10-28")),
            recorded_at: Set(by.now),
            age_days: Set(820),
            codes: Set(json!(["F84.0"])),
            autism: Set(true),
            conclusion: Set(Some(app.app.keys.seal("diagnosis.conclusion", "…").unwrap())),
            version: Set(1),
            ..Default::default()
        };
        found.insert(db).await.unwrap();
    }
    for n in 0..dice.below(4) {
        let state = dice.pick(FollowUpState::ALL);
        let row = follow_up::ActiveModel {
            child_id: Set(id),
            kind: Set(dice.pick(FollowUpKind::ALL)),
            state: Set(state),
            organisation_id: Set(place),
            opened_at: Set(by.now),
            due_on: Set(by.today() + Days::new(u64::try_from(n).unwrap())),
            escalation: Set(0),
            closed_at: Set((state != FollowUpState::Open).then_some(by.now)),
            version: Set(1),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
    }
    for n in 0..dice.below(3) {
        let row = message::ActiveModel {
            dedupe_key: Set(format!("{id}/{n}")),
            channel: Set(entities::words::Channel::Mail),
            child_id: Set(Some(id)),
            template: Set("screening.rescreen_needed".into()),
            params: Set(json!({})),
            state: Set(dice.pick(Delivery::ALL)),
            attempts: Set(0),
            next_attempt_at: Set(by.now),
            created_at: Set(by.now),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
        let row = notice::ActiveModel {
            account_id: Set(person),
            dedupe_key: Set(format!("n/{id}/{n}")),
            template: Set("referral.result".into()),
            params: Set(json!({})),
            link: Set(format!("/children/{id}/chain")),
            child_id: Set(Some(id)),
            created_at: Set(by.now),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
        let row = consent::ActiveModel {
            child_id: Set(id),
            purpose: Set(dice.pick(ConsentPurpose::ALL)),
            text_version: Set("1".into()),
            signer: Set("王芳".into()),
            kinship: Set(Kinship::Mother),
            signed_on: Set(day("2026-10-01")),
            recorded_by: Set(person),
            recorded_at: Set(by.now),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
    }
    for organisation in [place, hospital, OrganisationId(6)] {
        if dice.below(2) == 0 {
            let row = care::ActiveModel {
                organisation_id: Set(organisation),
                child_id: Set(id),
                since: Set(by.now),
                ended_at: Set((dice.below(3) == 0).then_some(by.now)),
            };
            care::Entity::insert(row).exec_without_returning(db).await.unwrap();
        }
    }
    let tx = app.app.db.write(&by, "330211").await.unwrap();
    refresh_in(&tx, id, by.today()).await.unwrap();
    tx.commit_quietly().await.unwrap();
}

async fn rows_of(app: &TestApp, id: ChildId) -> BTreeMap<&'static str, u64> {
    let db = &*app.app.db;
    let mut rows = BTreeMap::new();
    macro_rules! count {
        ($($module:ident),+) => {$(
            let n = $module::Entity::find().filter($module::Column::ChildId.eq(id)).count(db).await.unwrap();
            rows.insert(stringify!($module), n);
        )+};
    }
    count!(
        screen, referral, rescreen, diagnosis, assessment, follow_up, contact, consent, message, notice
    );
    rows
}

/// The pair of two like files, waiting.
async fn pair_of(app: &TestApp, first: ChildId, second: ChildId) -> duplicate::Model {
    sweep_duplicates(app).await;
    pairs(app)
        .await
        .into_iter()
        .find(|p| (p.first_id, p.second_id) == (first, second))
        .unwrap()
}

#[tokio::test]
async fn merging_then_undoing_changes_nothing() {
    for seed in 0..8u64 {
        story(|app| async move {
            let mut dice = Dice(seed * 7919 + 1);
            let other_mother = if dice.below(2) == 0 { "王芳" } else { "李静" };
            let first = register(&app, "screener", born("王小雨")).await;
            let second = Born {
                division: dice.pick(&["330211004", "330211003"]),
                mother: other_mother,
                number: dice.pick(&["", "330211202405140012"]),
                ..born("王小雨")
            };
            let second = register(&app, "screener", second).await;
            live_through(&app, first, &mut dice).await;
            live_through(&app, second, &mut dice).await;
            let pair = pair_of(&app, first, second).await;
            let by = app.actor("federation").await;
            let from_second = Field::ALL.iter().copied().filter(|_| dice.below(2) == 0).collect();
            let survivor = if dice.below(2) == 0 { Side::First } else { Side::Second };
            let (stays, goes) = match survivor {
                Side::First => (first, second),
                Side::Second => (second, first),
            };
            let before = dump(&app).await;
            let counted: Vec<_> = [rows_of(&app, stays).await, rows_of(&app, goes).await].into();
            let how = Union {
                version: pair.version,
                files: (file(&app, first).await.version, file(&app, second).await.version),
                survivor,
                from_second,
            };
            let merge = service::merge(&app.app, &by, pair.id, &how).await.unwrap();
            // Nothing is left behind and nothing is lost.
            let together = rows_of(&app, stays).await;
            for (table, n) in rows_of(&app, goes).await {
                assert_eq!(n, 0, "seed {seed}: {table}");
                assert_eq!(
                    together[table],
                    counted[0][table] + counted[1][table],
                    "seed {seed}: {table}"
                );
            }
            assert_eq!(file(&app, goes).await.merged_into, Some(stays));
            let open = async |id: ChildId| {
                residence::Entity::find()
                    .filter(residence::COLUMN.child_id.eq(id))
                    .filter(residence::COLUMN.until_on.is_null())
                    .all(&*app.app.db)
                    .await
                    .unwrap()
            };
            let home = open(stays).await;
            assert_eq!(home.len(), 1, "seed {seed}");
            assert_eq!(home[0].division, file(&app, stays).await.division, "seed {seed}");
            let waiting = planned_check::Entity::find()
                .filter(planned_check::COLUMN.child_id.eq(goes))
                .filter(planned_check::COLUMN.state.ne(CheckState::Cancelled));
            assert_eq!(waiting.count(&*app.app.db).await.unwrap(), 0, "seed {seed}");
            let gone = pathway::Entity::find_by_id(goes).one(&*app.app.db).await.unwrap();
            assert_eq!(gone, None, "seed {seed}");

            assert_ne!(before, dump(&app).await);
            assert_eq!(undoing::undo(&app.app, &by, merge).await.unwrap(), Undone::Done);
            same(&before, &dump(&app).await);
        })
        .await;
    }
}

#[tokio::test]
async fn a_merge_is_chosen_shown_forwards_counts_once_and_is_undone() {
    story(|app| async move {
        let numbered = Born {
            number: "330211202405140012",
            ..born("王晓雨")
        };
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", numbered).await;
        let mut dice = Dice(5);
        live_through(&app, first, &mut dice).await;
        live_through(&app, second, &mut dice).await;
        let pair = pair_of(&app, first, second).await;
        let mut federation = app.person("federation").await;
        let residents = async |who: &mut Person| {
            let page = who.open("/reports/screening?month=2026-10").await.is(200);
            page.text()
        };
        let counted_twice = residents(&mut federation).await;
        // A report that was submitted stays as it was.
        let frozen = federation
            .open("/reports/screening?month=2026-10")
            .await
            .submit_to("frozen", &mut federation)
            .await
            .is(303)
            .location
            .unwrap();
        // The first look also says that it is frozen now.
        federation.open(&frozen).await.is(200);
        let submitted = federation.open(&frozen).await.is(200).text();
        let before = dump(&app).await;

        let path = format!("/duplicates/{}", pair.id);
        let page = federation.open(&path).await.is(200);
        let page = page
            .fill("survivor", "second")
            .fill("name", "first")
            .fill("identity", "second");
        let reply = page.submit_to("/merge", &mut federation).await.is(303);
        let merge = merge_of(&reply);
        let kept = file(&app, second).await;
        assert_eq!(kept.name, "王小雨");
        assert!(kept.identity_index.is_some());
        for child in [first, second] {
            assert_eq!(events(&app, child, "merge.done").await, 1);
        }
        let page = federation.open(&format!("/merges/{merge}")).await.is(200);
        page.says("初筛")
            .says("归入保留的档案")
            .says("姓名：王晓雨 → 王小雨")
            .says("330211-2026-00001");

        // The number that was merged leads on, in the address and in the search.
        let reply = federation.get(&format!("/children/{first}")).await.is(303);
        assert_eq!(reply.location, Some(format!("/children/{second}")));
        for term in ["330211-2026-00001", "330211-2026-00002", "晓雨", "小雨"] {
            let page = federation.open(&format!("/search?q={term}")).await.is(200);
            page.says("330211-2026-00002").omits("没有找到");
        }
        let terms = child_term::Entity::find().filter(child_term::COLUMN.child_id.eq(first));
        assert_eq!(terms.count(&*app.app.db).await.unwrap(), 0);
        federation.open("/duplicates").await.says("没有需要核对的档案");
        federation.open("/duplicates?view=merged").await.says("王小雨");

        assert_ne!(residents(&mut federation).await, counted_twice);
        let page = federation.open(&frozen).await.is(200);
        let now = page.text();
        assert_eq!(now, submitted);

        let page = federation.open(&format!("/merges/{merge}")).await;
        page.submit_to("/undoing", &mut federation).await.is(303);
        federation.open(&format!("/merges/{merge}")).await.says("已撤销");
        let after = dump(&app).await;
        // Frozen reports were there before; the inbox and the like do not change.
        same(&before, &after);
        assert_eq!(pairs(&app).await[0].state, DuplicateState::Open);
        federation.open(&format!("/children/{first}")).await.says("王小雨");
        assert_eq!(residents(&mut federation).await, counted_twice);
        let page = federation.open(&format!("/merges/{merge}")).await;
        assert!(!page.html().contains("/undoing"));
    })
    .await;
}

#[tokio::test]
async fn two_people_decide_one_pair_at_once() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        let pair = pair_of(&app, first, second).await;
        let path = format!("/duplicates/{}", pair.id);
        let mut one = app.person("federation").await;
        let mut other = app.person("lead").await;
        let mine = one.open(&path).await.is(200);
        let theirs = other.open(&path).await.is(200).fill("reason", "两人");
        let (merged, kept) = tokio::join!(
            mine.submit_to("/merge", &mut one),
            theirs.submit_to("/keeping", &mut other)
        );
        let mut statuses = [merged.status, kept.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "{} / {}", merged.text(), kept.text());
        let merges = merge::Entity::find().count(&*app.app.db).await.unwrap();
        let state = pairs(&app).await[0].state;
        assert_eq!(
            (merges, state),
            if merged.status == 303 {
                (1, DuplicateState::Merged)
            } else {
                (0, DuplicateState::KeptBoth)
            }
        );
    })
    .await;
}

#[tokio::test]
async fn stale_files_contradictions_and_departures_stop_a_merge() {
    story(|app| async move {
        let boy = Born {
            number: "330211202405140012",
            ..born("王小雨")
        };
        let first = register(&app, "screener", boy).await;
        let girl = Born {
            sex: Sex::Female,
            ..born("王小雨")
        };
        let second = register(&app, "screener", girl).await;
        let pair = pair_of(&app, first, second).await;
        let path = format!("/duplicates/{}", pair.id);
        let mut federation = app.person("federation").await;
        let before = dump(&app).await;

        let page = federation.open(&path).await;
        let page = page.fill("identity", "first").fill("sex", "second");
        page.submit_to("/merge", &mut federation).await.is(422);
        same(&before, &dump(&app).await);

        let page = federation.open(&path).await;
        let mut screener = app.person("screener").await;
        let edit = screener.open(&format!("/children/{second}/edit")).await;
        edit.fill("kindergarten", "庄市中心幼儿园")
            .submit_to(&format!("/children/{second}"), &mut screener)
            .await
            .is(303);
        let stale = page.submit_to("/merge", &mut federation).await.is(409);
        stale.says("被他人修改").says("庄市中心幼儿园");

        let by = app.actor("screener").await;
        let left = starbridge::screening::departure::service::NewDeparture {
            reason: entities::words::DepartureReason::MovedAway,
            left_on: day("2026-10-30"),
            note: None,
        };
        starbridge::screening::departure::service::depart(&app.app, &by, second, &left)
            .await
            .unwrap();
        let page = federation.open(&path).await;
        page.submit_to("/merge", &mut federation)
            .await
            .is(409)
            .says("已离开筛查");
        assert_eq!(merge::Entity::find().count(&*app.app.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_rests_on_a_merge_keeps_it_from_being_undone() {
    story(|app| async move {
        let first = register(&app, "screener", born("王小雨")).await;
        let second = register(&app, "screener", born("王小雨")).await;
        let mut dice = Dice(3);
        while referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(second))
            .count(&*app.app.db)
            .await
            .unwrap()
            == 0
        {
            live_through_referrals(&app, second, &mut dice).await;
        }
        let pair = pair_of(&app, first, second).await;
        let mut federation = app.person("federation").await;
        let page = federation.open(&format!("/duplicates/{}", pair.id)).await;
        let merge = merge_of(
            &page
                .fill("survivor", "first")
                .submit_to("/merge", &mut federation)
                .await,
        );
        let moved = referral::Entity::find()
            .filter(referral::COLUMN.child_id.eq(first))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        let by = app.actor("rescreener").await;
        let call = contact::ActiveModel {
            child_id: Set(first),
            referral_id: Set(Some(moved.id)),
            method: Set(ContactMethod::Phone),
            result: Set(ContactResult::Reached),
            attempted_at: Set(by.now),
            by: Set(by.account.unwrap()),
            organisation_id: Set(by.organisation().unwrap()),
            ..Default::default()
        };
        let call = call.insert(app.app.db.writer()).await.unwrap();
        let before = dump(&app).await;
        let path = format!("/merges/{merge}");
        let page = federation.open(&path).await;
        let reply = page.submit_to("/undoing", &mut federation).await.is(409);
        reply.says("不能撤销").says(&format!("联系记录 {}", call.id));
        same(&before, &dump(&app).await);
        contact::Entity::delete_by_id(call.id)
            .exec(app.app.db.writer())
            .await
            .unwrap();

        // Merged on: first the later merge, then this one.
        let third = register(&app, "screener", born("王小雨")).await;
        let next = pair_of(&app, first, third).await;
        let page = federation.open(&format!("/duplicates/{}", next.id)).await;
        let later = merge_of(
            &page
                .fill("survivor", "second")
                .submit_to("/merge", &mut federation)
                .await,
        );
        assert_eq!(
            file(&app, second).await.merged_into,
            Some(third),
            "one step leads there"
        );
        let reply = federation.get(&format!("/children/{second}")).await.is(303);
        assert_eq!(reply.location, Some(format!("/children/{third}")));
        let page = federation.open(&path).await;
        page.submit_to("/undoing", &mut federation)
            .await
            .is(409)
            .says("合并后又有修改");
        for one in [later, merge] {
            let page = federation.open(&format!("/merges/{one}")).await;
            page.submit_to("/undoing", &mut federation).await.is(303);
        }
        for id in [first, second, third] {
            assert_eq!(file(&app, id).await.merged_into, None);
        }
        let _: DuplicateId = next.id;
    })
    .await;
}

async fn live_through_referrals(app: &Arc<TestApp>, id: ChildId, dice: &mut Dice) {
    live_through(app, id, dice).await;
}

/// Whatever belongs to a child's file must be known to the merge; a new table shows here.
#[tokio::test]
async fn every_table_with_a_child_is_known_to_the_merge() {
    const OTHERWISE: &[&str] = &["event", "pathway"];
    let app = TestApp::new().await;
    let db = &*app.app.db;
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.name = 'child_id'"
        }
        _ => {
            "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'child_id'"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    assert!(rows.len() > 15);
    for row in rows {
        let table: String = row.try_get_by_index(0).unwrap();
        assert!(
            OTHERWISE.contains(&table.as_str()) || starbridge::merging::rows::TABLES.contains(&table.as_str()),
            "{table} has a child_id; say in merging::rows what becomes of its rows"
        );
    }
}
