//! The cohort: children whose first abnormal screen lies in the span, and what became of each until now.

use entities::{
    screening::{diagnosis, referral, rescreen, screen},
    words::{ReferralKind, ReferralState, ScreenOutcome},
};
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, LikeExpr, Query, SelectStatement},
};

use super::{
    conditions::{intake, not_filed, taken, unsent},
    milestones::Flag,
    rows::Grid,
    sql::{flag, has, join},
};

impl Grid<'_> {
    pub(super) fn cohort(&self, flags: &[Flag]) -> SelectStatement {
        let day = screen::Column::PerformedOn;
        // Of two first screens (a merged file) the earlier stands for the child.
        let rank = [
            (day.into_expr(), sea_orm::Order::Asc),
            (screen::Column::Id.into_expr(), sea_orm::Order::Asc),
        ];
        let mut select = self.head(self.row_of_screen(), day.into_expr(), &rank);
        select
            .from(screen::Entity)
            .cond_where(self.here(screen::Column::District, screen::Column::Street))
            .cond_where(self.in_span(&day))
            .and_where(screen::Column::WithdrawnAt.is_null())
            .and_where(screen::Column::Outcome.eq(ScreenOutcome::Abnormal))
            .and_where(earlier_abnormal().not());
        join(&mut select, screen::Column::ChildId);
        for wanted in flags {
            select.expr_as(flag(self.became(*wanted)), wanted.column());
        }
        select
    }

    fn became(&self, flag: Flag) -> Condition {
        let all = Condition::all;
        match flag {
            Flag::Referred => all().add(referred(ReferralKind::Rescreen)),
            Flag::DiagnosisReferred => all().add(referred(ReferralKind::Diagnosis)),
            Flag::Rescreened => all().add(rescreened(false)),
            Flag::RescreenAbnormal => all().add(rescreened(true)),
            Flag::Diagnosed => all().add(assessed(None)),
            Flag::DiagnosedAfterAbnormal => all().add(rescreened(true)).add(assessed(None)),
            Flag::Autism => all().add(assessed(Some(true))),
            Flag::Gdd => found(&["F88", "F89"]),
            Flag::Language => found(&["F80"]),
            Flag::Intellectual => found(&["F7"]),
            Flag::OtherFinding => all().add(assessed(Some(true)).not()).add(another()),
            Flag::Filed => all().add(assessed(Some(true))).add(intake(&not_filed(), true)),
            Flag::Intervened => all().add(assessed(Some(true))).add(intake(&taken(), false)),
            Flag::Lost => all().add(has("lost", referral::Entity, referral::Column::ChildId, |r| {
                all().add(r(referral::Column::State).eq(ReferralState::Lost.as_str()))
            })),
            Flag::OverdueRescreen => all().add(self.waits(ReferralKind::Rescreen)),
            Flag::OverdueDiagnosis => all().add(self.waits(ReferralKind::Diagnosis)),
            Flag::Abnormal | Flag::Screened | Flag::ScreenedThisYear | Flag::Known | Flag::Late => {
                all().add(Expr::cust("1 = 1"))
            }
        }
    }

    /// A step that is still open and should be done by now.
    fn waits(&self, kind: ReferralKind) -> Expr {
        has("open", referral::Entity, referral::Column::ChildId, |r| {
            Condition::all()
                .add(r(referral::Column::Kind).eq(kind.as_str()))
                .add(r(referral::Column::ClosedAt).is_null())
                .add(r(referral::Column::DueOn).lt(self.request.reference))
        })
    }
}

fn after_first(day: Expr) -> Expr {
    day.gte(screen::Column::PerformedOn.into_expr())
}

/// An abnormal screen came before the one at hand.
fn earlier_abnormal() -> Expr {
    let own = |column: screen::Column| Expr::col(("before", column));
    let same_day = Condition::all()
        .add(own(screen::Column::PerformedOn).equals((screen::Entity, screen::Column::PerformedOn)))
        .add(own(screen::Column::Id).lt(screen::Column::Id.into_expr()));
    Expr::exists(
        Query::select()
            .expr(Expr::cust("1"))
            .from_as(screen::Entity, "before")
            .and_where(own(screen::Column::ChildId).equals((screen::Entity, screen::Column::ChildId)))
            .and_where(own(screen::Column::WithdrawnAt).is_null())
            .and_where(own(screen::Column::Outcome).eq(ScreenOutcome::Abnormal.as_str()))
            .cond_where(
                Condition::any()
                    .add(own(screen::Column::PerformedOn).lt(screen::Column::PerformedOn.into_expr()))
                    .add(same_day),
            )
            .to_owned(),
    )
}

fn referred(kind: ReferralKind) -> Expr {
    has("r", referral::Entity, referral::Column::ChildId, |r| {
        Condition::all()
            .add(r(referral::Column::Kind).eq(kind.as_str()))
            .add(r(referral::Column::State).is_not_in(unsent()))
    })
}

fn rescreened(abnormal: bool) -> Expr {
    has("again", rescreen::Entity, rescreen::Column::ChildId, |x| {
        let done = Condition::all()
            .add(x(rescreen::Column::WithdrawnAt).is_null())
            .add(after_first(x(rescreen::Column::PerformedOn)));
        if abnormal {
            done.add(x(rescreen::Column::Abnormal).eq(true))
        } else {
            done
        }
    })
}

fn assessments(holds: impl FnOnce(&dyn Fn(diagnosis::Column) -> Expr, Condition) -> Condition) -> Expr {
    has("d", diagnosis::Entity, diagnosis::Column::ChildId, |d| {
        let done = Condition::all()
            .add(d(diagnosis::Column::WithdrawnAt).is_null())
            .add(after_first(d(diagnosis::Column::DiagnosedOn)));
        holds(d, done)
    })
}

fn assessed(autism: Option<bool>) -> Expr {
    assessments(|d, done| match autism {
        Some(autism) => done.add(d(diagnosis::Column::Autism).eq(autism)),
        None => done,
    })
}

/// Another finding than autism, by the beginning of its codes.
fn found(begins: &[&str]) -> Condition {
    let named = assessments(|d, done| {
        let code = |begin: &&str| {
            d(diagnosis::Column::Codes)
                .cast_as("text")
                .like(LikeExpr::new(format!("%\"{begin}%")))
        };
        done.add(begins.iter().map(code).fold(Condition::any(), Condition::add))
    });
    Condition::all().add(assessed(Some(true)).not()).add(named)
}

/// A code of none of the named groups.
fn another() -> Expr {
    assessments(|d, done| {
        let text = || d(diagnosis::Column::Codes).cast_as("text");
        let named = ["F88", "F89", "F80", "F7"]
            .iter()
            .map(|begin| text().like(LikeExpr::new(format!("%\"{begin}%"))))
            .fold(Condition::any(), Condition::add);
        done.add(text().ne("[]")).add(named.not())
    })
}
