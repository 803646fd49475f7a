//! The screening report: every number worked out by hand, and every number the length of its list.

use std::collections::BTreeMap;

use calamine::Reader as _;
use chrono::{NaiveDate, TimeZone as _, Utc};
use entities::{
    AccountId, ChildId, DepartureId, OrganisationId, ReferralId, ScreenId,
    account::account,
    child::{child, departure, residence},
    organisation::organisation,
    screening::{diagnosis, planned_check, referral, referral_step, rescreen, screen},
    words::{AgeUsed, CheckState, DepartureReason, IdentityKind, ReferralKind, ReferralState, ScreenOutcome, Sex},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use starbridge::{
    platform::Actor,
    reports::screening::{
        children::{self, Cell},
        figures::{self, Figures},
        indicators,
        request::{Asked, By, Mode, Request, Span},
    },
};

use crate::support::{TestApp, opening_time, story};

const ZHUANGSHI: &str = "330211004";
const LUOTUO: &str = "330211003";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Writes rows as the services would leave them.
struct Rows<'a> {
    app: &'a TestApp,
    site: OrganisationId,
    neighbour: OrganisationId,
    hospital: OrganisationId,
    clinic: OrganisationId,
    person: AccountId,
    next: std::cell::Cell<i64>,
}

impl<'a> Rows<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let place = async |name: &str| {
            organisation::Entity::find()
                .filter(organisation::Column::Name.eq(name))
                .one(&*app.app.db)
                .await
                .unwrap()
                .unwrap()
                .id
        };
        let person = account::Entity::find().one(&*app.app.db).await.unwrap().unwrap().id;
        Self {
            app,
            site: place("庄市街道社区卫生服务中心").await,
            neighbour: place("骆驼街道社区卫生服务中心").await,
            hospital: place("区妇幼保健院").await,
            clinic: place("市妇女儿童医院").await,
            person,
            next: std::cell::Cell::new(0),
        }
    }

    async fn child(&self, sex: Sex, birth: &str, street: &str) -> ChildId {
        self.next.set(self.next.get() + 1);
        let row = child::ActiveModel {
            id: NotSet,
            file_no: Set(format!("330211-2026-{:05}", self.next.get())),
            name: Set(format!("孩子{}", self.next.get())),
            name_sound: Set(format!("haizi{}", self.next.get())),
            sex: Set(sex),
            birth_on: Set(day(birth)),
            gestational_weeks: Set(None),
            identity_kind: Set(IdentityKind::NoneYet),
            identity_no: Set(None),
            identity_index: Set(None),
            identity_mask: Set(None),
            ethnicity: Set("01".into()),
            household_division: Set(None),
            division: Set(street.into()),
            street: Set(street.into()),
            district: Set("330211".into()),
            address: Set(None),
            kindergarten: Set(None),
            disability_card_no: Set(None),
            disability_card_mask: Set(None),
            disability_card_expires_on: Set(None),
            departure_id: Set(None),
            merged_into: Set(None),
            version: Set(1),
            created_at: Set(opening_time()),
            created_by: Set(self.site),
        };
        let id = row.insert(self.app.app.db.writer()).await.unwrap().id;
        self.lives(id, street, birth).await;
        id
    }

    async fn lives(&self, child: ChildId, street: &str, from: &str) {
        let row = residence::ActiveModel {
            id: NotSet,
            child_id: Set(child),
            district: Set(street.get(..6).unwrap().into()),
            street: Set(street.into()),
            division: Set(street.into()),
            from_on: Set(day(from)),
            until_on: Set(None),
        };
        row.insert(self.app.app.db.writer()).await.unwrap();
    }

    /// The child's file and its residences, as a move leaves them.
    async fn moves(&self, child: ChildId, to: &str, on: &str) {
        let db = self.app.app.db.writer();
        let lasting = residence::Entity::find()
            .filter(residence::Column::ChildId.eq(child))
            .filter(residence::Column::UntilOn.is_null())
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let mut lasting = lasting.into_active_model();
        lasting.until_on = Set(Some(day(on)));
        lasting.update(db).await.unwrap();
        self.lives(child, to, on).await;
        let mut file = self.file(child).await.into_active_model();
        file.street = Set(to.into());
        file.division = Set(to.into());
        file.district = Set(to.get(..6).unwrap().into());
        file.update(db).await.unwrap();
    }

    async fn file(&self, child: ChildId) -> child::Model {
        child::Entity::find_by_id(child)
            .one(self.app.app.db.writer())
            .await
            .unwrap()
            .unwrap()
    }

    async fn merge(&self, absorbed: ChildId, survivor: ChildId) {
        let mut file = self.file(absorbed).await.into_active_model();
        file.merged_into = Set(Some(survivor));
        file.update(self.app.app.db.writer()).await.unwrap();
    }

    async fn leaves(&self, child: ChildId, reason: DepartureReason, on: &str) -> DepartureId {
        let db = self.app.app.db.writer();
        let row = departure::ActiveModel {
            id: NotSet,
            child_id: Set(child),
            reason: Set(reason),
            left_on: Set(day(on)),
            note: Set(None),
            effects: Set(serde_json::json!([])),
            recorded_by: Set(Some(self.person)),
            recorded_at: Set(opening_time()),
            undone_at: Set(None),
            undone_by: Set(None),
        };
        let id = row.insert(db).await.unwrap().id;
        let mut file = self.file(child).await.into_active_model();
        file.departure_id = Set(Some(id));
        file.update(db).await.unwrap();
        id
    }

    async fn check(&self, child: ChildId, age_months: i32, due: &str) {
        let row = planned_check::ActiveModel {
            id: NotSet,
            child_id: Set(child),
            age_months: Set(age_months),
            district: Set("330211".into()),
            street: Set(self.file(child).await.street),
            opens_on: Set(day(due)),
            due_on: Set(day(due)),
            closes_on: Set(day(due)),
            corrected: Set(false),
            state: Set(CheckState::Pending),
            screen_id: Set(None),
            rules: Set("2022-12".into()),
        };
        row.insert(self.app.app.db.writer()).await.unwrap();
    }

    async fn screen(&self, child: ChildId, street: &str, on: &str, outcome: ScreenOutcome) -> ScreenId {
        let file = self.file(child).await;
        let row = screen::ActiveModel {
            id: NotSet,
            child_id: Set(child),
            planned_check_id: Set(None),
            organisation_id: Set(if street == LUOTUO { self.neighbour } else { self.site }),
            screener_id: Set(self.person),
            district: Set("330211".into()),
            street: Set(street.into()),
            performed_on: Set(day(on)),
            recorded_at: Set(opening_time()),
            entered_late: Set(false),
            age_months: Set(24),
            age_days: Set(i32::try_from((day(on) - file.birth_on).num_days()).unwrap()),
            corrected_age_days: Set(None),
            age_used: Set(AgeUsed::Chronological),
            outcome: Set(outcome),
            signs: Set(serde_json::json!([])),
            regression: Set(false),
            note: Set(None),
            withdrawn_at: Set(None),
            version: Set(1),
        };
        row.insert(self.app.app.db.writer()).await.unwrap().id
    }

    async fn change_screen(&self, id: ScreenId, change: impl FnOnce(&mut screen::ActiveModel)) {
        let db = self.app.app.db.writer();
        let mut row = screen::Entity::find_by_id(id)
            .one(db)
            .await
            .unwrap()
            .unwrap()
            .into_active_model();
        change(&mut row);
        row.update(db).await.unwrap();
    }

    async fn rescreen(&self, child: ChildId, street: &str, on: &str, abnormal: bool) {
        let file = self.file(child).await;
        let row = rescreen::ActiveModel {
            id: NotSet,
            child_id: Set(child),
            referral_id: Set(None),
            organisation_id: Set(self.hospital),
            by: Set(self.person),
            district: Set("330211".into()),
            street: Set(street.into()),
            performed_on: Set(day(on)),
            recorded_at: Set(opening_time()),
            age_days: Set(i32::try_from((day(on) - file.birth_on).num_days()).unwrap()),
            findings: Set(serde_json::json!([])),
            scale_at_risk: Set(abnormal),
            development_deviates: Set(false),
            development_note: Set(None),
            abnormal: Set(abnormal),
            criteria: Set(serde_json::json!([])),
            recheck_on: Set(None),
            note: Set(None),
            withdrawn_at: Set(None),
            version: Set(1),
        };
        row.insert(self.app.app.db.writer()).await.unwrap();
    }

    async fn diagnosis(&self, child: ChildId, street: &str, on: &str, codes: &[&str]) {
        let file = self.file(child).await;
        let row = diagnosis::ActiveModel {
            id: NotSet,
            child_id: Set(child),
            referral_id: Set(None),
            organisation_id: Set(self.clinic),
            by: Set(self.person),
            district: Set("330211".into()),
            street: Set(street.into()),
            doctor: Set("医生".into()),
            diagnosed_on: Set(day(on)),
            recorded_at: Set(opening_time()),
            age_days: Set(i32::try_from((day(on) - file.birth_on).num_days()).unwrap()),
            codes: Set(serde_json::json!(codes)),
            autism: Set(codes.iter().any(|code| code.starts_with("F84"))),
            conclusion: Set(None),
            withdrawn_at: Set(None),
            version: Set(1),
        };
        row.insert(self.app.app.db.writer()).await.unwrap();
    }

    async fn referral(&self, child: ChildId, screen: ScreenId, sent: &str, state: ReferralState) -> ReferralId {
        let since = Utc.from_utc_datetime(&day(sent).and_hms_opt(2, 0, 0).unwrap());
        let db = self.app.app.db.writer();
        let open = !matches!(
            state,
            ReferralState::Completed | ReferralState::Lost | ReferralState::Recalled
        );
        let row = referral::ActiveModel {
            id: NotSet,
            child_id: Set(child),
            district: Set("330211".into()),
            kind: Set(ReferralKind::Rescreen),
            state: Set(state),
            from_organisation_id: Set(self.site),
            to_organisation_id: Set(self.hospital),
            sender_id: Set(self.person),
            owner_id: Set(None),
            reason: Set("初筛".into()),
            screen_id: Set(Some(screen)),
            rescreen_id: Set(None),
            diagnosis_id: Set(None),
            continues_id: Set(None),
            since: Set(since),
            answer_due_on: Set(day(sent)),
            due_on: Set(day(sent) + chrono::Days::new(10)),
            appointment_at: Set(None),
            escalation: Set(0),
            escalated_at: Set(None),
            closed_at: Set((!open).then(|| since + chrono::TimeDelta::days(5))),
            version: Set(1),
        };
        let id = row.insert(db).await.unwrap().id;
        let step = referral_step::ActiveModel {
            id: NotSet,
            referral_id: Set(id),
            from_state: Set(Some(ReferralState::Proposed)),
            to_state: Set(state),
            at: Set(since + chrono::TimeDelta::days(5)),
            by: Set(Some(self.person)),
            organisation_id: Set(Some(self.site)),
            note: Set(None),
        };
        step.insert(db).await.unwrap();
        id
    }
}

/// October 2026 in two streets; what came of it is worked out below.
async fn october(rows: &Rows<'_>) -> BTreeMap<&'static str, ChildId> {
    use DepartureReason::{Died, Refused as RefusedForGood};
    use ScreenOutcome::{Abnormal, Normal, Refused};
    use Sex::{Female, Male};
    let mut named = BTreeMap::new();
    for (name, sex, birth, street) in [
        ("plain", Female, "2024-10-10", ZHUANGSHI),
        ("moved", Female, "2024-10-10", ZHUANGSHI),
        ("twice", Male, "2024-10-10", ZHUANGSHI),
        ("withdrawn", Female, "2024-10-10", ZHUANGSHI),
        ("absorbed", Female, "2024-10-10", ZHUANGSHI),
        ("survivor", Female, "2024-10-10", ZHUANGSHI),
        ("late", Female, "2024-10-10", ZHUANGSHI),
        ("died", Female, "2024-10-10", ZHUANGSHI),
        ("refused", Female, "2024-10-10", ZHUANGSHI),
        ("seven", Female, "2019-10-31", ZHUANGSHI),
        ("nearly_seven", Female, "2019-11-01", ZHUANGSHI),
        ("diagnosed", Male, "2024-08-10", LUOTUO),
        ("clear_one", Female, "2024-08-10", LUOTUO),
        ("clear_two", Female, "2024-08-10", LUOTUO),
    ] {
        named.insert(name, rows.child(sex, birth, street).await);
    }
    let of = |name: &str| named[name];
    rows.screen(of("plain"), ZHUANGSHI, "2026-10-05", Normal).await;
    let first = rows.screen(of("moved"), ZHUANGSHI, "2026-10-06", Abnormal).await;
    rows.referral(of("moved"), first, "2026-10-06", ReferralState::Sent)
        .await;
    rows.moves(of("moved"), LUOTUO, "2026-10-15").await;
    let first = rows.screen(of("twice"), ZHUANGSHI, "2026-10-01", Abnormal).await;
    rows.referral(of("twice"), first, "2026-10-02", ReferralState::Lost)
        .await;
    rows.screen(of("twice"), ZHUANGSHI, "2026-10-20", Normal).await;
    let wrong = rows.screen(of("withdrawn"), ZHUANGSHI, "2026-10-08", Abnormal).await;
    rows.change_screen(wrong, |row| row.withdrawn_at = Set(Some(opening_time())))
        .await;
    rows.screen(of("absorbed"), ZHUANGSHI, "2026-10-07", Normal).await;
    rows.merge(of("absorbed"), of("survivor")).await;
    rows.screen(of("survivor"), ZHUANGSHI, "2026-10-08", Normal).await;
    let late = rows.screen(of("late"), ZHUANGSHI, "2026-10-09", Normal).await;
    rows.change_screen(late, |row| row.entered_late = Set(true)).await;
    rows.screen(of("died"), ZHUANGSHI, "2026-10-03", Normal).await;
    rows.leaves(of("died"), Died, "2026-10-20").await;
    rows.screen(of("refused"), ZHUANGSHI, "2026-10-10", Refused).await;
    rows.leaves(of("refused"), RefusedForGood, "2026-10-10").await;
    rows.screen(of("diagnosed"), LUOTUO, "2026-09-10", Abnormal).await;
    rows.rescreen(of("diagnosed"), LUOTUO, "2026-10-12", true).await;
    rows.diagnosis(of("diagnosed"), LUOTUO, "2026-10-25", &["F84.0"]).await;
    for name in ["clear_one", "clear_two"] {
        rows.screen(of(name), LUOTUO, "2026-08-20", Abnormal).await;
        rows.rescreen(of(name), LUOTUO, "2026-09-05", false).await;
    }
    for name in ["plain", "moved", "died", "refused", "absorbed", "survivor"] {
        rows.check(of(name), 24, "2026-10-10").await;
    }
    rows.check(of("seven"), 72, "2026-09-30").await;
    named
}

fn asked(month: &str, mode: Mode, by: By) -> Request {
    let actor = Actor::system("test", opening_time());
    let asked = Asked {
        month: month.into(),
        division: "330211".into(),
        mode: mode.as_str().into(),
        by: by.as_str().into(),
    };
    asked.request(&actor).unwrap()
}

async fn report(app: &TestApp, month: &str, mode: Mode) -> Figures {
    figures::count(&*app.app.db, &asked(month, mode, By::Street))
        .await
        .unwrap()
}

#[track_caller]
fn expect(figures: &Figures, span: Span, numbers: &[(&str, [i64; 3])]) {
    for (indicator, [total, zhuangshi, luotuo]) in numbers {
        let found = [None, Some(ZHUANGSHI), Some(LUOTUO)].map(|row| figures.count(span, indicator, row));
        assert_eq!(found, [*total, *zhuangshi, *luotuo], "{indicator}");
    }
}

#[tokio::test]
async fn a_month_is_counted_as_by_hand() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let figures = report(&app, "2026-10", Mode::Period).await;
        expect(
            &figures,
            Span::Period,
            &[
                // Not the absorbed file, the child that died, nor the one that turned seven on the 31st.
                ("residents", [11, 7, 4]),
                // The moved child's check was due before it moved; the survivor's counts once.
                ("due", [5, 5, 0]),
                ("visits", [8, 8, 0]),
                ("late_entries", [1, 1, 0]),
                ("screened", [6, 6, 0]),
                ("screened_male", [1, 1, 0]),
                ("screened_female", [5, 5, 0]),
                ("positive", [2, 2, 0]),
                ("referred", [2, 2, 0]),
                ("rescreened", [1, 0, 1]),
                ("rescreen_abnormal", [1, 0, 1]),
                ("diagnosed", [1, 0, 1]),
                ("autism", [1, 0, 1]),
                ("autism_male", [1, 0, 1]),
                ("autism_female", [0, 0, 0]),
                ("refused", [1, 1, 0]),
                ("lost", [1, 1, 0]),
                ("overdue_rescreen", [1, 1, 0]),
                ("overdue_diagnosis", [0, 0, 0]),
            ],
        );
        expect(
            &figures,
            Span::YearToDate,
            &[
                ("residents", [11, 7, 4]),
                ("due", [6, 6, 0]),
                ("screened", [9, 6, 3]),
                ("positive", [5, 2, 3]),
                ("rescreened", [3, 0, 3]),
                ("autism", [1, 0, 1]),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn a_period_may_exceed_and_a_cohort_may_not() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let september = report(&app, "2026-09", Mode::Period).await;
        expect(
            &september,
            Span::Period,
            &[("positive", [1, 0, 1]), ("rescreened", [2, 0, 2])],
        );
        for month in ["2026-08", "2026-09", "2026-10", "2026"] {
            for by in By::ALL {
                let cohort = figures::count(&*app.app.db, &asked(month, Mode::Cohort, *by))
                    .await
                    .unwrap();
                let keys = cohort.rows.iter().map(|row| Some(row.key.as_str())).chain([None]);
                for row in keys {
                    for column in indicators::columns() {
                        if let indicators::Column::Share(rate) = column {
                            let top = cohort.count(Span::Period, rate.numerator(Mode::Cohort), row);
                            let of = cohort.count(Span::Period, rate.denominator, row);
                            // Detection relates a followed cohort to everybody screened.
                            assert!(
                                top <= of || rate.per == 1000,
                                "{month} {by:?} {row:?} {} {top}/{of}",
                                rate.key
                            );
                        }
                    }
                }
            }
        }
        let year = report(&app, "2026", Mode::Cohort).await;
        expect(
            &year,
            Span::Period,
            &[
                ("positive", [5, 2, 3]),
                ("rescreened", [3, 0, 3]),
                ("rescreen_abnormal", [1, 0, 1]),
                ("diagnosed", [1, 0, 1]),
                ("autism", [1, 0, 1]),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn every_number_is_the_length_of_its_list_and_the_rows_add_up() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let db = &*app.app.db;
        for mode in Mode::ALL {
            for by in By::ALL {
                let request = asked("2026-10", *mode, *by);
                let figures = figures::count(db, &request).await.unwrap();
                for span in request.spans() {
                    let lists = figures::lists(db, &request, *span).await.unwrap();
                    assert_eq!(figures::sizes(&lists), figures.spans[span], "{mode:?} {by:?} {span:?}");
                    for indicator in indicators::ALL
                        .iter()
                        .filter(|i| figures.spans[span].contains_key(i.key))
                    {
                        let rows = figures.rows.iter().map(|row| Some(row.key.as_str()));
                        let mut sum = 0;
                        for row in rows.chain([None]) {
                            let cell = Cell {
                                request: &request,
                                span: *span,
                                indicator,
                                row,
                            };
                            let listed = i64::try_from(children::total(db, cell).await.unwrap()).unwrap();
                            assert_eq!(
                                listed,
                                figures.count(*span, indicator.key, row),
                                "{} {row:?}",
                                indicator.key
                            );
                            if row.is_some() {
                                sum += listed;
                            } else {
                                assert_eq!(sum, listed, "{} {by:?}: the rows do not add up", indicator.key);
                            }
                        }
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn later_moves_change_no_past_report() {
    story(|app| async move {
        let rows = Rows::new(&app).await;
        let named = october(&rows).await;
        let before = report(&app, "2026-09", Mode::Period).await;
        rows.moves(named["diagnosed"], ZHUANGSHI, "2026-10-28").await;
        rows.moves(named["plain"], "330206001", "2026-11-01").await;
        assert_eq!(report(&app, "2026-09", Mode::Period).await, before);
        let october = report(&app, "2026-10", Mode::Period).await;
        // Counted where the child lived when it was seen, and as a resident where it lived at the end.
        expect(
            &october,
            Span::Period,
            &[("rescreened", [1, 0, 1]), ("residents", [11, 8, 3])],
        );
    })
    .await;
}

#[tokio::test]
async fn the_federation_opens_a_number_and_finds_the_child() {
    story(|app| async move {
        let rows = Rows::new(&app).await;
        let named = october(&rows).await;
        let mut federation = app.person("federation").await;
        let page = federation
            .open("/reports/screening?month=2026-10&division=330211")
            .await
            .is(200);
        let page = page.says("各行之和等于合计").says("54.5%").says("6/11");
        let link = page
            .links()
            .into_iter()
            .find(|link| link.contains("cell=positive") && link.contains(ZHUANGSHI))
            .unwrap();
        let list = federation
            .open(&link)
            .await
            .is(200)
            .says("孩子2")
            .says("孩子3")
            .omits("孩子1 ");
        assert!(list.links().contains(&format!("/children/{}", named["moved"])));
        // A child that lives elsewhere now is counted, and stays unnamed.
        rows.moves(named["twice"], "330206001", "2026-11-01").await;
        federation
            .open(&link)
            .await
            .says("孩子2")
            .omits("孩子3")
            .says("不在您的工作范围");
        federation
            .open("/reports/screening?month=2026&by=age&mode=cohort")
            .await
            .is(200)
            .says("24 月龄");
        federation
            .open("/reports/screening?month=2026-10&by=site")
            .await
            .is(200)
            .says("不分机构");
        federation
            .open("/reports/screening/trends?month=2026-10")
            .await
            .is(200)
            .says("患病率")
            .says("Wilson");
        federation.open("/reports/screening?month=2026-13").await.is(400);
        federation.open("/reports/screening?division=330206").await.is(404);
        federation
            .open("/reports/screening/children?month=2026-10&span=period&cell=nonsense")
            .await
            .is(404);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_see_children_sees_no_small_numbers() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let mut bureau = app.person("bureau").await;
        let page = bureau
            .open("/reports/screening?month=2026-10")
            .await
            .is(200)
            .says("<5")
            .says("略");
        assert!(
            page.links()
                .iter()
                .all(|link| !link.contains("/reports/screening/children"))
        );
        let table = bureau
            .get("/reports/screening/export?month=2026-10&format=csv")
            .await
            .is(200)
            .html();
        let total = table.lines().find(|line| line.contains("合计")).unwrap();
        // Two positives, one of each later step: none of them is told.
        assert!(total.contains("<5") && !total.contains("1/2"), "{total}");
        bureau
            .open("/reports/screening/children?month=2026-10&span=period&cell=positive")
            .await
            .is(403);
        bureau.open("/reports/tracing").await.is(403);
    })
    .await;
}

#[tokio::test]
async fn a_frozen_report_stays_and_says_what_changed() {
    story(|app| async move {
        let rows = Rows::new(&app).await;
        let named = october(&rows).await;
        let mut federation = app.person("federation").await;
        let page = federation
            .open("/reports/screening?month=2026-10&division=330211")
            .await;
        let reply = page.submit_to("/reports/frozen", &mut federation).await;
        let address = reply.location.unwrap();
        federation.open(&address).await.is(200).says("报表已冻结");
        let frozen = federation.open(&address).await.says("校验一致").text();
        federation.open(&format!("{address}/changes")).await.says("没有变动");
        rows.screen(named["withdrawn"], ZHUANGSHI, "2026-10-30", ScreenOutcome::Normal)
            .await;
        let first = screen::Entity::find()
            .filter(screen::Column::ChildId.eq(named["plain"]))
            .one(&*app.app.db)
            .await
            .unwrap()
            .unwrap();
        rows.change_screen(first.id, |row| row.withdrawn_at = Set(Some(opening_time())))
            .await;
        let again = federation.open(&address).await.text();
        assert_eq!(again, frozen, "the frozen page changed");
        // Its numbers open to the children of that day.
        let behind = format!("{address}/children?span=period&cell=screened");
        let page = federation.open(&address).await;
        assert!(
            page.html().contains(&behind.replace('&', "&#38;")),
            "no number leads to its list"
        );
        federation.open(&behind).await.is(200).says("孩子1").omits("孩子4");
        federation
            .open(&format!("{address}/children?span=period&cell=nothing"))
            .await
            .is(404);
        federation
            .open(&format!("{address}/children?span=never&cell=screened"))
            .await
            .is(404);
        app.person("bureau").await.open(&behind).await.is(403);
        let changes = federation.open(&format!("{address}/changes")).await.says("初筛人数");
        let text = changes.text();
        assert!(
            text.contains("孩子4 330211-2026-00004") && text.contains("孩子1 330211-2026-00001"),
            "{text}"
        );
        federation.open("/reports/frozen").await.says("2026-10").says("镇海区");
        // Another district's report is not there for them; nobody but the federation submits.
        app.person("elsewhere").await.open(&address).await.is(404);
        let fields = [("month".to_owned(), "2026-10".to_owned())];
        app.person("screener")
            .await
            .post("/reports/frozen", &fields)
            .await
            .is(403);
    })
    .await;
}

#[tokio::test]
async fn the_ledger_traces_every_positive_child() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let mut federation = app.person("federation").await;
        let page = federation.open("/reports/tracing").await.is(200);
        let page = page.says("孩子2").says("孩子12").says("F84.0").says("1–5");
        page.omits("孩子4");
        federation
            .open("/reports/tracing?month=2026-09")
            .await
            .says("孩子12")
            .omits("孩子2 ");
        let file = federation.get("/reports/tracing/export?month=2026-09").await.is(200);
        assert_eq!(&file.body[..2], b"PK");
        // A street sees its own.
        app.person("street")
            .await
            .open("/reports/tracing")
            .await
            .says("孩子3")
            .omits("孩子12");
    })
    .await;
}

#[tokio::test]
async fn files_hold_what_the_page_shows() {
    story(|app| async move {
        october(&Rows::new(&app).await).await;
        let mut federation = app.person("federation").await;
        let csv = federation
            .get("/reports/screening/export?month=2026-10&format=csv")
            .await
            .is(200)
            .html();
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].contains("服务对象 常住儿童"), "{}", lines[0]);
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("本月,庄市街道,7,5,8,1,6,1,5,85.7%")),
            "{csv}"
        );
        assert!(
            lines.iter().any(|line| line.starts_with("本年累计,合计,11,6,")),
            "{csv}"
        );
        let book = federation
            .get("/reports/screening/export?month=2026-10&format=xlsx")
            .await
            .is(200);
        let mut book = calamine::Xlsx::new(std::io::Cursor::new(book.body)).unwrap();
        assert_eq!(book.sheet_names(), ["本月", "本年累计"]);
        let sheet = book.worksheet_range("本月").unwrap();
        let row = sheet.rows().find(|row| row[0] == "庄市街道").unwrap();
        assert_eq!(row[1], calamine::Data::Float(7.0));
        federation
            .get("/reports/screening/export?month=2026-10&format=exe")
            .await
            .is(400);
    })
    .await;
}

/// Small numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Whatever was recorded in whatever order, the rows add up, and the report agrees with a count written down without
/// any database.
#[tokio::test]
async fn random_districts_add_up() {
    for seed in 1..=3 {
        story(|app| async move {
            let rows = Rows::new(&app).await;
            let mut dice = Dice(seed);
            let mut screened: BTreeMap<ChildId, (NaiveDate, ScreenId, &str, bool)> = BTreeMap::new();
            let mut visits: BTreeMap<&str, i64> = BTreeMap::new();
            for _ in 0..30 {
                let home = [ZHUANGSHI, LUOTUO][usize::try_from(dice.below(2)).unwrap()];
                let child = rows
                    .child(
                        [Sex::Male, Sex::Female][usize::try_from(dice.below(2)).unwrap()],
                        "2023-05-05",
                        home,
                    )
                    .await;
                for _ in 0..dice.below(4) {
                    let street = [ZHUANGSHI, LUOTUO][usize::try_from(dice.below(2)).unwrap()];
                    let on = format!("2026-{:02}-{:02}", 9 + dice.below(3), 1 + dice.below(28));
                    let abnormal = dice.below(3) == 0;
                    let outcome = if abnormal {
                        ScreenOutcome::Abnormal
                    } else {
                        ScreenOutcome::Normal
                    };
                    let id = rows.screen(child, street, &on, outcome).await;
                    if dice.below(6) == 0 {
                        rows.change_screen(id, |row| row.withdrawn_at = Set(Some(opening_time())))
                            .await;
                        continue;
                    }
                    if dice.below(4) == 0 {
                        rows.rescreen(child, street, &on, abnormal).await;
                    }
                    if !on.starts_with("2026-10") {
                        continue;
                    }
                    *visits.entry(street).or_default() += 1;
                    let (was, last) = screened
                        .get(&child)
                        .map_or((false, None), |s| (s.3, Some((s.0, s.1, s.2))));
                    let this = (day(&on), id, street);
                    let latest = last.filter(|l| (l.0, l.1) > (this.0, this.1)).unwrap_or(this);
                    screened.insert(child, (latest.0, latest.1, latest.2, was || abnormal));
                }
            }
            let figures = report(&app, "2026-10", Mode::Period).await;
            for street in [ZHUANGSHI, LUOTUO] {
                let here = screened.values().filter(|s| s.2 == street);
                let persons = i64::try_from(here.clone().count()).unwrap();
                let positive = i64::try_from(here.filter(|s| s.3).count()).unwrap();
                let counted = |key| figures.count(Span::Period, key, Some(street));
                assert_eq!(
                    counted("visits"),
                    visits.get(street).copied().unwrap_or(0),
                    "seed {seed}"
                );
                assert_eq!(
                    (counted("screened"), counted("positive")),
                    (persons, positive),
                    "seed {seed}"
                );
            }
            for mode in Mode::ALL {
                for by in By::ALL {
                    let request = asked("2026-10", *mode, *by);
                    let figures = figures::count(&*app.app.db, &request).await.unwrap();
                    for indicator in indicators::ALL {
                        let rows = figures.rows.iter();
                        let sum: i64 = rows
                            .map(|row| figures.count(Span::Period, indicator.key, Some(&row.key)))
                            .sum();
                        assert_eq!(
                            sum,
                            figures.count(Span::Period, indicator.key, None),
                            "{} {by:?}",
                            indicator.key
                        );
                    }
                }
            }
        })
        .await;
    }
}
