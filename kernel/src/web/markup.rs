//! What is worked out from the markup of a page's own macros: the cells of a table learn the heads of their columns, and
//! the fields of a filter how many of them narrow the list. Done once here, so that no page has to say either.

use memchr::{memchr, memchr_iter};

/// What a tag begins with: its name, and what follows up to `>`.
fn name_of(tag: &str) -> (&str, &str) {
    let end = tag.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(tag.len());
    tag.split_at_checked(end).unwrap_or((tag, ""))
}

/// An attribute of a tag, as it is written.
fn attribute<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    if rest.is_empty() {
        return None;
    }
    let mut parts = rest.split('"');
    while let (Some(before), Some(value)) = (parts.next(), parts.next()) {
        if before.trim().trim_end_matches('=').split_whitespace().last() == Some(name) {
            return Some(value);
        }
    }
    None
}

/// Says of every row and cell what it is, and of every cell of the body under which head it stands. Where there is no room, the
/// style sheet turns rows into cards, which costs a table its meaning in some browsers, and its heads everywhere.
pub(super) fn labelled(html: &str) -> String {
    // A list grows by nearly as much again.
    let mut out = String::with_capacity(2 * html.len());
    // What a cell under each head says of it: an attribute, or nothing.
    let mut labels: Vec<String> = Vec::new();
    // The head that is being read, and over how many columns it stands.
    let mut head: Option<(String, usize)> = None;
    let (mut in_head, mut column) = (false, 0_usize);
    // A page of a list has thousands of tags: what lies between two that matter is copied as one.
    let mut copied = 0;
    for at in memchr_iter(b'<', html.as_bytes()) {
        let begin = at + 1;
        let Some(after) = html.get(begin..) else { continue };
        let of_a_table = matches!(after.as_bytes(), [b't', ..] | [b'/', b't', ..]);
        if head.is_none() && !of_a_table {
            continue;
        }
        let (tag, text) = after
            .split_at_checked(memchr(b'>', after.as_bytes()).unwrap_or(after.len()))
            .unwrap_or((after, ""));
        let (name, rest) = name_of(tag);
        let mut say = |what: [&str; 2]| {
            out.push_str(html.get(copied..begin + name.len()).unwrap_or_default());
            copied = begin + name.len();
            for piece in what {
                out.push_str(piece);
            }
        };
        match name {
            "thead" | "tbody" | "tfoot" => {
                in_head = name == "thead";
                say([" role=\"rowgroup\"", ""]);
            }
            "tr" => {
                column = 0;
                say([" role=\"row\"", ""]);
            }
            "th" if in_head => {
                let over = attribute(rest, "colspan").and_then(|n| n.parse().ok()).unwrap_or(1);
                head = Some((String::new(), over));
                say([" role=\"columnheader\"", ""]);
            }
            "/th" if in_head => {
                if let Some((text, over)) = head.take() {
                    labels.extend(std::iter::repeat_n(label(&text), over));
                }
            }
            "td" | "th" => {
                let role = if name == "td" {
                    " role=\"cell\""
                } else {
                    " role=\"rowheader\""
                };
                let acts = attribute(rest, "class").is_some_and(|class| class.split_whitespace().any(|c| c == "act"));
                let over = attribute(rest, "colspan").and_then(|n| n.parse::<usize>().ok());
                let label = labels.get(column).filter(|_| !acts && over.is_none());
                say([role, label.map_or("", String::as_str)]);
                column += over.unwrap_or(1);
            }
            _ => {}
        }
        if let Some((words, _)) = &mut head {
            let text = text.strip_prefix('>').unwrap_or_default();
            words.push_str(text.split('<').next().unwrap_or_default());
        }
    }
    out.push_str(html.get(copied..).unwrap_or_default());
    out
}

/// What a cell says of the head above it.
fn label(head: &str) -> String {
    let words = head.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return words;
    }
    format!(" data-label=\"{}\"", words.replace('"', "&#34;"))
}

/// How many of a filter's fields narrow the list, and whether one of them cannot be read. The first option of a choice is
/// what it begins with.
pub(super) fn narrowed(html: &str) -> (usize, bool) {
    let (mut fields, mut wrong, mut option) = (0, false, 0);
    for tag in html
        .split('<')
        .filter_map(|piece| piece.split_once('>'))
        .map(|(tag, _)| tag)
    {
        let (name, rest) = name_of(tag);
        wrong |= attribute(rest, "aria-invalid") == Some("true");
        let narrows = match name {
            "select" => {
                option = 0;
                false
            }
            "option" => {
                option += 1;
                option > 1 && rest.split_whitespace().any(|word| word == "selected")
            }
            "input" => {
                let typed = matches!(attribute(rest, "type"), Some("text" | "search"));
                typed && attribute(rest, "value").is_some_and(|value| !value.is_empty())
            }
            _ => false,
        };
        fields += usize::from(narrows);
    }
    (fields, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_say_their_heads_and_what_they_are() {
        let html = "<thead><tr><th scope=\"col\"><a href=\"?x\">Name\n <svg><use/></svg></a></th><th scope=\"col\" class=\"num\">Days</th>\
                    <th scope=\"col\" class=\"act\"><span>Actions</span></th></tr></thead>\
                    <tbody><tr><td>Wang</td><td class=\"num\">3</td><td class=\"act\"><a href=\"/1\">Open</a></td></tr></tbody>";
        let made = "<thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\"><a href=\"?x\">Name\n <svg><use/></svg></a></th>\
                    <th role=\"columnheader\" scope=\"col\" class=\"num\">Days</th>\
                    <th role=\"columnheader\" scope=\"col\" class=\"act\"><span>Actions</span></th></tr></thead>\
                    <tbody role=\"rowgroup\"><tr role=\"row\"><td role=\"cell\" data-label=\"Name\">Wang</td>\
                    <td role=\"cell\" data-label=\"Days\" class=\"num\">3</td>\
                    <td role=\"cell\" class=\"act\"><a href=\"/1\">Open</a></td></tr></tbody>";
        assert_eq!(labelled(html), made);
    }

    #[test]
    fn a_head_over_two_columns_is_that_of_both_and_a_wide_cell_has_none() {
        let html = "<thead><tr><th colspan=\"2\">Both</th><th>Last</th></tr></thead><tr><td>1</td><td>2</td><th>3</th></tr>\
                    <tr><td colspan=\"2\">none</td><td>4</td></tr>";
        // Without a body of its own a row still belongs to the head.
        let made = labelled(&html.replace("</thead><tr>", "</thead><tbody><tr>"));
        assert!(
            made.contains("data-label=\"Both\">1<") && made.contains("data-label=\"Both\">2<"),
            "{made}"
        );
        assert!(made.contains("<th role=\"rowheader\" data-label=\"Last\">3<"), "{made}");
        assert!(made.contains("<td role=\"cell\" colspan=\"2\">none<"), "{made}");
        assert!(made.contains("data-label=\"Last\">4<"), "{made}");
    }

    #[test]
    fn nothing_of_the_markup_is_lost() {
        for html in [
            "",
            "plain",
            "<p>a</p> b",
            "<td title=\"1 &#62; 2\">x</td>",
            "a < b",
            "<br>",
        ] {
            let roles = labelled(html).replace(" role=\"cell\"", "");
            assert_eq!(roles, html);
        }
    }

    #[test]
    fn fields_that_narrow_are_counted() {
        let field = |value: &str| {
            format!("<input class=\"form-control\" type=\"search\" id=\"q\" name=\"q\" value=\"{value}\">")
        };
        let choice = |chosen: usize| {
            let option = |n: usize| {
                format!(
                    "<option value=\"{n}\"{}>{n}</option>",
                    if n == chosen { " selected" } else { "" }
                )
            };
            format!("<select id=\"s\">{}{}</select>", option(0), option(1))
        };
        let hidden = "<input type=\"hidden\" name=\"view\" value=\"ours\">";
        for (html, narrow) in [
            (String::new(), 0),
            (hidden.to_owned(), 0),
            (field(""), 0),
            (field("Wang"), 1),
            (choice(0), 0),
            (choice(1), 1),
            ([field("Wang"), choice(1), choice(0), choice(1)].concat(), 3),
        ] {
            assert_eq!(narrowed(&html), (narrow, false), "{html}");
        }
        let wrong = "<input type=\"text\" name=\"from\" value=\"x\" aria-invalid=\"true\">";
        assert_eq!(narrowed(wrong), (1, true));
    }
}
