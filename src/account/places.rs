//! Where an account was signed in from before. At a known place tries are counted apart, so that strangers who guess from
//! elsewhere do not lock its owner out: a browser is known by a cookie of its own, and otherwise its network address.

use chrono::TimeDelta;
use entities::{AccountId, account::known_place};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::OnConflict,
};

use crate::platform::{Actor, App, Error, Result, Tx, chance, remote};

/// The kinds of places, as the trail tells them.
const BROWSER: &str = "browser";
const NETWORK: &str = "network";
/// A place that was not used for so long is as good as unknown.
pub const KNOWN_FOR: TimeDelta = TimeDelta::days(90);
/// Longest cookie that is looked at.
const COOKIE: usize = 100;
/// Places kept for an account.
const KEPT: u64 = 20;
/// The place of somebody who is signed in and changes the password: nobody else can fill that count.
pub(super) const OWN: &str = "own";

/// Where a try comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// What the browser's cookie holds from now on.
    pub browser: String,
    /// The cookie was given by this server, to somebody who signed in: whoever makes one up does not get past a brake.
    pub recognised: bool,
    /// The browser as it is kept: who reads the database cannot pretend to be it.
    kept: String,
    network: Option<String>,
}

impl Origin {
    /// The origin of a request; a browser that shows no cookie gets one.
    pub fn of(app: &App, by: &Actor, cookie: Option<&str>) -> Result<Self> {
        let signed = |name: &str| Ok::<_, Error>(format!("{name}.{}", app.keys.index("account.browser.cookie", name)?));
        let shown = cookie
            .filter(|text| text.len() <= COOKIE)
            .and_then(|text| text.split_once('.'));
        let recognised = match shown {
            Some((name, _)) => signed(name)? == cookie.unwrap_or_default(),
            None => false,
        };
        let name = match shown.filter(|_| recognised) {
            Some((name, _)) => name.to_owned(),
            None => chance::secret_name(),
        };
        let network = remote::block(&by.remote);
        Ok(Self {
            kept: format!("{BROWSER} {}", app.keys.index("account.browser", &name)?),
            network: (!network.is_empty()).then(|| format!("{NETWORK} {network}")),
            browser: signed(&name)?,
            recognised,
        })
    }

    fn places(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.kept).chain(&self.network)
    }

    /// The known place that this is for an account; empty when it is none.
    pub(super) async fn place(&self, db: &impl ConnectionTrait, by: &Actor, account: AccountId) -> Result<String> {
        let known: Vec<String> = known_place::Entity::find()
            .select_only()
            .column(known_place::Column::Place)
            .filter(known_place::COLUMN.account_id.eq(account))
            .filter(known_place::Column::Place.is_in(self.places()))
            .filter(known_place::COLUMN.seen_at.gt(by.now - KNOWN_FOR))
            .into_tuple()
            .all(db)
            .await?;
        let place = self.places().find(|place| known.contains(place));
        Ok(place.cloned().unwrap_or_default())
    }

    /// Somebody signed in from here: from now on it is known.
    pub(super) async fn learn_in(&self, tx: &Tx, by: &Actor, account: AccountId) -> Result<()> {
        use known_place::Column;
        let rows = self.places().map(|place| known_place::ActiveModel {
            account_id: Set(account),
            place: Set(place.clone()),
            seen_at: Set(by.now),
        });
        known_place::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::columns([Column::AccountId, Column::Place])
                    .update_column(Column::SeenAt)
                    .to_owned(),
            )
            .exec_without_returning(&**tx)
            .await?;
        let too_many: Vec<String> = known_place::Entity::find()
            .select_only()
            .column(Column::Place)
            .filter(known_place::COLUMN.account_id.eq(account))
            .order_by_desc(known_place::COLUMN.seen_at)
            .order_by_asc(known_place::COLUMN.place)
            .offset(KEPT)
            .limit(KEPT)
            .into_tuple()
            .all(&**tx)
            .await?;
        if !too_many.is_empty() {
            known_place::Entity::delete_many()
                .filter(known_place::COLUMN.account_id.eq(account))
                .filter(Column::Place.is_in(too_many))
                .exec(&**tx)
                .await?;
        }
        Ok(())
    }
}

/// The kind of a place, for the trail.
pub(super) fn kind(place: &str) -> &str {
    match place.split(' ').next() {
        None | Some("") => "elsewhere",
        Some(kind) => kind,
    }
}
