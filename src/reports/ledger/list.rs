//! The ledger, described.

use entities::{
    child::child,
    mask,
    screening::{assessment, diagnosis, screen},
    words::{Language, Stage},
};
use sea_orm::Select;

use super::{
    lines::{self, Line},
    queries,
};
use crate::{
    access::Can,
    assessment::Sight,
    organisations::queries::street_choices,
    platform::{
        Actor, App, Result,
        list::Order,
        words::{joined, raw},
        workbook::Value,
    },
    web::{
        Cell, Ctx, Filter, List, Listing, choices,
        listing::{self, Around, Look},
    },
};

/// 阳性个案追踪台账.
pub struct Ledger;

type Column = listing::Column<Line>;

impl Listing for Ledger {
    type Entity = child::Entity;
    type Found = child::Model;
    type Row = Line;

    const ADDRESS: &'static str = "/reports/tracing";
    const NAME: &'static str = "tracing";
    const TITLE: &'static str = "reports.tracing.title";
    const SEEN_BY: Can = Can::OpenNumbers;
    const ORDER: Order = Order::falling("file_no");
    const LOOK: Look = Look::Register;
    const NOTED: bool = true;
    const COLUMNS: &'static [Column] = &[
        Column::new("reports.tracing.file_no", 20, |line, _| {
            Value::text(&line.child.file_no)
        })
        .on_page(|line, _| Cell::new().link(format!("/children/{}", line.child.id), &line.child.file_no))
        .sorted("file_no")
        .code(),
        Column::new("reports.tracing.name", 10, |line, _| Value::text(&line.child.name)).sorted("name"),
        Column::new("reports.tracing.sex", 6, |line, ctx| {
            Value::Text(ctx.say(line.child.sex.word()))
        }),
        Column::new("reports.tracing.birth_on", 12, |line, _| {
            Value::Date(line.child.birth_on)
        }),
        Column::new("reports.tracing.identity", 20, |line, _| {
            Value::text_or_blank(line.child.identity_mask.as_ref())
        }),
        Column::new("reports.tracing.street", 14, |line, _| Value::text(&line.street)),
        Column::new("reports.tracing.guardian", 10, |line, _| {
            Value::text_or_blank(line.guardian.as_ref().map(|person| mask::name(&person.name)))
        }),
        Column::new("reports.tracing.phone", 14, |line, _| {
            Value::text_or_blank(line.guardian.as_ref().and_then(|person| person.phone_mask.as_ref()))
        }),
        Column::new("reports.tracing.screened_on", 12, |line, _| {
            Value::date_or_blank(line.screen.as_ref().map(|(screen, _)| screen.performed_on))
        }),
        Column::new("reports.tracing.screened_at", 22, |line, _| {
            Value::text_or_blank(line.screen.as_ref().map(|(_, place)| place))
        }),
        Column::new("reports.tracing.screened_age", 8, |line, _| {
            let age = line.screen.as_ref().map(|(screen, _)| screen.age_months.into());
            age.map_or(Value::Blank, Value::Count)
        }),
        Column::new("reports.tracing.signs", 12, |line, ctx| {
            let signs = line.screen.as_ref().map(|(screen, _)| signs(screen, ctx.language));
            Value::text_or_blank(signs)
        }),
        Column::new("reports.tracing.referred_on", 12, |line, _| {
            Value::date_or_blank(line.referred_on)
        }),
        Column::new("reports.tracing.rescreened_on", 12, |line, _| {
            Value::date_or_blank(line.rescreen.as_ref().map(|(rescreen, _)| rescreen.performed_on))
        }),
        Column::new("reports.tracing.rescreened_at", 18, |line, _| {
            Value::text_or_blank(line.rescreen.as_ref().map(|(_, place)| place))
        }),
        Column::new("reports.tracing.instruments", 22, |line, ctx| match &line.rescreen {
            Some(_) => Value::Text(totals(&line.instruments, ctx.language)),
            None => Value::Blank,
        }),
        Column::new("reports.tracing.rescreen_result", 10, |line, ctx| {
            match &line.rescreen {
                Some(_) if line.withheld.0 => Value::Text(ctx.say("reports.tracing.withheld")),
                Some((rescreen, _)) if rescreen.abnormal => Value::Text(ctx.say("reports.tracing.abnormal")),
                Some(_) => Value::Text(ctx.say("reports.tracing.normal")),
                None => Value::Blank,
            }
        }),
        Column::new("reports.tracing.diagnosed_on", 12, |line, _| {
            Value::date_or_blank(line.diagnosis.as_ref().map(|(diagnosis, _)| diagnosis.diagnosed_on))
        }),
        Column::new("reports.tracing.diagnosed_at", 18, |line, _| {
            Value::text_or_blank(line.diagnosis.as_ref().map(|(_, place)| place))
        }),
        Column::new("reports.tracing.codes", 14, |line, ctx| {
            let codes = line.diagnosis.as_ref().map(|(found, _)| {
                if line.withheld.1 {
                    ctx.say("reports.tracing.withheld")
                } else {
                    codes(found, ctx.language)
                }
            });
            Value::text_or_blank(codes)
        }),
        Column::new("reports.tracing.doctor", 10, |line, _| {
            Value::text_or_blank(line.diagnosis.as_ref().map(|(diagnosis, _)| &diagnosis.doctor))
        }),
        Column::new("reports.tracing.centre", 20, |line, _| {
            Value::text_or_blank(line.intake.as_ref().map(|(place, _)| place))
        }),
        Column::new("reports.tracing.taken_on", 12, |line, _| {
            Value::date_or_blank(line.intake.as_ref().map(|(_, day)| *day))
        }),
        Column::new("reports.tracing.stage", 14, |line, ctx| {
            let stage = line.pathway.as_ref().map(|at| ctx.say(at.stage.word()));
            Value::text_or_blank(stage)
        }),
        Column::new("reports.tracing.next_on", 12, |line, _| {
            Value::date_or_blank(line.next_on)
        }),
        Column::new("reports.tracing.owner", 12, |line, _| {
            Value::text_or_blank(line.owner.as_ref())
        }),
        Column::new("reports.tracing.overdue_days", 8, |line, _| {
            Value::Count(line.overdue_days)
        })
        .on_page(|line, _| {
            if line.overdue_days > 0 {
                Cell::new().text(line.overdue_days.to_string())
            } else {
                Cell::new()
            }
        })
        .number(),
    ];

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<child::Entity>> {
        queries::select(by, list)
    }

    async fn rows(app: &App, ctx: &Ctx, found: Vec<child::Model>) -> Result<Vec<Line>> {
        lines::of(&*app.db, &ctx.actor, found).await
    }

    async fn around(app: &App, ctx: &Ctx, list: &List) -> Result<Around> {
        let streets = street_choices(&app.db, &ctx.actor, list.filter("street")).await?;
        let stages = choices::<Stage>(ctx.language, list.filter("stage"));
        Ok(Around {
            lead: "reports.tracing.lead",
            filters: vec![
                Filter::text("month", "reports.tracing.month", list),
                Filter::select("street", "reports.tracing.filter_street", streets),
                Filter::select("stage", "reports.tracing.filter_stage", stages),
            ],
            nothing: "reports.tracing.none",
            file: "reports.tracing.export",
            ..Around::default()
        })
    }
}

/// Instruments with their totals, as far as the reader is told these.
fn totals(instruments: &[(assessment::Model, Sight)], language: Language) -> String {
    joined(
        language,
        instruments.iter().map(|(one, sight)| {
            let total = one.result.get("total").filter(|total| !total.is_null());
            let total = if *sight == Sight::Told {
                total.map(|total| format!(" {total}")).unwrap_or_default()
            } else {
                raw(language, "reports.tracing.untold").into_owned()
            };
            format!("{}{total}", one.instrument.to_uppercase())
        }),
    )
}

/// The numbers of the signs that were present, and regression.
fn signs(screen: &screen::Model, language: Language) -> String {
    let regression = screen
        .regression
        .then(|| raw(language, "reports.tracing.regression").into_owned());
    joined(
        language,
        screen.signs.0.iter().map(ToString::to_string).chain(regression),
    )
}

/// The codes of a diagnosis.
fn codes(diagnosis: &diagnosis::Model, language: Language) -> String {
    if diagnosis.codes.0.is_empty() {
        return raw(language, "reports.tracing.nothing_found").into_owned();
    }
    joined(language, diagnosis.codes.0.iter())
}
