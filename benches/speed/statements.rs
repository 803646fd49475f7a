//! The SQL behind the measured pages, as the program itself writes it: the bare handlers run the same text.

use std::sync::{Arc, Mutex};

use clap::Parser;
use entities::{
    OrganisationId,
    organisation::organisation,
    screening::pathway,
    words::{OrganisationKind, Role},
};
use sea_orm::{
    ColumnTrait as _, ConnectOptions, Database, EntityTrait as _, PartialModelTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
};
use starbridge::{
    children::{self, queries::ChildRow},
    pathway::pipeline,
    platform::{Actor, App, Clock, Config, Keys, Means, Workplace},
    platform::{List, list::counted},
    reports::screening::{figures, request::Asked},
};

use super::{bare::Statements, process::Place};

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    config: Config,
}

/// Collect them. `term` is searched for in the list, `month` is the report's.
pub(crate) async fn of(place: &Place, term: &str, month: &str) -> Statements {
    let db = place.open().await;
    let backend = db.get_database_backend();
    let app = App::new(Means {
        db,
        config: Flags::parse_from(["speed"]).config,
        clock: Clock::default(),
        keys: Keys::ephemeral(),
        compartment: starbridge::app::FEATURES.compartment(),
        about: starbridge::app::FEATURES.about(),
    });
    let by = federation(&app).await;
    let searched = List {
        q: term.to_owned(),
        ..List::default()
    };
    let list = children::queries::select(&app, &by, &searched).await.unwrap();
    let list = counted(ChildRow::select_cols(list.select_only()))
        .limit(51)
        .build(backend);
    let places = pipeline::ordered(&by, &List::default())
        .select_only()
        .columns([
            pathway::Column::ChildId,
            pathway::Column::Stage,
            pathway::Column::SinceOn,
            pathway::Column::DueOn,
            pathway::Column::Street,
        ])
        .limit(50)
        .build(backend);
    let pipeline = format!(
        "SELECT p.child_id, p.stage, p.since_on, p.due_on, p.street, c.name, c.file_no FROM ({places}) AS p \
         JOIN child AS c ON c.id = p.child_id"
    );
    let report = report(place, &by, month).await;
    app.db.clone().close_all().await.unwrap();
    Statements {
        list: list.to_string(),
        pipeline,
        report,
    }
}

/// What counting the report asks of the database, listened to.
async fn report(place: &Place, by: &Actor, month: &str) -> Vec<String> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let mut options = ConnectOptions::new(&place.url);
    options.sqlx_logging(false);
    let mut db = Database::connect(options).await.unwrap();
    let ears = Arc::clone(&heard);
    db.set_metric_callback(move |info| ears.lock().unwrap().push(info.statement.to_string()));
    let asked = Asked {
        month: month.to_owned(),
        ..Asked::default()
    };
    let request = asked.request(by).unwrap();
    figures::count(&db, &request).await.unwrap();
    db.close().await.unwrap();
    std::mem::take(&mut heard.lock().unwrap())
}

/// The officer of the first district.
async fn federation(app: &App) -> Actor {
    let place = organisation::Entity::find()
        .filter(organisation::COLUMN.kind.eq(OrganisationKind::Federation))
        .filter(organisation::COLUMN.coverage.eq("330211"))
        .one(&*app.db)
        .await
        .unwrap()
        .unwrap();
    let mut by = Actor::system("speed", app.clock.now());
    by.account = Some(entities::AccountId(1));
    by.roles = vec![Role::FederationOfficer];
    by.workplace = Some(Workplace {
        id: OrganisationId(place.id.0),
        kind: place.kind,
        name: place.name,
        coverage: place.coverage,
    });
    by
}
