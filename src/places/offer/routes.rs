//! Handlers of offers.

use axum::extract::State;
use chrono::NaiveDate;
use entities::{
    ApplicationId, CareGroupId, PlaceOfferId,
    words::{AnswerWay, EnrolmentMode, OfferState},
};

use super::{
    Offers, answering,
    forms::{AnswerForm, OfferForm, mode},
    making, queries, service,
    states::{self, ANSWERS},
    views::{NewOfferPage, OfferPage},
};
use crate::{
    access::Can,
    account,
    enrolment::{
        application::queries as applications,
        decision::service::{page as decision_page, terms},
    },
    organisations,
    places::{
        centre,
        group::queries::{self as groups, Rooms},
        room::{self, Span},
        rules::OfferTerms,
        told as about,
        waiting::{
            facts::{Basis, WaitingList, waits_for_a_call},
            within,
        },
    },
    platform::{
        App, Calendar, Errors, Result, Say, clock,
        event::{self, Subject},
        form::day_of,
        parameter,
        rule::Rule as _,
    },
    web::{Answer, Choice, Ctx, Form, Path, Routes, choices},
};

/// The routes of offers.
pub fn routes() -> Routes {
    Routes::new()
        .list::<Offers>()
        .get("/applications/{id}/offers/new", Can::ManagePlaces, new)
        .post("/applications/{id}/offers", Can::ManagePlaces, make)
        .page_of("place_offer", "/place-offers/{id}", Can::ViewPlaces, show)
        .post("/place-offers/{id}/answer", Can::Enrol, answer)
        .post("/place-offers/{id}/call", Can::Enrol, call)
        .post("/place-offers/{id}/withdrawal", Can::ManagePlaces, withdraw)
}

// ---- making one

async fn new(State(app): State<App>, ctx: Ctx, Path(id): Path<ApplicationId>) -> Answer {
    let db = &*app.db;
    let row = applications::find(db, &ctx.actor, id).await?;
    let today = ctx.actor.today();
    let from = row.wanted_from.max(today);
    let form = OfferForm {
        mode: row.mode.as_str().to_owned(),
        valid_from: from.to_string(),
        valid_to: terms(db, &row.district, today).await?.until(from, false).to_string(),
        ..OfferForm::default()
    };
    ctx.page(&new_page(&app, &ctx, id, form, Errors::default()).await?)
}

async fn make(State(app): State<App>, ctx: Ctx, Path(id): Path<ApplicationId>, Form(form): Form<OfferForm>) -> Answer {
    applications::find(&*app.db, &ctx.actor, id).await?;
    let done = async {
        let made = making::offer(&app, &ctx.actor, id, &form.input()?).await?;
        ctx.go(service::page(made)).saying("offer.said.made").answer()
    };
    ctx.after(done.await, |errors| new_page(&app, &ctx, id, form, errors))
        .await
}

async fn new_page(app: &App, ctx: &Ctx, id: ApplicationId, form: OfferForm, errors: Errors) -> Result<NewOfferPage> {
    let db = &*app.db;
    let by = &ctx.actor;
    let row = applications::find(db, by, id).await?;
    let child = applications::child_of(db, &row).await?;
    let today = by.today();
    let place = centre::place(db, row.centre_id).await?;
    let list = WaitingList::of(db, row.centre_id, centre::district(&place), row.mode, today).await?;
    let stands = match list.place(id) {
        Some(place) => ctx.say(within(place.range, place.of)),
        None => ctx.say("offer.not_waiting"),
    };
    let terms: OfferTerms = parameter::get(db, OfferTerms::CODE, &row.district, today).await?;
    let held = Calendar::known(&app.db)
        .await?
        .add_working_days(today, terms.hold_working_days);
    let from = day_of(&form.valid_from).unwrap_or(today);
    Ok(NewOfferPage {
        lead: about::lead(&child, ctx),
        stands,
        before: list.before(id, today),
        held_until: held.0.to_string(),
        groups: classes(app, ctx, &row, from, &form).await?,
        modes: choices::<EnrolmentMode>(ctx.language, &form.mode),
        id,
        child,
        form,
        errors,
    })
}

/// The classes of the centre, with what is free in them on the first day.
async fn classes(
    app: &App,
    ctx: &Ctx,
    row: &entities::enrolment::application::Model,
    from: NaiveDate,
    form: &OfferForm,
) -> Result<Vec<Choice>> {
    let db = &*app.db;
    let mode = mode(&form.mode);
    let rows = groups::of_centre(db, row.centre_id, Span::new(from, Some(from))).await?;
    let ids: Vec<CareGroupId> = rows.iter().map(|row| row.id).collect();
    let rooms = Rooms::of(db, &ids, ctx.actor.now).await?;
    let choice = |id: CareGroupId, name: &str| {
        let mut taken = rooms.children(id, mode);
        taken.extend(rooms.offers(id, mode, None));
        let free = room::places(&rooms.capacity(id, mode), from) - room::taken(&taken, from);
        let label = ctx.say(
            Say::new("offer.class")
                .with("group", name)
                .with_word("mode", mode.word())
                .with("free", free.max(0)),
        );
        Choice::new(id, label, &form.group)
    };
    Ok(rows.iter().map(|row| choice(row.id, &row.name)).collect())
}

// ---- one of them

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<PlaceOfferId>) -> Answer {
    let page = page(&app, &ctx, id, AnswerForm::default(), Errors::default()).await?;
    let about = Subject::child(page.child.id);
    let details = serde_json::json!({ "page": "place_offer" });
    event::note(&app, &ctx.actor, "child.viewed", about, details).await?;
    ctx.page(&page)
}

async fn answer(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<PlaceOfferId>,
    Form(form): Form<AnswerForm>,
) -> Answer {
    let done = async {
        let answer = form.answer()?;
        let accepted = answer.answer == OfferState::Accepted;
        answering::answer(&app, &ctx.actor, id, form.version(), answer).await?;
        if accepted {
            let row = queries::find(&*app.db, &ctx.actor, id).await?;
            if let Some(decision) = row.decision_id {
                return ctx.go(decision_page(decision)).saying("offer.said.accepted").answer();
            }
        }
        ctx.go(service::page(id)).saying("offer.said.answered").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn call(State(app): State<App>, ctx: Ctx, Path(id): Path<PlaceOfferId>, Form(form): Form<AnswerForm>) -> Answer {
    let done = async {
        answering::call(&app, &ctx.actor, id, form.version(), form.called()?).await?;
        ctx.go(service::page(id)).saying("offer.said.called").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<PlaceOfferId>,
    Form(form): Form<AnswerForm>,
) -> Answer {
    let done = async {
        making::withdraw(&app, &ctx.actor, id, form.version(), form.withdrawal()?).await?;
        ctx.go(service::page(id)).saying("offer.said.withdrawn").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, form, errors)).await
}

async fn page(app: &App, ctx: &Ctx, id: PlaceOfferId, mut form: AnswerForm, errors: Errors) -> Result<OfferPage> {
    let db = &*app.db;
    let by = &ctx.actor;
    let row = queries::find(db, by, id).await?;
    form.version = row.version.to_string();
    let child = about::child(db, row.child_id).await?;
    let names = organisations::queries::names(db, [row.organisation_id]).await?;
    let group = groups::find(db, by, row.group_id).await;
    let here = centre::own(by).is_ok_and(|own| own == row.organisation_id);
    let offers = queries::of_application(db, row.application_id).await?;
    let open = row.state == OfferState::Open;
    let ran_out = open && row.expires_at <= by.now;
    let may_record = here && ctx.may(Can::Enrol);
    let basis = Basis::of(&row);
    let choice = |state: &OfferState| {
        let key = match state {
            OfferState::Accepted => "offer.answer.accepted",
            OfferState::Kept => "offer.answer.kept",
            OfferState::Deferred => "offer.answer.deferred",
            OfferState::Left => "offer.answer.left",
            OfferState::Open | OfferState::Expired | OfferState::Withdrawn | OfferState::Cancelled => state.word(),
        };
        Choice::new(state.as_str(), ctx.say(key), &form.answer)
    };
    Ok(OfferPage {
        lead: about::lead(&child, ctx),
        centre: names.get(&row.organisation_id).cloned().unwrap_or_default(),
        group: group.map(|group| group.name).unwrap_or_default(),
        hours: row
            .minutes_per_week
            .map(|minutes| ctx.say(Say::new("decision.hours.of_week").with("hours", minutes / 60)))
            .unwrap_or_default(),
        stood: within((basis.from, basis.to), basis.of),
        basis,
        made_by: account::queries::name(db, Some(row.made_by)).await?,
        recorded_by: account::queries::name(db, row.answer_recorded_by).await?,
        held_until: clock::shown(row.expires_at),
        made_at: clock::shown(row.made_at),
        answered_at: row.answered_at.or(row.called_at).map(clock::shown).unwrap_or_default(),
        look: states::of(row.state).look,
        may_answer: open && !ran_out && may_record,
        may_call: may_record && waits_for_a_call(&offers, &row),
        may_withdraw: open && here && ctx.may(Can::ManagePlaces),
        answers: ANSWERS.iter().map(choice).collect(),
        calls: [OfferState::Kept, OfferState::Left].iter().map(choice).collect(),
        ways: choices::<AnswerWay>(ctx.language, &form.answered_how),
        ran_out,
        row,
        child,
        form,
        errors,
    })
}
