//! The routes of duplicates and merges.

use std::collections::BTreeSet;

use axum::extract::State;
use entities::{
    ChildId, DuplicateId, MergeId,
    child::{child, duplicate},
};
use sea_orm::PaginatorTrait as _;
use serde::Deserialize;
use serde_json::json;

use super::{
    comparison,
    forms::{KeepingForm, NamingForm, PostponementForm, UnionForm},
    queries::{self, View},
    service::{self, Side},
    told::{self, Teller},
    undoing::{self, Undone},
    views::{IndexPage, MergePage, NamePage, PairPage, PairRow},
};
use crate::{
    access::{Can, scope},
    children::claims,
    organisations,
    platform::{
        App, Error, Errors, Result,
        event::{self, Subject},
    },
    web::{Answer, Ctx, Form, List, Page, Path, Query, Routes},
};

/// The routes of duplicates and merges.
pub fn routes() -> Routes {
    Routes::new()
        .get("/duplicates", Can::Merge, index)
        .get("/duplicates/new", Can::Merge, new)
        .post("/duplicates", Can::Merge, name)
        .get("/duplicates/{id}", Can::Merge, show)
        .post("/duplicates/{id}/merge", Can::Merge, merge)
        .post("/duplicates/{id}/keeping", Can::Merge, keep)
        .post("/duplicates/{id}/postponement", Can::Merge, postpone)
        .post("/duplicates/{id}/reopening", Can::Merge, reopen)
        .page_of("merge", "/merges/{id}", Can::Merge, show_merge)
        .post("/merges/{id}/undoing", Can::Merge, undo)
}

async fn index(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let db = &*app.db;
    let view = View::named(list.filter("view"));
    let found = list.fetch(db, view.select(&ctx.actor)).await?;
    let mut views = Vec::new();
    for one in View::ALL {
        let claimed = match one {
            View::Waiting => claims::queries::count_waiting(db, &ctx.actor).await?,
            View::Later | View::KeptBoth | View::Merged => 0,
        };
        views.push((*one, one.select(&ctx.actor).count(db).await? + claimed));
    }
    let claims = match view {
        View::Waiting => claims::queries::waiting(&app, &ctx.actor).await?,
        View::Later | View::KeptBoth | View::Merged => Vec::new(),
    };
    let place = Page::<PairRow>::place(found.page, found.total);
    let rows = rows(&app, found.rows).await?;
    ctx.page(&IndexPage {
        list,
        view,
        views,
        page: place.with(rows),
        claims,
    })
}

async fn rows(app: &App, pairs: Vec<duplicate::Model>) -> Result<Vec<PairRow>> {
    let db = &*app.db;
    let ids: BTreeSet<ChildId> = pairs.iter().flat_map(|pair| [pair.first_id, pair.second_id]).collect();
    let files = queries::files(db, ids).await?;
    let places: BTreeSet<String> = files.values().map(|file| file.street.clone()).collect();
    let names = organisations::queries::division_names(db, places).await?;
    let home = |file: &child::Model| names.get(&file.street).unwrap_or(&file.street).clone();
    let mut rows = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let (Some(first), Some(second)) = (files.get(&pair.first_id), files.get(&pair.second_id)) else {
            continue;
        };
        rows.push(PairRow {
            reasons: serde_json::from_value(pair.reasons.clone()).map_err(anyhow::Error::from)?,
            homes: (home(first), home(second)),
            person: crate::account::queries::name(db, pair.decided_by).await?,
            first: first.clone(),
            second: second.clone(),
            pair,
        });
    }
    Ok(rows)
}

/// Both files are looked into, so both say who looked.
async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<DuplicateId>) -> Answer {
    let page = page(&app, &ctx, id).await?;
    for child in [page.row.first.id, page.row.second.id] {
        let details = json!({ "page": "duplicate" });
        event::note(&app, &ctx.actor, "child.viewed", Subject::child(child), details).await?;
    }
    ctx.page(&page)
}

async fn page(app: &App, ctx: &Ctx, id: DuplicateId) -> Result<PairPage> {
    let db = &*app.db;
    let pair = queries::pair(db, &ctx.actor, id).await?;
    let row = rows(app, vec![pair]).await?.pop().ok_or(Error::NotFound)?;
    let version = row.pair.version.to_string();
    let survivor = match comparison::proposed(&row.first, &row.second) {
        Side::First => "first",
        Side::Second => "second",
    };
    // The versions are the present ones: whoever has seen what changed and sends again means it.
    Ok(PairPage {
        lines: comparison::lines(app, ctx.language, &row.first, &row.second).await?,
        facts: comparison::facts(db, ctx.language, &row.first, &row.second).await?,
        choice: UnionForm {
            version: version.clone(),
            first_version: row.first.version.to_string(),
            second_version: row.second.version.to_string(),
            survivor: survivor.to_owned(),
            ..UnionForm::default()
        },
        keeping: KeepingForm {
            version: version.clone(),
            ..KeepingForm::default()
        },
        postponement: PostponementForm {
            version,
            ..PostponementForm::default()
        },
        errors: Errors::default(),
        no_errors: Errors::default(),
        sent: "",
        merge: queries::merge_of(db, id).await?,
        row,
    })
}

async fn merge(State(app): State<App>, ctx: Ctx, Path(id): Path<DuplicateId>, Form(form): Form<UnionForm>) -> Answer {
    let done = async {
        let merge = service::merge(&app, &ctx.actor, id, &form.input()?).await?;
        ctx.go(format!("/merges/{merge}")).saying("merge.done").answer()
    };
    ctx.after(done.await, async |errors| {
        let mut page = page(&app, &ctx, id).await?;
        page.choice.survivor = form.survivor;
        page.choice.fields = form.fields;
        Ok(page.answering("merge", errors))
    })
    .await
}

async fn keep(State(app): State<App>, ctx: Ctx, Path(id): Path<DuplicateId>, Form(form): Form<KeepingForm>) -> Answer {
    let done = async {
        let (version, reason) = form.input()?;
        service::keep_both(&app, &ctx.actor, id, version, reason).await?;
        ctx.go("/duplicates").saying("merge.kept_both").answer()
    };
    ctx.after(done.await, async |errors| {
        let mut page = page(&app, &ctx, id).await?;
        page.keeping.reason = form.reason;
        Ok(page.answering("keeping", errors))
    })
    .await
}

async fn reopen(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<DuplicateId>,
    Form(form): Form<KeepingForm>,
) -> Answer {
    let done = async {
        let (version, reason) = form.input()?;
        service::reopen(&app, &ctx.actor, id, version, &reason).await?;
        ctx.go(format!("/duplicates/{id}")).saying("merge.reopened").answer()
    };
    ctx.after(done.await, async |errors| {
        let mut page = page(&app, &ctx, id).await?;
        page.keeping.reason = form.reason;
        Ok(page.answering("reopening", errors))
    })
    .await
}

/// The file from which somebody comes; a file number tells nothing about anybody.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Begun {
    file: String,
}

async fn new(ctx: Ctx, Query(begun): Query<Begun>) -> Answer {
    ctx.page(&NamePage {
        form: NamingForm {
            first: begun.file,
            ..NamingForm::default()
        },
        errors: Errors::default(),
    })
}

async fn name(State(app): State<App>, ctx: Ctx, Form(form): Form<NamingForm>) -> Answer {
    let done = async {
        let (first, second, reason) = form.input()?;
        match service::name(&app, &ctx.actor, (&first, &second), &reason).await? {
            Some(id) => ctx.go(format!("/duplicates/{id}")).saying("merge.named").answer(),
            None => ctx.go("/duplicates").saying("merge.named.federation").answer(),
        }
    };
    ctx.after(done.await, async |errors| Ok(NamePage { form, errors }))
        .await
}

async fn postpone(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<DuplicateId>,
    Form(form): Form<PostponementForm>,
) -> Answer {
    let done = async {
        let (version, until) = form.input()?;
        service::postpone(&app, &ctx.actor, id, version, until).await?;
        ctx.go("/duplicates").saying("merge.postponed").answer()
    };
    ctx.after(done.await, async |errors| {
        let mut page = page(&app, &ctx, id).await?;
        page.postponement.until_on = form.until_on;
        Ok(page.answering("postponement", errors))
    })
    .await
}

async fn show_merge(State(app): State<App>, ctx: Ctx, Path(id): Path<MergeId>) -> Answer {
    ctx.page(&merge_page(&app, &ctx, id).await?)
}

async fn merge_page(app: &App, ctx: &Ctx, id: MergeId) -> Result<MergePage> {
    let db = &*app.db;
    let merge = queries::merge(db, &ctx.actor, id).await?;
    let effects = queries::effects(&merge)?;
    let named = effects.iter().flat_map(|effect| {
        let ids = [&effect.was, &effect.now].into_iter().flatten();
        let ids: Vec<i64> = ids
            .flat_map(|row| ["child_id", "merged_into", "id"].map(|column| row.get(column)))
            .flatten()
            .filter_map(serde_json::Value::as_i64)
            .collect();
        ids
    });
    let ids: BTreeSet<ChildId> = [merge.survivor_id, merge.absorbed_id]
        .into_iter()
        .chain(named.map(ChildId))
        .collect();
    let teller = Teller {
        compartment: &app.compartment,
        language: ctx.language,
        files: &queries::files(db, ids).await?,
    };
    Ok(MergePage {
        survivor: scope::child(db, &ctx.actor, merge.survivor_id).await?,
        absorbed: scope::child(db, &ctx.actor, merge.absorbed_id).await?,
        effects: teller.told(&effects),
        person: crate::account::queries::name(db, Some(merge.merged_by)).await?,
        undone_by: crate::account::queries::name(db, merge.undone_by).await?,
        in_the_way: Vec::new(),
        merge,
    })
}

async fn undo(State(app): State<App>, ctx: Ctx, Path(id): Path<MergeId>) -> Answer {
    match undoing::undo(&app, &ctx.actor, id).await? {
        Undone::Done => ctx.go(format!("/merges/{id}")).saying("merge.undone").answer(),
        Undone::Depends(later) => {
            let mut page = merge_page(&app, &ctx, id).await?;
            page.in_the_way = told::in_the_way(&app.compartment, &later);
            ctx.conflict(&page)
        }
    }
}
