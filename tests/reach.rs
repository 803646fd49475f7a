//! Administering and seeing never meet in one chain of moves: whatever an administrator does, and whoever they sign in as
//! then, nobody comes into reach who does not live in their own area.

use std::sync::Arc;

use chrono::TimeDelta;
use entities::{
    AccountId, ChildId,
    account::{account, account_proposal},
    child::child,
    disability_card::DisabilityCardNo,
    event::event,
    organisation::organisation,
    words::{AccountWish, OrganisationKind, ProposalState, Role},
};
use scraper::{Html, Selector};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use starbridge::{
    access::{places, scope},
    account::{management::proposals::queries as proposals, rules::roles_in},
    children::{care, service::NewChild},
    person::DisabilityCard,
    platform::{Actor, condition},
};

use crate::support::{Person, TestApp, children::toddler, page::Reply, story};

/// Whoever works nowhere sees nothing and administers nothing; sweeps and commands act for all.
#[tokio::test]
async fn an_account_without_a_workplace_reaches_nobody() {
    story(|app| async move {
        child_of(&app, "王小明", "330211", &[]).await;
        let homeless = Actor {
            workplace: None,
            ..app.actor("system").await
        };
        let command = Actor::system("command", app.app.clock.now());
        for (by, all) in [(&homeless, false), (&command, true)] {
            let db = &*app.app.db;
            let children = scope::children(by).count(db).await.unwrap();
            assert_eq!(children, u64::from(all), "{by:?}");
            assert_eq!(
                scope::messages(by),
                if all { Condition::all() } else { condition::nothing() }
            );
            let every = organisation::Entity::find().count(db).await.unwrap();
            for which in [
                places::administered(by),
                places::known(by),
                places::inside(by),
                places::serving(by),
            ] {
                let found = organisation::Entity::find().filter(which).count(db).await.unwrap();
                assert_eq!(found, if all { every } else { 0 });
            }
            assert_eq!(places::may_administer(by, "330211"), all);
            assert_eq!(places::may_change_common(db, by).await.unwrap(), all);
        }
    })
    .await;
}

/// A child who lives in a district, cared for by some organisations.
async fn child_of(app: &TestApp, name: &str, district: &str, places: &[&str]) -> ChildId {
    let home = if district == "330211" {
        "330211004".to_owned()
    } else {
        format!("{district}001")
    };
    let new = NewChild {
        division: home.parse().unwrap(),
        disability_card: Some(DisabilityCard {
            number: DisabilityCardNo::parse("33021120241020001671").unwrap(),
            expires_on: None,
        }),
        ..toddler(name)
    };
    let id = app.file("screener", &new).await;
    let by = app.actor("screener").await;
    let tx = app.app.db.write(&by, district).await.unwrap();
    for place in places {
        care::tie_in(&tx, &by, place_of(app, place).await.id, id).await.unwrap();
    }
    tx.commit_quietly().await.unwrap();
    id
}

async fn place_of(app: &TestApp, name: &str) -> organisation::Model {
    organisation::Entity::find()
        .filter(organisation::COLUMN.name.eq(name))
        .one(&*app.app.db)
        .await
        .unwrap()
        .unwrap()
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// A password that a page tells, if it tells one.
fn told(page: &Reply) -> Option<String> {
    let html = Html::parse_document(&page.html());
    let code = Selector::parse("strong.code").unwrap();
    let found = html.select(&code).next();
    found.map(|one| one.text().collect::<String>().trim().to_owned())
}

/// Everything that a system administrator can try with organisations: give them more, or enter wider ones.
async fn widen(app: &Arc<TestApp>, who: &str) {
    let mut person = app.person(who).await;
    for place in organisation::Entity::find().all(&*app.app.db).await.unwrap() {
        for coverage in ["33", "3302", "330206", "330211", "330211004"] {
            let now = organisation::Entity::find_by_id(place.id)
                .one(&*app.app.db)
                .await
                .unwrap()
                .unwrap();
            let version = now.version.to_string();
            for kind in [now.kind, OrganisationKind::RescreenHospital] {
                let form = fields(&[
                    ("kind", kind.as_str()),
                    ("name", &now.name),
                    ("coverage", coverage),
                    ("version", &version),
                ]);
                person.post(&format!("/organisations/{}/edit", place.id), &form).await;
            }
        }
    }
    for kind in OrganisationKind::ALL {
        for coverage in ["33", "3302", "330206", "330206001"] {
            let name = format!("{who} {} {coverage}", kind.as_str());
            let form = fields(&[("kind", kind.as_str()), ("name", &name), ("coverage", coverage)]);
            person.post("/organisations", &form).await;
        }
    }
}

/// Everything that a security administrator can try with accounts; gives those that were opened to them, with what they
/// were told.
async fn take_over(app: &Arc<TestApp>, who: &str) -> Vec<(String, Option<String>)> {
    let mut person = app.person(who).await;
    let own = app.actor(who).await;
    let db = &*app.app.db;
    let places = organisation::Entity::find().all(db).await.unwrap();
    let mut opened = Vec::new();
    for (n, place) in places.iter().enumerate() {
        let role = roles_in(place.kind)[0];
        let name = format!("new-{who}-{n}");
        let form = fields(&[
            ("user_name", &name),
            ("display_name", "新账户"),
            ("organisation", &place.id.to_string()),
            ("roles", role.as_str()),
        ]);
        let reply = person.post("/accounts", &form).await;
        if reply.status == 200 {
            opened.push((name, told(&reply)));
        }
    }
    for one in account::Entity::find().all(db).await.unwrap() {
        if Some(one.id) == own.account {
            continue;
        }
        let base = format!("/accounts/{}", one.id);
        let reason = fields(&[("factor_reason", "x"), ("reason", "x")]);
        let mut touched = false;
        // Into every other organisation, with a role of its kind.
        for place in &places {
            let now = account::Entity::find_by_id(one.id).one(db).await.unwrap().unwrap();
            let form = fields(&[
                ("display_name", &now.display_name),
                ("organisation", &place.id.to_string()),
                ("roles", roles_in(place.kind)[0].as_str()),
                ("version", &now.version.to_string()),
            ]);
            touched |= done(&person.post(&format!("{base}/edit"), &form).await);
        }
        let reply = person.post(&format!("{base}/password"), &[]).await;
        let password = if reply.status == 200 { told(&reply) } else { None };
        touched |= password.is_some();
        for part in ["second-factor-removal", "reinstatement", "unlocking"] {
            touched |= done(&person.post(&format!("{base}/{part}"), &reason).await);
        }
        if touched {
            opened.push((one.user_name, password));
        }
    }
    opened
}

/// It was done, and not merely proposed.
fn done(reply: &Reply) -> bool {
    reply.status == 303 && reply.location.as_ref().is_some_and(|to| to.starts_with("/accounts/"))
}

/// Whom an account could see lives in an area.
async fn sees_only(app: &TestApp, user_name: &str, area: &str) {
    let by = app.actor(user_name).await;
    let seen = scope::children(&by).all(&*app.app.db).await.unwrap();
    for child in seen {
        assert!(
            child.division.starts_with(area),
            "{user_name} of {} sees {} of {}, outside {area}",
            by.workplace.unwrap().name,
            child.name,
            child.division
        );
    }
}

/// Sign in with a first password, give oneself another, and open every child there is, in full.
async fn opens_only(app: &Arc<TestApp>, user_name: &str, password: &str, area: &str) {
    let mut person: Person = app.stranger();
    person.sign_in(user_name, password).await;
    let page = person.open("/account/password").await;
    let page = page
        .fill("current", password)
        .fill("new", "Green-Lamp-77")
        .fill("again", "Green-Lamp-77");
    page.submit(&mut person).await.is(303);
    for child in child::Entity::find().all(&*app.app.db).await.unwrap() {
        let inside = child.division.starts_with(area);
        let file = person.get(&format!("/children/{}", child.id)).await.status;
        let card = person
            .post(&format!("/children/{}/disability-card", child.id), &[])
            .await
            .status;
        assert!(
            inside || (file != 200 && card != 303),
            "{user_name}: {} {file} {card}",
            child.division
        );
    }
}

async fn settle(app: &TestApp) {
    let city = "市妇女儿童医院";
    child_of(app, "本区", "330211", &["区妇幼保健院", city]).await;
    child_of(
        app,
        "迁出",
        "330206",
        &["区妇幼保健院", city, "庄市街道社区卫生服务中心"],
    )
    .await;
    child_of(app, "邻区", "330206", &[city]).await;
    child_of(app, "外市", "330106", &["区孤独症儿童康复中心"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_an_administrator_does_nobody_of_another_area_comes_into_reach() {
    story(|app| async move {
        settle(&app).await;
        for (system, security, area) in [
            ("system", "security", "330211"),
            ("city-system", "city-security", "3302"),
        ] {
            widen(&app, system).await;
            for place in organisation::Entity::find().all(&*app.app.db).await.unwrap() {
                let founded = place.name.starts_with(&format!("{system} "));
                assert!(
                    !founded || place.coverage.starts_with(area),
                    "{} {}",
                    place.name,
                    place.coverage
                );
            }
            let opened = take_over(&app, security).await;
            assert!(opened.len() > 5, "{security} administers their own: {opened:?}");
            for (user_name, _) in &opened {
                sees_only(&app, user_name, area).await;
            }
            let told: Vec<_> = opened.iter().filter(|(_, password)| password.is_some()).collect();
            for (user_name, password) in told.iter().rev().take(3) {
                opens_only(&app, user_name, password.as_deref().unwrap(), area).await;
            }
        }
    })
    .await;
}

async fn account_id(app: &TestApp, name: &str) -> AccountId {
    let found = starbridge::account::queries::by_user_name(&*app.app.db, name)
        .await
        .unwrap();
    found.unwrap().id
}

#[tokio::test]
async fn a_city_hospitals_doctor_is_the_citys_to_reset() {
    story(|app| async move {
        settle(&app).await;
        let db = &*app.app.db;
        let mut security = app.person("security").await;
        let doctor = account_id(&app, "doctor").await;
        security
            .open(&format!("/accounts/{doctor}"))
            .await
            .says("其账户由市级（或省级）安全管理员管理")
            .omits("停用账户");
        for part in ["suspension", "sign-outs"] {
            let reason = fields(&[("reason", "x")]);
            security
                .post(&format!("/accounts/{doctor}/{part}"), &reason)
                .await
                .is(409)
                .says("市级（或省级）安全管理员");
        }
        for part in ["password", "unlocking", "reinstatement", "second-factor-removal"] {
            let reply = security
                .post(
                    &format!("/accounts/{doctor}/{part}"),
                    &fields(&[("factor_reason", "x")]),
                )
                .await
                .is(303);
            assert!(reply.location.unwrap().starts_with("/account-proposals/"), "{part}");
        }
        // Of one's own hospital that cares for a child who moved away: shut out, but not opened.
        let rescreener = account_id(&app, "rescreener").await;
        let page = security
            .open(&format!("/accounts/{rescreener}"))
            .await
            .says("居住在您管理范围以外的儿童");
        page.fill("reason", "手机丢失")
            .submit_to("/suspension", &mut security)
            .await
            .is(303);
        let reply = security
            .post(&format!("/accounts/{rescreener}/reinstatement"), &[])
            .await;
        assert!(reply.location.unwrap().starts_with("/account-proposals/"));
        let shut = account::Entity::find_by_id(rescreener).one(db).await.unwrap().unwrap();
        assert!(shut.disabled_at.is_some());

        let mut city = app.person("city-security").await;
        city.post(&format!("/accounts/{rescreener}/reinstatement"), &[])
            .await
            .is(303);
        let page = city.post(&format!("/accounts/{doctor}/password"), &[]).await.is(200);
        let password = told(&page).unwrap();
        app.stranger().sign_in("doctor", &password).await;
        let reset = event::Entity::find().filter(event::COLUMN.action.eq("account.password_reset"));
        assert_eq!(reset.count(db).await.unwrap(), 1);
    })
    .await;
}

/// A security administrator of another district.
async fn security_of(app: &TestApp, user_name: &str, federation: &str, coverage: &str) {
    let known = organisation::Entity::find()
        .filter(organisation::COLUMN.name.eq(federation))
        .one(&*app.app.db)
        .await
        .unwrap();
    let place = match known {
        Some(place) => place.id,
        None => app.founds(OrganisationKind::Federation, federation, coverage).await,
    };
    app.hires(user_name, Role::SecurityAdmin, place).await;
}

#[tokio::test]
async fn two_districts_reset_a_password_together_and_neither_knows_it() {
    story(|app| async move {
        settle(&app).await;
        security_of(&app, "neighbour-security", "邻区残联", "330206").await;
        security_of(&app, "far-security", "外市残联", "330106").await;
        let doctor = account_id(&app, "doctor").await;
        let mut one = app.person("security").await;
        let page = one.open(&format!("/accounts/{doctor}")).await;
        let reply = page.submit_to("/password", &mut one).await.is(303);
        let proposal = reply.location.unwrap();
        let first = told(&one.open(&proposal).await.says("待确认")).unwrap();
        // Asked again, it is the same; and nobody agrees with themselves.
        let again = one.post(&format!("/accounts/{doctor}/password"), &[]).await.is(303);
        assert_eq!(again.location.unwrap(), proposal);
        one.post(&format!("{proposal}/confirmation"), &[])
            .await
            .is(409)
            .says("须由另一个区县的安全管理员确认");
        // Nor somebody whom the hospital does not serve.
        let mut far = app.person("far-security").await;
        far.open("/account-proposals").await.says("没有待确认的事项");
        far.get(&proposal).await.is(404);
        far.post(&format!("{proposal}/confirmation"), &[]).await.is(404);
        app.person("doctor").await;

        let mut other = app.person("neighbour-security").await;
        other.open("/").await.says("待共同确认的账户事项1");
        other.open("/account-proposals").await.says("重置密码").says("doctor");
        let page = other.open(&proposal).await.omits(&first);
        let page = page.submit_to("/confirmation", &mut other).await.is(200);
        let second = told(&page).unwrap();
        for wrong in [&first, &second, &format!("{second}{first}")] {
            let mut thief = app.stranger();
            let page = thief.open("/sign-in").await;
            page.fill("user_name", "doctor")
                .fill("password", wrong)
                .submit(&mut thief)
                .await
                .is(422);
        }
        let mut signed_in = app.stranger();
        signed_in.sign_in("doctor", &format!("{first}{second}")).await;
        signed_in.open("/").await.says("继续之前请先修改密码");
        one.open(&proposal).await.says("已办理");
        other.post(&format!("{proposal}/confirmation"), &[]).await.is(404);
        let trail = event::Entity::find().filter(event::COLUMN.action.eq("account.proposal_confirmed"));
        assert_eq!(trail.count(&*app.app.db).await.unwrap(), 1);

        // Refused, withdrawn, lapsed.
        let propose = async |person: &mut Person| {
            let reply = person.post(&format!("/accounts/{doctor}/unlocking"), &[]).await.is(303);
            reply.location.unwrap()
        };
        let refused = propose(&mut one).await;
        other.post(&format!("{refused}/refusal"), &[]).await.is(303);
        one.open(&refused).await.says("已拒绝");
        let withdrawn = propose(&mut one).await;
        one.post(&format!("{withdrawn}/withdrawal"), &[]).await.is(303);
        other.post(&format!("{withdrawn}/confirmation"), &[]).await.is(404);
        let old = propose(&mut one).await;
        app.app.clock.advance(TimeDelta::days(8));
        app.person("neighbour-security").await.get(&old).await.is(404);
        app.person("security").await.open(&old).await.says("已过期");
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_an_administrator_is_found_behind_any_number_that_waits_for_others() {
    story(|app| async move {
        settle(&app).await;
        security_of(&app, "neighbour-security", "邻区残联", "330206").await;
        security_of(&app, "far-security", "外市残联", "330106").await;
        let far_place = place_of(&app, "外市残联").await.id;
        app.hires("far-officer", Role::FederationOfficer, far_place).await;
        let doctor = account_id(&app, "doctor").await;
        let mut one = app.person("security").await;
        one.post(&format!("/accounts/{doctor}/unlocking"), &[]).await.is(303);
        let (far, officer) = (
            account_id(&app, "far-security").await,
            account_id(&app, "far-officer").await,
        );
        // More than a page of another city: as many accounts would take a minute to open.
        let foreign = (0..250).map(|_| account_proposal::ActiveModel {
            id: NotSet,
            account_id: Set(officer),
            wish: Set(AccountWish::Unlocking),
            reason: Set(None),
            half: Set(None),
            area: Set("330106".to_owned()),
            state: Set(ProposalState::Waiting),
            proposed_by: Set(far),
            proposed_at: Set(app.app.clock.now()),
            decided_by: Set(None),
            decided_at: Set(None),
        });
        account_proposal::Entity::insert_many(foreign)
            .exec_without_returning(app.app.db.writer())
            .await
            .unwrap();
        one.open("/account-proposals?view=all")
            .await
            .says("doctor")
            .omits("far-officer");
        one.open("/").await.says("待共同确认的账户事项0");
        for who in ["neighbour-security", "city-security"] {
            let mut other = app.person(who).await;
            other
                .open("/account-proposals")
                .await
                .says("doctor")
                .omits("far-officer");
            other.open("/").await.says("待共同确认的账户事项1");
        }
        let by = app.actor("far-security").await;
        let theirs = proposals::all(&*app.app.db, &by).await.unwrap();
        assert_eq!(theirs.len(), 200, "a list has an end");
        assert_eq!(proposals::waiting_for(&*app.app.db, &by).await.unwrap(), 0);
    })
    .await;
}
