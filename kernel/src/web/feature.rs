//! What a feature brings, in one descriptor. The application puts features together by their list (`app::FEATURES`) and
//! by nothing else: pages, sweeps and entries of the navigation are found there by whoever stands before the feature that
//! brings them.

use axum::{extract::FromRequestParts, http::request::Parts};
use entities::words::OrganisationKind;

use super::{
    Routes,
    finding::Told,
    home::{Panel, SetUp, Tiles},
    navigation::Entry,
    paper::Papers,
    visitor::ForGuardian,
};
use crate::{
    access::Can,
    platform::{
        Abouts, Compartment, Error, Projection, Result, about::About, compartment::Table, demo::Demo, event,
        rule::Described, sweep::Sweep,
    },
};

/// A feature. What it does not bring stays as [`Feature::named`] has it.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// Its folder.
    pub name: &'static str,
    /// Its pages and forms.
    pub routes: fn() -> Routes,
    /// What it does without anybody asking.
    pub sweeps: &'static [Sweep],
    /// What it derives from the rows of features before it: every write keeps it up to date.
    pub projections: &'static [Projection],
    /// Its tables whose rows hang on children.
    pub compartment: &'static [Table],
    /// The dated rules that it goes by.
    pub rules: &'static [Described],
    /// Its entries of the main navigation.
    pub navigation: &'static [Entry],
    /// Entries of its navigation, by where they lead, that whoever leads an organisation of one of these kinds finds besides those
    /// who do the work.
    pub led: &'static [(&'static str, &'static [OrganisationKind])],
    /// How it tells of its rows where tasks are about them.
    pub about: &'static [About],
    /// How it tells what it found because of a referral.
    pub findings: Option<Told>,
    /// What is printed of its rows.
    pub papers: &'static [Papers],
    /// Its sections of the child's file.
    pub child_file: &'static [Section],
    /// Its numbers on the home page.
    pub tiles: &'static [Tiles],
    /// Its pieces of the home page, below the numbers.
    pub panels: &'static [Panel],
    /// Its lines of the first week.
    pub set_up: &'static [SetUp],
    /// What guardians without an account are shown of it.
    pub for_guardians: &'static [ForGuardian],
    /// Its rows of the demonstration.
    pub demo: &'static [Demo],
}

impl Feature {
    /// One that brings nothing.
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            routes: Routes::new,
            sweeps: &[],
            projections: &[],
            compartment: &[],
            rules: &[],
            navigation: &[],
            led: &[],
            about: &[],
            findings: None,
            papers: &[],
            child_file: &[],
            tiles: &[],
            panels: &[],
            set_up: &[],
            for_guardians: &[],
            demo: &[],
        }
    }
}

/// A section of a child's file: a page of its own behind a tab.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The lower, the further to the front.
    pub order: u16,
    /// As its page calls it (`children/tabs.html`).
    pub tab: &'static str,
    /// Behind `/children/{id}`.
    pub path: &'static str,
    /// Locale key of its name.
    pub key: &'static str,
    /// What its page needs.
    pub can: Can,
}

/// All features, in their order: every request knows them.
#[derive(Clone, Copy, Debug)]
pub struct Features(pub &'static [Feature]);

impl Features {
    /// Every route of every feature, and of its papers.
    pub fn routes(self) -> Routes {
        let each = self.0.iter().map(|feature| (feature.routes)());
        let papers = self.papers().map(|paper| (paper.routes)());
        each.chain(papers).fold(Routes::new(), Routes::merge)
    }

    /// Every kind of paper, in the order of the features.
    pub fn papers(self) -> impl Iterator<Item = Papers> {
        self.0.iter().flat_map(|feature| feature.papers).copied()
    }

    /// Every sweep.
    pub fn sweeps(self) -> Vec<Sweep> {
        self.0.iter().flat_map(|feature| feature.sweeps).copied().collect()
    }

    /// What is derived, in the order of the features.
    pub fn projections(self) -> Vec<Projection> {
        self.0.iter().flat_map(|feature| feature.projections).copied().collect()
    }

    /// Everything that hangs on a child.
    pub fn compartment(self) -> Compartment {
        let features = self.0.iter().map(|feature| feature.compartment);
        Compartment::of([event::COMPARTMENT].into_iter().chain(features))
    }

    /// Every dated rule, in the order of the work.
    pub fn rules(self) -> Vec<Described> {
        let mut all: Vec<Described> = self.0.iter().flat_map(|feature| feature.rules).copied().collect();
        all.sort_by_key(|rule| rule.form.order);
        all
    }

    /// What tasks are about.
    pub fn about(self) -> Abouts {
        Abouts::of(self.0.iter().map(|feature| feature.about))
    }

    /// Whoever tells what was found because of a referral.
    pub fn findings(self) -> impl Iterator<Item = Told> {
        self.0.iter().filter_map(|feature| feature.findings)
    }

    /// Every section of a child's file, in their order.
    pub fn child_file(self) -> Vec<Section> {
        let mut all: Vec<Section> = self.0.iter().flat_map(|feature| feature.child_file).copied().collect();
        all.sort_by_key(|section| section.order);
        all
    }

    /// Every source of numbers on the home page, heading by heading.
    pub fn tiles(self) -> Vec<Tiles> {
        let mut all: Vec<Tiles> = self.0.iter().flat_map(|feature| feature.tiles).copied().collect();
        all.sort_by_key(|tiles| (tiles.group.order, tiles.order));
        all
    }

    /// Every piece of the home page, from top to bottom.
    pub fn panels(self) -> Vec<Panel> {
        let mut all: Vec<Panel> = self.0.iter().flat_map(|feature| feature.panels).copied().collect();
        all.sort_by_key(|panel| panel.order);
        all
    }

    /// What guardians are shown, from top to bottom.
    pub fn for_guardians(self) -> Vec<ForGuardian> {
        let mut all: Vec<ForGuardian> = self
            .0
            .iter()
            .flat_map(|feature| feature.for_guardians)
            .copied()
            .collect();
        all.sort_by_key(|one| one.order);
        all
    }

    /// Rows of the demonstration, in the order of the features.
    pub fn demo(self) -> Vec<Demo> {
        self.0.iter().flat_map(|feature| feature.demo).copied().collect()
    }

    /// Every line of the first week, in the order of the set-up.
    pub fn set_up(self) -> Vec<SetUp> {
        let mut all: Vec<SetUp> = self.0.iter().flat_map(|feature| feature.set_up).copied().collect();
        all.sort_by_key(|step| step.order);
        all
    }

    /// Whoever leads an organisation of a kind finds an entry of the navigation.
    pub fn is_led(self, href: &str, at: OrganisationKind) -> bool {
        let mut led = self.0.iter().flat_map(|feature| feature.led);
        led.any(|(entry, kinds)| *entry == href && kinds.contains(&at))
    }

    /// Every entry of the navigation, in its order.
    pub fn navigation(self) -> Vec<Entry> {
        let mut all: Vec<Entry> = self.0.iter().flat_map(|feature| feature.navigation).copied().collect();
        all.sort_by_key(|entry| entry.order);
        all
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Features {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let features = parts.extensions.get::<Self>().copied();
        features.ok_or_else(|| anyhow::anyhow!("a request without features").into())
    }
}
