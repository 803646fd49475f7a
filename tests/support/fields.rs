//! What a browser would send of a form that nobody touched.

use scraper::{ElementRef, Selector};

/// Names and values of a form's own fields, as they stand on the page.
pub(crate) fn own_fields(form: ElementRef<'_>) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for e in form.select(&Selector::parse("input[name], select[name], textarea[name]").unwrap()) {
        let name = e.attr("name").unwrap().to_owned();
        match e.value().name() {
            "select" => {
                let chosen = e.select(&Selector::parse("option[selected]").unwrap()).next();
                let first = e.select(&Selector::parse("option").unwrap()).next();
                if let Some(option) = chosen.or(first) {
                    fields.push((name, option.attr("value").unwrap_or_default().to_owned()));
                }
            }
            "textarea" => fields.push((name, e.text().collect::<String>().trim_start_matches('\n').to_owned())),
            _ => match e.attr("type").unwrap_or("text") {
                "radio" | "checkbox" if e.attr("checked").is_none() => {}
                "submit" | "button" | "file" | "password" => {}
                _ => fields.push((name, e.attr("value").unwrap_or_default().to_owned())),
            },
        }
    }
    fields
}
