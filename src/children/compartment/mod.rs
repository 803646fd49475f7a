//! What of the file itself hangs on a child: names, ties, places, checks, and the tables that only name children.

mod care;
mod checks;
mod guardians;
mod pairs;
mod residences;
mod terms;

use entities::{
    ChildId,
    child::{
        care as care_row, child, child_term, consent, departure, duplicate, guardianship, number_claim, residence,
    },
    screening::planned_check,
    words::{CheckState, IdentityKind, Sex},
};
use sea_orm::{ColumnTrait as _, Condition};

use crate::platform::compartment::{Ending, Table, every_row};

/// The tables of the file.
pub(super) const TABLES: &[Table] = &[
    Table::found_by::<child::Entity>("merge.table.child", files)
        .lies_where_it_was()
        .columns(&[
            ("merged_into", "merge.column.merged_into"),
            ("name", "child.name"),
            ("sex", "child.sex"),
            ("birth_on", "child.birth_on"),
            ("gestational_weeks", "child.gestational_weeks"),
            ("identity_kind", "child.identity_kind"),
            ("identity_mask", "child.identity_no"),
            ("ethnicity", "child.ethnicity"),
            ("household_division", "child.household_division"),
            ("division", "child.division"),
            ("street", "child.division"),
            ("district", "child.division"),
            ("address", "child.address"),
            ("kindergarten", "child.kindergarten"),
            ("disability_card_mask", "child.disability_card_no"),
            ("disability_card_expires_on", "child.disability_card_expires_on"),
        ])
        .values(|column, text| match column {
            "sex" => text.parse().ok().map(Sex::word),
            "identity_kind" => text.parse().ok().map(IdentityKind::word),
            _ => None,
        })
        .secret(&["identity_no", "identity_index", "disability_card_no", "name_sound"]),
    Table::of::<child_term::Entity>("merge.table.child_term")
        .changes_hands(|tx, _, hands| Box::pin(terms::hand_over_in(tx, hands)))
        .follows(every_row),
    Table::of::<guardianship::Entity>("merge.table.guardianship")
        .changes_hands(|tx, _, hands| Box::pin(guardians::hand_over_in(tx, hands)))
        .columns(&[("is_first", "merge.column.is_first")]),
    Table::of::<consent::Entity>("merge.table.consent"),
    Table::of::<care_row::Entity>("merge.table.care")
        .changes_hands(|tx, _, hands| Box::pin(care::hand_over_in(tx, hands)))
        .columns(&[("ended_at", "merge.column.ended_at")]),
    Table::of::<departure::Entity>("merge.table.departure"),
    Table::of::<planned_check::Entity>("merge.table.planned_check")
        .changes_hands(|tx, _, hands| Box::pin(checks::hand_over_in(tx, hands)))
        .ends(Ending {
            end: |tx, _, leaving| Box::pin(checks::end_in(tx, leaving)),
            told: checks::ended,
            returned: None,
        })
        .follows(checks::undone)
        .refers(&[("screen_id", "screen")])
        .named_by(&["age_months"])
        .columns(&[
            ("state", "merge.column.state"),
            ("screen_id", "merge.column.screen_id"),
            ("district", "child.division"),
            ("street", "child.division"),
            ("opens_on", "merge.column.opens_on"),
            ("due_on", "merge.column.due_on"),
            ("closes_on", "merge.column.closes_on"),
            ("corrected", "merge.column.corrected"),
        ])
        .values(|column, text| match column {
            "state" => text.parse().ok().map(CheckState::word),
            _ => None,
        }),
    Table::of::<residence::Entity>("merge.table.residence")
        .changes_hands(|tx, by, hands| Box::pin(residences::hand_over_in(tx, by, hands)))
        .ends(Ending {
            end: |tx, _, leaving| Box::pin(residences::end_in(tx, leaving)),
            told: residences::ended,
            returned: Some(|tx, by, effect| Box::pin(residences::returned_in(tx, by, effect))),
        })
        .lies_where_it_was()
        .whole()
        .columns(&[
            ("division", "child.division"),
            ("street", "child.division"),
            ("district", "child.division"),
            ("from_on", "merge.column.from_on"),
            ("until_on", "merge.column.until_on"),
        ]),
    Table::apart::<duplicate::Entity>()
        .lies_where_it_was()
        .judged_by_facts(|tx, corrected| Box::pin(pairs::look_again_in(tx, corrected))),
    Table::apart::<number_claim::Entity>().lies_where_it_was(),
];

/// The files themselves, and those that were merged into them.
fn files(ids: &[ChildId]) -> Condition {
    Condition::any()
        .add(child::Column::Id.is_in(ids.iter().copied()))
        .add(child::Column::MergedInto.is_in(ids.iter().copied()))
}
