//! The pages of assessments.

mod choosing;
mod lists;
mod raters;
mod result;
mod sheet;

use entities::ChildId;

pub use self::{
    choosing::{NewPage, Offer, ages},
    lists::{Entry, IndexPage, OfChildPage},
    raters::{ComparisonPage, SecondPage, Side},
    result::{Counted, Score, ShowPage},
    sheet::{Answer, Conflict, ItemRow, PartRows, SheetPage, SheetState, Standing, conflicts},
};
use crate::{
    screening::instruments::{CutoffSet, ItemText, Language as Tongue, LicenceStatus},
    web::Ctx,
};

/// The language that instruments speak to the reader.
pub fn tongue(ctx: &Ctx) -> Tongue {
    Tongue::from_tag(ctx.locale)
}

/// Locale key of a licence status.
pub fn licence_key(status: LicenceStatus) -> &'static str {
    match status {
        LicenceStatus::Official => "instruments.licence.official",
        LicenceStatus::Restricted => "instruments.licence.restricted",
        LicenceStatus::Unclear => "instruments.licence.unclear",
        LicenceStatus::Own => "instruments.licence.own",
    }
}

/// Locale key of where the words of the items come from.
pub fn texts_key(text: ItemText) -> &'static str {
    match text {
        ItemText::Shipped => "instruments.texts.shipped",
        ItemText::Neutral => "instruments.texts.neutral",
        ItemText::Imported => "instruments.texts.imported",
    }
}

/// Look of a result: a risk is told by icon and word.
pub fn look(positive: Option<bool>) -> (&'static str, &'static str) {
    match positive {
        Some(true) => ("warning", "warning"),
        Some(false) => ("success", "done"),
        None => ("neutral", "info"),
    }
}

/// A cut-off set with its date.
pub fn dated(set: &CutoffSet, tongue: Tongue) -> String {
    match &set.dated {
        Some(date) => format!("{} ({date})", set.name.get(tongue)),
        None => set.name.get(tongue).to_owned(),
    }
}

/// Where the list of a child's assessments is.
pub fn of_child(id: ChildId) -> String {
    format!("/children/{id}/assessments")
}
