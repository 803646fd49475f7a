//! The list of accounts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Asia::Shanghai;
use entities::{AccountId, account::account, words::Role};
use sea_orm::Select;

use super::queries::{self, AccountState, Place};
use crate::{
    access::Can,
    platform::{Actor, App, Result, list::Order, words, workbook::Value},
    web::{
        Cell, Choice, Ctx, Filter, List, Listing, choices,
        listing::{self, Around},
    },
};

/// Accounts.
pub struct Accounts;

/// An account as the list shows it.
#[derive(Clone, Debug)]
pub struct AccountRow {
    id: AccountId,
    user_name: String,
    display_name: String,
    organisation: String,
    roles: Vec<Role>,
    state: AccountState,
    second_factor: bool,
    created_at: DateTime<Utc>,
}

impl AccountRow {
    fn second_factor(&self, ctx: &Ctx) -> String {
        ctx.say(if self.second_factor {
            "second_factor.on"
        } else {
            "second_factor.off"
        })
    }
}

type Column = listing::Column<AccountRow>;

impl Listing for Accounts {
    type Entity = account::Entity;
    type Found = account::Model;
    type Row = AccountRow;

    const ADDRESS: &'static str = "/accounts";
    const NAME: &'static str = "accounts";
    const TITLE: &'static str = "accounts.title";
    const SEEN_BY: Can = Can::ManageAccounts;
    const TAKEN_BY: Can = Can::ManageAccounts;
    const ORDER: Order = Order::rising("user_name");
    const COLUMNS: &'static [Column] = &[
        Column::new("sign_in.user_name", 18, |row, _| Value::text(&row.user_name))
            .on_page(|row, _| Cell::new().link(format!("/accounts/{}", row.id), &row.user_name))
            .sorted("user_name"),
        Column::new("account.display_name", 16, |row, _| Value::text(&row.display_name)).sorted("name"),
        Column::new("account.organisation", 32, |row, _| Value::text(&row.organisation)),
        Column::new("account.roles", 32, |row, ctx| {
            let roles = row.roles.iter().map(|role| ctx.say(role.word()));
            Value::Text(words::joined(ctx.language, roles))
        }),
        Column::new("account.state", 14, |row, ctx| Value::Text(ctx.say(row.state.key())))
            .on_page(|row, ctx| Cell::new().badge(row.state.look(), ctx.say(row.state.key()))),
        Column::new("second_factor.title", 12, |row, ctx| {
            Value::Text(row.second_factor(ctx))
        })
        .on_page(|row, ctx| {
            let text = row.second_factor(ctx);
            if row.second_factor {
                Cell::new().text(text)
            } else {
                Cell::new().muted(text)
            }
        }),
        Column::new("account.created", 18, |row, _| {
            Value::Date(row.created_at.with_timezone(&Shanghai).date_naive())
        })
        .on_page(|row, _| Cell::new().moment(row.created_at))
        .sorted("created"),
    ];

    /// Those that the reader looks after and that can sign in.
    fn opens_on(_: &Actor, list: &mut List) {
        list.narrow("whose", queries::OURS);
        list.narrow("state", queries::OPEN);
    }

    async fn select(_: &App, by: &Actor, list: &List) -> Result<Select<account::Entity>> {
        Ok(queries::found(by, list))
    }

    async fn rows(app: &App, ctx: &Ctx, found: Vec<account::Model>) -> Result<Vec<AccountRow>> {
        let ids: Vec<AccountId> = found.iter().map(|row| row.id).collect();
        let mut roles = queries::roles(&*app.db, &ids).await?;
        let places = queries::places(&*app.db, &ctx.actor).await?;
        let names: BTreeMap<_, _> = places.iter().map(|place| (place.id, &place.name)).collect();
        let row = |row: account::Model| AccountRow {
            state: AccountState::of(&row, ctx.actor.now),
            organisation: names.get(&row.organisation_id).copied().cloned().unwrap_or_default(),
            roles: roles.remove(&row.id).unwrap_or_default(),
            second_factor: row.totp_confirmed_at.is_some(),
            id: row.id,
            user_name: row.user_name,
            display_name: row.display_name,
            created_at: row.created_at,
        };
        Ok(found.into_iter().map(row).collect())
    }

    async fn around(app: &App, ctx: &Ctx, list: &List) -> Result<Around> {
        let places: Vec<Place> = queries::places(&*app.db, &ctx.actor).await?;
        let places = places
            .iter()
            .map(|place| Choice::new(place.id, &place.name, list.filter("organisation")));
        let states = AccountState::ALL.into_iter();
        let states = states.map(|state| Choice::new(state.as_str(), ctx.say(state.key()), list.filter("state")));
        let more = [
            (queries::OPEN, "account.state.open"),
            (queries::ONLINE, "account.state.online"),
        ];
        let more = more.map(|(state, key)| Choice::new(state, ctx.say(key), list.filter("state")));
        let ours = Choice::new(queries::OURS, ctx.say("account.whose.ours"), list.filter("whose"));
        Ok(Around {
            lead: "accounts.lead",
            links: vec![
                ("/account-proposals", "proposals.title", "check", ""),
                ("/accounts/new", "accounts.new", "add", "primary"),
            ],
            filters: vec![
                Filter::search("accounts.search", list),
                Filter::select("organisation", "account.organisation", places.collect()),
                Filter::select(
                    "role",
                    "account.roles",
                    choices::<Role>(ctx.language, list.filter("role")),
                ),
                Filter::select("state", "account.state", more.into_iter().chain(states).collect()),
                Filter::select("whose", "account.whose", vec![ours]),
            ],
            nothing: "accounts.none",
            ..Around::default()
        })
    }
}
