//! The week to be made: who may teach what, when, where, and what is prescribed.
//!
//! Every number in here was checked by [`crate::read`]: ids are indices into the vectors beside them, masks lie inside
//! the grid (the times of pins need not), sizes are bounded. Times are slots of the grid, loads are slots of a week.

use serde::Serialize;

/// Index into [`Problem::sites`].
pub type SiteId = usize;
/// Index into [`Problem::rooms`].
pub type RoomId = usize;
/// Index into [`Problem::services`].
pub type ServiceId = usize;
/// Index into [`Problem::teachers`].
pub type TeacherId = usize;
/// Index into [`Problem::children`].
pub type ChildId = usize;
/// Index into [`Problem::orders`].
pub type OrderId = usize;
/// Index into [`Problem::groups`].
pub type GroupId = usize;
/// A day of the week, 0 is Monday.
pub type Day = usize;
/// A slot of the day, 0 is the first.
pub type Slot = usize;
/// Slots of one day, bit `u` is slot `u`.
pub type Mask = u16;

/// What a file may hold at most; more is refused before anything is built from it.
pub mod limits {
    /// Days of a week.
    pub const DAYS: usize = 7;
    /// Slots of a day: a day is one [`super::Mask`].
    pub const SLOTS: usize = 16;
    /// Half-days of a day.
    pub const BLOCKS: usize = 4;
    /// Sites.
    pub const SITES: usize = 1_000;
    /// Rooms in all.
    pub const ROOMS: usize = 20_000;
    /// Rooms of one type at one site: the free ones of a slot are one `u128`.
    pub const ROOMS_ALIKE: usize = 128;
    /// Services.
    pub const SERVICES: usize = 200;
    /// Teachers.
    pub const TEACHERS: usize = 20_000;
    /// Children.
    pub const CHILDREN: usize = 100_000;
    /// Orders, and places in groups.
    pub const ORDERS: usize = 400_000;
    /// Groups.
    pub const GROUPS: usize = 50_000;
    /// Sessions of one order or group in a week.
    pub const SESSIONS: usize = 40;
    /// Minutes of travel, minutes of a day.
    pub const MINUTES: u32 = 24 * 60;
    /// A weight of the cost.
    pub const WEIGHT: i64 = 1_000_000;
    /// A load, a duration, an age: any small number.
    pub const SMALL: u32 = 10_000;
}

/// One week of one or more centres.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What the file calls itself.
    pub name: String,
    /// The time grid.
    pub grid: Grid,
    /// Sites, by id.
    pub sites: Vec<Site>,
    /// Minutes from one site to another, row by row; 0 on the diagonal.
    pub travel: Vec<Vec<u32>>,
    /// Rooms, by id.
    pub rooms: Vec<Room>,
    /// Types of rooms, as the rooms and services name them by index.
    pub room_types: Vec<String>,
    /// Services, by id.
    pub services: Vec<Service>,
    /// Teachers, therapists and trainees, by id.
    pub teachers: Vec<Teacher>,
    /// Children, by id.
    pub children: Vec<Child>,
    /// Prescriptions of individual sessions, by id.
    pub orders: Vec<Order>,
    /// Classes to be held this week, by id.
    pub groups: Vec<Group>,
    /// Places in a class that children must get.
    pub places: Vec<Place>,
    /// What a unit of each soft term costs.
    pub weights: Weights,
    /// What is decided already.
    pub pins: Vec<Pin>,
}

/// The slots of a week.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Days of the week that are worked.
    pub days: usize,
    /// Slots of every day.
    pub slots: usize,
    /// Minutes of a slot.
    pub slot_minutes: u32,
    /// When each slot starts, in minutes after midnight; increasing.
    pub starts: Vec<u32>,
    /// Half-days `[from, to)`, increasing; a session lies in one, lunch between them.
    pub blocks: Vec<(Slot, Slot)>,
}

/// A house of a centre.
#[derive(Debug, Clone)]
pub struct Site {
    /// The centre it belongs to.
    pub centre: usize,
}

/// A room; those of one type at one site differ only in capacity.
#[derive(Debug, Clone)]
pub struct Room {
    /// Where it is.
    pub site: SiteId,
    /// Index into [`Problem::room_types`].
    pub kind: usize,
    /// Children it holds.
    pub capacity: u32,
}

/// A kind of therapy or class.
#[derive(Debug, Clone)]
pub struct Service {
    /// As the centre calls it.
    pub name: String,
    /// Held in groups rather than one to one.
    pub group: bool,
    /// Index into [`Problem::room_types`].
    pub room_kind: usize,
    /// Whether a group session needs a second adult.
    pub assistant: bool,
}

/// A teacher or therapist.
#[derive(Debug, Clone)]
pub struct Teacher {
    /// Where the person works.
    pub sites: Vec<SiteId>,
    /// Level 1 to 3 by service, 0 for not qualified; as long as [`Problem::services`].
    pub qual: Vec<u8>,
    /// Services that the person may assist, by service.
    pub assist: Vec<bool>,
    /// Working slots of every day.
    pub avail: Vec<Mask>,
    /// Most slots of a day, lead and second together (H9).
    pub max_day: u32,
    /// Most slots of the week (H9).
    pub max_week: u32,
    /// Slots of the week above which it costs (S9).
    pub target_week: u32,
    /// Most consecutive slots (H14).
    pub max_run: u32,
    /// Set for somebody in training.
    pub trainee: Option<Trainee>,
}

/// Somebody who must watch the sessions of a mentor (H17, H18).
#[derive(Debug, Clone)]
pub struct Trainee {
    /// Whose individual sessions are watched.
    pub mentor: TeacherId,
    /// Slots a week to be watched.
    pub shadow_min: u32,
}

/// A child of a centre.
#[derive(Debug, Clone)]
pub struct Child {
    /// Where all sessions of the child are.
    pub site: SiteId,
    /// Age in months.
    pub age_months: u32,
    /// Level of ability, for the bands of groups.
    pub level: u32,
    /// Slots in which the family can come.
    pub avail: Vec<Mask>,
    /// Slots that the family would rather not have (S4).
    pub avoid: Vec<Mask>,
    /// Most slots of a day (H11).
    pub max_day: u32,
    /// Fewest slots that are worth the way (S7).
    pub min_day: u32,
    /// Most consecutive slots (H13).
    pub max_run: u32,
    /// Who must not teach this child (H6); sorted.
    pub exclude: Vec<TeacherId>,
}

/// What orders and groups have in common: sessions of one service in a week.
#[derive(Debug, Clone)]
pub struct Series {
    /// The service.
    pub service: ServiceId,
    /// Sessions of the week.
    pub sessions: usize,
    /// Slots of a session.
    pub dur: usize,
    /// Least level of who leads (H6).
    pub min_level: u8,
    /// Most sessions of a day (H10).
    pub max_per_day: usize,
    /// Most different leads (H12).
    pub max_teachers: usize,
    /// Days between sessions below which it costs (S3).
    pub min_day_gap: usize,
    /// Who led last week (S2).
    pub prev_teacher: Option<TeacherId>,
}

/// A prescription: so many sessions of a service for a child.
#[derive(Debug, Clone)]
pub struct Order {
    /// For whom.
    pub child: ChildId,
    /// What.
    pub series: Series,
}

/// A class that is held this week.
#[derive(Debug, Clone)]
pub struct Group {
    /// Where.
    pub site: SiteId,
    /// Fewest members (H16).
    pub min_size: usize,
    /// Most members (H16).
    pub max_size: usize,
    /// Youngest and oldest member in months (H16).
    pub age: (u32, u32),
    /// Lowest and highest level of a member (H16).
    pub level: (u32, u32),
    /// What.
    pub series: Series,
}

/// A child must get a place in one group of a service (H16).
#[derive(Debug, Clone)]
pub struct Place {
    /// Who.
    pub child: ChildId,
    /// In a group of this service.
    pub service: ServiceId,
}

/// An order or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// A prescription of one child.
    Order(OrderId),
    /// A class.
    Group(GroupId),
}

/// A session that is decided in part; some session of its task is to agree with every field that is set. Day and slot are
/// as they came: one outside the week is a decision that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// Of what.
    #[serde(flatten)]
    pub task: Task,
    /// On this day.
    pub day: Option<Day>,
    /// From this slot on.
    pub start: Option<Slot>,
    /// Led by.
    pub teacher: Option<TeacherId>,
    /// With this assistant or watching trainee.
    pub second: Option<TeacherId>,
    /// In this room.
    pub room: Option<RoomId>,
}

/// What a unit of a soft term costs; see [`crate::score::Soft`] for the units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "each is the term of the same name")]
pub struct Weights {
    #[serde(rename = "S1_extra_teacher")]
    pub extra_teacher: i64,
    #[serde(rename = "S2_not_prev_teacher")]
    pub not_prev_teacher: i64,
    #[serde(rename = "S3_day_gap")]
    pub day_gap: i64,
    #[serde(rename = "S4_avoid_slot")]
    pub avoid_slot: i64,
    #[serde(rename = "S5_child_idle")]
    pub child_idle: i64,
    #[serde(rename = "S6_child_visit")]
    pub child_visit: i64,
    #[serde(rename = "S7_short_day")]
    pub short_day: i64,
    #[serde(rename = "S8_teacher_idle")]
    pub teacher_idle: i64,
    #[serde(rename = "S9_over_target")]
    pub over_target: i64,
    #[serde(rename = "S10_extra_site")]
    pub extra_site: i64,
    #[serde(rename = "S11_extra_room")]
    pub extra_room: i64,
    #[serde(rename = "S12_extra_start")]
    pub extra_start: i64,
}

impl Weights {
    /// A unit of every term.
    pub fn sum(&self) -> i64 {
        let Self {
            extra_teacher,
            not_prev_teacher,
            day_gap,
            avoid_slot,
            child_idle,
            child_visit,
            short_day,
            teacher_idle,
            over_target,
            extra_site,
            extra_room,
            extra_start,
        } = *self;
        let people = extra_teacher + not_prev_teacher + teacher_idle + over_target + extra_site;
        let family = day_gap + avoid_slot + child_idle + child_visit + short_day;
        people + family + extra_room + extra_start
    }
}

impl Grid {
    /// Whether a session of `dur` slots lies in a half-day of the week.
    pub fn holds(&self, day: Day, start: Slot, dur: usize) -> bool {
        let end = start.saturating_add(dur);
        day < self.days && self.blocks.iter().any(|&(from, to)| from <= start && end <= to)
    }

    /// The half-day of a slot.
    pub fn block(&self, slot: Slot) -> Option<usize> {
        self.blocks.iter().position(|&(from, to)| (from..to).contains(&slot))
    }
}

impl Problem {
    /// All orders, then all groups.
    pub fn tasks(&self) -> impl Iterator<Item = Task> + '_ {
        (0..self.orders.len())
            .map(Task::Order)
            .chain((0..self.groups.len()).map(Task::Group))
    }

    /// What is to be held of a task; nothing for an id that does not exist.
    pub fn series(&self, task: Task) -> Option<&Series> {
        match task {
            Task::Order(o) => self.orders.get(o).map(|o| &o.series),
            Task::Group(g) => self.groups.get(g).map(|g| &g.series),
        }
    }

    /// Where a task is held.
    pub fn site(&self, task: Task) -> Option<SiteId> {
        match task {
            Task::Order(o) => self
                .orders
                .get(o)
                .and_then(|o| self.children.get(o.child))
                .map(|c| c.site),
            Task::Group(g) => self.groups.get(g).map(|g| g.site),
        }
    }
}
