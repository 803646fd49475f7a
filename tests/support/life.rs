//! A life by chance: rows of every kind on a child's file, in states that the dice give.

use chrono::Days;
use entities::{
    ChildId, OrganisationId,
    agreement::{agreement, agreement_signer, agreement_template, signature},
    attachment::attachment,
    child::{care, consent, guardianship},
    communication::{message, notice},
    enrolment::{application, application_material, application_override, application_step, enrolment_decision},
    kept::{frozen_content, stored_file},
    screening::{assessment, contact, diagnosis, planned_check, referral, referral_step, rescreen, screen},
    task::task,
    words::{
        AgeUsed, AgreementKind, AgreementState, ApplicationState, AssessmentState, AttachmentState, CheckState,
        ConsentPurpose, ContactMethod, ContactResult, Delivery, Economy, EnrolmentMode, FileKind, Focus, IdentityCheck,
        Kinship, Material, MaterialState, Party, ReferralKind, ReferralState, ReviewOutcome, Role, ScreenOutcome,
        SignatureLevel, SignatureMethod, TaskState, TemplateState, What,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use starbridge::enrolment::application::states;

use super::{TestApp, dice::Dice};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

/// Rows of every kind on a child's file, in states that the dice give.
pub(crate) async fn live_through(app: &TestApp, id: ChildId, dice: &mut Dice) {
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
                    signs: Set(entities::Numbers(vec![1])),
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
            closed_at: Set((!starbridge::referral::is_open(state)).then_some(by.now)),
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
        let abnormal = dice.below(2) == 0;
        // A clear one mostly names a day on which somebody has to look again.
        let recheck = !abnormal && dice.below(3) > 0;
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
            findings: Set(entities::Texts::default()),
            scale_at_risk: Set(false),
            development_deviates: Set(false),
            abnormal: Set(abnormal),
            criteria: Set(entities::Numbers::default()),
            recheck_on: Set(recheck.then(|| by.today() + Days::new(90))),
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
            codes: Set(["F84.0"].into_iter().collect()),
            autism: Set(true),
            conclusion: Set(Some(app.app.keys.seal("diagnosis.conclusion", "…").unwrap())),
            version: Set(1),
            ..Default::default()
        };
        found.insert(db).await.unwrap();
    }
    if dice.below(2) == 0 {
        apply(app, id, dice).await;
    }
    for n in 0..dice.below(4) {
        // What is open follows from the rest.
        let row = task::ActiveModel {
            district: Set("330211".into()),
            child_id: Set(Some(id)),
            what: Set(dice.pick(&[What::Recheck, What::RehabilitationContact])),
            focus: Set(Focus::Screen),
            focus_id: Set(-id.0),
            leads: Set(false),
            organisation_id: Set(place),
            role: Set(Role::Screener),
            since: Set(by.now),
            due_on: Set(Some(by.today() + Days::new(u64::try_from(n).unwrap()))),
            rung: Set(0),
            state: Set(dice.pick(&[TaskState::Done, TaskState::Settled, TaskState::Cancelled])),
            ended_at: Set(Some(by.now)),
            version: Set(1),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
    }
    let tie = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.eq(id))
        .one(db)
        .await
        .unwrap();
    for n in 0..dice.below(3) {
        let row = message::ActiveModel {
            dedupe_key: Set(format!("{id}/{n}")),
            channel: Set(entities::words::Channel::Mail),
            guardian_id: Set(tie.as_ref().filter(|_| n > 0).map(|tie| tie.guardian_id)),
            child_id: Set(Some(id)),
            template: Set("screening.rescreen_needed".into()),
            params: Set(json!({ "performed_on": "2026-10-12", "site": "庄市街道社区卫生服务中心" })),
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
    for number in 0..dice.below(3) {
        let file = stored_file::ActiveModel {
            name: Set(format!("{number}.pdf")),
            media_type: Set("application/pdf".into()),
            hash: Set(format!("{id}-{number}")),
            size: Set(1),
            organisation_id: Set(place),
            created_by: Set(Some(person)),
            created_at: Set(by.now),
            ..Default::default()
        };
        let row = attachment::ActiveModel {
            owner_kind: Set("child".into()),
            child_id: Set(Some(id)),
            organisation_id: Set(place),
            kind: Set(dice.pick(Material::ALL).as_str().into()),
            file_id: Set(file.insert(db).await.unwrap().id),
            media: Set(FileKind::Pdf),
            state: Set(dice.pick(AttachmentState::ALL)),
            tries: Set(0),
            added_by: Set(Some(person)),
            added_at: Set(by.now),
            version: Set(1),
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
    tx.touches(id);
    tx.commit_quietly().await.unwrap();
}

/// An application in some state, with a paper, a step and perhaps a place: no two children have theirs on the same days.
async fn apply(app: &TestApp, id: ChildId, dice: &mut Dice) {
    let db = app.app.db.writer();
    let by = app.actor("screener").await;
    let person = by.account.unwrap();
    let centre = OrganisationId(7);
    let state = dice.pick(ApplicationState::ALL);
    let row = application::ActiveModel {
        child_id: Set(id),
        district: Set("330211".into()),
        street: Set("330211004".into()),
        centre_id: Set(centre),
        mode: Set(dice.pick(EnrolmentMode::ALL)),
        wanted_from: Set(day("2026-12-01")),
        economy: Set(dice.pick(Economy::ALL)),
        state: Set(state),
        round: Set(1),
        facts: Set(json!({})),
        entered_by: Set(Some(person)),
        entered_at: Set(by.now),
        submitted_by: Set(Some(person)),
        submitted_at: Set(Some(by.now)),
        applied_on: Set(Some(by.today())),
        closed_at: Set((!states::of(state).open).then_some(by.now)),
        version: Set(1),
        ..Default::default()
    };
    let row = row.insert(db).await.unwrap();
    let paper = application_material::ActiveModel {
        application_id: Set(row.id),
        child_id: Set(id),
        code: Set("deferral".into()),
        state: Set(dice.pick(MaterialState::ALL)),
        valid_until: Set(Some(day("2026-12-20"))),
        recorded_at: Set(by.now),
        version: Set(1),
        ..Default::default()
    };
    paper.insert(db).await.unwrap();
    let waits = state == ApplicationState::InReview;
    let step = application_step::ActiveModel {
        application_id: Set(row.id),
        child_id: Set(id),
        round: Set(1),
        code: Set("materials".into()),
        organisation_id: Set(centre),
        role: Set(Role::IntakeWorker),
        since: Set(by.today()),
        due_on: Set(Some(by.today() + Days::new(5))),
        outcome: Set((!waits).then_some(ReviewOutcome::Approved)),
        decided_by: Set((!waits).then_some(person)),
        decided_at: Set((!waits).then_some(by.now)),
        answers: Set(json!({})),
        missing: Set(entities::Texts::default()),
        ended_at: Set((!waits).then_some(by.now)),
        version: Set(1),
        ..Default::default()
    };
    step.insert(db).await.unwrap();
    let answered = application_override::ActiveModel {
        application_id: Set(row.id),
        child_id: Set(id),
        test: Set("residence".into()),
        reason: Set("…".into()),
        by: Set(person),
        organisation_id: Set(centre),
        at: Set(by.now),
        ..Default::default()
    };
    answered.insert(db).await.unwrap();
    if matches!(state, ApplicationState::Admitted | ApplicationState::Trial) {
        let from = day("2026-11-01") + Days::new(u64::try_from(id.0).unwrap() * 3);
        let decided = enrolment_decision::ActiveModel {
            application_id: Set(row.id),
            child_id: Set(id),
            district: Set("330211".into()),
            organisation_id: Set(centre),
            legal_person: Set("…".into()),
            number: Set(format!("x-{id}")),
            outcome: Set(if state == ApplicationState::Trial {
                ReviewOutcome::Trial
            } else {
                ReviewOutcome::Admitted
            }),
            mode: Set(row.mode),
            valid_from: Set(Some(from)),
            valid_to: Set(Some(from + Days::new(1))),
            decided_on: Set(by.today()),
            decided_by: Set(person),
            version: Set(1),
            ..Default::default()
        };
        let decided = decided.insert(db).await.unwrap();
        agree(app, &decided).await;
    }
}

/// An agreement about a place, which somebody may have signed.
async fn agree(app: &TestApp, decided: &enrolment_decision::Model) {
    // By dice of its own: what the others throw stays as it was.
    let dice = &mut Dice(u64::try_from(decided.child_id.0).unwrap());
    let db = app.app.db.writer();
    let by = app.actor("screener").await;
    let person = by.account.unwrap();
    let id = decided.child_id;
    let template = agreement_template::ActiveModel {
        kind: Set(dice.pick(AgreementKind::ALL)),
        district: Set("330211".into()),
        number: Set(i32::try_from(id.0).unwrap()),
        state: Set(TemplateState::InUse),
        title: Set("…".into()),
        body: Set("…".into()),
        all_with_custody: Set(false),
        made_by: Set(person),
        made_at: Set(by.now),
        version: Set(1),
        ..Default::default()
    };
    let template = template.insert(db).await.unwrap();
    let content = frozen_content::ActiveModel {
        kind: Set("agreement".into()),
        hash: Set(format!("a-{id}")),
        content: Set(json!({})),
        organisation_id: Set(decided.organisation_id),
        signed_by: Set(person),
        signed_at: Set(by.now),
        ..Default::default()
    };
    let content = content.insert(db).await.unwrap();
    let state = dice.pick(AgreementState::ALL);
    let row = agreement::ActiveModel {
        child_id: Set(id),
        decision_id: Set(decided.id),
        template_id: Set(template.id),
        kind: Set(template.kind),
        title: Set("…".into()),
        number: Set(format!("a-{id}")),
        district: Set("330211".into()),
        organisation_id: Set(decided.organisation_id),
        content_id: Set(content.id),
        content_hash: Set(content.hash.clone()),
        state: Set(state),
        due_on: Set(day("2026-11-30")),
        made_by: Set(person),
        made_at: Set(by.now),
        signed_at: Set((state == AgreementState::Signed).then_some(by.now)),
        version: Set(1),
        ..Default::default()
    };
    let row = row.insert(db).await.unwrap();
    let signs = state == AgreementState::Signed || dice.below(2) == 0;
    let given = signature::ActiveModel {
        child_id: Set(id),
        content_id: Set(content.id),
        content_hash: Set(content.hash),
        subject_kind: Set("agreement".into()),
        subject_id: Set(row.id.0),
        party: Set(Party::Centre),
        account_id: Set(Some(person)),
        name: Set("…".into()),
        method: Set(dice.pick(SignatureMethod::ALL)),
        identity: Set(dice.pick(IdentityCheck::ALL)),
        level: Set(SignatureLevel::Plain),
        signed_at: Set(by.now),
        device: Set(String::new()),
        remote: Set(String::new()),
        ..Default::default()
    };
    let given = if signs {
        Some(given.insert(db).await.unwrap().id)
    } else {
        None
    };
    let signer = agreement_signer::ActiveModel {
        agreement_id: Set(row.id),
        child_id: Set(id),
        party: Set(Party::Centre),
        name: Set("…".into()),
        signature_id: Set(given),
        ..Default::default()
    };
    signer.insert(db).await.unwrap();
}
