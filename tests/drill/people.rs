//! People at work: each opens pages and submits forms at random, and keeps a diary of what was answered.

use std::{
    collections::BTreeMap,
    fmt,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread::sleep,
};

use chrono::NaiveDate;
use entities::{
    account::{account, account_role},
    child::child,
    organisation::organisation,
    words::Role,
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng, seq::IndexedRandom as _};
use sea_orm::EntityTrait as _;
use starbridge::platform::{Clock, clock};

use super::{
    forms::{self, Form},
    process::{Browser, Place, browser::Reply},
};

/// Who works: 32 people, several at one desk.
const DESKS: [(Role, usize); 4] = [
    (Role::Screener, 14),
    (Role::Rescreener, 8),
    (Role::Diagnostician, 6),
    (Role::IntakeWorker, 4),
];

/// How a submitted form was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was done.
    Done,
    /// It was not done, and the page says why.
    Refused(u16),
    /// Nobody answered, or the answer is that nobody knows.
    None,
}

/// How often somebody comes again to a busy server before it counts as a failure.
const PATIENCE: usize = 6;

/// Headings of the pages that say so.
const UNCERTAIN: &str = "不能确定是否已保存";
const SAVED_ALL_THE_SAME: &str = "已保存，页面未能显示";

/// A form that was submitted.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) token: String,
    pub(crate) noun: String,
    pub(crate) answer: Answer,
}

/// Everything that everybody did.
#[derive(Default)]
pub(crate) struct Deeds {
    pub(crate) deeds: Vec<Deed>,
    /// Pages and answers of 500 and above.
    failures: Vec<String>,
    /// Requests without an answer.
    unanswered: Vec<String>,
}

struct Somebody {
    browser: Browser,
    /// Children to screen; nobody but a screener has any.
    children: Vec<i64>,
    today: NaiveDate,
    rng: SmallRng,
    deeds: Deeds,
}

/// Everybody.
pub(crate) struct Team(Vec<Somebody>);

impl Team {
    /// Everybody signs in.
    pub(crate) async fn sign_in(place: &Place, address: &str) -> Self {
        let db = place.open().await;
        let accounts = account::Entity::find().all(&*db).await.unwrap();
        let roles = account_role::Entity::find().all(&*db).await.unwrap();
        let organisations = organisation::Entity::find().all(&*db).await.unwrap();
        let children = child::Entity::find().all(&*db).await.unwrap();
        db.close_all().await.unwrap();
        let password = starbridge::demo::data::load().unwrap().password;
        let today = clock::day_of(Clock::default().now());
        let mut team = Vec::new();
        for (role, people) in DESKS {
            let holders: Vec<_> = accounts
                .iter()
                .filter(|a| roles.iter().any(|r| r.account_id == a.id && r.role == role))
                .collect();
            for (n, account) in holders.iter().cycle().take(people).enumerate() {
                let street = &organisations
                    .iter()
                    .find(|o| o.id == account.organisation_id)
                    .unwrap()
                    .coverage;
                let near = children
                    .iter()
                    .filter(|c| role == Role::Screener && c.street == *street);
                let mut browser = Browser::new(address);
                browser.sign_in(&account.user_name, &password);
                team.push(Somebody {
                    browser,
                    children: near.map(|c| c.id.0).collect(),
                    today,
                    rng: SmallRng::seed_from_u64(u64::try_from(n + team.len() * 100).unwrap()),
                    deeds: Deeds::default(),
                });
            }
        }
        Self(team)
    }

    /// The user name of a screener.
    pub(crate) async fn first(place: &Place) -> String {
        let db = place.open().await;
        let screeners = account_role::Entity::find().all(&*db).await.unwrap();
        let screener = screeners.iter().find(|held| held.role == Role::Screener).unwrap();
        let account = account::Entity::find_by_id(screener.account_id)
            .one(&*db)
            .await
            .unwrap();
        db.close_all().await.unwrap();
        account.unwrap().user_name
    }

    /// Everybody works until `until` returns or nobody answers any more. It sees how much was done so far.
    pub(crate) fn work(&mut self, until: impl FnOnce(&AtomicUsize)) {
        let stop = AtomicBool::new(false);
        let done = AtomicUsize::new(0);
        std::thread::scope(|threads| {
            for somebody in &mut self.0 {
                threads.spawn(|| {
                    let mut answered = true;
                    while answered && !stop.load(Ordering::Relaxed) {
                        answered = somebody.do_something(&done).is_ok();
                    }
                });
            }
            until(&done);
            stop.store(true, Ordering::Relaxed);
        });
    }

    /// The server came back at another address.
    pub(crate) fn moves_to(&mut self, address: &str) {
        for somebody in &mut self.0 {
            somebody.browser.moves_to(address);
        }
    }

    /// The diaries.
    pub(crate) fn deeds(self) -> Deeds {
        let mut all = Deeds::default();
        for somebody in self.0 {
            all.deeds.extend(somebody.deeds.deeds);
            all.failures.extend(somebody.deeds.failures);
            all.unanswered.extend(somebody.deeds.unanswered);
        }
        all
    }
}

/// Nobody answers.
struct Gone;

/// An address that shows once more what will be recorded.
fn is_preview(address: &str) -> bool {
    address.ends_with("/preview")
}

impl Somebody {
    /// One errand; what it got done is counted.
    fn do_something(&mut self, done: &AtomicUsize) -> Result<(), Gone> {
        let before = self.deeds.done();
        let errand = self.errand();
        done.fetch_add(self.deeds.done() - before, Ordering::Relaxed);
        errand
    }

    fn errand(&mut self) -> Result<(), Gone> {
        if !self.children.is_empty() && self.rng.random_bool(0.6) {
            return self.screen();
        }
        let side = if self.rng.random_bool(0.7) {
            "view=ours"
        } else {
            "view=all"
        };
        let list = self.open(&format!("/referrals?{side}"))?;
        let referrals = forms::links(&list.text, "/referrals/");
        let Some(path) = referrals.choose(&mut self.rng).cloned() else {
            return Ok(());
        };
        let page = self.open(&path)?;
        let results = forms::links(&page.text, &format!("{path}/"));
        if let Some(result) = results.choose(&mut self.rng)
            && self.rng.random_bool(0.6)
        {
            let page = self.open(result)?;
            return self.submit_any(&page);
        }
        self.submit_any(&page)
    }

    /// Screen somebody; whoever is abnormal is referred.
    fn screen(&mut self) -> Result<(), Gone> {
        let child = *self.children.choose(&mut self.rng).unwrap();
        let page = self.open(&format!("/children/{child}/screens/new"))?;
        let shown = self.submit_one(&page, "screens")?;
        let Some(shown) = shown else { return Ok(()) };
        // The page that shows once more what will be recorded.
        let saved = self.submit_one(&shown, "screens")?;
        if let Some(next) = saved
            .and_then(|saved| saved.location)
            .filter(|to| to.ends_with("/sending"))
        {
            let page = self.open(&next)?;
            self.submit_one(&page, "sending")?;
        }
        Ok(())
    }

    /// Open a page. Where the server says that it is busy and when to come again, that is done, as the page does it by
    /// itself: a file taken out waits behind those of others.
    fn open(&mut self, path: &str) -> Result<Reply, Gone> {
        let mut answered = self.browser.get(path);
        for _ in 0..PATIENCE {
            let Ok(Some(wait)) = answered.as_ref().map(|reply| reply.again_after) else {
                break;
            };
            sleep(wait);
            answered = self.browser.get(path);
        }
        if let Err(error) = &answered {
            self.deeds.unanswered.push(format!("GET {path}: {error}"));
        }
        let reply = answered.map_err(|_| Gone)?;
        if reply.status >= 500 {
            self.deeds.failures.push(format!("GET {path}: {}", reply.status));
        }
        Ok(reply)
    }

    fn submit_any(&mut self, page: &Reply) -> Result<(), Gone> {
        let forms = forms::filled(&page.text, self.today, &mut self.rng);
        if let Some(form) = forms.choose(&mut self.rng) {
            let shown = self.submit(form)?;
            // The page that shows once more what will be recorded.
            if let Some(preview) = shown.location.filter(|to| is_preview(to)) {
                let page = self.open(&preview)?;
                let noun = form.noun().to_owned();
                self.submit_one(&page, &noun)?;
            }
        }
        Ok(())
    }

    fn submit_one(&mut self, page: &Reply, noun: &str) -> Result<Option<Reply>, Gone> {
        let forms = forms::filled(&page.text, self.today, &mut self.rng);
        match forms.iter().find(|form| form.noun() == noun) {
            Some(form) => self.submit(form).map(Some),
            None => Ok(None),
        }
    }

    /// Submit a form; some click twice.
    fn submit(&mut self, form: &Form) -> Result<Reply, Gone> {
        let fields: Vec<(&str, &str)> = form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answered = self.browser.post(&form.action, &fields);
        self.note(form, &answered);
        if let Err(error) = &answered {
            self.deeds.unanswered.push(format!("POST {}: {error}", form.action));
        }
        let reply = answered.map_err(|_| Gone)?;
        if reply.status >= 500 {
            self.deeds
                .failures
                .push(format!("POST {}: {}", form.action, reply.status));
        }
        if self.rng.random_bool(0.1) {
            let again = self.browser.post(&form.action, &fields);
            self.note(form, &again);
            if let Err(error) = &again {
                self.deeds
                    .unanswered
                    .push(format!("POST {} again: {error}", form.action));
            }
            let again = again.map_err(|_| Gone)?;
            if again.status >= 500 {
                self.deeds
                    .failures
                    .push(format!("POST {} again: {}", form.action, again.status));
            }
        }
        Ok(reply)
    }

    /// What was answered, into the diary.
    fn note(&mut self, form: &Form, answered: &Result<Reply, ureq::Error>) {
        let answer = match answered {
            // Nothing is recorded yet.
            Ok(reply) if reply.location.as_deref().is_some_and(is_preview) => Answer::Refused(reply.status),
            Ok(reply) if reply.status == 303 && reply.location.as_deref() != Some("/sign-in") => Answer::Done,
            Ok(reply) if reply.text.contains(SAVED_ALL_THE_SAME) => Answer::Done,
            Ok(reply) if reply.text.contains(UNCERTAIN) => Answer::None,
            Ok(reply) => Answer::Refused(reply.status),
            Err(_) => Answer::None,
        };
        self.deeds.deeds.push(Deed {
            token: form.token(),
            noun: form.noun().to_owned(),
            answer,
        });
    }
}

impl Deeds {
    fn done(&self) -> usize {
        self.deeds.iter().filter(|deed| deed.answer == Answer::Done).count()
    }

    /// Every request had an answer.
    pub(crate) fn nothing_unanswered(&self) {
        assert!(
            self.unanswered.is_empty(),
            "without an answer:\n{}",
            self.unanswered.join("\n")
        );
    }

    /// The program never failed.
    pub(crate) fn no_server_error(&self, place: &Place) {
        assert!(
            self.failures.is_empty(),
            "{} failures:\n{}\n{}",
            self.failures.len(),
            self.failures.iter().take(20).cloned().collect::<Vec<_>>().join("\n"),
            place.last_words()
        );
    }
}

impl fmt::Display for Deeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut by_noun: BTreeMap<&str, usize> = BTreeMap::new();
        for deed in &self.deeds {
            *counts.entry(format!("{:?}", deed.answer)).or_default() += 1;
            if deed.answer == Answer::Done {
                *by_noun.entry(&deed.noun).or_default() += 1;
            }
        }
        write!(f, "{} forms {counts:?}, done {by_noun:?}", self.deeds.len())
    }
}
