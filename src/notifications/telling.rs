//! Telling people what happened to a child: colleagues by a notice, guardians by a message in plain words.
//!
//! Before a diagnosis no message names a suspicion; a positive screen is "to be looked at again" (需复筛).

use entities::{
    AccountId, ChildId, OrganisationId,
    account::{account, account_role},
    child::guardian,
    communication::message,
    organisation::organisation,
    words::{Channel, Delivery, OrganisationKind, Role},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use crate::{
    children, organisations,
    platform::{
        Actor, App, Config, Result, Tx,
        outbox::{self, Message, Notice, Receiver},
    },
};

/// A notice for colleagues, before it is known whose inboxes it goes to.
#[derive(Clone, Debug)]
pub struct News {
    /// `notice.<template>`.
    pub template: &'static str,
    /// Ids, dates, counts.
    pub params: Value,
    /// Page to act on it.
    pub link: String,
    /// The child it is about, if it is about one.
    pub child: Option<ChildId>,
    /// One notice for one cause.
    pub cause: String,
}

/// Tell everybody of an organisation who holds one of the roles.
pub async fn tell_roles(tx: &Tx, by: &Actor, place: OrganisationId, roles: &[Role], news: &News) -> Result<usize> {
    let accounts = holders(tx, place, roles).await?;
    for account in &accounts {
        tell(tx, by, *account, news).await?;
    }
    Ok(accounts.len())
}

/// Tell whoever sent something; when the account is closed or works elsewhere now, the colleagues with one of the roles.
/// Returns how many were told.
pub async fn tell_sender(
    tx: &Tx,
    by: &Actor,
    sender: AccountId,
    place: OrganisationId,
    roles: &[Role],
    news: &News,
) -> Result<usize> {
    let there = account::Entity::find_by_id(sender)
        .filter(account::COLUMN.organisation_id.eq(place))
        .filter(account::COLUMN.disabled_at.is_null())
        .one(&**tx)
        .await?;
    match there {
        Some(account) => tell(tx, by, account.id, news).await.map(|()| 1),
        None => tell_roles(tx, by, place, roles, news).await,
    }
}

/// Tell the officers of the district's federation, or of the next one above where the district has none or nobody is
/// there, and return how many were told.
pub async fn tell_federation(tx: &Tx, by: &Actor, district: &str, news: &News) -> Result<usize> {
    for federation in organisations::queries::covering(&**tx, OrganisationKind::Federation, district).await? {
        let told = tell_roles(tx, by, federation.id, &[Role::FederationOfficer], news).await?;
        if told > 0 {
            return Ok(told);
        }
    }
    Ok(0)
}

async fn tell(tx: &Tx, by: &Actor, account: AccountId, news: &News) -> Result<()> {
    let notice = Notice {
        to: account,
        template: news.template,
        params: news.params.clone(),
        link: news.link.clone(),
        child: news.child,
        cause: news.cause.clone(),
    };
    outbox::notify(tx, by, notice).await
}

async fn holders(tx: &Tx, place: OrganisationId, roles: &[Role]) -> Result<Vec<AccountId>> {
    let accounts = account::Entity::find()
        .filter(account::COLUMN.organisation_id.eq(place))
        .filter(account::COLUMN.disabled_at.is_null())
        .order_by_asc(account::COLUMN.id)
        .all(&**tx)
        .await?;
    let holding = account_role::Entity::find()
        .filter(account_role::COLUMN.account_id.is_in(accounts.iter().map(|a| a.id)))
        .filter(account_role::COLUMN.role.is_in(roles.iter().copied()))
        .all(&**tx)
        .await?;
    Ok(accounts
        .into_iter()
        .map(|a| a.id)
        .filter(|id| holding.iter().any(|h| h.account_id == *id))
        .collect())
}

/// The way by which a guardian can be written to now; none when they have to be called.
pub fn way(config: &Config, guardian: &guardian::Model) -> Option<Channel> {
    let gateway = config.webhook_url.is_some() && guardian.phone.is_some();
    match (&guardian.email, gateway) {
        (Some(_), _) if config.mails() => Some(Channel::Mail),
        (_, true) => Some(Channel::Webhook),
        (_, false) => None,
    }
}

/// Tell the guardians who may be contacted, by mail where there is an address, else through the gateway where one is
/// configured. Returns how many can be reached that way; the others have to be called, and so have all of them when the
/// consent to messages was withdrawn.
pub async fn tell_guardians(
    app: &App,
    tx: &Tx,
    by: &Actor,
    child: ChildId,
    template: &'static str,
    mut params: Value,
    cause: &str,
) -> Result<usize> {
    name_whom_to_ask(tx, by, &mut params).await?;
    if !children::consents::messages_allowed(&**tx, child, by.today()).await? {
        return Ok(0);
    }
    let mut reached = 0;
    for (_, guardian) in children::guardians::contactable(&**tx, child).await? {
        let way = way(&app.config, &guardian);
        let channel = match (way, &guardian.email) {
            (Some(way), _) => way,
            // The letter waits for a mail server, and the family has to be called meanwhile.
            (None, Some(_)) => Channel::Mail,
            (None, None) => continue,
        };
        let message = Message {
            to: Receiver::Guardian(guardian.id),
            channel,
            child: Some(child),
            template,
            params: params.clone(),
            cause: cause.to_owned(),
        };
        outbox::send(tx, by, message).await?;
        reached += usize::from(way.is_some());
    }
    Ok(reached)
}

/// Every family is told whom to ask: whoever writes to them, unless the letter names a place itself.
async fn name_whom_to_ask(tx: &Tx, by: &Actor, params: &mut Value) -> Result<()> {
    let (Some(map), Some(here)) = (params.as_object_mut(), by.workplace.as_ref()) else {
        return Ok(());
    };
    if map.contains_key("place") {
        return Ok(());
    }
    let here = organisation::Entity::find_by_id(here.id).one(&**tx).await?;
    if let Some(here) = here {
        map.insert("place".into(), here.name.into());
        map.insert("phone".into(), here.phone.unwrap_or_default().into());
    }
    Ok(())
}

/// Messages about something that was taken back do not go out, where they have not gone out yet. Returns how many.
pub async fn take_back_in(tx: &Tx, child: ChildId, cause: &str) -> Result<usize> {
    let waiting = message::Entity::find()
        .filter(message::COLUMN.child_id.eq(child))
        .filter(message::COLUMN.state.eq(Delivery::Pending))
        .all(&**tx)
        .await?;
    let about = format!(":{cause}:");
    let mut taken_back = 0;
    for one in waiting.into_iter().filter(|m| m.dedupe_key.contains(&about)) {
        let row = message::ActiveModel {
            id: Set(one.id),
            state: Set(Delivery::Cancelled),
            ..Default::default()
        };
        row.update(&**tx).await?;
        taken_back += 1;
    }
    Ok(taken_back)
}
