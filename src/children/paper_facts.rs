//! What a paper says of a child: who it is, and how the family is reached.

use std::collections::BTreeMap;

use entities::{
    ChildId, GuardianId,
    child::{child, guardian, guardianship},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::ages::age_on;
use crate::{
    access::scope,
    organisations::queries::division_names,
    platform::{App, Error, Result},
    web::{
        Ctx,
        paper::{Block, Fact, day, fact},
    },
};

/// Guardians that a paper names.
const NAMED: usize = 2;

/// A child as papers name it.
#[derive(Clone, Debug)]
pub struct OnPaper {
    /// The file.
    pub child: child::Model,
    /// Where it lives, by name.
    street: String,
    /// Who may be told about it, asked first first: name with relation, telephone.
    guardians: Vec<(String, String)>,
}

/// Some children whom the reader may see, in the language of `ctx`; telephone numbers masked, or in full.
///
/// # Errors
/// One of them is not found.
pub async fn on_paper(app: &App, ctx: &Ctx, ids: &[ChildId], full: bool) -> Result<BTreeMap<ChildId, OnPaper>> {
    let db = &*app.db;
    let children = scope::children(&ctx.actor)
        .filter(child::COLUMN.id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    if ids.iter().any(|id| !children.iter().any(|child| child.id == *id)) {
        return Err(Error::NotFound);
    }
    let streets = division_names(db, children.iter().map(|child| child.street.clone())).await?;
    let ties = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.is_in(ids.iter().copied()))
        .filter(guardianship::COLUMN.ended_on.is_null())
        .filter(guardianship::COLUMN.may_be_contacted.eq(true))
        .order_by_desc(guardianship::COLUMN.is_first)
        .order_by_asc(guardianship::COLUMN.id)
        .all(db)
        .await?;
    let people: BTreeMap<GuardianId, guardian::Model> = guardian::Entity::find()
        .filter(guardian::COLUMN.id.is_in(ties.iter().map(|tie| tie.guardian_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|person| (person.id, person))
        .collect();
    let mut all = BTreeMap::new();
    for child in children {
        let mut guardians = Vec::new();
        for tie in ties.iter().filter(|tie| tie.child_id == child.id).take(NAMED) {
            let Some(person) = people.get(&tie.guardian_id) else {
                continue;
            };
            let phone = match (&person.phone, full) {
                (Some(sealed), true) => app.keys.open("guardian.phone", sealed)?,
                _ => person.phone_mask.clone().unwrap_or_default(),
            };
            guardians.push((format!("{}（{}）", person.name, ctx.say(tie.kinship.word())), phone));
        }
        let street = streets.get(&child.street).unwrap_or(&child.street).clone();
        let one = OnPaper {
            street,
            guardians,
            child,
        };
        all.insert(one.child.id, one);
    }
    Ok(all)
}

impl OnPaper {
    /// Who it is.
    pub fn facts(&self, ctx: &Ctx) -> Block {
        Block::Facts { rows: self.rows(ctx) }
    }

    fn rows(&self, ctx: &Ctx) -> Vec<Vec<Fact>> {
        let child = &self.child;
        let age = ctx.say(age_on(child.birth_on, ctx.actor.today()));
        let born = format!("{} · {age}", day(ctx.language, child.birth_on));
        vec![
            self.named(ctx),
            vec![
                fact(ctx.say("paper.sex"), ctx.say(child.sex.word())),
                fact(ctx.say("paper.birth_on"), born),
            ],
        ]
    }

    /// The same, where it lives, and how its family is reached.
    pub fn facts_and_contact(&self, ctx: &Ctx) -> Block {
        let mut rows = self.rows(ctx);
        rows.push(vec![fact(ctx.say("paper.street"), &self.street)]);
        rows.extend(self.contact(ctx));
        Block::Facts { rows }
    }

    /// Whom to call; room to write where nobody is on file.
    fn contact(&self, ctx: &Ctx) -> Vec<Vec<Fact>> {
        let (who, phone) = (ctx.say("paper.guardian"), ctx.say("paper.phone"));
        if self.guardians.is_empty() {
            let none = ctx.say("paper.guardian.none");
            return vec![vec![fact(who, none), fact(phone, "")]];
        }
        let row = |(name, number): &(String, String)| vec![fact(&who, name), fact(&phone, number)];
        self.guardians.iter().map(row).collect()
    }

    /// The two facts by which a receipt is put to its file.
    pub fn named(&self, ctx: &Ctx) -> Vec<Fact> {
        vec![
            fact(ctx.say("paper.child"), &self.child.name),
            fact(ctx.say("paper.file_no"), &self.child.file_no),
        ]
    }
}
