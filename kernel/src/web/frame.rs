//! What stands around every page. The layouts call these, so that it is compiled once and not with every page.

use askama::{Template, filters::HtmlSafe};

use super::{Ctx, filters};

macro_rules! part {
    ($name:ident, $function:ident, $block:literal, $what:literal) => {
        #[doc = $what]
        #[derive(Template)]
        #[template(path = "ui/frame.html", block = $block)]
        pub struct $name<'a> {
            ctx: &'a Ctx,
        }

        #[doc = $what]
        pub fn $function(ctx: &Ctx) -> $name<'_> {
            $name { ctx }
        }

        // Templates escape what they are given.
        impl HtmlSafe for $name<'_> {}
    };
}

part!(Head, head, "head", "The head of the document, up to its title.");
part!(
    Top,
    top,
    "top",
    "From the head to the content of a page with navigation."
);
part!(
    Foot,
    foot,
    "foot",
    "What follows the content of a page with navigation."
);
part!(
    BareTop,
    bare_top,
    "bare_top",
    "From the head to the content of a page without navigation."
);
part!(
    BareFoot,
    bare_foot,
    "bare_foot",
    "What follows the content of a page without navigation."
);
