//! Children and what was done for them in past months, as the services would have written it: bare rows, since services write
//! today, and each figure is worked out from a day of its own.

use std::collections::BTreeMap;

use chrono::{TimeZone as _, Utc};
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

use super::{LUOTUO, ZHUANGSHI, day};
use crate::support::{TestApp, opening_time};

/// Writes rows as the services would leave them.
pub(super) struct Rows<'a> {
    pub(super) app: &'a TestApp,
    pub(super) site: OrganisationId,
    pub(super) neighbour: OrganisationId,
    pub(super) hospital: OrganisationId,
    pub(super) clinic: OrganisationId,
    pub(super) person: AccountId,
    pub(super) next: std::cell::Cell<i64>,
}

impl<'a> Rows<'a> {
    pub(super) async fn new(app: &'a TestApp) -> Self {
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

    pub(super) async fn child(&self, sex: Sex, birth: &str, street: &str) -> ChildId {
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

    pub(super) async fn lives(&self, child: ChildId, street: &str, from: &str) {
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
    pub(super) async fn moves(&self, child: ChildId, to: &str, on: &str) {
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

    pub(super) async fn file(&self, child: ChildId) -> child::Model {
        child::Entity::find_by_id(child)
            .one(self.app.app.db.writer())
            .await
            .unwrap()
            .unwrap()
    }

    pub(super) async fn merge(&self, absorbed: ChildId, survivor: ChildId) {
        let mut file = self.file(absorbed).await.into_active_model();
        file.merged_into = Set(Some(survivor));
        file.update(self.app.app.db.writer()).await.unwrap();
    }

    pub(super) async fn leaves(&self, child: ChildId, reason: DepartureReason, on: &str) -> DepartureId {
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

    pub(super) async fn check(&self, child: ChildId, age_months: i32, due: &str) {
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

    pub(super) async fn screen(&self, child: ChildId, street: &str, on: &str, outcome: ScreenOutcome) -> ScreenId {
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
            signs: Set(entities::Numbers::default()),
            regression: Set(false),
            note: Set(None),
            withdrawn_at: Set(None),
            version: Set(1),
        };
        row.insert(self.app.app.db.writer()).await.unwrap().id
    }

    pub(super) async fn change_screen(&self, id: ScreenId, change: impl FnOnce(&mut screen::ActiveModel)) {
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

    pub(super) async fn rescreen(&self, child: ChildId, street: &str, on: &str, abnormal: bool) {
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
            findings: Set(entities::Texts::default()),
            scale_at_risk: Set(abnormal),
            development_deviates: Set(false),
            development_note: Set(None),
            abnormal: Set(abnormal),
            criteria: Set(entities::Numbers::default()),
            recheck_on: Set(None),
            note: Set(None),
            withdrawn_at: Set(None),
            version: Set(1),
        };
        row.insert(self.app.app.db.writer()).await.unwrap();
    }

    pub(super) async fn diagnosis(&self, child: ChildId, street: &str, on: &str, codes: &[&str]) {
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
            codes: Set(codes.iter().copied().collect()),
            autism: Set(codes.iter().any(|code| code.starts_with("F84"))),
            conclusion: Set(None),
            advice: Set(None),
            withdrawn_at: Set(None),
            version: Set(1),
        };
        row.insert(self.app.app.db.writer()).await.unwrap();
    }

    pub(super) async fn referral(
        &self,
        child: ChildId,
        screen: ScreenId,
        sent: &str,
        state: ReferralState,
    ) -> ReferralId {
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
pub(super) async fn october(rows: &Rows<'_>) -> BTreeMap<&'static str, ChildId> {
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
