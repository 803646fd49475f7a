//! What the lists of re-screens and of diagnoses have alike: which rows are the reader's organisation's, in which order, and
//! how a row names its child.

use entities::{OrganisationId, ReferralId, child::child};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select};

use super::period;
use crate::{
    access::scope,
    platform::{Actor, Result},
    web::{Cell, List, listing::Around},
};

/// The columns of a table of results that its list goes by.
pub(super) struct Recorded<E: EntityTrait> {
    pub(super) id: E::Column,
    pub(super) organisation: E::Column,
    pub(super) withdrawn_at: E::Column,
    /// The day that the list shows and is ordered by.
    pub(super) day: E::Column,
    pub(super) to_child: RelationDef,
    /// What a row shows besides.
    pub(super) shown: &'static [E::Column],
}

impl<E: EntityTrait> Recorded<E> {
    /// What the reader's organisation recorded, with the child of each row: `on_day`, `name`, `file_no`, `birth_on`.
    pub(super) fn select(self, by: &Actor, list: &List) -> Result<Select<E>> {
        let place = by.workplace.as_ref().map_or(OrganisationId(0), |place| place.id);
        let column = if list.sort == "name" { "name" } else { "day" };
        let order = match list.sorted_by(column) {
            "desc" => Order::Desc,
            _ => Order::Asc,
        };
        let select = E::find()
            .select_only()
            .column(self.id)
            .columns(self.shown.iter().copied())
            .column_as(self.day, "on_day")
            .columns([child::Column::Name, child::Column::FileNo, child::Column::BirthOn])
            .join(JoinType::InnerJoin, self.to_child)
            .filter(self.organisation.eq(place))
            .filter(self.withdrawn_at.is_null())
            .filter(scope::visible(by))
            .filter(period::within(list, self.day)?);
        let select = if column == "name" {
            select.order_by(child::Column::NameSound, order.clone())
        } else {
            select.order_by(self.day, order.clone())
        };
        Ok(select.order_by(self.id, order))
    }
}

/// The child of a row: by name, which leads to what was found, and by number.
pub(super) fn child_cell(referral: Option<ReferralId>, name: &str, file_no: &str) -> Cell {
    let cell = match referral {
        Some(id) => Cell::new().link(format!("/referrals/{id}"), name),
        None => Cell::new().text(name),
    };
    cell.line().code(file_no)
}

/// What stands around such a list.
pub(super) fn around(list: &List, lead: &'static str) -> Around {
    Around {
        lead,
        filters: period::filters(list).into(),
        ..Around::default()
    }
}
