//! The forms of a page, and filling them in as somebody in a hurry would.

use chrono::{Datelike as _, Days, NaiveDate};
use rand::{RngExt as _, rngs::SmallRng, seq::IndexedRandom as _};
use scraper::{ElementRef, Html, Selector};

use super::fields::own_fields;

/// A form that somebody may submit.
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// The last part of its address: what it does. What is shown once more is what was shown.
    pub(crate) fn noun(&self) -> &str {
        let path = self.action.split('?').next().unwrap_or_default();
        let path = path.strip_suffix("/preview").unwrap_or(path);
        path.rsplit('/').next().unwrap_or_default()
    }

    /// The token by which it counts once.
    pub(crate) fn token(&self) -> String {
        let token = self.action.split_once("once=").map_or("", |(_, token)| token);
        token.chars().take(32).collect()
    }

    fn set(&mut self, name: &str, value: impl ToString) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_string()));
    }
}

/// The POST forms in the main part of a page but for searching, filled in.
pub(crate) fn filled(html: &str, today: NaiveDate, rng: &mut SmallRng) -> Vec<Form> {
    let html = Html::parse_document(html);
    let forms = Selector::parse("main form[method=post]").unwrap();
    html.select(&forms)
        .filter(|form| form.attr("action") != Some("/find"))
        .map(|form| fill(form, today, rng))
        .collect()
}

/// Addresses of links that begin so.
pub(crate) fn links(html: &str, begin: &str) -> Vec<String> {
    let html = Html::parse_document(html);
    let anchors = Selector::parse("main a[href]").unwrap();
    html.select(&anchors)
        .filter_map(|link| link.attr("href"))
        .filter(|to| to.starts_with(begin))
        .map(str::to_owned)
        .collect()
}

fn fill(form: ElementRef<'_>, today: NaiveDate, rng: &mut SmallRng) -> Form {
    let mut filled = Form {
        action: form.attr("action").unwrap_or_default().to_owned(),
        fields: own_fields(form),
    };
    let fields = Selector::parse("[name]").unwrap();
    for field in form.select(&fields) {
        let name = field.attr("name").unwrap_or_default();
        match (name, field.value().name(), field.attr("type").unwrap_or_default()) {
            ("appointment_on", ..) => {
                // A day on which nobody is asked about it: in the week, within the term.
                let day = today + Days::new(rng.random_range(1..20));
                let weekend = day.weekday().number_from_monday().saturating_sub(5);
                filled.set(name, day + Days::new(u64::from(2 * weekend.min(1))));
            }
            ("appointment_time", ..) => filled.set(name, "09:30"),
            ("performed_on" | "diagnosed_on", ..) => filled.set(name, today),
            ("codes", ..) => filled.set(name, ["F84.0", "F80.1", "F84.9"].choose(rng).unwrap()),
            ("conclusion" | "doctor", ..) => filled.set(name, "演练医生"),
            (_, "textarea", _) if name.ends_with("reason") => filled.set(name, "演练"),
            (_, "select", _) => {
                let option = Selector::parse("option").unwrap();
                let options: Vec<&str> = field
                    .select(&option)
                    .filter_map(|option| option.attr("value"))
                    .filter(|value| !value.is_empty())
                    .collect();
                if let Some(value) = options.choose(rng) {
                    filled.set(name, value);
                }
            }
            // Most signs are absent, so that most screens are normal; other questions are open.
            (_, "input", "radio") if name.starts_with("sign") || name == "regression" => {
                filled.set(name, if rng.random_bool(0.2) { "yes" } else { "no" });
            }
            (_, "input", "radio") if name != "not_seen" && rng.random_bool(0.5) => {
                filled.set(name, field.attr("value").unwrap_or_default());
            }
            _ => {}
        }
    }
    filled
}
