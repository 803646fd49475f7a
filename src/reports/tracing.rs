//! 阳性个案追踪台账: one line for every child with an abnormal screen, from the screen to the centre.
//!
//! Numbers and phones are shown masked; the page and the export are made of the same lines.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    AccountId, ChildId, GuardianId, OrganisationId, RescreenId,
    child::{child, guardian, guardianship},
    mask,
    screening::{assessment, diagnosis, follow_up, pathway, referral, rescreen, screen},
    words::{AssessmentState, FollowUpState, Language, ReferralKind, ReferralState, ScreenOutcome, Stage},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::screening::request::Period;
use crate::{
    access::scope,
    organisations::queries,
    platform::{
        Actor, Result,
        clock::day_of,
        words::{joined, raw},
        workbook::Value,
    },
    web::List,
};

/// Columns with their widths, in the order of the ledger.
pub const COLUMNS: [(&str, u16); 26] = [
    ("file_no", 20),
    ("name", 10),
    ("sex", 6),
    ("birth_on", 12),
    ("identity", 20),
    ("street", 14),
    ("guardian", 10),
    ("phone", 14),
    ("screened_on", 12),
    ("screened_at", 22),
    ("screened_age", 8),
    ("signs", 12),
    ("referred_on", 12),
    ("rescreened_on", 12),
    ("rescreened_at", 18),
    ("instruments", 22),
    ("rescreen_result", 10),
    ("diagnosed_on", 12),
    ("diagnosed_at", 18),
    ("codes", 14),
    ("doctor", 10),
    ("centre", 20),
    ("taken_on", 12),
    ("stage", 14),
    ("next_on", 12),
    ("owner", 12),
];

/// The children of the ledger in an actor's scope. Filters: `street`, `stage`, `month` of an abnormal screen.
pub fn select(by: &Actor, list: &List) -> Select<child::Entity> {
    let mut positive = screen::Entity::find()
        .select_only()
        .column(screen::Column::ChildId)
        .filter(screen::Column::Outcome.eq(ScreenOutcome::Abnormal))
        .filter(screen::Column::WithdrawnAt.is_null());
    if let Some(period) = Period::parse(list.filter("month")) {
        positive = positive
            .filter(screen::Column::PerformedOn.gte(period.from()))
            .filter(screen::Column::PerformedOn.lt(period.until()));
    }
    let mut select = scope::children(by).filter(child::Column::Id.in_subquery(positive.into_query()));
    if !list.filter("street").is_empty() {
        select = select.filter(child::Column::Street.eq(list.filter("street")));
    }
    if let Ok(stage) = list.filter("stage").parse::<Stage>() {
        let there = pathway::Entity::find()
            .select_only()
            .column(pathway::Column::ChildId)
            .filter(pathway::Column::Stage.eq(stage));
        select = select.filter(child::Column::Id.in_subquery(there.into_query()));
    }
    select.order_by_desc(child::Column::Id)
}

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// The child.
    pub child: ChildId,
    /// Its cells, one per column.
    pub cells: Vec<Value>,
    /// Days past the due date; 0 when in time.
    pub overdue_days: i64,
}

/// Everything the lines of some children are made of; the latest record of each kind.
struct Rows {
    screens: BTreeMap<ChildId, screen::Model>,
    sent: BTreeMap<ChildId, referral::Model>,
    intakes: BTreeMap<ChildId, referral::Model>,
    rescreens: BTreeMap<ChildId, rescreen::Model>,
    instruments: BTreeMap<RescreenId, Vec<assessment::Model>>,
    diagnoses: BTreeMap<ChildId, diagnosis::Model>,
    pathways: BTreeMap<ChildId, pathway::Model>,
    owners: BTreeMap<ChildId, AccountId>,
    follow_ups: BTreeMap<ChildId, NaiveDate>,
    guardians: BTreeMap<ChildId, guardian::Model>,
    places: BTreeMap<OrganisationId, String>,
    people: BTreeMap<AccountId, String>,
    streets: BTreeMap<String, String>,
}

/// The lines of some children, in their order.
pub async fn lines(
    db: &impl ConnectionTrait,
    children: Vec<child::Model>,
    today: NaiveDate,
    language: Language,
) -> Result<Vec<Line>> {
    let rows = Rows::load(db, &children).await?;
    Ok(children.iter().map(|child| rows.line(child, today, language)).collect())
}

fn latest<T>(rows: Vec<T>, child: impl Fn(&T) -> ChildId) -> BTreeMap<ChildId, T> {
    rows.into_iter().map(|row| (child(&row), row)).collect()
}

impl Rows {
    async fn load(db: &impl ConnectionTrait, children: &[child::Model]) -> Result<Self> {
        let ids: Vec<ChildId> = children.iter().map(|child| child.id).collect();
        let among = |column: &dyn Fn() -> sea_orm::sea_query::Expr| {
            use sea_orm::sea_query::ExprTrait as _;
            column().is_in(ids.iter().map(|id| id.0))
        };
        let screens = screen::Entity::find()
            .filter(among(&|| screen::Column::ChildId.into_expr()))
            .filter(screen::Column::Outcome.eq(ScreenOutcome::Abnormal))
            .filter(screen::Column::WithdrawnAt.is_null())
            .order_by_asc(screen::Column::PerformedOn)
            .order_by_asc(screen::Column::Id)
            .all(db)
            .await?;
        let referrals = referral::Entity::find()
            .filter(among(&|| referral::Column::ChildId.into_expr()))
            .order_by_asc(referral::Column::Id)
            .all(db)
            .await?;
        let rescreens = rescreen::Entity::find()
            .filter(among(&|| rescreen::Column::ChildId.into_expr()))
            .filter(rescreen::Column::WithdrawnAt.is_null())
            .order_by_asc(rescreen::Column::PerformedOn)
            .order_by_asc(rescreen::Column::Id)
            .all(db)
            .await?;
        let diagnoses = diagnosis::Entity::find()
            .filter(among(&|| diagnosis::Column::ChildId.into_expr()))
            .filter(diagnosis::Column::WithdrawnAt.is_null())
            .order_by_asc(diagnosis::Column::DiagnosedOn)
            .order_by_asc(diagnosis::Column::Id)
            .all(db)
            .await?;
        let pathways = pathway::Entity::find()
            .filter(among(&|| pathway::Column::ChildId.into_expr()))
            .all(db)
            .await?;
        let follow_ups = follow_up::Entity::find()
            .filter(among(&|| follow_up::Column::ChildId.into_expr()))
            .filter(follow_up::Column::State.eq(FollowUpState::Open))
            .order_by_desc(follow_up::Column::DueOn)
            .all(db)
            .await?;
        let assessments = assessment::Entity::find()
            .filter(among(&|| assessment::Column::ChildId.into_expr()))
            .filter(assessment::Column::State.eq(AssessmentState::Final))
            .order_by_asc(assessment::Column::Id)
            .all(db)
            .await?;
        let mut instruments: BTreeMap<RescreenId, Vec<assessment::Model>> = BTreeMap::new();
        for one in assessments {
            if let Some(rescreen) = one.rescreen_id {
                instruments.entry(rescreen).or_default().push(one);
            }
        }
        let ties = guardianship::Entity::find()
            .filter(among(&|| guardianship::Column::ChildId.into_expr()))
            .filter(guardianship::Column::EndedOn.is_null())
            .order_by_asc(guardianship::Column::IsFirst)
            .order_by_desc(guardianship::Column::Id)
            .all(db)
            .await?;
        // The one asked first comes last and stays.
        let first: BTreeMap<ChildId, GuardianId> =
            ties.into_iter().map(|tie| (tie.child_id, tie.guardian_id)).collect();
        let known: BTreeMap<GuardianId, guardian::Model> = guardian::Entity::find()
            .filter(guardian::Column::Id.is_in(first.values().copied()))
            .all(db)
            .await?
            .into_iter()
            .map(|guardian| (guardian.id, guardian))
            .collect();
        let guardians = first
            .iter()
            .filter_map(|(child, id)| Some((*child, known.get(id)?.clone())))
            .collect();
        let places = screens
            .iter()
            .map(|s| s.organisation_id)
            .chain(rescreens.iter().map(|r| r.organisation_id))
            .chain(diagnoses.iter().map(|d| d.organisation_id))
            .chain(referrals.iter().map(|r| r.to_organisation_id));
        let owners: BTreeMap<ChildId, AccountId> = referrals
            .iter()
            .filter_map(|r| Some((r.child_id, r.owner_id?)))
            .collect();
        let people = crate::account::queries::names(db, owners.values().copied()).await?;
        let of_kind = |kind: ReferralKind| {
            referrals
                .iter()
                .filter(move |r| {
                    r.kind == kind && !matches!(r.state, ReferralState::Proposed | ReferralState::Recalled)
                })
                .map(|r| (r.child_id, r.clone()))
                .collect::<BTreeMap<_, _>>()
        };
        Ok(Self {
            places: queries::names(db, places).await?,
            streets: queries::division_names(db, children.iter().map(|child| child.street.clone())).await?,
            people,
            sent: of_kind(ReferralKind::Rescreen),
            intakes: of_kind(ReferralKind::Intake),
            owners,
            instruments,
            guardians,
            follow_ups: follow_ups.into_iter().map(|f| (f.child_id, f.due_on)).collect(),
            screens: latest(screens, |s| s.child_id),
            rescreens: latest(rescreens, |r| r.child_id),
            diagnoses: latest(diagnoses, |d| d.child_id),
            pathways: latest(pathways, |p| p.child_id),
        })
    }

    fn line(&self, child: &child::Model, today: NaiveDate, language: Language) -> Line {
        let place = |id: Option<OrganisationId>| text(id.and_then(|id| self.places.get(&id)));
        let date = |day: Option<NaiveDate>| day.map_or(Value::Blank, Value::Date);
        let guardian = self.guardians.get(&child.id);
        let screen = self.screens.get(&child.id);
        let rescreen = self.rescreens.get(&child.id);
        let diagnosis = self.diagnoses.get(&child.id);
        let intake = self.intakes.get(&child.id).filter(|r| {
            matches!(
                r.state,
                ReferralState::Accepted | ReferralState::Appointed | ReferralState::Completed
            )
        });
        let pathway = self.pathways.get(&child.id);
        let next = self
            .follow_ups
            .get(&child.id)
            .copied()
            .or(pathway.and_then(|p| p.due_on));
        let owner = self.owners.get(&child.id).and_then(|id| self.people.get(id));
        let due = pathway
            .and_then(|p| p.due_on)
            .filter(|_| pathway.is_some_and(|p| p.stage != Stage::Watching));
        let cells = vec![
            Value::text(&child.file_no),
            Value::text(&child.name),
            Value::text(raw(language, child.sex.word())),
            Value::Date(child.birth_on),
            text(child.identity_mask.as_ref()),
            text(self.streets.get(&child.street).or(Some(&child.street))),
            text(guardian.map(|g| mask::name(&g.name)).as_ref()),
            text(guardian.and_then(|g| g.phone_mask.as_ref())),
            date(screen.map(|s| s.performed_on)),
            place(screen.map(|s| s.organisation_id)),
            screen.map_or(Value::Blank, |s| Value::Count(s.age_months.into())),
            screen.map_or(Value::Blank, |s| Value::text(signs(s, language))),
            date(self.sent.get(&child.id).map(|r| day_of(r.since))),
            date(rescreen.map(|r| r.performed_on)),
            place(rescreen.map(|r| r.organisation_id)),
            rescreen.map_or(Value::Blank, |r| Value::text(self.scales(r.id, language))),
            rescreen.map_or(Value::Blank, |r| {
                let key = if r.abnormal {
                    "reports.tracing.abnormal"
                } else {
                    "reports.tracing.normal"
                };
                Value::text(raw(language, key))
            }),
            date(diagnosis.map(|d| d.diagnosed_on)),
            place(diagnosis.map(|d| d.organisation_id)),
            diagnosis.map_or(Value::Blank, |d| Value::text(codes(d, language))),
            text(diagnosis.map(|d| &d.doctor)),
            place(intake.map(|r| r.to_organisation_id)),
            date(intake.map(|r| day_of(r.since))),
            pathway.map_or(Value::Blank, |p| Value::text(raw(language, p.stage.word()))),
            date(next),
            text(owner),
        ];
        Line {
            child: child.id,
            cells,
            overdue_days: due.map_or(0, |day| (today - day).num_days().max(0)),
        }
    }

    /// The instruments of a re-screen with their totals.
    fn scales(&self, rescreen: RescreenId, language: Language) -> String {
        let used = self.instruments.get(&rescreen).map_or(&[][..], Vec::as_slice);
        joined(
            language,
            used.iter().map(|one| {
                let total = one.result.get("total").filter(|total| !total.is_null());
                let total = total.map(|total| format!(" {total}")).unwrap_or_default();
                format!("{}{total}", one.instrument.to_uppercase())
            }),
        )
    }
}

fn text(text: Option<&String>) -> Value {
    text.map_or(Value::Blank, Value::text)
}

/// The numbers of the signs that were present, and regression.
fn signs(screen: &screen::Model, language: Language) -> String {
    let numbers = screen.signs.as_array().map_or(&[][..], Vec::as_slice);
    let regression = screen
        .regression
        .then(|| raw(language, "reports.tracing.regression").into_owned());
    joined(language, numbers.iter().map(ToString::to_string).chain(regression))
}

/// The codes of a diagnosis.
fn codes(diagnosis: &diagnosis::Model, language: Language) -> String {
    let codes = diagnosis.codes.as_array().map_or(&[][..], Vec::as_slice);
    if codes.is_empty() {
        return raw(language, "reports.tracing.nothing_found").into_owned();
    }
    joined(language, codes.iter().filter_map(|code| code.as_str()))
}
