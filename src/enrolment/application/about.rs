//! What everybody says of an application: its page, how events name it, who had a hand in it.

use entities::{AccountId, ApplicationId, child::child, enrolment::application};

use crate::{children::age_in_words, platform::event::Subject, web::Ctx};

/// What stands under the name of a child: number, sex, age.
pub fn lead(child: &child::Model, ctx: &Ctx) -> String {
    let age = age_in_words(ctx.language, child.birth_on, ctx.actor.today());
    format!("{} · {} · {age}", child.file_no, ctx.say(child.sex.word()))
}

/// The page of an application.
pub fn page(id: ApplicationId) -> String {
    format!("/applications/{id}")
}

/// An application as the subject of an event.
pub fn subject(row: &application::Model) -> Subject {
    Subject::of_child("application", row.id.0, row.child_id)
}

/// Whoever opened an application or submitted it last had a hand in it, and decides nothing about it.
pub fn had_a_hand(row: &application::Model, person: Option<AccountId>) -> bool {
    person.is_some() && (row.entered_by == person || row.submitted_by == person)
}
