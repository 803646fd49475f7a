//! The queries behind the indicators: one per step of the chain.
//!
//! Every milestone answers rows `(child_id, k, sex, day, n, flags…)`: the child (a merged file stands for its survivor), the
//! row of the report it belongs to, and `n` = 1 on the one row that stands for the child, its latest. So a child is
//! counted once, in one row of the report, and the rows add up to the total. Places are the snapshots taken when
//! something was done, and residences by date: a later move changes nothing. Withdrawn records are left out.

use chrono::NaiveDate;
use entities::{
    child::{child, residence},
    screening::{diagnosis, planned_check, referral, referral_step, rescreen, screen},
    words::{CheckState, ReferralKind, ReferralState, ScreenOutcome},
};
use sea_orm::{
    ColumnTrait, Condition, Order,
    sea_query::{Expr, ExprTrait, Func, OverStatement as _, Query, SelectStatement, WindowStatement},
};

use super::{
    ages::Ages,
    conditions::{
        codes_text, done, intake, lives_there, names_code, not_filed, not_yet_seven, still_here, taken, unsent,
        was_sent,
    },
    milestones::{Flag, Milestone},
    places::{inside, origin_site, text},
    request::{By, Request, Span},
    sql::{column, flag, has, join, latest, off, on},
};
use crate::platform::clock::start_of;

/// The rows of a milestone with the flags that are asked for.
pub fn rows(milestone: Milestone, request: &Request, ages: &Ages, span: Span, flags: &[Flag]) -> SelectStatement {
    let grid = Grid {
        request,
        ages,
        from: request.from(span),
        until: request.until(),
    };
    match milestone {
        Milestone::Residents => grid.residents(flags),
        Milestone::Due => grid.due(false),
        Milestone::DueBeforeOpening => grid.due(true),
        Milestone::Screens => grid.screens(&[ScreenOutcome::Normal, ScreenOutcome::Abnormal], flags),
        Milestone::Refusals => grid.screens(&[ScreenOutcome::Refused], flags),
        Milestone::RescreenReferrals => grid.referrals(ReferralKind::Rescreen),
        Milestone::DiagnosisReferrals => grid.referrals(ReferralKind::Diagnosis),
        Milestone::Rescreens => grid.rescreens(),
        Milestone::Diagnoses => grid.diagnoses(),
        Milestone::Losses => grid.losses(),
        Milestone::OverdueRescreens => grid.overdue(ReferralKind::Rescreen),
        Milestone::OverdueDiagnoses => grid.overdue(ReferralKind::Diagnosis),
        Milestone::Cohort => grid.cohort(flags),
    }
}

/// What a milestone is counted in: the rows of the report, and the days of a span.
pub(super) struct Grid<'a> {
    pub(super) request: &'a Request,
    pub(super) ages: &'a Ages,
    pub(super) from: NaiveDate,
    pub(super) until: NaiveDate,
}

/// The file that stands for a child: its own, or the one it was merged into.
fn who() -> Expr {
    Func::coalesce([child::Column::MergedInto.into_expr(), child::Column::Id.into_expr()]).into()
}

/// The rows of one child, in an order. `n` = 1 is the first of it.
fn of_child(rank: &[(Expr, Order)]) -> WindowStatement {
    let mut window = WindowStatement::new();
    window.add_partition_by(who());
    for (expr, order) in rank {
        window.order_by_expr(expr.clone(), order.clone());
    }
    window
}

/// A flag that holds for a child when it holds for any of its rows.
fn any_of_child(select: &mut SelectStatement, condition: Expr, flag_named: Flag) {
    let any = Expr::from(Func::max(flag(condition)));
    select.expr_window_as(any, of_child(&[]), flag_named.column());
}

impl Grid<'_> {
    pub(super) fn in_span(&self, day: &impl ColumnTrait) -> Condition {
        Condition::all().add(day.gte(self.from)).add(day.lt(self.until))
    }

    fn at_in_span(&self, moment: Expr) -> Condition {
        Condition::all()
            .add(moment.clone().gte(start_of(self.from)))
            .add(moment.lt(start_of(self.until)))
    }

    /// The row a place belongs to.
    fn place(&self, district: impl ColumnTrait, street: impl ColumnTrait) -> Expr {
        if self.request.is_city() {
            district.into_expr()
        } else {
            street.into_expr()
        }
    }

    /// Inside the division that the report is for.
    pub(super) fn here(&self, district: impl ColumnTrait, street: impl ColumnTrait) -> Condition {
        inside(district, street, &self.request.division)
    }

    /// What every milestone answers first.
    pub(super) fn head(&self, k: Expr, day: Expr, rank: &[(Expr, Order)]) -> SelectStatement {
        Query::select()
            .expr_as(who(), "child_id")
            .expr_as(k, "k")
            .expr_as(child::Column::Sex.into_expr(), "sex")
            .expr_as(day, "day")
            .expr_window_as(Expr::cust("row_number()"), of_child(rank), "n")
            .to_owned()
    }

    fn residents(&self, flags: &[Flag]) -> SelectStatement {
        let reference = self.request.reference;
        let k = match self.request.by {
            By::Street => self.place(residence::Column::District, residence::Column::Street),
            By::Age => self.ages.band_of_birth(reference),
            By::Site => text(""),
        };
        let rank = latest(residence::Column::FromOn, residence::Column::Id);
        let mut select = self.head(k, residence::Column::FromOn.into_expr(), &rank);
        select
            .from(residence::Entity)
            .and_where(child::Column::MergedInto.is_null())
            .cond_where(self.here(residence::Column::District, residence::Column::Street))
            .cond_where(lives_there(Expr::val(reference)))
            .cond_where(not_yet_seven(self.ages, reference))
            .cond_where(still_here(Expr::val(reference)));
        join(&mut select, residence::Column::ChildId);
        let screened = |from: NaiveDate| {
            has("o", screen::Entity, screen::Column::ChildId, |o| {
                Condition::all()
                    .add(o(screen::Column::WithdrawnAt).is_null())
                    .add(o(screen::Column::Outcome).is_in(done()))
                    .add(o(screen::Column::PerformedOn).gte(from))
                    .add(o(screen::Column::PerformedOn).lt(self.until))
            })
        };
        for flag_wanted in flags {
            let exists = match flag_wanted {
                Flag::Screened => screened(self.from),
                Flag::ScreenedThisYear => screened(self.request.from(Span::YearToDate)),
                Flag::Known
                | Flag::Late
                | Flag::Abnormal
                | Flag::Referred
                | Flag::Rescreened
                | Flag::RescreenAbnormal
                | Flag::DiagnosisReferred
                | Flag::Diagnosed
                | Flag::DiagnosedAfterAbnormal
                | Flag::Autism
                | Flag::Gdd
                | Flag::Language
                | Flag::Intellectual
                | Flag::OtherFinding
                | Flag::Filed
                | Flag::Intervened
                | Flag::Lost
                | Flag::OverdueRescreen
                | Flag::OverdueDiagnosis => has("o", diagnosis::Entity, diagnosis::Column::ChildId, |o| {
                    Condition::all()
                        .add(o(diagnosis::Column::WithdrawnAt).is_null())
                        .add(o(diagnosis::Column::Autism).eq(true))
                        .add(o(diagnosis::Column::DiagnosedOn).lte(reference))
                }),
            };
            select.expr_as(flag(exists), flag_wanted.column());
        }
        select
    }

    fn due(&self, before_opening: bool) -> SelectStatement {
        let k = match self.request.by {
            By::Street => self.place(residence::Column::District, residence::Column::Street),
            By::Age => planned_check::Column::AgeMonths.into_expr().cast_as("text"),
            By::Site => text(""),
        };
        let day = planned_check::Column::DueOn;
        let mut select = self.head(k, day.into_expr(), &latest(day, planned_check::Column::Id));
        select
            .from(residence::Entity)
            .and_where(child::Column::MergedInto.is_null())
            .cond_where(self.here(residence::Column::District, residence::Column::Street))
            .cond_where(self.in_span(&day))
            .cond_where(lives_there(day.into_expr()))
            .cond_where(still_here(day.into_expr()));
        join(&mut select, residence::Column::ChildId);
        on(
            &mut select,
            planned_check::Entity,
            Expr::col((planned_check::Entity, planned_check::Column::ChildId))
                .equals((residence::Entity, residence::Column::ChildId)),
        );
        select.and_where(if before_opening {
            // In words, so that the small index of just these checks serves.
            Expr::cust(r#""planned_check"."state" = 'before_opening'"#)
        } else {
            planned_check::Column::State.ne(CheckState::BeforeOpening)
        });
        select
    }

    fn screens(&self, outcomes: &[ScreenOutcome], flags: &[Flag]) -> SelectStatement {
        let day = screen::Column::PerformedOn;
        let mut select = self.head(self.row_of_screen(), day.into_expr(), &latest(day, screen::Column::Id));
        if flags.contains(&Flag::Abnormal) {
            let abnormal = screen::Column::Outcome.eq(ScreenOutcome::Abnormal);
            any_of_child(&mut select, abnormal, Flag::Abnormal);
        }
        select
            .expr_as(flag(screen::Column::EnteredLate.eq(true)), Flag::Late.column())
            .from(screen::Entity)
            .cond_where(self.here(screen::Column::District, screen::Column::Street))
            .cond_where(self.in_span(&day))
            .and_where(screen::Column::WithdrawnAt.is_null())
            .and_where(screen::Column::Outcome.is_in(outcomes.iter().copied()));
        join(&mut select, screen::Column::ChildId);
        select
    }

    pub(super) fn row_of_screen(&self) -> Expr {
        match self.request.by {
            By::Street => self.place(screen::Column::District, screen::Column::Street),
            By::Age => screen::Column::AgeMonths.into_expr().cast_as("text"),
            By::Site => screen::Column::OrganisationId.into_expr().cast_as("text"),
        }
    }

    fn rescreens(&self) -> SelectStatement {
        let day = rescreen::Column::PerformedOn;
        let k = match self.request.by {
            By::Street => self.place(rescreen::Column::District, rescreen::Column::Street),
            By::Age => self.ages.band_of_days(rescreen::Column::AgeDays.into_expr()),
            By::Site => origin_site(column(rescreen::Entity, rescreen::Column::ChildId), self.until),
        };
        let mut select = self.head(k, day.into_expr(), &latest(day, rescreen::Column::Id));
        any_of_child(&mut select, rescreen::Column::Abnormal.eq(true), Flag::Abnormal);
        select
            .from(rescreen::Entity)
            .cond_where(self.here(rescreen::Column::District, rescreen::Column::Street))
            .cond_where(self.in_span(&day))
            .and_where(rescreen::Column::WithdrawnAt.is_null());
        join(&mut select, rescreen::Column::ChildId);
        select
    }

    fn diagnoses(&self) -> SelectStatement {
        let day = diagnosis::Column::DiagnosedOn;
        let k = match self.request.by {
            By::Street => self.place(diagnosis::Column::District, diagnosis::Column::Street),
            By::Age => self.ages.band_of_days(diagnosis::Column::AgeDays.into_expr()),
            By::Site => origin_site(column(diagnosis::Entity, diagnosis::Column::ChildId), self.until),
        };
        let mut select = self.head(k, day.into_expr(), &latest(day, diagnosis::Column::Id));
        let autism = || Condition::all().add(diagnosis::Column::Autism.eq(true));
        for (other, codes) in [
            (Flag::Gdd, &["F88", "F89"][..]),
            (Flag::Language, &["F80"]),
            (Flag::Intellectual, &["F7"]),
        ] {
            select.expr_as(
                flag(
                    Condition::all()
                        .add(diagnosis::Column::Autism.eq(false))
                        .add(names_code(codes)),
                ),
                other.column(),
            );
        }
        let rest = Condition::all()
            .add(diagnosis::Column::Autism.eq(false))
            .add(codes_text().ne("[]"))
            .add(names_code(&["F88", "F89", "F80", "F7"]).not());
        select
            .expr_as(flag(rest), Flag::OtherFinding.column())
            .expr_as(flag(autism()), Flag::Autism.column())
            .expr_as(flag(autism().add(intake(&not_filed(), true))), Flag::Filed.column())
            .expr_as(flag(autism().add(intake(&taken(), false))), Flag::Intervened.column())
            .from(diagnosis::Entity)
            .cond_where(self.here(diagnosis::Column::District, diagnosis::Column::Street))
            .cond_where(self.in_span(&day))
            .and_where(diagnosis::Column::WithdrawnAt.is_null());
        join(&mut select, diagnosis::Column::ChildId);
        select
    }

    /// Referrals of a kind with their row; the place is that of the finding they rest on.
    fn referrals_of(&self, kind: Option<ReferralKind>, day: Expr) -> SelectStatement {
        let resting = |ours: Expr, theirs: Expr, lived: Expr| Expr::from(Func::coalesce([ours, theirs, lived]));
        let street = resting(
            rescreen::Column::Street.into_expr(),
            screen::Column::Street.into_expr(),
            child::Column::Street.into_expr(),
        );
        let k = match self.request.by {
            By::Street if self.request.is_city() => referral::Column::District.into_expr(),
            By::Street => street.clone(),
            By::Age => self.ages.band_of_days(
                Func::coalesce([
                    rescreen::Column::AgeDays.into_expr(),
                    screen::Column::AgeDays.into_expr(),
                ])
                .into(),
            ),
            By::Site => origin_site(column(referral::Entity, referral::Column::ChildId), self.until),
        };
        let mut select = self.head(k, day, &latest(referral::Column::Since, referral::Column::Id));
        select.from(referral::Entity);
        if let Some(kind) = kind {
            select.and_where(referral::Column::Kind.eq(kind));
        }
        let division = self.request.division.as_str();
        if let Some(district) = division.get(..6) {
            select.and_where(referral::Column::District.eq(district));
            if division.len() > 6 {
                select.and_where(street.eq(division));
            }
        } else {
            select.cond_where(self.here(referral::Column::District, child::Column::Street));
        }
        join(&mut select, referral::Column::ChildId);
        off(
            &mut select,
            screen::Entity,
            screen::Column::Id,
            referral::Column::ScreenId,
        );
        off(
            &mut select,
            rescreen::Entity,
            rescreen::Column::Id,
            referral::Column::RescreenId,
        );
        select
    }

    /// Sent in the span. A recalled referral is as good as never sent; one that was cancelled because the child left had
    /// been sent all the same.
    fn referrals(&self, kind: ReferralKind) -> SelectStatement {
        let mut select = self.referrals_of(Some(kind), referral::Column::Since.into_expr());
        select
            .cond_where(self.at_in_span(referral::Column::Since.into_expr()))
            .and_where(referral::Column::State.is_not_in(unsent()))
            .cond_where(
                Condition::any()
                    .add(referral::Column::State.ne(ReferralState::Cancelled))
                    .add(was_sent()),
            );
        select
    }

    fn losses(&self) -> SelectStatement {
        // Any kind of referral can end with a family that nobody reaches.
        let mut select = self.referrals_of(None, referral_step::Column::At.into_expr());
        on(
            &mut select,
            referral_step::Entity,
            Expr::col((referral_step::Entity, referral_step::Column::ReferralId))
                .equals((referral::Entity, referral::Column::Id)),
        );
        select
            .and_where(referral_step::Column::ToState.eq(ReferralState::Lost))
            .cond_where(self.at_in_span(referral_step::Column::At.into_expr()));
        select
    }

    fn overdue(&self, kind: ReferralKind) -> SelectStatement {
        let mut select = self.referrals_of(Some(kind), referral::Column::DueOn.into_expr());
        let closing = self.request.closing();
        select
            .and_where(referral::Column::DueOn.lt(self.request.reference))
            .and_where(referral::Column::Since.lt(closing))
            .cond_where(
                Condition::any()
                    .add(referral::Column::ClosedAt.is_null())
                    .add(referral::Column::ClosedAt.gte(closing)),
            );
        select
    }
}
