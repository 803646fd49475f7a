//! `starbridge demo`: an invented district to look at, to teach with and to measure on.

use clap::Args;
use entities::{
    account::{account, account_role},
    organisation::organisation,
    words::{Language, Role},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::say;
use crate::{
    app::FEATURES,
    demo::{self, Plan},
    platform::{Actor, App, Result, words},
};

/// How large, and which one.
#[derive(Args, Debug)]
pub(super) struct DemoCommand {
    /// Children aged 0-6; more than 15,000 make a city of several districts.
    #[arg(long, default_value_t = demo::DISTRICT)]
    children: usize,
    /// The same seed on the same day gives the same district.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Fill an empty database.
pub(super) async fn run(app: &App, command: &DemoCommand) -> Result<()> {
    let by = Actor::system("demo", app.clock.now());
    demo::fill(
        app,
        FEATURES,
        &by,
        Plan {
            children: command.children,
            seed: command.seed,
            today: by.today(),
        },
    )
    .await?;
    print_sign_ins(app).await
}

/// Fill the database on the first start of a demonstration.
pub(super) async fn fill_when_empty(app: &App) -> Result<()> {
    if organisation::Entity::find().count(&*app.db).await? == 0 {
        let by = Actor::system("demo", app.clock.now());
        demo::fill(
            app,
            FEATURES,
            &by,
            Plan {
                children: demo::DISTRICT,
                seed: 1,
                today: by.today(),
            },
        )
        .await?;
    }
    Ok(())
}

/// One sign-in per role.
pub(super) async fn print_sign_ins(app: &App) -> Result<()> {
    let password = demo::data::load()?.password;
    say(format_args!("{:<24}{:<12}{:<16}", "user name", "password", ""));
    for role in Role::ALL {
        let held = account_role::Entity::find()
            .filter(account_role::COLUMN.role.eq(*role))
            .order_by_asc(account_role::COLUMN.account_id)
            .one(&*app.db)
            .await?;
        let holder = match held {
            Some(held) => account::Entity::find_by_id(held.account_id).one(&*app.db).await?,
            None => None,
        };
        if let Some(account) = holder {
            let name = words::raw(Language::Chinese, role.word());
            say(format_args!("{:<24}{password}  {name}", account.user_name));
        }
    }
    Ok(())
}
