//! `starbridge user`: the first administrators, and the way back in.

use clap::Subcommand;
use entities::{
    OrganisationId,
    division_code::DivisionCode,
    organisation::organisation,
    words::{Language, OrganisationKind, Role},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::say;
use crate::{
    account::{
        management::{
            queries::{self as managed, AccountState},
            service as management,
        },
        password, queries,
        service::{NewAccount, open_account},
    },
    organisations::{forms::OrganisationInput, service::found},
    platform::{Actor, App, Check, Error, List, Result, text, words::joined},
};

/// Accounts from the command line.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Open an account; the password is printed once and must be changed at the first sign-in.
    ///
    /// On a new database the first account also enters its organisation:
    /// `starbridge user add sysadmin --name 张三 --role system_admin --organisation 镇海区残联 --coverage 330211`
    Add {
        /// User name: 3 to 32 small letters, digits, `.`, `-`, `_`.
        user_name: String,
        /// Name on the screen.
        #[arg(long, value_parser = line)]
        name: String,
        /// E-mail for notices.
        #[arg(long, value_parser = line)]
        email: Option<String>,
        /// Role; may be given several times. The three administrators hold no other role.
        #[arg(long = "role", required = true, value_parser = role, value_name = "ROLE", help = roles_help())]
        roles: Vec<Role>,
        /// Name or id of the organisation [default: the only federation].
        #[arg(long, value_parser = line)]
        organisation: Option<String>,
        /// Enter the organisation when it is new, covering this division code.
        #[arg(long, requires = "organisation")]
        coverage: Option<String>,
        /// Kind of the new organisation.
        #[arg(long, requires = "coverage", value_parser = kind, default_value = "federation", help = kinds_help())]
        kind: OrganisationKind,
    },
    /// Give an account a new first password, which is printed once; its sessions end.
    ResetPassword {
        /// User name.
        user_name: String,
        /// Take the second factor away, too: its telephone was lost.
        #[arg(long)]
        drop_second_factor: bool,
    },
    /// List every account with its organisation, roles, state and last sign-in.
    List,
}

/// A line as a form of the pages would take it.
fn line(typed: &str) -> Result<String, String> {
    let mut check = Check::default();
    let line = check.text("line", &text::cleaned(typed));
    check.done(line).map_err(|errors| {
        let all = errors.all().into_iter().map(|(_, say)| say.in_words(Language::English));
        all.collect::<Vec<_>>().join(" ")
    })
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| format!("no such role; {}", roles_help()))
}

fn kind(text: &str) -> Result<OrganisationKind, String> {
    text.parse().map_err(|_| format!("no such kind; {}", kinds_help()))
}

fn roles_help() -> String {
    let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    format!("Role, may be given several times: {}", names.join(", "))
}

fn kinds_help() -> String {
    let names: Vec<&str> = OrganisationKind::ALL.iter().map(|kind| kind.as_str()).collect();
    format!("Kind of a new organisation: {}", names.join(", "))
}

/// Run it.
pub(super) async fn run(app: &App, command: UserCommand) -> Result<()> {
    perform(app, command).await.map_err(in_words)
}

async fn perform(app: &App, command: UserCommand) -> Result<()> {
    let by = Actor::system("command line", app.clock.now());
    match command {
        UserCommand::Add {
            user_name,
            name,
            email,
            roles,
            organisation,
            coverage,
            kind,
        } => {
            let place = place(app, &by, organisation.as_deref(), coverage.as_deref(), kind).await?;
            let password = password::generate();
            let new = NewAccount {
                user_name,
                display_name: name,
                email,
                organisation: place,
                roles,
                password: password.clone(),
                must_change: true,
            };
            open_account(app, &by, new).await?;
            say(format_args!("password: {password}"));
        }
        UserCommand::ResetPassword {
            user_name,
            drop_second_factor,
        } => {
            let found = queries::by_user_name(&*app.db, &user_name).await?;
            let account = found.ok_or_else(|| anyhow::anyhow!("there is no account {user_name}"))?;
            if drop_second_factor && account.totp_secret.is_some() {
                management::remove_second_factor(app, &by, account.id, "command line".to_owned()).await?;
            }
            let password = management::reset_password(app, &by, account.id).await?;
            say(format_args!("password: {password}"));
        }
        UserCommand::List => list(app, &by).await?,
    }
    Ok(())
}

/// The organisation that was named, entered first when it is new and its coverage was given.
async fn place(
    app: &App,
    by: &Actor,
    named: Option<&str>,
    coverage: Option<&str>,
    kind: OrganisationKind,
) -> Result<OrganisationId> {
    let open = organisation::Entity::find().filter(organisation::COLUMN.closed_on.is_null());
    let matching = match named {
        None => open.filter(organisation::COLUMN.kind.eq(OrganisationKind::Federation)),
        Some(named) => match named.parse::<OrganisationId>() {
            Ok(id) => open.filter(organisation::COLUMN.id.eq(id)),
            Err(_) => open.filter(organisation::COLUMN.name.eq(named)),
        },
    };
    let found_rows = matching.all(&*app.db).await?;
    match (found_rows.as_slice(), named, coverage) {
        ([only], _, _) => Ok(only.id),
        ([], Some(name), Some(coverage)) => {
            let coverage = DivisionCode::parse(coverage).map_err(|e| Error::field("coverage", e.key()))?;
            let new = OrganisationInput {
                kind,
                name: name.to_owned(),
                coverage,
                credit_code: None,
                legal_person: None,
                phone: None,
                address: None,
            };
            found(app, by, new).await
        }
        ([], Some(name), None) => {
            Err(anyhow::anyhow!("there is no organisation {name}; give --coverage to enter it").into())
        }
        ([], None, _) => Err(anyhow::anyhow!("there is no federation yet; give --organisation and --coverage").into()),
        _ => Err(anyhow::anyhow!("several organisations match; give the id with --organisation").into()),
    }
}

async fn list(app: &App, by: &Actor) -> Result<()> {
    let accounts = managed::found(by, &List::default()).all(&*app.db).await?;
    let places = managed::places(&*app.db, by).await?;
    for account in accounts {
        let roles = management::roles_of(&*app.db, account.id).await?;
        let roles = joined(Language::English, roles.iter().map(|role| role.as_str()));
        let place = places.iter().find(|place| place.id == account.organisation_id);
        let last = managed::last_sign_in(&*app.db, account.id).await?;
        let last = last.map_or("never".to_owned(), |at| at.format("%Y-%m-%d %H:%MZ").to_string());
        say(format_args!(
            "{}\t{}\t{}\t{}\t{}",
            account.user_name,
            place.map_or("", |place| place.name.as_str()),
            roles,
            AccountState::of(&account, by.now).as_str(),
            last,
        ));
    }
    Ok(())
}

/// What is wrong with what was typed, in words instead of by field.
fn in_words(error: Error) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let sentences: Vec<String> = errors
        .all()
        .into_iter()
        .map(|(_, say)| say.in_words(Language::English))
        .collect();
    anyhow::anyhow!("{}", sentences.join(" ")).into()
}
