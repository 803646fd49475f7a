//! Two files side by side, field by field, in the reader's words; numbers masked.

use entities::{child::child, words::Language};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{fields::Field, service::Side};
use crate::{
    children::{places, queries},
    pathway::{projection, rows::Around, standing},
    person::Ethnicity,
    platform::{App, Result, words},
};

/// How the two values of a line compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Equal.
    Same,
    /// Different.
    Different,
    /// Only one file says anything.
    OnlyOne,
}

impl Likeness {
    /// Its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Same => "merge.same",
            Self::Different => "merge.different",
            Self::OnlyOne => "merge.only_one",
        }
    }

    /// How it looks: tone and icon.
    pub const fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Same => ("success", "done"),
            Self::Different => ("warning", "warning"),
            Self::OnlyOne => ("info", "info"),
        }
    }
}

/// A line of the comparison of which one value is kept.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is.
    pub field: Field,
    /// In the first file.
    pub first: String,
    /// In the second.
    pub second: String,
    /// How they compare.
    pub likeness: Likeness,
    /// Whose value is proposed.
    pub proposed: Side,
}

impl Line {
    /// There is something to choose.
    pub fn differs(&self) -> bool {
        self.likeness != Likeness::Same
    }

    /// The first file's value is proposed.
    pub fn proposes_first(&self) -> bool {
        self.proposed == Side::First
    }
}

/// A line that only informs: what hangs on the files comes together whatever is chosen.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Locale key of what it is.
    pub key: &'static str,
    /// In the first file.
    pub first: String,
    /// In the second.
    pub second: String,
}

/// The file that is proposed to stay: the one with a number, else the older.
pub fn proposed(first: &child::Model, second: &child::Model) -> Side {
    if first.identity_index.is_none() && second.identity_index.is_some() {
        Side::Second
    } else {
        Side::First
    }
}

/// Every field of two files.
pub async fn lines(app: &App, language: Language, first: &child::Model, second: &child::Model) -> Result<Vec<Line>> {
    let stays = proposed(first, second);
    let mut lines = Vec::new();
    for field in Field::ALL {
        let likeness = match (field.is_empty(first), field.is_empty(second)) {
            _ if field.equal(app, first, second)? => Likeness::Same,
            (true, false) | (false, true) => Likeness::OnlyOne,
            _ => Likeness::Different,
        };
        let proposed = match (field.is_empty(first), field.is_empty(second)) {
            (true, false) => Side::Second,
            (false, true) => Side::First,
            _ => stays,
        };
        lines.push(Line {
            field: *field,
            first: value(app, language, *field, first).await?,
            second: value(app, language, *field, second).await?,
            likeness,
            proposed,
        });
    }
    Ok(lines)
}

/// A field as people read it.
async fn value(app: &App, language: Language, field: Field, file: &child::Model) -> Result<String> {
    let db = &*app.db;
    let none = || words::raw(language, "ui.none").into_owned();
    let text = match field {
        Field::Name => Some(file.name.clone()),
        Field::Sex => Some(words::raw(language, file.sex.word()).into_owned()),
        Field::Birth => Some(file.birth_on.to_string()),
        Field::Weeks => file.gestational_weeks.map(|weeks| weeks.to_string()),
        Field::Identity => Some(format!(
            "{} {}",
            words::raw(language, file.identity_kind.word()),
            file.identity_mask.as_deref().unwrap_or_default()
        )),
        Field::Ethnicity => Ethnicity::find(&file.ethnicity).map(|one| one.name(language)),
        Field::Household => match &file.household_division {
            Some(code) => Some(places::full_name(db, code).await?),
            None => None,
        },
        Field::Home => Some(places::full_name(db, &file.division).await?),
        Field::Address => file.address.clone(),
        Field::Kindergarten => file.kindergarten.clone(),
        Field::Card => file.disability_card_mask.as_ref().map(|mask| {
            let until = file.disability_card_expires_on.map(|day| day.to_string());
            format!("{mask} {}", until.unwrap_or_default())
        }),
    };
    Ok(text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .unwrap_or_else(none))
}

/// What hangs on the two files.
pub async fn facts(
    db: &impl ConnectionTrait,
    language: Language,
    first: &child::Model,
    second: &child::Model,
) -> Result<Vec<Fact>> {
    use entities::{
        child::consent,
        screening::{diagnosis, referral, rescreen, screen},
    };
    macro_rules! count {
        ($module:ident, $file:expr) => {
            $module::Entity::find()
                .filter($module::Column::ChildId.eq($file.id))
                .count(db)
                .await?
                .to_string()
        };
    }
    macro_rules! counted {
        ($key:literal, $module:ident) => {
            Fact {
                key: $key,
                first: count!($module, first),
                second: count!($module, second),
            }
        };
    }
    Ok(vec![
        Fact {
            key: "merge.fact.guardians",
            first: guardians(db, language, first).await?,
            second: guardians(db, language, second).await?,
        },
        Fact {
            key: "merge.fact.stage",
            first: stage(db, language, first).await?,
            second: stage(db, language, second).await?,
        },
        counted!("merge.table.screen", screen),
        counted!("merge.table.referral", referral),
        counted!("merge.table.rescreen", rescreen),
        counted!("merge.table.diagnosis", diagnosis),
        counted!("merge.table.consent", consent),
        Fact {
            key: "merge.fact.opened_on",
            first: crate::platform::clock::day_of(first.created_at).to_string(),
            second: crate::platform::clock::day_of(second.created_at).to_string(),
        },
    ])
}

async fn guardians(db: &impl ConnectionTrait, language: Language, file: &child::Model) -> Result<String> {
    let ties = queries::guardians(db, file.id).await?;
    let people = ties
        .into_iter()
        .filter(|(tie, _)| tie.ended_on.is_none())
        .map(|(tie, person)| {
            let kinship = words::raw(language, tie.kinship.word());
            let text = format!("{} {kinship} {}", person.name, person.phone_mask.unwrap_or_default());
            text.trim().to_owned()
        });
    let text = words::joined(language, people);
    Ok(if text.is_empty() {
        words::raw(language, "ui.none").into_owned()
    } else {
        text
    })
}

async fn stage(db: &impl ConnectionTrait, language: Language, file: &child::Model) -> Result<String> {
    let rows = projection::load(db, file).await?;
    let standing = standing::standing(
        &rows,
        &Around::default(),
        crate::platform::clock::day_of(file.created_at),
    );
    Ok(words::raw(language, standing.stage.word()).into_owned())
}
