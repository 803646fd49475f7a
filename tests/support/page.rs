//! A page as a person sees it: text, links, forms.

use axum::{
    http::{HeaderMap, header},
    response::Response,
};
use scraper::{ElementRef, Html, Selector};

use super::{fields::own_fields, people::Person};

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
    headers: HeaderMap,
    path: String,
    filled: Vec<(String, Option<String>)>,
}

fn all<'a>(html: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(css).unwrap()).collect()
}

impl Reply {
    pub(crate) async fn read(response: Response, path: &str) -> Self {
        let status = response.status().as_u16();
        let location = response
            .headers()
            .get(header::LOCATION)
            .map(|l| l.to_str().unwrap().to_owned());
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .map(|wait| wait.to_str().unwrap().to_owned());
        let headers = response.headers().clone();
        let body = axum::body::to_bytes(response.into_body(), 64 << 20)
            .await
            .unwrap()
            .to_vec();
        Self {
            status,
            location,
            retry_after,
            body,
            headers,
            path: path.to_owned(),
            filled: Vec::new(),
        }
    }

    /// What a header says; nothing where there is none.
    pub(crate) fn header(&self, name: &str) -> String {
        let said = self.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        said.unwrap_or_default()
    }

    /// The page's source.
    pub(crate) fn html(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What can be read in the main part, white space folded.
    pub(crate) fn text(&self) -> String {
        let html = Html::parse_document(&self.html());
        let main = all(&html, "main").into_iter().next();
        let text = main.map_or_else(
            || html.root_element().text().collect::<String>(),
            |m| m.text().collect(),
        );
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What stands in the cells of its tables, white space folded.
    pub(crate) fn cells(&self) -> Vec<String> {
        let html = Html::parse_document(&self.html());
        let text = |cell: ElementRef<'_>| {
            cell.text()
                .collect::<String>()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        all(&html, "td, th").into_iter().map(text).collect()
    }

    /// It came, and it says this.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(
            self.text().contains(words),
            "{} {} does not say {words:?}:\n{}",
            self.status,
            self.path,
            self.text()
        );
        self
    }

    /// It does not say this.
    #[track_caller]
    pub(crate) fn omits(self, words: &str) -> Self {
        assert!(!self.text().contains(words), "{} says {words:?}", self.path);
        self
    }

    /// It came with this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text());
        self
    }

    /// Addresses of all links.
    pub(crate) fn links(&self) -> Vec<String> {
        let html = Html::parse_document(&self.html());
        all(&html, "a[href]")
            .iter()
            .filter_map(|a| a.attr("href"))
            .map(str::to_owned)
            .collect()
    }

    /// Fill a field in.
    pub(crate) fn fill(mut self, name: &str, value: impl ToString) -> Self {
        self.filled.push((name.to_owned(), Some(value.to_string())));
        self
    }

    /// Leave a field empty or a box unticked.
    pub(crate) fn clear(mut self, name: &str) -> Self {
        self.filled.push((name.to_owned(), None));
        self
    }

    /// Submit the only POST form of the main part.
    pub(crate) async fn submit(self, by: &mut Person) -> Reply {
        self.submit_to("", by).await
    }

    /// Submit the POST form of the main part whose action contains `action`, as a browser would: its own fields, what
    /// was filled in, nothing that the page does not offer.
    pub(crate) async fn submit_to(self, action: &str, by: &mut Person) -> Reply {
        let (target, fields) = self.prepared(action);
        by.post(&target, &fields).await
    }

    /// Every form that is posted as plain fields: where to, and what a browser would send of it untouched, every option
    /// of its choices besides.
    pub(crate) fn forms(&self) -> Vec<(String, Vec<(String, String)>)> {
        let html = Html::parse_document(&self.html());
        let options = Selector::parse("select option[value], input[type=radio], input[type=checkbox]").unwrap();
        all(&html, "form[method=post]")
            .into_iter()
            .filter(|form| !form.attr("enctype").is_some_and(|kind| kind.starts_with("multipart")))
            .map(|form| {
                let mut fields = own_fields(form);
                for option in form.select(&options) {
                    let name = option.attr("name").map(str::to_owned).or_else(|| {
                        let select = option
                            .ancestors()
                            .filter_map(ElementRef::wrap)
                            .find(|e| e.value().name() == "select");
                        select?.attr("name").map(str::to_owned)
                    });
                    let value = option.attr("value").unwrap_or_default();
                    let Some(name) = name.filter(|_| !value.is_empty()) else {
                        continue;
                    };
                    match fields.iter_mut().find(|(n, _)| *n == name) {
                        Some((_, chosen)) if chosen.is_empty() => *chosen = value.to_owned(),
                        Some(_) => {}
                        None => fields.push((name, value.to_owned())),
                    }
                }
                (form.attr("action").unwrap_or_default().to_owned(), fields)
            })
            .collect()
    }

    /// The address and the fields that submitting would send.
    #[track_caller]
    pub(crate) fn prepared(&self, action: &str) -> (String, Vec<(String, String)>) {
        let source = self.html();
        let html = Html::parse_document(&source);
        let forms: Vec<_> = all(&html, "main form[method=post]")
            .into_iter()
            .filter(|f| f.attr("action").is_some_and(|a| a.contains(action)))
            .filter(|f| {
                !action.is_empty() || !["/preferences", "/find"].contains(&f.attr("action").unwrap_or_default())
            })
            .collect();
        assert!(
            !forms.is_empty(),
            "{} has no form to {action:?}:\n{}",
            self.path,
            self.text()
        );
        let form = forms[0];
        let mut fields = own_fields(form);
        let offered: Vec<String> = form
            .select(&Selector::parse("[name]").unwrap())
            .filter_map(|e| e.attr("name"))
            .map(str::to_owned)
            .collect();
        for (name, _) in &self.filled {
            assert!(
                offered.contains(name),
                "{}: the form offers no {name:?}, only {offered:?}",
                self.path
            );
            fields.retain(|(n, _)| n != name);
        }
        let boxes: Vec<_> = form
            .select(&Selector::parse("input[type=checkbox]").unwrap())
            .filter_map(|e| e.attr("name"))
            .collect();
        for (name, value) in &self.filled {
            // Several boxes may be ticked; anything else holds what was typed last.
            if !boxes.contains(&name.as_str()) {
                fields.retain(|(n, _)| n != name);
            }
            if let Some(value) = value {
                fields.push((name.clone(), value.clone()));
            }
        }
        (form.attr("action").unwrap().to_owned(), fields)
    }
}
