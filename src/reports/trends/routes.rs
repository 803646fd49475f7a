//! The page of charts.

use axum::extract::State;

use super::{
    queries::{self, FUNNEL},
    views::TrendsPage,
};
use crate::{
    access::Can,
    platform::{App, Result, Say},
    reports::{
        published,
        screening::{
            figures::{self, Figures},
            request::{Asked, By, Mode, Request, Span},
            service, table,
        },
        statistics::Tenths,
    },
    web::{Answer, Ctx, Query, Routes},
};

/// The route of the charts.
pub fn routes() -> Routes {
    Routes::new().get_heavy("/reports/screening/trends", Can::ViewReports, trends)
}

async fn trends(State(app): State<App>, ctx: Ctx, Query(asked): Query<Asked>) -> Answer {
    let view = if ctx.may(Can::OpenNumbers) {
        counted(&app, &ctx, &asked).await?
    } else {
        told(&app, &ctx, &asked).await?
    };
    ctx.page(&view)
}

/// Counted now, from the children themselves.
async fn counted(app: &App, ctx: &Ctx, asked: &Asked) -> Result<TrendsPage> {
    let db = &*app.db;
    let request = asked.request(&ctx.actor)?;
    let span = if request.period.is_month() {
        Span::YearToDate
    } else {
        Span::Period
    };
    let cohort = Request {
        mode: Mode::Cohort,
        ..request.clone()
    };
    // Both at a time, and the rest.
    let (steps, before) = tokio::try_join!(figures::totals(db, &cohort, span, FUNNEL), async {
        figures::count_spans(db, &request.year_before(), &[Span::Period]).await
    })?;
    let now = figures::count_spans(db, &request, &[Span::Period]).await?;
    let tenths = |days: Option<Tenths>| days.map_or_else(|| "\u{2014}".to_owned(), |days| days.to_string());
    let waited = |w: &queries::Waiting| {
        [
            ctx.say(format!("reports.waiting.{}", w.key)),
            tenths(w.median),
            tenths(w.most),
            w.children.to_string(),
        ]
    };
    let waiting = queries::waiting(db, &request, span).await?;
    Ok(TrendsPage {
        lead: lead(app, ctx, &request).await?,
        query: request.query(),
        hidden: false,
        funnel: funnel(ctx, &steps),
        waiting: waiting.iter().map(waited).collect(),
        ages: ages(ctx, &queries::age_at_diagnosis(db, &request, span).await?),
        prevalence: prevalence_line(&now),
        compared: queries::compared(&now, &before, Span::Period)
            .into_iter()
            .map(|c| [ctx.say(format!("reports.column.{}", c.key)), c.now, c.before, c.change])
            .collect(),
    })
}

/// The same of what is published, as far as it is made of that.
async fn told(app: &App, ctx: &Ctx, asked: &Asked) -> Result<TrendsPage> {
    let request = published::request(asked, &ctx.actor, app.config.publish_after_days)?;
    let by_street = Request {
        by: By::Street,
        ..request.clone()
    };
    let now = published::figures(app, &ctx.actor, &by_street).await?;
    let steps = FUNNEL.map(|key| now.count(Span::Period, key, None));
    let by_age = if request.division.len() > 6 {
        Vec::new()
    } else {
        let by_age = Request {
            by: By::Age,
            ..request.clone()
        };
        queries::ages_of(&published::figures(app, &ctx.actor, &by_age).await?)
    };
    Ok(TrendsPage {
        lead: lead(app, ctx, &request).await?,
        query: request.query(),
        hidden: true,
        funnel: funnel(ctx, &steps),
        waiting: Vec::new(),
        ages: ages(ctx, &by_age),
        prevalence: if request.division.len() > 6 {
            Say::new("reports.trends.prevalence_none")
        } else {
            prevalence_line(&now)
        },
        compared: Vec::new(),
    })
}

async fn lead(app: &App, ctx: &Ctx, request: &Request) -> Result<String> {
    let place = service::place_name(&*app.db, &request.division, ctx.language).await?;
    let lead = Say::new("reports.lead")
        .with("place", place)
        .with("period", request.period);
    Ok(ctx.say(lead))
}

fn funnel(ctx: &Ctx, steps: &[i64]) -> Vec<[String; 3]> {
    let previous = std::iter::once(None).chain(steps.iter().copied().map(Some));
    FUNNEL
        .iter()
        .zip(steps.iter().zip(previous))
        .map(|(key, (n, before))| {
            let share = before.map_or_else(String::new, |before| queries::step_rate(*n, before));
            [ctx.say(format!("reports.column.{key}")), n.to_string(), share]
        })
        .collect()
}

fn ages(ctx: &Ctx, ages: &[(u32, i64)]) -> Vec<[String; 2]> {
    ages.iter()
        .map(|(months, n)| [table::age_name(&months.to_string(), ctx.language), n.to_string()])
        .collect()
}

fn prevalence_line(figures: &Figures) -> Say {
    let found = queries::prevalence(figures);
    match found.interval {
        None => Say::new("reports.trends.prevalence_none"),
        Some((low, high)) => Say::new("reports.trends.prevalence_line")
            .with("on", figures.request.reference)
            .with("known", figures.known)
            .with("residents", found.ratio.denominator)
            .with("rate", found.ratio.text())
            .with("low", low)
            .with("high", high),
    }
}
