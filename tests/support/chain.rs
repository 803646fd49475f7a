//! Children somewhere in the chain, brought there by the services in the name of the people of the test district: what a
//! test begins with, in one line.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    AssessmentId, ChildId, ConsentId, MergeId, ReferralId, ScreenId,
    child::{child, consent, duplicate},
    organisation::division,
    screening::referral,
    words::{ConsentPurpose, DepartureReason, Kinship},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use starbridge::{
    children::{
        consents::{self, NewConsent},
        departure::service::{NewDeparture, depart},
        moves::{self, Move},
        service::{NewChild, register_in},
    },
    clinic::{
        diagnosis::{forms::NewDiagnosis, service as diagnoses},
        rescreen::{
            forms::NewRescreen,
            rules::Finding as Sign,
            service::{self as rescreens, Recorded as Rescreened},
        },
    },
    merging::service::{Side, Union, merge, name},
    organisations::divisions,
    referral::{
        sending::service::{Sending, send},
        service as referrals,
    },
    screening::screen::service::{self as screens, Finding, NewScreen, Recorded},
};

use super::{TestApp, children::toddler};

/// A street of 北仑.
pub(crate) const NEXT_DISTRICT: &str = "330206001";

/// A child with an abnormal screen.
pub(crate) struct Positive {
    pub(crate) child: ChildId,
    pub(crate) screen: ScreenId,
    /// What was proposed for it; nothing where nobody could take the child.
    pub(crate) referral: Option<ReferralId>,
}

impl TestApp {
    /// A file that comes in by a way that asks nobody, opened by somebody of the test district.
    pub(crate) async fn file(&self, who: &str, new: &NewChild) -> ChildId {
        let by = self.actor(who).await;
        let tx = self.app.db.write(&by, "330211").await.unwrap();
        let child = register_in(&tx, &self.app, &by, new).await.unwrap();
        tx.commit().await.unwrap();
        child
    }

    /// A boy of 庄市 who is two years old, with his mother.
    pub(crate) async fn child(&self, name: &str) -> ChildId {
        self.file("screener", &toddler(name)).await
    }

    /// A screen of a child: the numbers of the signs that it shows.
    pub(crate) async fn screen(&self, who: &str, child: ChildId, on: NaiveDate, signs: &[u8]) -> Recorded {
        let by = self.actor(who).await;
        let new = NewScreen {
            performed_on: on,
            age_used: None,
            finding: Finding::Seen {
                signs: signs.to_vec(),
                regression: false,
            },
            note: None,
        };
        screens::record(&self.app, &by, child, &new).await.unwrap()
    }

    /// A child with an abnormal screen of today.
    pub(crate) async fn positive(&self, name: &str) -> Positive {
        let child = self.child(name).await;
        let today = self.actor("screener").await.today();
        let done = self.screen("screener", child, today, &[1, 2]).await;
        Positive {
            child,
            screen: done.screen,
            referral: done.referral,
        }
    }

    /// A child with an abnormal screen and the referral to the hospital that waits for the screener's confirmation.
    pub(crate) async fn proposed(&self, name: &str) -> (ChildId, ReferralId) {
        let positive = self.positive(name).await;
        (positive.child, positive.referral.expect("a hospital takes the child"))
    }

    /// The same, sent to the hospital.
    pub(crate) async fn sent(&self, name: &str) -> (ChildId, ReferralId) {
        let (child, referral) = self.proposed(name).await;
        self.sends("screener", referral).await;
        (child, referral)
    }

    /// The same, accepted there.
    pub(crate) async fn accepted(&self, name: &str) -> (ChildId, ReferralId) {
        let (child, referral) = self.sent(name).await;
        self.accepts("rescreener", referral).await;
        (child, referral)
    }

    /// A child whose re-screen was abnormal, referred to the diagnosing hospital and sent there.
    pub(crate) async fn rescreened(&self, name: &str) -> (ChildId, ReferralId) {
        let (child, referral) = self.accepted(name).await;
        let done = self.rescreens("rescreener", referral, true).await;
        let next = done.proposed.expect("a hospital takes the child");
        self.sends("rescreener", next).await;
        (child, next)
    }

    /// A diagnosed child, whom the centre is asked to take in.
    pub(crate) async fn diagnosed(&self, name: &str) -> ChildId {
        let (child, referral) = self.rescreened(name).await;
        self.accepts("doctor", referral).await;
        self.diagnoses("doctor", referral, &["F84.0"]).await;
        child
    }

    /// Somebody confirms what was proposed.
    pub(crate) async fn sends(&self, who: &str, id: ReferralId) {
        let by = self.actor(who).await;
        let row = self.referral(id).await;
        let sending = Sending {
            to: row.to_organisation_id,
            reason: row.reason,
            version: row.version.into(),
        };
        send(&self.app, &by, id, &sending).await.unwrap();
    }

    /// Somebody accepts what was sent.
    pub(crate) async fn accepts(&self, who: &str, id: ReferralId) {
        let by = self.actor(who).await;
        referrals::accept(&self.app, &by, id, None).await.unwrap();
    }

    /// The result of a re-screen, of today.
    pub(crate) async fn rescreens(&self, who: &str, id: ReferralId, abnormal: bool) -> Rescreened {
        self.rescreens_by(who, id, abnormal, Vec::new()).await
    }

    /// The same, resting on sheets that were finished there.
    pub(crate) async fn rescreens_by(
        &self,
        who: &str,
        id: ReferralId,
        abnormal: bool,
        assessments: Vec<AssessmentId>,
    ) -> Rescreened {
        let by = self.actor(who).await;
        let new = NewRescreen {
            performed_on: by.today(),
            findings: if abnormal { vec![Sign::Language] } else { Vec::new() },
            assessments,
            scale_at_risk: abnormal,
            development_deviates: false,
            development_note: None,
            refer_to: None,
            note: None,
        };
        rescreens::record(&self.app, &by, id, None, new).await.unwrap()
    }

    /// What a doctor concludes, today.
    pub(crate) async fn diagnoses(&self, who: &str, id: ReferralId, codes: &[&str]) {
        let by = self.actor(who).await;
        let new = NewDiagnosis {
            diagnosed_on: by.today(),
            doctor: "林医生".to_owned(),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            assessments: Vec::new(),
            conclusion: "结合病史与观察作出".to_owned(),
            advice: Some("尽早开始康复训练，三个月后复诊".to_owned()),
        };
        diagnoses::record(&self.app, &by, id, None, new).await.unwrap();
    }

    /// A child leaves.
    pub(crate) async fn leaves(&self, who: &str, child: ChildId, reason: DepartureReason, on: NaiveDate) {
        let by = self.actor(who).await;
        let new = NewDeparture {
            reason,
            left_on: on,
            note: None,
        };
        depart(&self.app, &by, child, &new).await.unwrap();
    }

    /// A street of the next district is on the list.
    pub(crate) async fn knows_the_next_district(&self) {
        let known = division::Entity::find_by_id(NEXT_DISTRICT.to_owned());
        if known.one(&*self.app.db).await.unwrap().is_none() {
            let by = self.actor("city-system").await;
            let code = NEXT_DISTRICT.parse().unwrap();
            divisions::add(&self.app, &by, &code, "新碶街道".to_owned())
                .await
                .unwrap();
        }
    }

    /// A child moves to the next district, today.
    pub(crate) async fn moves_to_the_next_district(&self, child: ChildId) {
        self.knows_the_next_district().await;
        let by = self.actor("federation").await;
        let to = Move {
            version: self.child_file(child).await.version.into(),
            to: NEXT_DISTRICT.parse().unwrap(),
            on: by.today(),
            address: None,
        };
        moves::record(&self.app, &by, child, &to, true).await.unwrap();
    }

    /// Two files are one child: the second is merged into the first.
    pub(crate) async fn merges(&self, into: ChildId, absorbed: ChildId) {
        self.merges_by("federation", into, absorbed).await;
    }

    /// The same, by somebody who sees both.
    pub(crate) async fn merges_by(&self, who: &str, into: ChildId, absorbed: ChildId) -> MergeId {
        let by = self.actor(who).await;
        let (stays, goes) = (self.child_file(into).await, self.child_file(absorbed).await);
        let id = name(&self.app, &by, (&stays.file_no, &goes.file_no), "见过本人")
            .await
            .unwrap()
            .expect("the federation decides");
        let pair = duplicate::Entity::find_by_id(id).one(&*self.app.db).await.unwrap();
        let pair = pair.unwrap();
        let is_first = pair.first_id == into;
        let files = if is_first { (&stays, &goes) } else { (&goes, &stays) };
        let how = Union {
            version: pair.version.into(),
            files: (files.0.version.into(), files.1.version.into()),
            survivor: if is_first { Side::First } else { Side::Second },
            from_second: BTreeSet::new(),
        };
        merge(&self.app, &by, id, &how).await.unwrap()
    }

    /// A family does not want to be written to any more.
    pub(crate) async fn wants_no_messages(&self, who: &str, child: ChildId, signed: NaiveDate, withdrawn: NaiveDate) {
        let by = self.actor(who).await;
        let new = NewConsent {
            purpose: ConsentPurpose::Messages,
            text_version: "1".to_owned(),
            signer: "王芳".to_owned(),
            kinship: Kinship::Mother,
            signed_on: signed,
        };
        consents::record(&self.app, &by, child, new).await.unwrap();
        let given = consent::Entity::find().filter(consent::COLUMN.child_id.eq(child));
        let given: ConsentId = given.one(&*self.app.db).await.unwrap().unwrap().id;
        consents::withdraw(&self.app, &by, child, given, withdrawn)
            .await
            .unwrap();
    }

    pub(crate) async fn child_file(&self, id: ChildId) -> child::Model {
        let found = child::Entity::find_by_id(id).one(&*self.app.db).await.unwrap();
        found.expect("no such file")
    }

    pub(crate) async fn referral(&self, id: ReferralId) -> referral::Model {
        let found = referral::Entity::find_by_id(id).one(&*self.app.db).await.unwrap();
        found.expect("no such referral")
    }
}
