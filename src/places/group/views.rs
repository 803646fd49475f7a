//! Pages of classes.

use askama::Template;
use entities::places::{care_group, care_group_membership};

use super::forms::{ChangeForm, GroupForm};
use crate::{
    platform::{Choice, Errors},
    web::filters,
};

/// Places of a class in a mode on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRow {
    /// The mode: a locale key.
    pub mode: &'static str,
    /// Places.
    pub places: i32,
    /// Children who are there.
    pub children: i32,
    /// Places that are offered.
    pub offered: i32,
}

impl RoomRow {
    /// Places that are left.
    pub fn free(&self) -> i32 {
        (self.places - self.children - self.offered).max(0)
    }
}

/// A class in the list.
pub struct GroupRow {
    /// The row.
    pub row: care_group::Model,
    /// Who leads it that day.
    pub teacher: String,
    /// Places by mode; modes that it does not take are left out.
    pub rooms: Vec<RoomRow>,
}

/// The classes of a centre on a day.
#[derive(Template)]
#[template(path = "places/groups.html")]
pub struct GroupsPage {
    /// The day, as typed.
    pub on: String,
    /// What is wrong with it.
    pub errors: Errors,
    /// Centres to choose from.
    pub centres: Vec<Choice>,
    /// The centre.
    pub centre: String,
    /// There is one.
    pub has_centre: bool,
    /// Its classes.
    pub groups: Vec<GroupRow>,
    /// Children with a place and in no class.
    pub without_class: usize,
    /// The reader may open classes.
    pub may_manage: bool,
}

/// A new class.
#[derive(Template)]
#[template(path = "places/group_new.html")]
pub struct NewGroupPage {
    /// Class or group.
    pub kinds: Vec<Choice>,
    /// Who may lead it.
    pub teachers: Vec<Choice>,
    /// What was typed.
    pub form: GroupForm,
    /// What is wrong with it.
    pub errors: Errors,
}

/// A child in a class.
pub struct MemberRow {
    /// The row.
    pub row: care_group_membership::Model,
    /// The child's name.
    pub name: String,
    /// Its file.
    pub file_no: String,
    /// Number, sex, age.
    pub lead: String,
    /// No decision gives it a place that day.
    pub without_decision: bool,
}

/// A number or a name that held from one day to another.
pub struct Held {
    /// What.
    pub what: String,
    /// From when until when.
    pub days: String,
    /// It holds that day.
    pub now: bool,
}

/// One class on a day.
#[derive(Template)]
#[template(path = "places/group.html")]
pub struct GroupPage {
    /// The row.
    pub row: care_group::Model,
    /// Its centre.
    pub centre: String,
    /// The day, as typed.
    pub on: String,
    /// Places by mode that day.
    pub rooms: Vec<RoomRow>,
    /// Who led it when.
    pub teachers: Vec<Held>,
    /// Numbers of places, and when they held.
    pub numbers: Vec<Held>,
    /// Its children that day.
    pub members: Vec<MemberRow>,
    /// Children whom the reader does not see.
    pub hidden: usize,
    /// Its days.
    pub days: String,
    /// The reader may change it.
    pub may_manage: bool,
    /// Modes.
    pub modes: Vec<Choice>,
    /// Who may lead it.
    pub colleagues: Vec<Choice>,
    /// Children with a place and in no class.
    pub waiting: Vec<Choice>,
    /// What was typed.
    pub form: ChangeForm,
    /// What is wrong with it.
    pub errors: Errors,
}
