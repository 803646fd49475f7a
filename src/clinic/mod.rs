//! What a hospital finds: the re-screen (复筛) and the diagnosis (诊断). Each completes the referral that asked for it and
//! begins what follows from it.

mod case;
pub mod diagnosis;
pub mod findings;
mod judged;
mod kept;
mod papers;
mod period;
mod preview;
mod recorded;
pub mod rescreen;
mod routes;
mod takeback;
mod withdrawal;

use entities::{
    screening::{diagnosis as diagnosis_row, rescreen as rescreen_row},
    words::OrganisationKind,
};

use crate::{
    access::Can,
    platform::compartment::Table,
    web::{Feature, navigation::Entry},
};

/// What hospitals' findings bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    compartment: &[
        Table::of::<rescreen_row::Entity>("merge.table.rescreen")
            .lies_where_it_was()
            .judged_by_facts(|tx, corrected| Box::pin(judged::rescreens_in(tx, corrected)))
            .refers(&[("referral_id", "referral")]),
        Table::of::<diagnosis_row::Entity>("merge.table.diagnosis")
            .lies_where_it_was()
            .judged_by_facts(|tx, corrected| Box::pin(judged::diagnoses_in(tx, corrected)))
            .refers(&[("referral_id", "referral")]),
    ],
    findings: Some(findings::told),
    papers: papers::ALL,
    navigation: &[
        Entry {
            order: 44,
            href: "/rescreens",
            key: "nav.rescreens",
            icon: "rescreen",
            can: Can::Rescreen,
        },
        Entry {
            order: 45,
            href: "/diagnoses",
            key: "nav.diagnoses",
            icon: "diagnosis",
            can: Can::Diagnose,
        },
    ],
    led: &[
        ("/rescreens", &[OrganisationKind::RescreenHospital]),
        ("/diagnoses", &[OrganisationKind::DiagnosingHospital]),
    ],
    ..Feature::named("clinic")
};
