//! What a search term finds: a name by any part and any reading, numbers of the child and of the file, those who answer for
//! the child, and the day of its birth.

use chrono::NaiveDate;
use entities::{
    child::{care, child, child_term, guardian, guardianship},
    citizen_id::BirthCertificateNo,
    half_width::half_width,
    organisation::division,
    phone::Phone,
    words::OrganisationKind,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, JoinType, SelectStatement, UnionType},
};

use crate::{
    access::scope,
    person::{hanzi, phone_digits},
    platform::{Actor, App, Keys, Result, condition, day},
};

/// Stands before the digits of a file number that are written from the last to the first: what begins with the last digits
/// turned round is what ends in them. No name holds it.
const FROM_THE_END: char = '#';
/// A file number is at least typed so far before everything that begins with it is wanted: the district.
const DISTRICT: usize = 6;

/// The term by which a file is found by the last digits of its number.
pub(super) fn from_the_end(file_no: &str) -> String {
    let digits: Vec<char> = file_no.chars().filter(char::is_ascii_digit).collect();
    std::iter::once(FROM_THE_END).chain(digits.into_iter().rev()).collect()
}

/// Enough was typed to suggest somebody: a Chinese character, or two letters or digits.
pub(super) fn is_enough(term: &str) -> bool {
    let query = hanzi::search_query(term);
    query.chars().count() > 1 || !query.is_ascii()
}

/// What a term may be.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    /// Stretches of search terms.
    begins: Vec<String>,
    /// Search terms as a whole.
    whole: Option<String>,
    /// Beginning of a guardian's name: more than a surname, which a child has of its own.
    guardian: Option<String>,
    /// A phone, as digits.
    phone: Option<String>,
    born: Option<NaiveDate>,
}

/// Reads a term in every way in which somebody can mean it. Pure.
fn asked(term: &str) -> Asked {
    let mut asked = Asked {
        born: day::parse(term),
        phone: Phone::parse(term).ok().map(|phone| phone_digits(&phone)),
        ..Asked::default()
    };
    let query = hanzi::search_query(term);
    let digits = query.chars().all(|c| c.is_ascii_digit());
    if query.is_empty() {
        return asked;
    }
    if digits {
        asked.begins.push(from_the_end(&query));
    }
    if digits && query.len() < DISTRICT {
        asked.whole = Some(query);
        return asked;
    }
    if !digits && query.chars().count() > 1 {
        asked.guardian = Some(hanzi::tidy_name(term));
    }
    asked.begins.push(query);
    asked
}

/// What a search term finds: a whole document number by its hash, everything else by what begins with it.
pub(super) async fn found_by(app: &App, by: &Actor, term: &str) -> Result<Condition> {
    if let Some(index) = number_index(&app.keys, term)? {
        return Ok(Condition::all().add(child::COLUMN.identity_index.eq(index)));
    }
    let asked = asked(term);
    let mut ways: Vec<SelectStatement> = Vec::new();
    if !asked.begins.is_empty() || asked.whole.is_some() {
        ways.extend(by_terms(app, by, &asked).await?);
    }
    if let Some(name) = &asked.guardian {
        ways.push(answered_for(
            Condition::all()
                .add(guardian::COLUMN.name.gte(name.as_str()))
                .add(guardian::COLUMN.name.lt(format!("{name}\u{10ffff}"))),
        ));
    }
    if let Some(phone) = &asked.phone {
        let index = app.keys.index("phone", phone)?;
        ways.push(answered_for(
            Condition::all().add(guardian::COLUMN.phone_index.eq(index)),
        ));
    }
    if let Some(born) = asked.born {
        let that_day = child::Entity::find()
            .select_only()
            .column(child::Column::Id)
            .filter(child::COLUMN.birth_on.eq(born));
        ways.push(that_day.into_query());
    }
    let mut ways = ways.into_iter();
    let Some(mut ids) = ways.next() else {
        return Ok(condition::nothing());
    };
    for way in ways {
        ids.union(UnionType::Distinct, way);
    }
    Ok(Condition::all().add(child::Column::Id.in_subquery(ids)))
}

/// Children by their search terms, where the actor may see any: in the districts of the organisation, and among those whom
/// it cares for.
async fn by_terms(app: &App, by: &Actor, asked: &Asked) -> Result<Vec<SelectStatement>> {
    let near = by.workplace.as_ref().is_none_or(|place| {
        matches!(
            place.kind,
            OrganisationKind::Federation | OrganisationKind::StreetFederation | OrganisationKind::ScreeningSite
        )
    });
    let mut ways = Vec::new();
    if near {
        let districts = districts(app, by.coverage()).await?;
        ways.extend(stretches(asked).map(|terms| in_districts(&districts, terms)));
    }
    if let Some(place) = by.workplace.as_ref().filter(|place| !place.kind.is_federation()) {
        ways.extend(stretches(asked).map(|terms| among_ties(place.id, terms)));
    }
    Ok(ways)
}

/// Children for whom somebody answers.
fn answered_for(who: Condition) -> SelectStatement {
    let people = guardian::Entity::find()
        .select_only()
        .column(guardian::Column::Id)
        .filter(who)
        .into_query();
    guardianship::Entity::find()
        .select_only()
        .column(guardianship::Column::ChildId)
        .filter(guardianship::Column::GuardianId.in_subquery(people))
        .filter(guardianship::COLUMN.ended_on.is_null())
        .into_query()
}

/// The hash of a document number that was typed in full.
fn number_index(keys: &Keys, term: &str) -> Result<Option<String>> {
    let number: String = half_width(term).split_whitespace().collect::<String>().to_uppercase();
    let whole = number.len() == 18 && number.bytes().all(|c| c.is_ascii_digit() || c == b'X');
    if !whole && BirthCertificateNo::parse(&number).is_err() {
        return Ok(None);
    }
    Ok(Some(keys.index("identity", &number)?))
}

/// Stretches of search terms. Each is a query of its own: with two in one, SQLite reads all terms of the district.
fn stretches(asked: &Asked) -> impl Iterator<Item = Condition> {
    let column = child_term::COLUMN.term;
    let begins = asked.begins.iter().map(move |begin| {
        Condition::all()
            .add(column.gte(begin.as_str()))
            .add(column.lt(format!("{begin}\u{10ffff}")))
    });
    let whole = asked.whole.iter();
    begins.chain(whole.map(move |whole| Condition::all().add(column.eq(whole.as_str()))))
}

/// Children of whole districts. Equality on the district and a range of terms is one stretch of the primary key, as
/// long as the answer, however many children there are.
fn in_districts(districts: &[String], terms: Condition) -> SelectStatement {
    child_term::Entity::find()
        .select_only()
        .column(child_term::Column::ChildId)
        .filter(child_term::Column::District.is_in(districts))
        .filter(terms)
        .into_query()
}

/// Children whom an organisation cares for, wherever they live.
fn among_ties(organisation: entities::OrganisationId, terms: Condition) -> SelectStatement {
    let on = Expr::col((child_term::Entity, child_term::Column::ChildId)).equals((care::Entity, care::Column::ChildId));
    let mut ids = care::Entity::find()
        .select_only()
        .filter(care::COLUMN.organisation_id.eq(organisation))
        .filter(care::COLUMN.ended_at.is_null())
        .filter(terms)
        .into_query();
    ids.column((child_term::Entity, child_term::Column::ChildId))
        .join(JoinType::InnerJoin, child_term::Entity, on);
    ids
}

/// The districts under a coverage.
async fn districts(app: &App, coverage: &str) -> Result<Vec<String>> {
    if let Some(district) = coverage.get(..6) {
        return Ok(vec![district.to_owned()]);
    }
    let codes: Vec<String> = division::Entity::find()
        .filter(scope::within(division::Column::Code, coverage))
        .select_only()
        .column(division::Column::Code)
        .into_tuple()
        .all(&*app.db)
        .await?;
    Ok(codes.into_iter().filter(|code| code.len() == 6).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_read_in_every_way_that_it_can_be_meant() {
        let begins = |term: &str| asked(term).begins;
        assert_eq!(from_the_end("330211-2026-00128"), "#82100620211 2033".replace(' ', ""));
        assert!(from_the_end("330211-2026-00128").starts_with(&begins("128")[0]));
        assert!(from_the_end("330211-2026-00128").starts_with(&begins("2026-00128")[0]));
        assert!(!from_the_end("330211-2026-01283").starts_with(&begins("128")[0]));
        assert_eq!(asked("33").begins, ["#33"], "a few digits are the last ones");
        assert_eq!(asked("33").whole.as_deref(), Some("33"));
        assert_eq!(begins("330211"), ["#112033", "330211"]);
        assert_eq!(begins("Wang Yue"), ["wangyue"]);
        assert_eq!(asked("王 丽").guardian.as_deref(), Some("王丽"));
        assert_eq!(asked("王").guardian, None, "a surname alone is the child's own");
        assert_eq!(asked("138 1234 5678").phone.as_deref(), Some("13812345678"));
        let born = "2023-05-04".parse().ok();
        for text in [
            "2023-05-04",
            "2023年5月4日",
            "2023.5.4",
            "2023/5/4",
            "20230504",
            "２０２３－０５－０４",
        ] {
            assert_eq!(asked(text).born, born, "{text}");
        }
        for nothing in ["", "%", "_", "·"] {
            assert_eq!(asked(nothing), Asked::default(), "{nothing}");
        }
        assert!(is_enough("王") && is_enough("wy") && is_enough("12"));
        assert!(!is_enough("w") && !is_enough("1") && !is_enough(" "));
    }
}
