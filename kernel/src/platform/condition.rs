//! Conditions that every feature asks of the database.

use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait as _, LikeExpr},
};

/// What nothing fulfils: somebody without a workplace sees nothing.
pub fn nothing() -> Condition {
    Condition::any().add(Expr::val(1).eq(0))
}

/// Text that holds a term, whatever signs are in it.
pub fn holding(term: &str) -> LikeExpr {
    LikeExpr::new(format!("%{}%", escaped(term))).escape('!')
}

/// Text that begins with a term, whatever signs are in it.
pub fn beginning(term: &str) -> LikeExpr {
    LikeExpr::new(format!("{}%", escaped(term))).escape('!')
}

fn escaped(term: &str) -> String {
    let mut text = String::with_capacity(term.len());
    for c in term.chars() {
        if matches!(c, '%' | '_' | '!') {
            text.push('!');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_is_looked_for_is_no_pattern() {
        assert_eq!(escaped("50%_王!"), "50!%!_王!!");
    }
}
